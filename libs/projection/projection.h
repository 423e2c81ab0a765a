// A projection: a pure function from one event to changes of views. It keeps no state: what an event does not say, it
// does not touch (PATCH), so replaying any log gives the same views.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "anamnesis/projection/v1/projection_service.pb.h"
#include "eventlog/record.h"

namespace anamnesis::projection {

// Views change as the record says; DATA_LOSS where the payload is not an event that the projection knows: then the
// views of the record's subject are failed, and everybody else's go on. `position`,
// `recorded_time` and `effective_time` of the changes are filled in by the caller.
using Project = std::function<absl::StatusOr<std::vector<v1::ViewChange>>(const eventlog::Record&)>;

}  // namespace anamnesis::projection
