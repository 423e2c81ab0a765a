#include "services/patient/projection/patient_projection.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "anamnesis/patient/v1/events.pb.h"
#include "anamnesis/projection/v1/views.pb.h"
#include "base/scratch.h"
#include "base/status.h"
#include "projection/change.h"
#include "services/patient/projection/resource_projection.h"

namespace anamnesis::patient {
namespace {

using projection::Patch;
using projection::Put;
using projection::ViewKey;
using projection::v1::View;
using projection::v1::ViewChange;

template <class Change>
std::string EtagOf(const Change& change) {
  return absl::StrCat(change.revision());
}

ViewChange Changed(const ViewKey& key, const v1::PatientRegistered& event) {
  View view;
  projection::v1::PatientView& patient = *view.mutable_patient();
  patient.set_patient_id(event.patient_id());
  *patient.mutable_demographics() = event.demographics();
  *patient.mutable_identifiers() = event.identifiers();
  if (event.has_provenance()) *patient.mutable_provenance() = event.provenance();
  patient.set_etag(EtagOf(event));
  return Put(key, view);
}

ViewChange Changed(const ViewKey& key, const v1::DemographicsUpdated& event) {
  View view;
  *view.mutable_patient()->mutable_demographics() = event.demographics();
  view.mutable_patient()->set_etag(EtagOf(event));
  return Patch(key, view, {"demographics"});
}

// An identifier was added or retired.
template <class Change>
ViewChange IdentifiersChanged(const ViewKey& key, const Change& event) {
  View view;
  *view.mutable_patient()->mutable_identifiers() = event.identifiers();
  *view.mutable_patient()->mutable_retired_identifiers() = event.retired_identifiers();
  view.mutable_patient()->set_etag(EtagOf(event));
  return Patch(key, view, {"identifiers", "retired_identifiers"});
}

ViewChange Changed(const ViewKey& key, const v1::DeathRecorded& event) {
  View view;
  projection::v1::PatientView& patient = *view.mutable_patient();
  patient.set_deceased(true);
  if (event.has_deceased_time()) *patient.mutable_deceased_time() = event.deceased_time();
  if (event.has_cause()) *patient.mutable_cause_of_death() = event.cause();
  patient.set_etag(EtagOf(event));
  return Patch(key, view, {"deceased_time", "cause_of_death"});
}

ViewChange Changed(const ViewKey& key, const v1::DeathRetracted& event) {
  View view;
  view.mutable_patient()->set_etag(EtagOf(event));
  return Patch(key, view, {"deceased", "deceased_time", "cause_of_death"});
}

ViewChange Changed(const ViewKey& key, const v1::DuplicateAbsorbed& event) {
  View view;
  view.mutable_patient()->add_absorbed_ids(event.duplicate_id());
  view.mutable_patient()->set_etag(EtagOf(event));
  return Patch(key, view);
}

ViewChange Changed(const ViewKey& key, const v1::MergedInto& event) {
  View view;
  view.mutable_patient()->set_survivor_id(event.survivor_id());
  view.mutable_patient()->set_etag(EtagOf(event));
  return Patch(key, view);
}

ViewChange Changed(const ViewKey& key, const v1::DuplicateReleased& event) {
  View view;
  *view.mutable_patient()->mutable_absorbed_ids() = event.absorbed_ids();
  view.mutable_patient()->set_etag(EtagOf(event));
  return Patch(key, view, {"absorbed_ids"});
}

ViewChange Changed(const ViewKey& key, const v1::UnmergedFrom& event) {
  View view;
  view.mutable_patient()->set_etag(EtagOf(event));
  return Patch(key, view, {"survivor_id"});
}

absl::StatusOr<ViewChange> ChangeBy(const std::string& patient, const v1::PatientEvent& event) {
  using Event = v1::PatientEvent;
  const ViewKey self{patient, patient};
  switch (event.event_case()) {
    case Event::kPatientRegistered:
      return Changed(self, event.patient_registered());
    case Event::kDemographicsUpdated:
      return Changed(self, event.demographics_updated());
    case Event::kIdentifierAdded:
      return IdentifiersChanged(self, event.identifier_added());
    case Event::kIdentifierRetired:
      return IdentifiersChanged(self, event.identifier_retired());
    case Event::kDeathRecorded:
      return Changed(self, event.death_recorded());
    case Event::kDeathRetracted:
      return Changed(self, event.death_retracted());
    case Event::kDuplicateAbsorbed:
      return Changed(self, event.duplicate_absorbed());
    case Event::kMergedInto:
      return Changed(self, event.merged_into());
    case Event::kDuplicateReleased:
      return Changed(self, event.duplicate_released());
    case Event::kUnmergedFrom:
      return Changed(self, event.unmerged_from());
    case Event::kPatientErased:
      return projection::Purge(patient);
    default:
      return ResourceChange(patient, event);
  }
}

}  // namespace

absl::StatusOr<std::vector<ViewChange>> ProjectPatient(const eventlog::Record& record) {
  Scratch<v1::PatientEvent> parsed;
  RETURN_IF_ERROR(projection::ParseEvent(record, *parsed));
  const v1::PatientEvent& event = *parsed;
  if (event.has_erasure_recorded()) return std::vector<ViewChange>();
  ASSIGN_OR_RETURN(ViewChange change, ChangeBy(projection::SubjectOf(record.stream), event));
  return std::vector<ViewChange>{std::move(change)};
}

}  // namespace anamnesis::patient
