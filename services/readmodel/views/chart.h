// Puts one patient's views together as a clinician opens them. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "anamnesis/chart/v1/chart_service.pb.h"
#include "anamnesis/projection/v1/views.pb.h"
#include "services/readmodel/views/index_terms.h"

namespace anamnesis::readmodel {

inline constexpr size_t kRecentEncounters = 10;
inline constexpr size_t kLatestObservations = 100;
inline constexpr size_t kMostPerList = 1000;

// Takes the views of a patient, and of every record joined to it, in any order.
class ChartBuilder {
 public:
  // `entry_key` breaks ties of time, the same for every order of adding.
  void Add(std::string entry_key, projection::v1::View view);

  // The chart without `info`, `resolved_patient_id`, `merged_ids` and `patient`; call once.
  chart::v1::GetChartResponse Build() &&;

 private:
  struct Item {
    std::string order;  // Time, newest first, then the entry's key.
    projection::v1::View view;
  };
  std::vector<Item> items_;
};

}  // namespace anamnesis::readmodel
