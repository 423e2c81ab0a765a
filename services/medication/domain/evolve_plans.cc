#include "services/medication/domain/evolve_plans.h"

#include "base/clock.h"
#include "services/medication/domain/dose/taper.h"

namespace anamnesis::medication {
namespace {

using Event = v1::MedicationEvent;

constexpr int kMostTotals = 256;

absl::Status Missing() {
  return absl::DataLossError("a medication event changes what was never recorded");
}

absl::Status Unknown() {
  return absl::DataLossError("a medication event of a kind that this release does not know");
}

// The order with the dosages that a taper gives it.
template <class Change>
absl::Status SetDosages(v1::MedicationState& state, const std::string& order_id, const Change& event) {
  const auto order = state.mutable_orders()->find(order_id);
  const auto in_force = state.mutable_in_force()->find(order_id);
  if (order == state.mutable_orders()->end() || in_force == state.mutable_in_force()->end()) return Missing();
  order->second.set_revision(event.order_revision());
  *in_force->second.mutable_therapy()->mutable_dosages() = event.dosages();
  if (event.has_daily_mme()) AddTotal(state, event.daily_mme());
  return absl::OkStatus();
}

template <class Change>
absl::Status SetPlan(v1::MedicationState& state, const Change& event) {
  v1::TaperState& taper = (*state.mutable_tapers())[event.taper().id()];
  taper.set_revision(event.revision());
  taper.set_order_id(event.taper().order_id());
  *taper.mutable_last_change() = ToTimestamp(LastChange(event.taper()));
  *taper.mutable_plan() = event.taper();
  for (const auto clear : {&v1::TaperPlan::clear_id, &v1::TaperPlan::clear_order_id, &v1::TaperPlan::clear_steps,
                           &v1::TaperPlan::clear_ends}) {
    (taper.mutable_plan()->*clear)();
  }
  return SetDosages(state, event.taper().order_id(), event);
}

// A new record of a pump.
template <class Record>
v1::PumpRecordState& AddPumpRecord(v1::MedicationState& state, const Record& record, v1::PumpRecordKind kind,
                                   const std::string& programme_id) {
  v1::PumpRecordState& added = (*state.mutable_pump_records())[record.id()];
  added.set_revision(1);
  added.set_kind(kind);
  added.set_programme_id(programme_id);
  return added;
}

void SetVolume(v1::PumpRecordState& record, const google::protobuf::Timestamp& filled,
               const clinical::v1::Quantity& volume) {
  *record.mutable_filled() = filled;
  *record.mutable_reservoir_volume() = volume;
}

v1::PumpRecordState* FindPumpRecord(v1::MedicationState& state, const std::string& id) {
  const auto found = state.mutable_pump_records()->find(id);
  return found == state.mutable_pump_records()->end() ? nullptr : &found->second;
}

}  // namespace

void AddTotal(v1::MedicationState& state, const v1::DailyMmeTotal& total) {
  *state.add_daily_mme() = total;
  if (state.daily_mme_size() > kMostTotals) state.mutable_daily_mme()->erase(state.daily_mme().begin());
}

absl::Status EvolveTaper(v1::MedicationState& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kTaperPlanned:
      return SetPlan(state, event.taper_planned());
    case Event::kTaperRevised:
      return SetPlan(state, event.taper_revised());
    case Event::kTaperStopped: {
      const v1::TaperStopped& stopped = event.taper_stopped();
      const auto taper = state.mutable_tapers()->find(stopped.taper_id());
      if (taper == state.mutable_tapers()->end()) return Missing();
      taper->second.set_revision(stopped.revision());
      taper->second.set_ended(true);
      return SetDosages(state, stopped.order_id(), stopped);
    }
    default:
      return Unknown();
  }
}

void EndTapersOf(v1::MedicationState& state, const std::string& order_id, const std::string& followed_by) {
  for (auto& [id, taper] : *state.mutable_tapers()) {
    if (taper.order_id() != order_id) continue;
    if (followed_by.empty()) {
      taper.set_ended(true);
    } else {
      taper.set_order_id(followed_by);
    }
  }
}

absl::Status EvolvePump(v1::MedicationState& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kPumpProgrammed: {
      const v1::PumpProgrammed& programmed = event.pump_programmed();
      const v1::PumpProgramme& programme = programmed.programme();
      if (!programmed.replaces_id().empty()) {
        v1::PumpRecordState* const replaced = FindPumpRecord(state, programmed.replaces_id());
        if (replaced == nullptr) return Missing();
        replaced->set_ended(true);
      }
      v1::PumpRecordState& added = AddPumpRecord(state, programme, v1::PUMP_RECORD_KIND_PROGRAMME, programme.id());
      *added.mutable_programme() = programme;
      SetVolume(added, programme.programmed(), programme.reservoir_volume());
      return absl::OkStatus();
    }
    case Event::kPumpRefilled: {
      const v1::PumpRefill& refill = event.pump_refilled().refill();
      SetVolume(AddPumpRecord(state, refill, v1::PUMP_RECORD_KIND_REFILL, refill.programme_id()), refill.refilled(),
                refill.reservoir_volume());
      return absl::OkStatus();
    }
    case Event::kPumpBolusRecorded: {
      const v1::PumpBolus& bolus = event.pump_bolus_recorded().bolus();
      AddPumpRecord(state, bolus, v1::PUMP_RECORD_KIND_BOLUS, bolus.programme_id());
      return absl::OkStatus();
    }
    case Event::kPumpStopped: {
      v1::PumpRecordState* const programme = FindPumpRecord(state, event.pump_stopped().programme_id());
      if (programme == nullptr) return Missing();
      programme->set_revision(event.pump_stopped().revision());
      programme->set_ended(true);
      return absl::OkStatus();
    }
    case Event::kPumpRecordRetracted: {
      v1::PumpRecordState* const record = FindPumpRecord(state, event.pump_record_retracted().record_id());
      if (record == nullptr) return Missing();
      record->set_revision(event.pump_record_retracted().revision());
      record->set_retracted(true);
      return absl::OkStatus();
    }
    default:
      return Unknown();
  }
}

absl::Status EvolveReconciliation(v1::MedicationState& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kMedicationsReconciled: {
      const v1::MedicationsReconciled& reconciled = event.medications_reconciled();
      (*state.mutable_reconciliations())[reconciled.reconciliation().id()].set_revision(reconciled.revision());
      return absl::OkStatus();
    }
    case Event::kReconciliationRetracted: {
      const v1::ReconciliationRetracted& retracted = event.reconciliation_retracted();
      const auto found = state.mutable_reconciliations()->find(retracted.reconciliation_id());
      if (found == state.mutable_reconciliations()->end()) return Missing();
      found->second.set_revision(retracted.revision());
      found->second.set_retracted(true);
      return absl::OkStatus();
    }
    default:
      return Unknown();
  }
}

}  // namespace anamnesis::medication
