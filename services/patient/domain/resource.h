// What is decided alike for every kind of resource. Each takes the event to be recorded with the part of it that it
// fills: `change` is the member that is set in `event`.
#pragma once

#include <string>
#include <utility>

#include "base/status.h"
#include "services/patient/domain/decide.h"

namespace anamnesis::patient {

// A resource is taken as it is said to be; only its id must be new. `target` is the resource in the event.
template <class Change, class Resource>
absl::StatusOr<Decision> Record(const Situation& at, const Resource& resource, v1::PatientEvent& event, Change& change,
                                Resource& target) {
  ASSIGN_OR_RETURN(std::string id, IdOfNew(at, resource.id()));
  target = resource;
  target.set_id(id);
  change.set_revision(1);
  return decider::Accepted(std::move(id), 1, std::move(event));
}

// A changed resource, after everything was asked.
template <class Change>
Decision Changed(const std::string& id, const v1::ResourceState& found, v1::PatientEvent& event, Change& change) {
  change.set_revision(found.revision() + 1);
  return decider::Accepted(id, change.revision(), std::move(event));
}

// A resource was entered in error; that needs a reason.
template <class Change>
absl::StatusOr<Decision> Retract(const Situation& at, v1::ResourceKind kind, const std::string& id,
                                 const rpc::v1::CommandContext& context, v1::PatientEvent& event, Change& change) {
  ASSIGN_OR_RETURN(const v1::ResourceState* found, FindResource(at.patient, kind, id, context));
  RETURN_IF_ERROR(CheckReason(context));
  change.set_reason(context.reason());
  return Changed(id, *found, event, change);
}

}  // namespace anamnesis::patient
