// What is to be done for one person who takes opioids. Pure: from the person's views and an instant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "anamnesis/chart/v1/chart_service.pb.h"
#include "anamnesis/projection/v1/views.pb.h"

namespace anamnesis::readmodel {

// The views of a person that matter here, from any of the person's records, as of an instant.
class OpioidWork {
 public:
  explicit OpioidWork(int64_t as_of_micros) : as_of_micros_(as_of_micros) {}

  void Add(const projection::v1::View& view);

  // What the list has for the person; nothing: the person is not on it. The lists are those of opioids.
  std::optional<chart::v1::WorkItem> On(chart::v1::Worklist worklist) const;

  // Whether the practitioner prescribes an active order that is, or may be, for an opioid.
  bool IsPrescribedBy(const std::string& practitioner_id) const;

 private:
  // The newest record of a kind up to the instant.
  struct Newest {
    std::optional<int64_t> micros;
    std::string name;  // `drug_test/<id>`.
  };
  struct Step {
    int64_t from_micros;
    medication::v1::DailyMmeTotal total;
    bool some() const { return total.at_least() || total.mme_per_day() != "0"; }
    bool Reaches(const char* rule) const;
  };

  void AddTherapy(const projection::v1::OpioidTherapyView& therapy);
  void AddAgreement(const projection::v1::TreatmentAgreementView& agreement);
  void AddDrugTest(const projection::v1::DrugTestView& test);
  void AddOrder(const projection::v1::OrderView& order);
  void Note(Newest& newest, bool has_time, const google::protobuf::Timestamp& time, const std::string& name) const;

  // The total as of the instant; null where no opioid was ever recorded by then.
  const Step* Now() const;
  bool TakesOpioids() const;
  bool Reaches(const char* rule) const { return Now() != nullptr && Now()->Reaches(rule); }
  // When the present therapy began: the first total above nothing after the last that was nothing; of what has no total
  // (buprenorphine), when it was ordered.
  std::optional<int64_t> Began() const;

  std::optional<int64_t> AgreementDue() const;
  std::optional<int64_t> Overdue(const Newest& last, int64_t days) const;
  std::optional<int64_t> ReassessmentDue() const;

  const int64_t as_of_micros_;
  std::vector<Step> steps_;
  Newest pdmp_, drug_test_, naloxone_, reassessment_;
  std::optional<int64_t> agreed_until_;  // Of the agreement that holds longest; INT64_MAX: until it is ended.
  std::vector<std::string> unexpected_tests_;
  std::vector<std::string> depressants_;  // Active orders of what depresses breathing besides opioids.
  std::optional<int64_t>
      ordered_since_;           // The first active order for an opioid, whether it counts in the total or not.
  bool overdose_risk_ = false;  // A benzodiazepine is ordered, or a rule asked for naloxone.
  std::vector<std::string> prescribers_;
};

}  // namespace anamnesis::readmodel
