// Which generation of a service's views answers, which is being built, and when one takes over from the other. Pure.
#pragma once

#include "absl/status/status.h"
#include "anamnesis/projection/v1/projection_service.pb.h"
#include "anamnesis/projection/v1/view_store.pb.h"

namespace anamnesis::projection {

// The generation that takes what is published: the building one where there is one, otherwise the active.
v1::Generation& Followed(v1::SourceState& state);

// A service says which log it publishes, and by which projection: goes on with a generation or starts one.
// LOG_MISMATCH, PROJECTION_OLDER or LOG_SHORTENED, after which the state means nothing.
absl::Status Greet(const v1::PublishHello& hello, v1::SourceState& state);

// The building generation answers from now on if it has applied what it was to; the one before is retired.
void TakeOverIfDue(v1::SourceState& state);

}  // namespace anamnesis::projection
