#include "services/medication/domain/order_decision.h"

#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/refusal.h"
#include "services/medication/domain/dose/daily_mme.h"
#include "services/medication/domain/safety/regimen.h"
#include "services/medication/domain/safety/rules.h"

namespace anamnesis::medication {
namespace {

constexpr int kPlacesOfMilligrams = 3;

// Fills in the total at one instant.
template <class Total>
void FillTotal(const Situation& at, int64_t micros, std::string_view without, const v1::Order* with, Total& total) {
  std::vector<Medicine> medicines = MedicinesInForce(at.person, micros, at.rules, without);
  if (with != nullptr) medicines.push_back(MedicineOf(*with, micros, at.rules));
  const AtLeast mme = DailyMmeOf(medicines, at.rules).total;
  const rpc::v1::NamedNumber number = Number("mme_per_day", mme);
  *total.mutable_from() = ToTimestamp(micros);
  total.set_mme_per_day(number.value());
  total.set_at_least(number.at_least());
  for (const char* rule : {"mme-50", "mme-90"}) {
    if (at.rules.Setting(rule) != nullptr && mme.Reaches(at.rules.Limit(rule, "mme_per_day"))) total.add_reached(rule);
  }
}

}  // namespace

absl::Status CheckPatient(const v1::PatientFacts& patient) {
  if (!patient.survivor_id().empty()) {
    return Refuse(v1::PATIENT_MERGED_AWAY, {.metadata = {{"survivor_id", patient.survivor_id()}}});
  }
  if (patient.deceased()) return Refuse(v1::PATIENT_DECEASED);
  return absl::OkStatus();
}

std::string TaperOf(const v1::MedicationState& state, std::string_view order_id, int64_t at_micros) {
  for (const auto& [id, taper] : state.tapers()) {
    if (taper.order_id() == order_id && !taper.ended() && at_micros < ToMicros(taper.last_change())) return id;
  }
  return "";
}

absl::Status CheckNoTaper(const Situation& at, const std::string& order_id, int64_t at_micros) {
  const std::string taper = TaperOf(at.state, order_id, at_micros);
  return taper.empty() ? absl::OkStatus() : Refuse(v1::TAPER_UNDER_WAY, {.metadata = {{"taper_id", taper}}});
}

std::optional<Decision> Stopped(const Situation& at, const Alerts& alerts, const rpc::v1::CommandContext& context,
                                v1::PrescriptionRefused asked) {
  absl::Status refusal = CheckOverridden(alerts, at.rules.MayOverride(at.input.roles));
  if (refusal.ok()) return std::nullopt;
  asked.set_reason(context.reason());
  asked.set_refusal(RefusalInfo(refusal).reason());
  asked.mutable_alerts()->Assign(alerts.begin(), alerts.end());
  NoteGrounds(at, asked);
  v1::MedicationEvent event;
  *event.mutable_prescription_refused() = std::move(asked);
  Decision decision = decider::RefusedAndRecorded(std::move(refusal), std::move(event));
  decision.alerts = alerts;
  return decision;
}

google::protobuf::RepeatedPtrField<v1::IngredientDose> DosesOf(const Situation& at, const Medicine& medicine) {
  google::protobuf::RepeatedPtrField<v1::IngredientDose> doses;
  for (const IngredientUse& use : medicine.uses) {
    v1::IngredientDose& dose = *doses.Add();
    dose.set_rxnorm(use.rxnorm);
    dose.set_name(at.rules.NameOf(use.rxnorm));
    for (const v1::DrugClass drug_class : at.rules.ClassesOf(use.rxnorm)) dose.add_classes(drug_class);
    dose.set_mg_per_day(DecimalText(use.mg_per_day.known, kPlacesOfMilligrams));
    dose.set_at_least(!use.mg_per_day.complete);
    if (!at.rules.IsOpioid(use.rxnorm) || at.rules.IsExcluded(use.rxnorm)) continue;
    const Medicine alone{.order = medicine.order, .composition = {}, .uses = {use}};
    const rpc::v1::NamedNumber mme = Number("mme_per_day", DailyMmeOf({&alone, 1}, at.rules).total);
    dose.set_mme_per_day(mme.value());
    dose.set_mme_at_least(mme.at_least());
  }
  return doses;
}

v1::DailyMmeTotal DailyMmeFrom(const Situation& at, int64_t from_micros, std::string_view without,
                               const v1::Order* with) {
  v1::DailyMmeTotal total;
  FillTotal(at, from_micros, without, with, total);
  for (const int64_t change : DoseChangesAfter(at.person, from_micros, without, with)) {
    FillTotal(at, change, without, with, *total.add_later());
  }
  return total;
}

}  // namespace anamnesis::medication
