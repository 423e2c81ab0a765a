#include "services/medication/audit/past_decision.h"

#include "base/clock.h"
#include "decider/command.h"
#include "service/past_command.h"

namespace anamnesis::medication {
namespace {

using service::FillContext;
using service::FillOverrides;
using Event = v1::MedicationEvent;

// The renewal that the new order came of.
template <class Alerts>
v1::MedicationCommand RenewalOf(const eventlog::Record& record, const v1::Order& order, const Alerts& alerts) {
  v1::MedicationCommand command;
  v1::RenewOrderRequest& request = *command.mutable_renew_order();
  FillContext(record, "", request);
  request.set_order_id(order.prior_order_id());
  request.set_new_order_id(order.id());
  *request.mutable_dosages() = order.dosages();
  if (order.has_quantity()) *request.mutable_quantity() = order.quantity();
  if (order.has_refills_allowed()) request.set_refills_allowed(order.refills_allowed());
  if (order.has_days_supply()) request.set_days_supply(order.days_supply());
  if (order.has_validity()) *request.mutable_validity() = order.validity();
  *request.mutable_indications() = order.indications();
  request.set_prescriber_id(order.prescriber_id());
  if (order.has_provenance()) *request.mutable_provenance() = order.provenance();
  FillOverrides(alerts, request);
  return command;
}

}  // namespace

bool MedicationDecisions::IsType(std::string_view type) {
  return type == v1::PrescriptionRefused::descriptor()->full_name() ||
         type == v1::OrderPrescribed::descriptor()->full_name() || type == v1::DoseChanged::descriptor()->full_name() ||
         type == v1::OrderHeld::descriptor()->full_name() || type == v1::OrderResumed::descriptor()->full_name() ||
         type == v1::OrderDiscontinued::descriptor()->full_name() ||
         type == v1::OrderCompleted::descriptor()->full_name() || type == v1::TaperPlanned::descriptor()->full_name() ||
         type == v1::TaperRevised::descriptor()->full_name() ||
         type == v1::MedicationsReconciled::descriptor()->full_name() ||
         type == v1::PumpProgrammed::descriptor()->full_name() ||
         type == v1::DrugTestRecorded::descriptor()->full_name();
}

std::optional<v1::MedicationCommand> MedicationDecisions::CommandOf(const eventlog::Record& record,
                                                                    const Event& event) {
  v1::MedicationCommand command;
  switch (event.event_case()) {
    case Event::kOrderPrescribed: {
      if (event.order_prescribed().renewal()) {
        return RenewalOf(record, event.order_prescribed().order(), event.order_prescribed().alerts());
      }
      v1::PrescribeRequest& request = *command.mutable_prescribe();
      FillContext(record, "", request);
      *request.mutable_order() = event.order_prescribed().order();
      FillOverrides(event.order_prescribed().alerts(), request);
      return command;
    }
    case Event::kDoseChanged: {
      v1::ChangeDoseRequest& request = *command.mutable_change_dose();
      FillContext(record, event.dose_changed().reason(), request);
      request.set_order_id(event.dose_changed().order_id());
      *request.mutable_dosages() = event.dose_changed().dosages();
      FillOverrides(event.dose_changed().alerts(), request);
      return command;
    }
    case Event::kOrderHeld: {
      v1::HoldOrderRequest& request = *command.mutable_hold_order();
      FillContext(record, event.order_held().reason(), request);
      request.set_order_id(event.order_held().order_id());
      return command;
    }
    case Event::kOrderResumed: {
      if (!event.order_resumed().has_resumed()) return std::nullopt;  // Recorded when no rule was asked yet.
      v1::ResumeOrderRequest& request = *command.mutable_resume_order();
      FillContext(record, event.order_resumed().reason(), request);
      request.set_order_id(event.order_resumed().order_id());
      FillOverrides(event.order_resumed().alerts(), request);
      return command;
    }
    case Event::kOrderDiscontinued: {
      v1::DiscontinueOrderRequest& request = *command.mutable_discontinue_order();
      FillContext(record, event.order_discontinued().reason(), request);
      request.set_order_id(event.order_discontinued().order_id());
      return command;
    }
    case Event::kOrderCompleted: {
      v1::CompleteOrderRequest& request = *command.mutable_complete_order();
      FillContext(record, "", request);
      request.set_order_id(event.order_completed().order_id());
      return command;
    }
    case Event::kTaperPlanned: {
      v1::PlanTaperRequest& request = *command.mutable_plan_taper();
      FillContext(record, "", request);
      *request.mutable_taper() = event.taper_planned().taper();
      FillOverrides(event.taper_planned().alerts(), request);
      return command;
    }
    case Event::kTaperRevised: {
      const v1::TaperRevised& revised = event.taper_revised();
      v1::ReviseTaperRequest& request = *command.mutable_revise_taper();
      FillContext(record, revised.reason(), request);
      request.set_taper_id(revised.taper().id());
      *request.mutable_steps() = revised.taper().steps();
      if (revised.taper().has_ends()) *request.mutable_ends() = revised.taper().ends();
      FillOverrides(revised.alerts(), request);
      return command;
    }
    case Event::kMedicationsReconciled: {
      v1::ReconcileMedicationsRequest& request = *command.mutable_reconcile_medications();
      FillContext(record, "", request);
      *request.mutable_reconciliation() = event.medications_reconciled().reconciliation();
      return command;
    }
    case Event::kPumpProgrammed: {
      v1::ProgrammePumpRequest& request = *command.mutable_programme_pump();
      FillContext(record, "", request);
      *request.mutable_programme() = event.pump_programmed().programme();
      FillOverrides(event.pump_programmed().alerts(), request);
      return command;
    }
    case Event::kDrugTestRecorded: {
      v1::RecordDrugTestRequest& request = *command.mutable_record_drug_test();
      FillContext(record, "", request);
      *request.mutable_drug_test() = event.drug_test_recorded().drug_test();
      return command;
    }
    case Event::kPrescriptionRefused: {
      const v1::PrescriptionRefused& refused = event.prescription_refused();
      if (refused.has_order() && refused.replaces()) {
        command = RenewalOf(record, refused.order(), refused.alerts());
        command.mutable_renew_order()->mutable_context()->set_reason(refused.reason());
      } else if (refused.has_taper() && refused.replaces()) {
        v1::ReviseTaperRequest& request = *command.mutable_revise_taper();
        FillContext(record, refused.reason(), request);
        request.set_taper_id(refused.taper().id());
        *request.mutable_steps() = refused.taper().steps();
        if (refused.taper().has_ends()) *request.mutable_ends() = refused.taper().ends();
        FillOverrides(refused.alerts(), request);
      } else if (refused.has_taper()) {
        v1::PlanTaperRequest& request = *command.mutable_plan_taper();
        FillContext(record, refused.reason(), request);
        *request.mutable_taper() = refused.taper();
        FillOverrides(refused.alerts(), request);
      } else if (refused.has_programme()) {
        v1::ProgrammePumpRequest& request = *command.mutable_programme_pump();
        FillContext(record, refused.reason(), request);
        *request.mutable_programme() = refused.programme();
        FillOverrides(refused.alerts(), request);
      } else if (refused.has_order()) {
        v1::PrescribeRequest& request = *command.mutable_prescribe();
        FillContext(record, refused.reason(), request);
        *request.mutable_order() = refused.order();
        FillOverrides(refused.alerts(), request);
      } else if (refused.resumes()) {
        v1::ResumeOrderRequest& request = *command.mutable_resume_order();
        FillContext(record, refused.reason(), request);
        request.set_order_id(refused.order_id());
        FillOverrides(refused.alerts(), request);
      } else {
        v1::ChangeDoseRequest& request = *command.mutable_change_dose();
        FillContext(record, refused.reason(), request);
        request.set_order_id(refused.order_id());
        *request.mutable_dosages() = refused.dosages();
        FillOverrides(refused.alerts(), request);
      }
      return command;
    }
    default:
      return std::nullopt;
  }
}

void MedicationDecisions::KnowAsThen(const Event& event, Known& known) {
  const auto note = [&known](const auto& change) {
    if (change.has_facts_age_seconds()) known.age_seconds = change.facts_age_seconds();
  };
  if (event.has_order_prescribed()) note(event.order_prescribed());
  if (event.has_dose_changed()) note(event.dose_changed());
  if (event.has_order_resumed()) note(event.order_resumed());
  if (event.has_taper_planned()) note(event.taper_planned());
  if (event.has_taper_revised()) note(event.taper_revised());
  if (event.has_medications_reconciled()) note(event.medications_reconciled());
  if (event.has_pump_programmed()) note(event.pump_programmed());
  if (event.has_prescription_refused()) note(event.prescription_refused());
}

decider::DecisionInput MedicationDecisions::InputOf(const Event& event, const v1::MedicationCommand& command,
                                                    const Known& known) {
  // Who overrode was permitted to, unless that is what was refused.
  if (event.prescription_refused().refusal() == v1::MedicationError_Name(v1::OVERRIDE_NOT_PERMITTED)) return {};
  const int64_t effective = ToMicros(decider::ContextOf(command).effective_time());
  return {.roles = RulesAt(known.rules.get(), effective).override_roles()};
}

void MedicationDecisions::Fill(const v1::MedicationCommand& command, const Known& known,
                               std::span<const v1::MedicationState* const> states,
                               v1::ExplainDecisionResponse& explained) {
  *explained.mutable_facts() = known.others;
  for (const v1::MedicationState* const joined : states.subspan(1)) *explained.add_joined_states() = *joined;
  const int64_t effective = ToMicros(decider::ContextOf(command).effective_time());
  service::FillTables(RulesAt(known.rules.get(), effective).versions(), explained);
}

}  // namespace anamnesis::medication
