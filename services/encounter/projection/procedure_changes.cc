#include "services/encounter/projection/procedure_changes.h"

#include "absl/strings/str_cat.h"
#include "anamnesis/projection/v1/views.pb.h"
#include "projection/change.h"

namespace anamnesis::encounter {
namespace {

using projection::Patch;
using projection::Put;
using projection::Remove;
using projection::v1::View;
using projection::v1::ViewChange;

namespace views = projection::v1;

// A view of the kind with its new etag. `kind` makes the view's member.
template <class Kind, class Event>
View At(const Event& event, Kind* (View::*kind)()) {
  View view;
  (view.*kind)()->set_etag(absl::StrCat(event.revision()));
  return view;
}

// A view of the kind with nothing in it.
template <class Kind>
View Only(Kind* (View::*kind)()) {
  View view;
  (view.*kind)();
  return view;
}

// The intervention's new etag, and status unless it stays as it is.
template <class Event>
View Moved(const Event& event, v1::InterventionStatus status = v1::INTERVENTION_STATUS_UNSPECIFIED) {
  View view = At(event, &View::mutable_intervention);
  if (status != v1::INTERVENTION_STATUS_UNSPECIFIED) {
    view.mutable_intervention()->mutable_intervention()->set_status(status);
  }
  return view;
}

}  // namespace

ViewChange ChangeOf(const SubjectId& subject_id, const v1::PrivilegeGranted& event) {
  View view = At(event, &View::mutable_privilege);
  view.mutable_privilege()->set_practitioner_id(event.practitioner_id());
  *view.mutable_privilege()->mutable_privilege() = event.privilege();
  return Put({subject_id, event.privilege().id()}, view);
}
ViewChange ChangeOf(const SubjectId& subject_id, const v1::PrivilegeRevoked& event) {
  View view = At(event, &View::mutable_privilege);
  *view.mutable_privilege()->mutable_revoked_time() = event.revoked_time();
  view.mutable_privilege()->set_revoke_reason(event.reason());
  return Patch({subject_id, event.privilege_id()}, view, {"revoked_time"});
}

// Interventions. A message that a step sets is cleared first: merging would keep the parts of it that are zero now.
ViewChange ChangeOf(const SubjectId& subject_id, const v1::InterventionRecorded& event) {
  View view = At(event, &View::mutable_intervention);
  *view.mutable_intervention()->mutable_intervention() = event.intervention();
  return Put({subject_id, event.intervention().id()}, view);
}
ViewChange ChangeOf(const SubjectId& subject_id, const v1::InterventionPlanned& event) {
  View view = At(event, &View::mutable_intervention);
  *view.mutable_intervention()->mutable_intervention() = event.intervention();
  *view.mutable_intervention()->mutable_plan_alerts() = event.alerts();
  return Put({subject_id, event.intervention().id()}, view);
}
ViewChange ChangeOf(const SubjectId& subject_id, const v1::InterventionPlanRevised& event) {
  View view = Moved(event, event.status());
  views::InterventionView& changed = *view.mutable_intervention();
  *changed.mutable_intervention()->mutable_plan() = event.plan();
  *changed.mutable_plan_alerts() = event.alerts();
  changed.set_revise_reason(event.reason());
  if (event.status() == v1::INTERVENTION_STATUS_PLANNED) {
    return Patch({subject_id, event.intervention_id()}, view,
                 {"intervention.plan", "intervention.consent", "intervention.time_out", "plan_alerts",
                  "time_out_alerts", "revise_reason"});
  }
  return Patch({subject_id, event.intervention_id()}, view, {"intervention.plan", "plan_alerts", "revise_reason"});
}
ViewChange ChangeOf(const SubjectId& subject_id, const v1::InterventionConsented& event) {
  View view = Moved(event, v1::INTERVENTION_STATUS_CONSENTED);
  *view.mutable_intervention()->mutable_intervention()->mutable_consent() = event.consent();
  return Patch({subject_id, event.intervention_id()}, view,
               {"intervention.consent", "intervention.time_out", "time_out_alerts"});
}
ViewChange ChangeOf(const SubjectId& subject_id, const v1::TimeOutDone& event) {
  View view = Moved(event, v1::INTERVENTION_STATUS_TIME_OUT_DONE);
  *view.mutable_intervention()->mutable_intervention()->mutable_time_out() = event.time_out();
  *view.mutable_intervention()->mutable_time_out_alerts() = event.alerts();
  return Patch({subject_id, event.intervention_id()}, view, {"intervention.time_out", "time_out_alerts"});
}
ViewChange ChangeOf(const SubjectId& subject_id, const v1::InterventionPerformed& event) {
  View view = Moved(event, v1::INTERVENTION_STATUS_PERFORMED);
  views::InterventionView& performed = *view.mutable_intervention();
  *performed.mutable_intervention()->mutable_performance() = event.performance();
  performed.set_privilege_id(event.privilege_id());
  *performed.mutable_performance_alerts() = event.alerts();
  if (event.has_outcome_due()) *performed.mutable_outcome_due() = event.outcome_due();
  return Patch({subject_id, event.intervention_id()}, view, {"intervention.performance", "outcome_due"});
}
ViewChange ChangeOf(const SubjectId& subject_id, const v1::InterventionAborted& event) {
  View view = Moved(event, v1::INTERVENTION_STATUS_ABORTED);
  *view.mutable_intervention()->mutable_aborted_time() = event.time();
  view.mutable_intervention()->set_abort_reason(event.reason());
  return Patch({subject_id, event.intervention_id()}, view, {"aborted_time"});
}
ViewChange ChangeOf(const SubjectId& subject_id, const v1::InterventionRetracted& event) {
  return Remove({subject_id, event.intervention_id()}, Only(&View::mutable_intervention));
}
ViewChange ChangeOf(const SubjectId& subject_id, const v1::ComplicationReported& event) {
  View view = Moved(event);
  *view.mutable_intervention()->mutable_intervention()->mutable_performance()->add_complications() =
      event.complication();
  return Patch({subject_id, event.intervention_id()}, view);
}
ViewChange ChangeOf(const SubjectId& subject_id, const v1::OutcomeReported& event) {
  View view = Moved(event);
  views::InterventionView& reported = *view.mutable_intervention();
  *reported.add_outcomes() = event.report();
  if (event.has_standing()) *reported.mutable_standing() = event.standing();
  if (event.has_outcome_due()) *reported.mutable_outcome_due() = event.outcome_due();
  return Patch({subject_id, event.intervention_id()}, view, {"standing", "outcome_due"});
}
ViewChange ChangeOf(const SubjectId& subject_id, const v1::OutcomeRetracted& event) {
  View view = Moved(event);
  views::InterventionView& retracted = *view.mutable_intervention();
  retracted.add_retracted_outcome_ids(event.outcome_id());
  if (event.has_standing()) *retracted.mutable_standing() = event.standing();
  if (event.has_outcome_due()) *retracted.mutable_outcome_due() = event.outcome_due();
  return Patch({subject_id, event.intervention_id()}, view, {"standing", "outcome_due"});
}

// Anaesthesia.
ViewChange ChangeOf(const SubjectId& subject_id, const v1::AnaesthesiaStarted& event) {
  View view = At(event, &View::mutable_anaesthesia);
  *view.mutable_anaesthesia()->mutable_record() = event.record();
  return Put({subject_id, event.record().id()}, view);
}
ViewChange ChangeOf(const SubjectId& subject_id, const v1::AnaesthesiaRecorded& event) {
  View view = At(event, &View::mutable_anaesthesia);
  *view.mutable_anaesthesia()->mutable_record() = event.record();
  return Put({subject_id, event.record().id()}, view);
}
ViewChange ChangeOf(const SubjectId& subject_id, const v1::AnaesthesiaVitalsRecorded& event) {
  View view = At(event, &View::mutable_anaesthesia);
  *view.mutable_anaesthesia()->mutable_samples() = event.samples();
  return Patch({subject_id, event.anaesthesia_id()}, view);
}
ViewChange ChangeOf(const SubjectId& subject_id, const v1::AnaesthesiaEntriesRecorded& event) {
  View view = At(event, &View::mutable_anaesthesia);
  *view.mutable_anaesthesia()->mutable_entries() = event.entries();
  return Patch({subject_id, event.anaesthesia_id()}, view);
}
ViewChange ChangeOf(const SubjectId& subject_id, const v1::AnaesthesiaEnded& event) {
  View view = At(event, &View::mutable_anaesthesia);
  views::AnaesthesiaView& ended = *view.mutable_anaesthesia();
  ended.mutable_record()->set_status(v1::ANAESTHESIA_STATUS_RECOVERING);
  *ended.mutable_record()->mutable_end() = event.end();
  *ended.mutable_gaps() = event.gaps();
  *ended.mutable_alerts() = event.alerts();
  return Patch({subject_id, event.anaesthesia_id()}, view, {"record.end"});
}
ViewChange ChangeOf(const SubjectId& subject_id, const v1::AldreteScored& event) {
  View view = At(event, &View::mutable_anaesthesia);
  *view.mutable_anaesthesia()->add_scores() = event.score();
  return Patch({subject_id, event.anaesthesia_id()}, view);
}
ViewChange ChangeOf(const SubjectId& subject_id, const v1::RecoveryLeft& event) {
  View view = At(event, &View::mutable_anaesthesia);
  view.mutable_anaesthesia()->mutable_record()->set_status(v1::ANAESTHESIA_STATUS_CLOSED);
  *view.mutable_anaesthesia()->mutable_recovery_left_time() = event.time();
  *view.mutable_anaesthesia()->mutable_alerts() = event.alerts();
  return Patch({subject_id, event.anaesthesia_id()}, view, {"recovery_left_time"});
}
ViewChange ChangeOf(const SubjectId& subject_id, const v1::ErasElementsRecorded& event) {
  View view = At(event, &View::mutable_anaesthesia);
  *view.mutable_anaesthesia()->mutable_eras_elements() = event.elements();
  if (event.has_adherence()) *view.mutable_anaesthesia()->mutable_eras_adherence() = event.adherence();
  return Patch({subject_id, event.anaesthesia_id()}, view, {"eras_elements", "eras_adherence"});
}
ViewChange ChangeOf(const SubjectId& subject_id, const v1::AnaesthesiaRetracted& event) {
  return Remove({subject_id, event.anaesthesia_id()}, Only(&View::mutable_anaesthesia));
}

// Devices and consults.
ViewChange ChangeOf(const SubjectId& subject_id, const v1::PainConsultRecorded& event) {
  View view = At(event, &View::mutable_pain_consult);
  *view.mutable_pain_consult()->mutable_pain_consult() = event.pain_consult();
  return Put({subject_id, event.pain_consult().id()}, view);
}
ViewChange ChangeOf(const SubjectId& subject_id, const v1::PainConsultRetracted& event) {
  return Remove({subject_id, event.pain_consult_id()}, Only(&View::mutable_pain_consult));
}
ViewChange ChangeOf(const SubjectId& subject_id, const v1::DeviceProgrammeRecorded& event) {
  View view = At(event, &View::mutable_device_programme);
  *view.mutable_device_programme()->mutable_device_programme() = event.device_programme();
  return Put({subject_id, event.device_programme().id()}, view);
}
ViewChange ChangeOf(const SubjectId& subject_id, const v1::DeviceProgrammeRetracted& event) {
  return Remove({subject_id, event.device_programme_id()}, Only(&View::mutable_device_programme));
}

}  // namespace anamnesis::encounter
