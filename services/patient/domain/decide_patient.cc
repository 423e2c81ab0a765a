// Who the patient is, and whether the patient lives.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/refusal.h"
#include "base/status.h"
#include "google/protobuf/util/field_mask_util.h"
#include "services/patient/domain/decide.h"

namespace anamnesis::patient {
namespace {

using clinical::v1::Identifier;
using google::protobuf::util::FieldMaskUtil;
using Identifiers = google::protobuf::RepeatedPtrField<Identifier>;

// INVALID_FIELDS: a patient without any name cannot be told from another.
absl::Status CheckNamed(const v1::Demographics& demographics) {
  if (demographics.names_size() == 0) return InvalidField("demographics.names", "must not be empty");
  return absl::OkStatus();
}

// INVALID_FIELDS for a path that is not the name of a field.
absl::Status CheckMask(const google::protobuf::FieldMask& mask) {
  for (int i = 0; i < mask.paths_size(); ++i) {
    if (v1::Demographics::descriptor()->FindFieldByName(mask.paths(i)) == nullptr) {
      return InvalidField(absl::StrCat("update_mask.paths[", i, "]"), "must name a field of `demographics`");
    }
  }
  return absl::OkStatus();
}

// The fields that the mask names, or all, become those of `change`.
v1::Demographics Updated(v1::Demographics demographics, const v1::Demographics& change,
                         const google::protobuf::FieldMask& mask) {
  if (mask.paths().empty()) return change;
  FieldMaskUtil::MergeOptions whole;
  whole.set_replace_message_fields(true);
  whole.set_replace_repeated_fields(true);
  FieldMaskUtil::MergeMessageTo(change, mask, whole, &demographics);
  return demographics;
}

// Whether an identifier has the key of `key`.
auto SameKey(const Identifier& key) {
  return [&key](const Identifier& other) { return other.system() == key.system() && other.value() == key.value(); };
}

bool Contains(const Identifiers& identifiers, const Identifier& identifier) {
  return std::any_of(identifiers.begin(), identifiers.end(), SameKey(identifier));
}

Identifiers With(Identifiers identifiers, const Identifier& identifier) {
  *identifiers.Add() = identifier;
  return identifiers;
}

Identifiers Without(Identifiers identifiers, const Identifier& identifier) {
  identifiers.erase(std::remove_if(identifiers.begin(), identifiers.end(), SameKey(identifier)), identifiers.end());
  return identifiers;
}

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RegisterPatientRequest& request) {
  RETURN_IF_ERROR(CheckNamed(request.demographics()));
  if (at.patient.revision() > 0) return Refuse(v1::PATIENT_ALREADY_EXISTS);
  v1::PatientEvent event;
  v1::PatientRegistered& registered = *event.mutable_patient_registered();
  registered.set_patient_id(request.patient_id().empty() ? at.input.new_id : request.patient_id());
  *registered.mutable_demographics() = request.demographics();
  *registered.mutable_identifiers() = request.identifiers();
  if (request.has_provenance()) *registered.mutable_provenance() = request.provenance();
  registered.set_revision(1);
  return decider::Accepted(registered.patient_id(), 1, event);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::UpdateDemographicsRequest& request) {
  RETURN_IF_ERROR(CheckMask(request.update_mask()));
  RETURN_IF_ERROR(CheckPatient(at.patient, request.context()));
  const uint64_t revision = at.patient.revision() + 1;
  v1::PatientEvent event;
  v1::DemographicsUpdated& updated = *event.mutable_demographics_updated();
  *updated.mutable_demographics() = Updated(at.patient.demographics(), request.demographics(), request.update_mask());
  updated.set_revision(revision);
  RETURN_IF_ERROR(CheckNamed(updated.demographics()));
  return decider::Accepted(request.patient_id(), revision, event);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::AddIdentifierRequest& request) {
  RETURN_IF_ERROR(CheckPatient(at.patient, request.context()));
  if (Contains(at.patient.identifiers(), request.identifier())) return Refuse(v1::IDENTIFIER_ALREADY_PRESENT);
  const uint64_t revision = at.patient.revision() + 1;
  v1::PatientEvent event;
  v1::IdentifierAdded& added = *event.mutable_identifier_added();
  *added.mutable_identifier() = request.identifier();
  *added.mutable_identifiers() = With(at.patient.identifiers(), request.identifier());
  *added.mutable_retired_identifiers() = Without(at.patient.retired_identifiers(), request.identifier());
  added.set_revision(revision);
  return decider::Accepted(request.patient_id(), revision, event);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetireIdentifierRequest& request) {
  RETURN_IF_ERROR(CheckPatient(at.patient, request.context()));
  const auto found =
      std::find_if(at.patient.identifiers().begin(), at.patient.identifiers().end(), SameKey(request.identifier()));
  if (found == at.patient.identifiers().end()) return Refuse(v1::IDENTIFIER_NOT_FOUND);
  const uint64_t revision = at.patient.revision() + 1;
  v1::PatientEvent event;
  v1::IdentifierRetired& retired = *event.mutable_identifier_retired();
  *retired.mutable_identifier() = *found;
  retired.set_reason(request.context().reason());
  *retired.mutable_identifiers() = Without(at.patient.identifiers(), *found);
  *retired.mutable_retired_identifiers() = With(at.patient.retired_identifiers(), *found);
  retired.set_revision(revision);
  return decider::Accepted(request.patient_id(), revision, event);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordDeathRequest& request) {
  RETURN_IF_ERROR(CheckPatient(at.patient, request.context()));
  if (at.patient.deceased()) return Refuse(v1::DEATH_ALREADY_RECORDED);
  const uint64_t revision = at.patient.revision() + 1;
  v1::PatientEvent event;
  v1::DeathRecorded& death = *event.mutable_death_recorded();
  if (request.has_deceased_time()) *death.mutable_deceased_time() = request.deceased_time();
  if (request.has_cause()) *death.mutable_cause() = request.cause();
  death.set_revision(revision);
  return decider::Accepted(request.patient_id(), revision, event);
}

// Of a record that was merged away too: its death counts for the survivor.
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractDeathRequest& request) {
  if (at.patient.revision() == 0) return Refuse(v1::PATIENT_NOT_FOUND);
  RETURN_IF_ERROR(decider::CheckEtag(request.context(), at.patient.revision()));
  if (!at.patient.deceased()) return Refuse(v1::DEATH_NOT_RECORDED);
  RETURN_IF_ERROR(CheckReason(request.context()));
  const uint64_t revision = at.patient.revision() + 1;
  v1::PatientEvent event;
  event.mutable_death_retracted()->set_reason(request.context().reason());
  event.mutable_death_retracted()->set_revision(revision);
  return decider::Accepted(request.patient_id(), revision, event);
}

}  // namespace anamnesis::patient
