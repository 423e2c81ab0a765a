#include "services/encounter/projection/encounter_projection.h"

#include <string>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "anamnesis/encounter/v1/events.pb.h"
#include "anamnesis/projection/v1/views.pb.h"
#include "base/scratch.h"
#include "base/status.h"
#include "projection/change.h"
#include "services/encounter/domain/scoring/instruments.h"
#include "services/encounter/domain/scoring/total.h"
#include "services/encounter/projection/alert_changes.h"
#include "services/encounter/projection/care_changes.h"
#include "services/encounter/projection/procedure_changes.h"
#include "services/encounter/projection/visit_event.h"
#include "services/encounter/projection/whole_view.h"

namespace anamnesis::encounter {
namespace {

using projection::Patch;
using projection::Put;
using projection::Remove;
using projection::v1::ViewChange;

namespace views = projection::v1;

// An encounter's new status and etag.
template <class Step>
View Moved(const Step& event, v1::EncounterStatus status) {
  View view;
  view.mutable_encounter()->mutable_encounter()->set_status(status);
  view.mutable_encounter()->set_etag(absl::StrCat(event.revision()));
  return view;
}

// A note's new etag.
template <class Step>
View NoteAt(const Step& event) {
  View view;
  view.mutable_note()->set_etag(absl::StrCat(event.revision()));
  return view;
}

// The view of an observation, with what it says if it is an instrument's total.
template <class Event>
View ObservationView(const Event& event) {
  View view = Whole(event.observation(), event.revision(), &View::mutable_observation,
                    &views::ObservationView::mutable_observation);
  const auto total = TotalOf(event.observation());
  if (!total.has_value()) return view;
  views::ScoredTotal& scored = *view.mutable_observation()->mutable_scored();
  scored.set_tool(total->tool);
  scored.set_band(total->band);
  scored.set_score(total->score);
  for (const std::string& flag : total->flags) scored.add_flags()->set_code(flag);
  scored.set_method_version(kScoringMethodVersion);
  return view;
}

// What each event does to the views of one patient, practitioner or organization.
struct Changes {
  const std::string& subject_id;

  ViewChange operator()(const v1::RecordErased&) const { return projection::Purge(subject_id); }

  // The directory.
  ViewChange operator()(const v1::PractitionerRegistered& event) const {
    return Put({subject_id, event.practitioner().id()},
               Whole(event.practitioner(), event.revision(), &View::mutable_practitioner,
                     &views::PractitionerView::mutable_practitioner));
  }
  ViewChange operator()(const v1::PractitionerUpdated& event) const {
    return Put({subject_id, event.practitioner().id()},
               Whole(event.practitioner(), event.revision(), &View::mutable_practitioner,
                     &views::PractitionerView::mutable_practitioner));
  }
  ViewChange operator()(const v1::OrganizationRegistered& event) const {
    return Put({subject_id, event.organization().id()},
               Whole(event.organization(), event.revision(), &View::mutable_organization,
                     &views::OrganizationView::mutable_organization));
  }
  ViewChange operator()(const v1::OrganizationUpdated& event) const {
    return Put({subject_id, event.organization().id()},
               Whole(event.organization(), event.revision(), &View::mutable_organization,
                     &views::OrganizationView::mutable_organization));
  }

  // Encounters. A message that a step sets is cleared first: merging would keep the parts of it that are zero now.
  ViewChange operator()(const v1::EncounterRecorded& event) const {
    return Put(
        {subject_id, event.encounter().id()},
        Whole(event.encounter(), event.revision(), &View::mutable_encounter, &views::EncounterView::mutable_encounter));
  }
  ViewChange operator()(const v1::EncounterPlanned& event) const {
    return Put(
        {subject_id, event.encounter().id()},
        Whole(event.encounter(), event.revision(), &View::mutable_encounter, &views::EncounterView::mutable_encounter));
  }
  ViewChange operator()(const v1::EncounterArrived& event) const {
    View view = Moved(event, v1::ENCOUNTER_STATUS_ARRIVED);
    *view.mutable_encounter()->mutable_encounter()->mutable_arrived_time() = event.arrived_time();
    return Patch({subject_id, event.encounter_id()}, view, {"encounter.arrived_time"});
  }
  ViewChange operator()(const v1::EncounterStarted& event) const {
    View view = Moved(event, v1::ENCOUNTER_STATUS_IN_PROGRESS);
    v1::Encounter& encounter = *view.mutable_encounter()->mutable_encounter();
    *encounter.mutable_period()->mutable_start() = event.start();
    if (event.has_telemedicine()) *encounter.mutable_telemedicine() = event.telemedicine();
    if (!event.telemedicine().has_patient_location()) {
      return Patch({subject_id, event.encounter_id()}, view, {"encounter.period"});
    }
    return Patch({subject_id, event.encounter_id()}, view,
                 {"encounter.period", "encounter.telemedicine.patient_location"});
  }
  ViewChange operator()(const v1::EncounterFinished& event) const {
    View view = Moved(event, v1::ENCOUNTER_STATUS_FINISHED);
    v1::Encounter& encounter = *view.mutable_encounter()->mutable_encounter();
    *encounter.mutable_period()->mutable_end() = event.end();
    if (!event.has_discharge_disposition()) {
      return Patch({subject_id, event.encounter_id()}, view, {"encounter.period.end"});
    }
    *encounter.mutable_discharge_disposition() = event.discharge_disposition();
    return Patch({subject_id, event.encounter_id()}, view, {"encounter.period.end", "encounter.discharge_disposition"});
  }
  ViewChange operator()(const v1::EncounterCancelled& event) const {
    View view = Moved(event, v1::ENCOUNTER_STATUS_CANCELLED);
    view.mutable_encounter()->set_cancel_reason(event.reason());
    return Patch({subject_id, event.encounter_id()}, view);
  }
  ViewChange operator()(const v1::EncounterMarkedNoShow& event) const {
    return Patch({subject_id, event.encounter_id()}, Moved(event, v1::ENCOUNTER_STATUS_NO_SHOW));
  }
  ViewChange operator()(const v1::EncounterRetracted& event) const {
    return Remove({subject_id, event.encounter_id()}, Only(&View::mutable_encounter));
  }

  // Observations.
  ViewChange operator()(const v1::ObservationRecorded& event) const {
    return Put({subject_id, event.observation().id()}, ObservationView(event));
  }
  ViewChange operator()(const v1::ObservationAmended& event) const {
    View view = ObservationView(event);
    view.mutable_observation()->set_amend_reason(event.reason());
    return Put({subject_id, event.observation().id()}, view);
  }
  ViewChange operator()(const v1::ObservationRetracted& event) const {
    return Remove({subject_id, event.observation_id()}, Only(&View::mutable_observation));
  }

  // Procedures.
  ViewChange operator()(const v1::ProcedureRecorded& event) const {
    return Put(
        {subject_id, event.procedure().id()},
        Whole(event.procedure(), event.revision(), &View::mutable_procedure, &views::ProcedureView::mutable_procedure));
  }
  ViewChange operator()(const v1::ProcedureRevised& event) const {
    View view =
        Whole(event.procedure(), event.revision(), &View::mutable_procedure, &views::ProcedureView::mutable_procedure);
    view.mutable_procedure()->set_revise_reason(event.reason());
    return Put({subject_id, event.procedure().id()}, view);
  }
  ViewChange operator()(const v1::ProcedureRetracted& event) const {
    return Remove({subject_id, event.procedure_id()}, Only(&View::mutable_procedure));
  }

  // Diagnostic reports.
  ViewChange operator()(const v1::DiagnosticReportRecorded& event) const {
    return Put({subject_id, event.diagnostic_report().id()},
               Whole(event.diagnostic_report(), event.revision(), &View::mutable_diagnostic_report,
                     &views::DiagnosticReportView::mutable_diagnostic_report));
  }
  ViewChange operator()(const v1::DiagnosticReportAmended& event) const {
    View view = Whole(event.diagnostic_report(), event.revision(), &View::mutable_diagnostic_report,
                      &views::DiagnosticReportView::mutable_diagnostic_report);
    view.mutable_diagnostic_report()->set_amend_reason(event.reason());
    return Put({subject_id, event.diagnostic_report().id()}, view);
  }
  ViewChange operator()(const v1::DiagnosticReportRetracted& event) const {
    return Remove({subject_id, event.diagnostic_report_id()}, Only(&View::mutable_diagnostic_report));
  }

  // Imaging studies.
  ViewChange operator()(const v1::ImagingStudyRecorded& event) const {
    return Put({subject_id, event.imaging_study().id()},
               Whole(event.imaging_study(), event.revision(), &View::mutable_imaging_study,
                     &views::ImagingStudyView::mutable_imaging_study));
  }
  ViewChange operator()(const v1::ImagingStudyRetracted& event) const {
    return Remove({subject_id, event.imaging_study_id()}, Only(&View::mutable_imaging_study));
  }

  // Immunizations.
  ViewChange operator()(const v1::ImmunizationRecorded& event) const {
    return Put({subject_id, event.immunization().id()},
               Whole(event.immunization(), event.revision(), &View::mutable_immunization,
                     &views::ImmunizationView::mutable_immunization));
  }
  ViewChange operator()(const v1::ImmunizationRetracted& event) const {
    return Remove({subject_id, event.immunization_id()}, Only(&View::mutable_immunization));
  }

  // Notes.
  ViewChange operator()(const v1::NoteRecorded& event) const {
    return Put({subject_id, event.note().id()},
               Whole(event.note(), event.revision(), &View::mutable_note, &views::NoteView::mutable_note));
  }
  ViewChange operator()(const v1::NoteDrafted& event) const {
    v1::Note note;
    note.set_id(event.note_id());
    note.set_status(v1::NOTE_STATUS_DRAFT);
    *note.mutable_content() = event.content();
    return Put({subject_id, note.id()},
               Whole(note, event.revision(), &View::mutable_note, &views::NoteView::mutable_note));
  }
  ViewChange operator()(const v1::DraftRevised& event) const {
    View view = NoteAt(event);
    *view.mutable_note()->mutable_note()->mutable_content() = event.content();
    return Patch({subject_id, event.note_id()}, view, {"note.content"});
  }
  ViewChange operator()(const v1::NoteSigned& event) const {
    View view = NoteAt(event);
    v1::Note& note = *view.mutable_note()->mutable_note();
    note.set_status(v1::NOTE_STATUS_SIGNED);
    note.set_signer_id(event.signer_id());
    *note.mutable_signed_time() = event.signed_time();
    return Patch({subject_id, event.note_id()}, view, {"note.signed_time"});
  }
  ViewChange operator()(const v1::AddendumAdded& event) const {
    View view = NoteAt(event);
    *view.mutable_note()->mutable_note()->add_addenda() = event.addendum();
    return Patch({subject_id, event.note_id()}, view);
  }
  ViewChange operator()(const v1::NoteRetracted& event) const {
    return Remove({subject_id, event.note_id()}, Only(&View::mutable_note));
  }

  // Privileges, interventions, anaesthesia, devices; questionnaires, credentials, assessments, study orders, referrals,
  // conferences.
  template <class Event>
  auto operator()(const Event& event) const {
    if constexpr (requires { ChangeBy(event, subject_id); }) {
      return ChangeBy(event, subject_id);
    } else {
      return ChangeOf(subject_id, event);
    }
  }
};

}  // namespace

absl::StatusOr<std::vector<ViewChange>> ProjectEncounter(const eventlog::Record& record) {
  Scratch<v1::EncounterEvent> parsed;
  RETURN_IF_ERROR(projection::ParseEvent(record, *parsed));
  const v1::EncounterEvent& event = *parsed;
  const std::string subject_id = projection::SubjectOf(record.stream);
  std::vector<ViewChange> changes;
  VisitEvent(event, [&](const auto& known) {
    using Known = std::decay_t<decltype(known)>;
    // A rule table is of nobody; of what was refused nothing came, and nothing may seem to; see AlertChange.
    if constexpr (!std::is_same_v<Known, v1::RuleTableLoaded> && !std::is_same_v<Known, v1::InterventionRefused> &&
                  !std::is_same_v<Known, v1::RecoveryRefused> && !std::is_same_v<Known, v1::AlertsAcknowledged>) {
      changes.push_back(Changes{subject_id}(known));
    }
  });
  if (auto change = AlertChange(record, subject_id, event)) changes.push_back(*std::move(change));
  return changes;
}

}  // namespace anamnesis::encounter
