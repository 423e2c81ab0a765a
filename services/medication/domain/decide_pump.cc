// Intrathecal pumps: programmed → filled, boluses → programmed anew or stopped. A programme runs under an order; it is
// judged as the dose of that order, and by the limits of the table `intrathecal`.
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "base/clock.h"
#include "base/refusal.h"
#include "base/status.h"
#include "services/medication/domain/dose/pump_flow.h"
#include "services/medication/domain/order_decision.h"
#include "services/medication/domain/safety/intrathecal_rules.h"

namespace anamnesis::medication {
namespace {

// When a reservoir held how much.
struct Fill {
  int64_t micros;
  std::optional<Exact> ml;
};

// PUMP_RECORD_NOT_FOUND, ETAG_MISMATCH, PUMP_RECORD_RETRACTED. UNSPECIFIED finds any kind.
absl::StatusOr<const v1::PumpRecordState*> FindRecord(const Situation& at, v1::PumpRecordKind kind,
                                                      const std::string& id, const rpc::v1::CommandContext& context) {
  const auto found = at.state.pump_records().find(id);
  if (found == at.state.pump_records().end() ||
      (kind != v1::PUMP_RECORD_KIND_UNSPECIFIED && found->second.kind() != kind)) {
    return Refuse(v1::PUMP_RECORD_NOT_FOUND);
  }
  RETURN_IF_ERROR(decider::CheckEtag(context, found->second.revision()));
  if (found->second.retracted()) return Refuse(v1::PUMP_RECORD_RETRACTED);
  return &found->second;
}

// The same of a programme that runs; PUMP_NOT_RUNNING.
absl::StatusOr<const v1::PumpRecordState*> FindRunning(const Situation& at, const std::string& id,
                                                       const rpc::v1::CommandContext& context) {
  ASSIGN_OR_RETURN(const v1::PumpRecordState* programme, FindRecord(at, v1::PUMP_RECORD_KIND_PROGRAMME, id, context));
  if (programme->ended()) return Refuse(v1::PUMP_NOT_RUNNING);
  return programme;
}

// The record with its id; PUMP_RECORD_ALREADY_EXISTS.
template <class Record>
absl::StatusOr<Record> NewRecord(const Situation& at, const Record& said) {
  Record record = said;
  if (record.id().empty()) record.set_id(at.input.new_id);
  if (at.state.pump_records().contains(record.id())) return Refuse(v1::PUMP_RECORD_ALREADY_EXISTS);
  return record;
}

// The programme that runs under the order; nullptr: none.
const v1::PumpRecordState* RunningUnder(const v1::MedicationState& state, const std::string& order_id) {
  for (const auto& [id, record] : state.pump_records()) {
    const bool runs = record.kind() == v1::PUMP_RECORD_KIND_PROGRAMME && !record.ended() && !record.retracted();
    if (runs && record.programme().order_id() == order_id) return &record;
  }
  return nullptr;
}

// The newest fill that is known of the programme, but for that of one record.
absl::StatusOr<Fill> LastFill(const v1::MedicationState& state, const std::string& programme_id,
                              const std::string& without = "") {
  std::optional<Fill> last;
  std::string last_id;  // A proto map has no order of its own: of two at one instant the same counts in every replay.
  for (const auto& [id, record] : state.pump_records()) {
    if (id == without || record.retracted() || !record.has_filled() || record.programme_id() != programme_id) continue;
    const int64_t micros = ToMicros(record.filled());
    if (last && std::tie(last->micros, last_id) > std::tie(micros, id)) continue;
    last_id = id;
    ASSIGN_OR_RETURN(std::optional<Exact> ml, Millilitres("reservoir_volume", record.reservoir_volume()));
    last = Fill{micros, std::move(ml)};
  }
  return last.value_or(Fill{});
}

// The order as the programme gives it, for the rules.
v1::Order GivenBy(const v1::PumpProgramme& programme, const v1::Order& therapy) {
  v1::Order order = therapy;
  order.clear_ingredients();
  order.clear_dosages();
  for (const v1::PumpDrug& drug : programme.drugs()) {
    v1::Ingredient& ingredient = *order.add_ingredients();
    *ingredient.mutable_coding() = drug.substance();
    *ingredient.mutable_strength()->mutable_numerator() = drug.concentration();
  }
  if (programme.drugs_size() == 1)
    *order.add_dosages()->mutable_rate()->mutable_numerator() = programme.drugs(0).daily_dose();
  for (v1::Dosage& dosage : *order.mutable_dosages()) {
    clinical::v1::Coding& route = *dosage.mutable_route()->add_codings();
    route.set_system("http://snomed.info/sct");
    route.set_code("72607000");  // Intrathecal.
  }
  return order;
}

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ProgrammePumpRequest& request) {
  ASSIGN_OR_RETURN(v1::PumpProgramme programme, NewRecord(at, request.programme()));
  rpc::v1::CommandContext context = request.context();
  const v1::PumpRecordState* const before = RunningUnder(at.state, programme.order_id());
  // Who programmes anew has seen the programme that runs; who begins, the order.
  if (before != nullptr) {
    RETURN_IF_ERROR(decider::CheckEtag(context, before->revision()));
    context.clear_etag();
  }
  ASSIGN_OR_RETURN(const v1::OrderState* order, FindOrder(at.state, programme.order_id(), context));
  RETURN_IF_ERROR(CheckActive(*order));
  ASSIGN_OR_RETURN(const PumpFlow flow, FlowOf(programme));
  std::optional<PumpFlow> flow_before;
  if (before != nullptr) {
    ASSIGN_OR_RETURN(flow_before, FlowOf(before->programme()));
  }
  RETURN_IF_ERROR(CheckPatient(at.facts.patient()));
  const int64_t effective = EffectiveAt(at, request.context());
  const v1::Order given = GivenBy(programme, at.state.in_force().at(programme.order_id()).therapy());
  Alerts alerts = ReviewPump(flow, flow_before ? &*flow_before : nullptr, at.rules, "pump/" + programme.id());
  const Alerts of_order = ReviewSafety(ProposalOf(at, given, effective), {});
  alerts.insert(alerts.end(), of_order.begin(), of_order.end());
  Override(alerts, request.overrides());
  v1::PrescriptionRefused asked;
  *asked.mutable_programme() = programme;
  if (auto stopped = Stopped(at, alerts, request.context(), std::move(asked))) return *std::move(stopped);

  if (!programme.has_programmed()) *programme.mutable_programmed() = ToTimestamp(effective);
  v1::MedicationEvent event;
  v1::PumpProgrammed& programmed = *event.mutable_pump_programmed();
  const int64_t begins = ToMicros(programme.programmed());
  if (const auto due = RefillDueOf(flow, flow.reservoir_ml, begins)) *programmed.mutable_refill_due() = *due;
  if (before != nullptr) programmed.set_replaces_id(before->programme_id());
  programmed.mutable_alerts()->Assign(alerts.begin(), alerts.end());
  programmed.set_revision(1);
  NoteGrounds(at, programmed);
  std::string id = programme.id();
  *programmed.mutable_programme() = std::move(programme);
  Decision decision = decider::Accepted(std::move(id), 1, std::move(event));
  decision.alerts = std::move(alerts);
  return decision;
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RefillPumpRequest& request) {
  ASSIGN_OR_RETURN(v1::PumpRefill refill, NewRecord(at, request.refill()));
  ASSIGN_OR_RETURN(const v1::PumpRecordState* programme, FindRunning(at, refill.programme_id(), request.context()));
  ASSIGN_OR_RETURN(const PumpFlow flow, FlowOf(programme->programme()));
  ASSIGN_OR_RETURN(const std::optional<Exact> ml, Millilitres("refill.reservoir_volume", refill.reservoir_volume()));
  ASSIGN_OR_RETURN(const std::optional<Exact> residual, Millilitres("refill.residual", refill.residual()));
  if (!refill.has_refilled()) *refill.mutable_refilled() = ToTimestamp(EffectiveAt(at, request.context()));

  v1::MedicationEvent event;
  v1::PumpRefilled& refilled = *event.mutable_pump_refilled();
  const int64_t filled = ToMicros(refill.refilled());
  ASSIGN_OR_RETURN(const Fill last, LastFill(at.state, refill.programme_id()));
  if (last.ml && last.micros <= filled) {
    refilled.set_expected_residual(DecimalText(VolumeLeft(flow, *last.ml, last.micros, filled), 2));
  }
  if (const auto due = RefillDueOf(flow, ml, filled)) *refilled.mutable_refill_due() = *due;
  refilled.set_revision(1);
  std::string id = refill.id();
  *refilled.mutable_refill() = std::move(refill);
  return decider::Accepted(std::move(id), 1, std::move(event));
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordPumpBolusRequest& request) {
  ASSIGN_OR_RETURN(v1::PumpBolus bolus, NewRecord(at, request.bolus()));
  RETURN_IF_ERROR(FindRunning(at, bolus.programme_id(), request.context()).status());
  RETURN_IF_ERROR(Milligrams("bolus.dose", bolus.dose()).status());
  if (!bolus.has_given()) *bolus.mutable_given() = ToTimestamp(EffectiveAt(at, request.context()));
  std::string id = bolus.id();
  v1::MedicationEvent event;
  *event.mutable_pump_bolus_recorded()->mutable_bolus() = std::move(bolus);
  event.mutable_pump_bolus_recorded()->set_revision(1);
  return decider::Accepted(std::move(id), 1, std::move(event));
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::StopPumpRequest& request) {
  ASSIGN_OR_RETURN(const v1::PumpRecordState* programme, FindRunning(at, request.programme_id(), request.context()));
  RETURN_IF_ERROR(CheckReason(request.context()));
  v1::MedicationEvent event;
  v1::PumpStopped& stopped = *event.mutable_pump_stopped();
  stopped.set_programme_id(request.programme_id());
  stopped.set_reason(request.context().reason());
  *stopped.mutable_stopped() = ToTimestamp(EffectiveAt(at, request.context()));
  stopped.set_revision(programme->revision() + 1);
  return decider::Accepted(request.programme_id(), stopped.revision(), std::move(event));
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractPumpRecordRequest& request) {
  ASSIGN_OR_RETURN(const v1::PumpRecordState* record,
                   FindRecord(at, v1::PUMP_RECORD_KIND_UNSPECIFIED, request.record_id(), request.context()));
  RETURN_IF_ERROR(CheckReason(request.context()));
  v1::MedicationEvent event;
  v1::PumpRecordRetracted& retracted = *event.mutable_pump_record_retracted();
  retracted.set_record_id(request.record_id());
  retracted.set_kind(record->kind());
  retracted.set_programme_id(record->programme_id());
  retracted.set_reason(request.context().reason());
  retracted.set_revision(record->revision() + 1);
  if (record->kind() == v1::PUMP_RECORD_KIND_REFILL) {
    ASSIGN_OR_RETURN(const PumpFlow flow, FlowOf(at.state.pump_records().at(record->programme_id()).programme()));
    ASSIGN_OR_RETURN(const Fill last, LastFill(at.state, record->programme_id(), request.record_id()));
    if (const auto due = RefillDueOf(flow, last.ml, last.micros)) *retracted.mutable_refill_due() = *due;
  }
  return decider::Accepted(request.record_id(), retracted.revision(), std::move(event));
}

}  // namespace anamnesis::medication
