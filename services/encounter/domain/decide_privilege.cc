// What practitioners may do here. Each privilege is in its practitioner's stream, where a performed intervention is
// decided on as well, so that a revoke holds from its answer on.
#include "base/clock.h"
#include "services/encounter/domain/decide.h"

namespace anamnesis::encounter {

absl::StatusOr<Decision> Decide(const Situation& at, const v1::GrantPrivilegeRequest& request) {
  v1::Privilege privilege = request.privilege();
  if (privilege.id().empty()) privilege.set_id(at.input.new_id);
  if (at.state.privileges().contains(privilege.id())) return Refuse(v1::RESOURCE_ALREADY_EXISTS);
  if (at.state.directory_revision() == 0) return Refuse(v1::RESOURCE_NOT_FOUND);
  if (privilege.has_valid_to() && ToMicros(privilege.valid_to()) < ToMicros(privilege.valid_from())) {
    return Refuse(v1::END_BEFORE_START);
  }

  std::string id = privilege.id();
  v1::EncounterEvent event;
  v1::PrivilegeGranted& granted = *event.mutable_privilege_granted();
  granted.set_practitioner_id(request.practitioner_id());
  *granted.mutable_privilege() = std::move(privilege);
  granted.set_revision(1);
  return decider::Accepted(std::move(id), 1, std::move(event));
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RevokePrivilegeRequest& request) {
  const auto found = at.state.privileges().find(request.privilege_id());
  if (found == at.state.privileges().end()) return Refuse(v1::RESOURCE_NOT_FOUND);
  RETURN_IF_ERROR(decider::CheckEtag(request.context(), found->second.revision()));
  if (request.context().reason().empty()) return Refuse(v1::REASON_REQUIRED);
  if (found->second.has_revoked_time()) return Refuse(v1::PRIVILEGE_ALREADY_REVOKED);

  v1::EncounterEvent event;
  v1::PrivilegeRevoked& revoked = *event.mutable_privilege_revoked();
  revoked.set_practitioner_id(request.practitioner_id());
  revoked.set_privilege_id(request.privilege_id());
  *revoked.mutable_revoked_time() = EffectiveTime(at, request.context());
  revoked.set_reason(request.context().reason());
  revoked.set_revision(found->second.revision() + 1);
  return decider::Accepted(request.privilege_id(), revoked.revision(), std::move(event));
}

const std::string* FindPrivilege(const v1::EncounterState& practitioner, const v1::InterventionPlan& plan,
                                 int64_t at_micros) {
  const std::string* held = nullptr;
  for (const auto& [id, entry] : practitioner.privileges()) {
    const v1::Privilege& privilege = entry.privilege();
    const bool there = (privilege.organization_id().empty() || privilege.organization_id() == plan.organization_id()) &&
                       (privilege.location().empty() || privilege.location() == plan.location());
    const bool then = ToMicros(privilege.valid_from()) <= at_micros &&
                      (!privilege.has_valid_to() || at_micros <= ToMicros(privilege.valid_to())) &&
                      (!entry.has_revoked_time() || at_micros < ToMicros(entry.revoked_time()));
    // The least id, so that it does not depend on how the map is kept.
    if (privilege.kind() == plan.kind() && there && then && (held == nullptr || id < *held)) held = &id;
  }
  return held;
}

}  // namespace anamnesis::encounter
