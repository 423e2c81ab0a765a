// Who may go on to an ablation, or to another one. Pure: from the person's interventions and an instant.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "anamnesis/chart/v1/chart_service.pb.h"
#include "anamnesis/projection/v1/views.pb.h"
#include "services/readmodel/worklist/view_work.h"

namespace anamnesis::readmodel {

// The interventions of a person, from any of the person's records, as of an instant.
class AblationWork {
 public:
  explicit AblationWork(int64_t as_of_micros) : as_of_micros_(as_of_micros) {}

  void Add(const projection::v1::View& view);

  // What the list has for the person: blocks or ablations after which, when an outcome was last reported, the rules let
  // an ablation follow, and none has followed since. `practitioner_id` empty: whosoever's.
  std::vector<ViewWork> On(chart::v1::Worklist worklist, const std::string& practitioner_id) const;

 private:
  bool WasFollowed(const projection::v1::InterventionView& done) const;

  const int64_t as_of_micros_;
  std::vector<projection::v1::InterventionView> eligible_;
  std::vector<projection::v1::InterventionView> ablations_;  // Performed up to the instant.
};

}  // namespace anamnesis::readmodel
