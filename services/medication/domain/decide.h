// What the decide_*.cc files share. Each Decide is a ladder of named refusals, asked in the order of errors.proto, and
// ends in the event that is to be recorded.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "anamnesis/medication/v1/errors.pb.h"
#include "anamnesis/medication/v1/events.pb.h"
#include "anamnesis/medication/v1/medication_service.pb.h"
#include "anamnesis/medication/v1/state.pb.h"
#include "decider/decision.h"
#include "services/medication/domain/dose/rule_book.h"

namespace anamnesis::medication {

using Decision = decider::Decision<v1::MedicationEvent>;

// What a command meets: all that a decision may know.
struct Situation {
  const v1::MedicationState& state;   // Of the record: what a command may change.
  const v1::MedicationState& person;  // With what the records hold that were merged into it: what the rules look at.
  const decider::DecisionInput& input;
  const v1::MedicationFacts& facts;
  const RuleBook& rules;                               // Those in force when the command takes effect.
  std::optional<uint32_t> age_seconds = std::nullopt;  // Of `facts`; see Known.
};

absl::StatusOr<Decision> Decide(const Situation& at, const v1::PrescribeRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordOrderRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ChangeDoseRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::HoldOrderRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ResumeOrderRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::DiscontinueOrderRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractOrderRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordDispenseRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordAdministrationRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractAdministrationRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::EraseRecordRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::LoadRuleTableRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordPdmpReviewRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::SignAgreementRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::EndAgreementRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordDrugTestRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ConcludeDrugTestRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::OfferNaloxoneRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReassessTherapyRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractStewardshipRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RenewOrderRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::CompleteOrderRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::PlanTaperRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReviseTaperRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::StopTaperRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReconcileMedicationsRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractReconciliationRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ProgrammePumpRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RefillPumpRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordPumpBolusRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::StopPumpRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractPumpRecordRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::AcknowledgeAlertsRequest& request);

// The order; ORDER_NOT_FOUND, or ETAG_MISMATCH if the caller saw another revision of it.
absl::StatusOr<const v1::OrderState*> FindOrder(const v1::MedicationState& state, const std::string& order_id,
                                                const rpc::v1::CommandContext& context);

// ORDER_RETRACTED.
absl::Status CheckNotRetracted(const v1::OrderState& order);
// ORDER_RETRACTED, ORDER_ENDED.
absl::Status CheckNotEnded(const v1::OrderState& order);
// ORDER_RETRACTED, ORDER_ENDED, ORDER_ON_HOLD, ORDER_NOT_ACTIVE.
absl::Status CheckActive(const v1::OrderState& order);
// REASON_REQUIRED.
absl::Status CheckReason(const rpc::v1::CommandContext& context);

// Notes the tables that the rules were taken from.
template <class Event>
void NoteTables(const Situation& at, Event& event) {
  for (const auto& [id, version] : at.rules.versions()) {
    v1::RuleTableVersion& table = *event.add_decided_by();
    table.set_id(id);
    table.set_version(version);
  }
}

// Calls `visit` with the request that the command carries; false if it carries none.
template <class Visitor>
bool WithRequest(const v1::MedicationCommand& command, Visitor&& visit) {
  switch (command.command_case()) {
    case v1::MedicationCommand::kPrescribe:
      return visit(command.prescribe()), true;
    case v1::MedicationCommand::kRecordOrder:
      return visit(command.record_order()), true;
    case v1::MedicationCommand::kChangeDose:
      return visit(command.change_dose()), true;
    case v1::MedicationCommand::kHoldOrder:
      return visit(command.hold_order()), true;
    case v1::MedicationCommand::kResumeOrder:
      return visit(command.resume_order()), true;
    case v1::MedicationCommand::kDiscontinueOrder:
      return visit(command.discontinue_order()), true;
    case v1::MedicationCommand::kRetractOrder:
      return visit(command.retract_order()), true;
    case v1::MedicationCommand::kRecordDispense:
      return visit(command.record_dispense()), true;
    case v1::MedicationCommand::kRecordAdministration:
      return visit(command.record_administration()), true;
    case v1::MedicationCommand::kRetractAdministration:
      return visit(command.retract_administration()), true;
    case v1::MedicationCommand::kEraseRecord:
      return visit(command.erase_record()), true;
    case v1::MedicationCommand::kLoadRuleTable:
      return visit(command.load_rule_table()), true;
    case v1::MedicationCommand::kRecordPdmpReview:
      return visit(command.record_pdmp_review()), true;
    case v1::MedicationCommand::kSignAgreement:
      return visit(command.sign_agreement()), true;
    case v1::MedicationCommand::kEndAgreement:
      return visit(command.end_agreement()), true;
    case v1::MedicationCommand::kRecordDrugTest:
      return visit(command.record_drug_test()), true;
    case v1::MedicationCommand::kConcludeDrugTest:
      return visit(command.conclude_drug_test()), true;
    case v1::MedicationCommand::kOfferNaloxone:
      return visit(command.offer_naloxone()), true;
    case v1::MedicationCommand::kReassessTherapy:
      return visit(command.reassess_therapy()), true;
    case v1::MedicationCommand::kRetractStewardship:
      return visit(command.retract_stewardship()), true;
    case v1::MedicationCommand::kRenewOrder:
      return visit(command.renew_order()), true;
    case v1::MedicationCommand::kCompleteOrder:
      return visit(command.complete_order()), true;
    case v1::MedicationCommand::kPlanTaper:
      return visit(command.plan_taper()), true;
    case v1::MedicationCommand::kReviseTaper:
      return visit(command.revise_taper()), true;
    case v1::MedicationCommand::kStopTaper:
      return visit(command.stop_taper()), true;
    case v1::MedicationCommand::kReconcileMedications:
      return visit(command.reconcile_medications()), true;
    case v1::MedicationCommand::kRetractReconciliation:
      return visit(command.retract_reconciliation()), true;
    case v1::MedicationCommand::kProgrammePump:
      return visit(command.programme_pump()), true;
    case v1::MedicationCommand::kRefillPump:
      return visit(command.refill_pump()), true;
    case v1::MedicationCommand::kRecordPumpBolus:
      return visit(command.record_pump_bolus()), true;
    case v1::MedicationCommand::kStopPump:
      return visit(command.stop_pump()), true;
    case v1::MedicationCommand::kRetractPumpRecord:
      return visit(command.retract_pump_record()), true;
    case v1::MedicationCommand::kAcknowledgeAlerts:
      return visit(command.acknowledge_alerts()), true;
    case v1::MedicationCommand::COMMAND_NOT_SET:
      return false;
  }
  return false;
}

}  // namespace anamnesis::medication
