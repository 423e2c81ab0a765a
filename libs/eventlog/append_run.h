// Which events were appended together. Nothing is stored for it: the recorded times tell, by a rule that the sequencer
// keeps.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "eventlog/record.h"

namespace anamnesis::eventlog {

// The events of one append are recorded a microsecond apart, and the next append at least this much later.
inline constexpr int64_t kMicrosBetweenAppends = 2;

// What one needs to know of an event to tell whether it belongs to another's append.
struct AppendMark {
  Position position = 0;
  int64_t recorded_micros = 0;
  std::string_view causation_id;
};
inline AppendMark MarkOf(const Record& record) {
  return {record.position, record.recorded_micros, record.metadata.causation_id};
}

// Whether two events of one log were appended together, in whichever order they are given. Releases before this rule
// could record an append only a microsecond after another; where such two have the same causation id too, they count
// as one: what was appended together is never taken apart.
bool AppendedTogether(const AppendMark& one, const AppendMark& other);

// Walks over events of a log, all or some of them, in either direction. Not thread-safe.
class AppendRun {
 public:
  // True if the event was appended together with the one given before; otherwise another append begins with it.
  bool Continues(const AppendMark& event);

 private:
  // The first event given of the append.
  Position position_ = 0;
  int64_t recorded_micros_ = 0;
  std::string causation_id_;
};

}  // namespace anamnesis::eventlog
