// The parts of a care plan: how they are named, and where they may go.
#pragma once

#include <string_view>

#include "anamnesis/patient/v1/types.pb.h"

namespace anamnesis::patient {

// Gives every activity without an id one that follows from the plan's id, `salt` and where the activity stands in the
// list. With an empty salt it is the same whenever the plan is looked at: so plans that were recorded before activities
// had ids have them, too.
void NameActivities(std::string_view plan_id, std::string_view salt,
                    google::protobuf::RepeatedPtrField<v1::PlanActivity>& activities);

// Whether an activity that stands at `from` may go to `to`: planned → active → completed, with holds between; stopped
// from everywhere but an end. Of one that nobody said where it stands, everything is possible.
bool IsNext(v1::PlanStatus from, v1::PlanStatus to);

}  // namespace anamnesis::patient
