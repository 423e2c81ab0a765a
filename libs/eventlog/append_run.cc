#include "eventlog/append_run.h"

#include <algorithm>

namespace anamnesis::eventlog {

bool AppendedTogether(const AppendMark& one, const AppendMark& other) {
  const auto [earlier, later] =
      std::minmax(one, other, [](const AppendMark& a, const AppendMark& b) { return a.position < b.position; });
  const Position apart = later.position - earlier.position;
  return apart < kMaxEventsPerAppend &&
         later.recorded_micros - earlier.recorded_micros == static_cast<int64_t>(apart) &&
         earlier.causation_id == later.causation_id;
}

bool AppendRun::Continues(const AppendMark& event) {
  if (position_ != 0 && AppendedTogether({position_, recorded_micros_, causation_id_}, event)) return true;
  position_ = event.position;
  recorded_micros_ = event.recorded_micros;
  causation_id_ = event.causation_id;
  return false;
}

}  // namespace anamnesis::eventlog
