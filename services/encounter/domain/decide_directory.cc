// Practitioners and organizations. Each has a stream of its own, which is how an id is known to be taken.
#include "services/encounter/domain/decide.h"

namespace anamnesis::encounter {
namespace {

template <class Entry, class Registered>
absl::StatusOr<Decision> Register(const Situation& at, Entry entry, Registered* (v1::EncounterEvent::*event)(),
                                  Entry* (Registered::*field)()) {
  if (at.state.directory_revision() > 0) return Refuse(v1::RESOURCE_ALREADY_EXISTS);
  if (entry.id().empty()) entry.set_id(at.input.new_id);

  v1::EncounterEvent envelope;
  Registered& registered = *(envelope.*event)();
  registered.set_revision(1);
  std::string id = entry.id();
  *(registered.*field)() = std::move(entry);
  return decider::Accepted(std::move(id), 1, std::move(envelope));
}

template <class Entry, class Updated>
absl::StatusOr<Decision> Update(const Situation& at, const rpc::v1::CommandContext& context, const Entry& entry,
                                Updated* (v1::EncounterEvent::*event)(), Entry* (Updated::*field)()) {
  if (at.state.directory_revision() == 0) return Refuse(v1::RESOURCE_NOT_FOUND);
  RETURN_IF_ERROR(decider::CheckEtag(context, at.state.directory_revision()));

  v1::EncounterEvent envelope;
  Updated& updated = *(envelope.*event)();
  *(updated.*field)() = entry;
  updated.set_revision(at.state.directory_revision() + 1);
  return decider::Accepted(entry.id(), updated.revision(), std::move(envelope));
}

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RegisterPractitionerRequest& request) {
  return Register(at, request.practitioner(), &v1::EncounterEvent::mutable_practitioner_registered,
                  &v1::PractitionerRegistered::mutable_practitioner);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::UpdatePractitionerRequest& request) {
  return Update(at, request.context(), request.practitioner(), &v1::EncounterEvent::mutable_practitioner_updated,
                &v1::PractitionerUpdated::mutable_practitioner);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RegisterOrganizationRequest& request) {
  return Register(at, request.organization(), &v1::EncounterEvent::mutable_organization_registered,
                  &v1::OrganizationRegistered::mutable_organization);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::UpdateOrganizationRequest& request) {
  return Update(at, request.context(), request.organization(), &v1::EncounterEvent::mutable_organization_updated,
                &v1::OrganizationUpdated::mutable_organization);
}

}  // namespace anamnesis::encounter
