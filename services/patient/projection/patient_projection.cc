#include "services/patient/projection/patient_projection.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "anamnesis/patient/v1/events.pb.h"
#include "anamnesis/projection/v1/views.pb.h"
#include "base/status.h"
#include "projection/change.h"

namespace anamnesis::patient {
namespace {

using projection::Patch;
using projection::Put;
using projection::Remove;
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

// Recorded and revised events carry the whole resource.
template <class Change>
ViewChange Allergy(const std::string& patient_id, const Change& event) {
  View view;
  *view.mutable_allergy()->mutable_allergy() = event.allergy();
  view.mutable_allergy()->set_etag(EtagOf(event));
  return Put({patient_id, event.allergy().id()}, view);
}

template <class Change>
ViewChange Problem(const std::string& patient_id, const Change& event) {
  View view;
  *view.mutable_problem()->mutable_problem() = event.problem();
  view.mutable_problem()->set_etag(EtagOf(event));
  return Put({patient_id, event.problem().id()}, view);
}

ViewChange Resolved(const std::string& patient_id, const v1::ProblemResolved& event) {
  View view;
  *view.mutable_problem()->mutable_problem()->mutable_abatement() = event.abatement();
  view.mutable_problem()->mutable_problem()->set_clinical_status(v1::CLINICAL_STATUS_RESOLVED);
  view.mutable_problem()->set_etag(EtagOf(event));
  return Patch({patient_id, event.problem_id()}, view, {"problem.abatement"});
}

template <class Change>
View PlanView(const Change& event) {
  View view;
  *view.mutable_care_plan()->mutable_care_plan() = event.care_plan();
  view.mutable_care_plan()->set_etag(EtagOf(event));
  return view;
}

ViewChange Planned(const std::string& patient_id, const v1::CarePlanRecorded& event) {
  return Put({patient_id, event.care_plan().id()}, PlanView(event));
}

// A stopped plan that is corrected keeps the reason why it was stopped.
ViewChange Replanned(const std::string& patient_id, const v1::CarePlanRevised& event) {
  const ViewKey key{patient_id, event.care_plan().id()};
  if (event.care_plan().status() == v1::PLAN_STATUS_STOPPED) return Patch(key, PlanView(event), {"care_plan"});
  return Put(key, PlanView(event));
}

ViewChange Ended(const std::string& patient_id, const v1::CarePlanEnded& event) {
  View view;
  projection::v1::CarePlanView& plan = *view.mutable_care_plan();
  plan.mutable_care_plan()->set_status(event.status());
  *plan.mutable_care_plan()->mutable_period()->mutable_end() = event.end();
  plan.set_stop_reason(event.reason());
  plan.set_etag(EtagOf(event));
  return Patch({patient_id, event.care_plan_id()}, view, {"care_plan.period.end", "stop_reason"});
}

template <class Change>
ViewChange Goal(const std::string& patient_id, const Change& event) {
  View view;
  *view.mutable_goal()->mutable_goal() = event.goal();
  view.mutable_goal()->set_etag(EtagOf(event));
  return Put({patient_id, event.goal().id()}, view);
}

// A resource was entered in error. `kind` only tells which kind of view goes.
template <class Kind>
ViewChange Retracted(const std::string& patient_id, const std::string& id, Kind* (View::*kind)()) {
  View view;
  (view.*kind)();
  return Remove({patient_id, id}, view);
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
    case Event::kAllergyRecorded:
      return Allergy(patient, event.allergy_recorded());
    case Event::kAllergyRevised:
      return Allergy(patient, event.allergy_revised());
    case Event::kAllergyRetracted:
      return Retracted(patient, event.allergy_retracted().allergy_id(), &View::mutable_allergy);
    case Event::kProblemRecorded:
      return Problem(patient, event.problem_recorded());
    case Event::kProblemRevised:
      return Problem(patient, event.problem_revised());
    case Event::kProblemResolved:
      return Resolved(patient, event.problem_resolved());
    case Event::kProblemRetracted:
      return Retracted(patient, event.problem_retracted().problem_id(), &View::mutable_problem);
    case Event::kCarePlanRecorded:
      return Planned(patient, event.care_plan_recorded());
    case Event::kCarePlanRevised:
      return Replanned(patient, event.care_plan_revised());
    case Event::kCarePlanEnded:
      return Ended(patient, event.care_plan_ended());
    case Event::kCarePlanRetracted:
      return Retracted(patient, event.care_plan_retracted().care_plan_id(), &View::mutable_care_plan);
    case Event::kGoalRecorded:
      return Goal(patient, event.goal_recorded());
    case Event::kGoalRevised:
      return Goal(patient, event.goal_revised());
    case Event::kGoalRetracted:
      return Retracted(patient, event.goal_retracted().goal_id(), &View::mutable_goal);
    case Event::kPatientErased:
      return projection::Purge(patient);
    case Event::kErasureRecorded:
    case Event::EVENT_NOT_SET:
      break;
  }
  return absl::DataLossError("a patient event of a kind that this release does not know");
}

}  // namespace

absl::StatusOr<std::vector<ViewChange>> ProjectPatient(const eventlog::Record& record) {
  ASSIGN_OR_RETURN(const v1::PatientEvent event, projection::EventOf<v1::PatientEvent>(record));
  if (event.has_erasure_recorded()) return std::vector<ViewChange>();
  ASSIGN_OR_RETURN(ViewChange change, ChangeBy(projection::SubjectOf(record.stream), event));
  return std::vector<ViewChange>{std::move(change)};
}

}  // namespace anamnesis::patient
