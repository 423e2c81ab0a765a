// What is decided alike for every kind of resource. Each takes the event to be recorded with the part of it that it
// fills: `change` is the member that is set in `event`.
#pragma once

#include <string>
#include <utility>

#include "base/refusal.h"
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

// A resource ends: a member leaves, a consent is withdrawn. `end` is when, if the command says so.
template <class Request, class Change>
absl::StatusOr<Decision> End(const Situation& at, v1::ResourceKind kind, const std::string& id, const Request& request,
                             v1::PatientEvent& event, Change& change) {
  ASSIGN_OR_RETURN(const v1::ResourceState* found, FindResource(at.patient, kind, id, request.context()));
  *change.mutable_end() = request.has_end() ? request.end() : EffectiveTime(at, request.context());
  RETURN_IF_ERROR(CheckOrder(found->has_start(), found->start(), true, change.end()));
  if (found->ended()) return Refuse(v1::RESOURCE_ALREADY_ENDED);
  change.set_reason(request.context().reason());
  return Changed(id, *found, event, change);
}

// A resource that is about another one, which must be there: a review of a plan, the progress of a goal.
template <class Change, class Resource>
absl::StatusOr<Decision> RecordAbout(const Situation& at, v1::ResourceKind about, const std::string& about_id,
                                     const Resource& resource, v1::PatientEvent& event, Change& change,
                                     Resource& target) {
  RETURN_IF_ERROR(IdOfNew(at, resource.id()).status());
  RETURN_IF_ERROR(FindResource(at.patient, about, about_id, {}).status());
  return Record(at, resource, event, change, target);
}

}  // namespace anamnesis::patient
