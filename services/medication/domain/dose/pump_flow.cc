#include "services/medication/domain/dose/pump_flow.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "anamnesis/medication/v1/errors.pb.h"
#include "base/clock.h"
#include "base/refusal.h"
#include "base/status.h"

namespace anamnesis::medication {
namespace {

constexpr long kMicrosOfDay = 86'400'000'000;
// By how much of it the volumes of two drugs in one fluid may differ: what a pump shows is rounded.
constexpr long kOneOf = 100;
constexpr int kPlacesOfVolume = 3;
// A hundred years: no fluid is good for longer, and every time that far from a recorded one can be written.
constexpr long kMostDays = 36'525;

absl::Status Invalid(const std::string& field) {
  RefusalDetails details;
  google::rpc::BadRequest::FieldViolation& violation = details.fields.emplace_back();
  violation.set_field(field);
  violation.set_description("is no positive number of the unit that it needs");
  return Refuse(v1::PUMP_QUANTITY_INVALID, details);
}

// An amount of one thing per an amount of another.
absl::StatusOr<Exact> Rate(const std::string& field, const clinical::v1::Quantity& quantity, Dimension per) {
  v1::Ratio ratio;
  *ratio.mutable_numerator() = quantity;
  const std::optional<AmountPer> rate = ToAmountPer(ratio);
  if (!rate || rate->amount.dimension != Dimension::kMass || rate->per.dimension != per || rate->amount.value <= 0) {
    return Invalid(field);
  }
  return Exact(rate->amount.value / rate->per.value);
}

absl::StatusOr<Exact> Positive(const char* field, const clinical::v1::Quantity& quantity, Dimension dimension) {
  const std::optional<Amount> amount = ToAmount(quantity);
  if (!amount || amount->dimension != dimension || amount->value <= 0) return Invalid(field);
  return amount->value;
}

// No later than kMostDays.
int64_t After(int64_t micros, const Exact& days) {
  const Exact later = std::min(std::max(days, Exact(0)), Exact(kMostDays)) * Exact(kMicrosOfDay);
  return micros + mpz_class(later.get_num() / later.get_den()).get_si();
}

}  // namespace

absl::StatusOr<std::optional<Exact>> Millilitres(const char* field, const clinical::v1::Quantity& quantity) {
  if (quantity.value().empty()) return std::optional<Exact>();
  ASSIGN_OR_RETURN(Exact ml, Positive(field, quantity, Dimension::kVolume));
  return std::optional<Exact>(std::move(ml));
}

absl::StatusOr<Exact> Milligrams(const char* field, const clinical::v1::Quantity& quantity) {
  return Positive(field, quantity, Dimension::kMass);
}

absl::StatusOr<PumpFlow> FlowOf(const v1::PumpProgramme& programme) {
  PumpFlow flow;
  for (int i = 0; i < programme.drugs_size(); ++i) {
    const v1::PumpDrug& drug = programme.drugs(i);
    const std::string field = absl::StrCat("programme.drugs[", i, "].");
    ASSIGN_OR_RETURN(const Exact mg_per_ml, Rate(field + "concentration", drug.concentration(), Dimension::kVolume));
    ASSIGN_OR_RETURN(const Exact mg_per_day, Rate(field + "daily_dose", drug.daily_dose(), Dimension::kTime));
    flow.drugs.push_back({drug.substance().code(), mg_per_ml, mg_per_day, mg_per_day});
  }
  const PumpFlow::Drug& leading = flow.drugs.front();
  flow.ml_per_day = leading.mg_per_day / leading.mg_per_ml;
  flow.most_ml_per_day = flow.ml_per_day;
  if (programme.has_patient_bolus()) {
    ASSIGN_OR_RETURN(const Exact bolus,
                     Positive("programme.patient_bolus.dose", programme.patient_bolus().dose(), Dimension::kMass));
    flow.most_ml_per_day += bolus * programme.patient_bolus().most_per_day() / leading.mg_per_ml;
  }
  for (PumpFlow::Drug& drug : flow.drugs) {
    const Exact difference = abs(drug.mg_per_day / drug.mg_per_ml - flow.ml_per_day);
    if (difference * kOneOf > flow.ml_per_day) return Refuse(v1::PUMP_DOSES_DISAGREE);
    drug.most_mg_per_day += (flow.most_ml_per_day - flow.ml_per_day) * drug.mg_per_ml;
  }
  ASSIGN_OR_RETURN(flow.reservoir_ml, Millilitres("programme.reservoir_volume", programme.reservoir_volume()));
  ASSIGN_OR_RETURN(flow.alarm_ml, Millilitres("programme.alarm_volume", programme.alarm_volume()));
  return flow;
}

std::optional<v1::RefillDue> RefillDueOf(const PumpFlow& flow, const std::optional<Exact>& ml, int64_t filled_micros) {
  if (!ml || !flow.alarm_ml) return std::nullopt;
  const Exact usable = *ml - *flow.alarm_ml;
  v1::RefillDue due;
  *due.mutable_due() = ToTimestamp(After(filled_micros, usable / flow.ml_per_day));
  due.set_ml_per_day(DecimalText(flow.ml_per_day, kPlacesOfVolume));
  if (flow.most_ml_per_day > flow.ml_per_day) {
    *due.mutable_earliest() = ToTimestamp(After(filled_micros, usable / flow.most_ml_per_day));
  }
  return due;
}

Exact VolumeLeft(const PumpFlow& flow, const Exact& ml, int64_t filled_micros, int64_t at_micros) {
  const Exact days = Exact(at_micros - filled_micros) / Exact(kMicrosOfDay);
  return std::max(Exact(ml - flow.ml_per_day * days), Exact(0));
}

}  // namespace anamnesis::medication
