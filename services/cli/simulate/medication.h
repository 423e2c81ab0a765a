// Medicines: started, changed and stopped as the pain goes, and written as MedicationRequests when their end is known.
#pragma once

#include <vector>

#include "services/cli/simulate/chart.h"
#include "services/cli/simulate/tables.h"

namespace anamnesis::simulate {

class Medication {
 public:
  // `reason` is the reference of the condition treated.
  Medication(Chart& chart, std::string reason, bool neuropathic);

  // The first visit: one or two medicines that are not opioids, and for some the opioid with which they came.
  void Begin(const Visit& visit);
  // A later visit with this pain (tenths): more when it stays high, an end of the opioids when it is low.
  void Adjust(const Visit& visit, int pain_tenths);
  // How much of the untreated pain the medicines take away, in per cent.
  int ReliefPercent() const;
  // Writes every MedicationRequest.
  void Write();

 private:
  struct Course {
    const Drug* drug;
    Visit started;
    bool stopped = false;
  };

  void Start(const Visit& visit, DrugUse use);
  bool Taking(DrugUse use) const;
  Json Dosage(const Drug& drug);

  Chart& chart_;
  const std::string reason_;
  const bool neuropathic_;
  std::vector<Course> courses_;
};

}  // namespace anamnesis::simulate
