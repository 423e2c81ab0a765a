#include "services/medication/domain/dose/taper.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "anamnesis/medication/v1/errors.pb.h"
#include "base/clock.h"
#include "base/refusal.h"
#include "services/medication/domain/dose/medicine.h"

namespace anamnesis::medication {
namespace {

using Dosages = google::protobuf::RepeatedPtrField<v1::Dosage>;

absl::Status RefuseField(v1::MedicationError error, std::string field, std::string description) {
  RefusalDetails details;
  google::rpc::BadRequest::FieldViolation& violation = details.fields.emplace_back();
  violation.set_field(std::move(field));
  violation.set_description(std::move(description));
  return Refuse(error, details);
}

std::string StepField(int step, const char* field) {
  return absl::StrCat("steps[", step, "].", field);
}

// Adds the dosages for the time between two instants; `to` is not in it, nullptr: without end.
void AddBetween(const Dosages& dosages, const int64_t* from, const int64_t* to, Dosages& all) {
  for (const v1::Dosage& dosage : dosages) {
    v1::Dosage& added = *all.Add();
    added = dosage;
    clinical::v1::Period& bounds = *added.mutable_timing()->mutable_bounds();
    if (from != nullptr) *bounds.mutable_start() = ToTimestamp(*from);
    if (to != nullptr) *bounds.mutable_end() = ToTimestamp(*to - 1);  // The end of bounds is in them.
  }
}

// Whether one is known to give more of an ingredient than the other.
bool GivesMore(const Medicine& after, const Medicine& before) {
  return std::ranges::any_of(after.uses, [&](const IngredientUse& use) {
    AtLeast known_before;
    for (const IngredientUse& earlier : before.uses) {
      if (earlier.rxnorm == use.rxnorm) known_before += earlier.mg_per_day;
    }
    return known_before.complete && use.mg_per_day.known > known_before.known;
  });
}

}  // namespace

absl::Status CheckSteps(const v1::TaperPlan& plan, int64_t at_micros) {
  int64_t before = at_micros - 1;
  for (int i = 0; i < plan.steps_size(); ++i) {
    const int64_t starts = ToMicros(plan.steps(i).starts());
    if (starts <= before) {
      return RefuseField(v1::TAPER_STEPS_NOT_IN_ORDER, StepField(i, "starts"),
                         i == 0 ? "is before the plan is made" : "is not after the step before it");
    }
    before = starts;
  }
  if (plan.has_ends() && ToMicros(plan.ends()) <= before) {
    return RefuseField(v1::TAPER_STEPS_NOT_IN_ORDER, "ends", "is not after the last step");
  }
  return absl::OkStatus();
}

Dosages DosagesAt(const v1::Order& order, int64_t at_micros) {
  Dosages dosages;
  for (const v1::Dosage& dosage : order.dosages()) {
    if (!IsTakenAt(dosage, at_micros)) continue;
    v1::Dosage& kept = *dosages.Add();
    kept = dosage;
    kept.mutable_timing()->clear_bounds();
  }
  return dosages;
}

Dosages DosagesOf(const v1::TaperPlan& plan, const v1::Order& order, int64_t at_micros) {
  Dosages all;
  const int64_t first = ToMicros(plan.steps(0).starts());
  if (first > at_micros) AddBetween(DosagesAt(order, at_micros), nullptr, &first, all);
  for (int i = 0; i < plan.steps_size(); ++i) {
    const int64_t from = ToMicros(plan.steps(i).starts());
    const bool last = i + 1 == plan.steps_size();
    const int64_t to = last ? ToMicros(plan.ends()) : ToMicros(plan.steps(i + 1).starts());
    AddBetween(plan.steps(i).dosages(), &from, last && !plan.has_ends() ? nullptr : &to, all);
  }
  return all;
}

int64_t LastChange(const v1::TaperPlan& plan) {
  return ToMicros(plan.has_ends() ? plan.ends() : plan.steps(plan.steps_size() - 1).starts());
}

absl::Status CheckFalls(const v1::TaperPlan& plan, const v1::Order& before, const v1::Order& planned, int64_t at_micros,
                        const RuleBook& rules) {
  for (int i = 0; i < plan.steps_size(); ++i) {
    const int64_t starts = ToMicros(plan.steps(i).starts());
    const Medicine taken_before =
        i == 0 ? MedicineOf(before, at_micros, rules) : MedicineOf(planned, starts - 1, rules);
    if (!GivesMore(MedicineOf(planned, starts, rules), taken_before)) continue;
    return RefuseField(v1::TAPER_DOSE_RISES, StepField(i, "dosages"), "gives more than is taken before it");
  }
  return absl::OkStatus();
}

}  // namespace anamnesis::medication
