// What flows out of a pump, and how long it lasts.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "anamnesis/medication/v1/pump.pb.h"
#include "services/medication/domain/dose/amount.h"

namespace anamnesis::medication {

// A programme in numbers.
struct PumpFlow {
  struct Drug {
    std::string rxnorm;
    Exact mg_per_ml;
    Exact mg_per_day;       // Without boluses.
    Exact most_mg_per_day;  // With all that the patient may call for.
  };
  std::vector<Drug> drugs;  // As the programme lists them.
  Exact ml_per_day;         // Without boluses.
  Exact most_ml_per_day;    // With all that the patient may call for.
  std::optional<Exact> reservoir_ml, alarm_ml;
};

// PUMP_QUANTITY_INVALID for a quantity that is no positive number of a mass per volume, a mass per day or a volume;
// PUMP_DOSES_DISAGREE where the drugs' doses come to volumes that differ by more than a hundredth.
absl::StatusOr<PumpFlow> FlowOf(const v1::PumpProgramme& programme);

// The volume in mL; nothing where it is unknown, PUMP_QUANTITY_INVALID where it is none.
absl::StatusOr<std::optional<Exact>> Millilitres(const char* field, const clinical::v1::Quantity& quantity);

// The mass in mg; PUMP_QUANTITY_INVALID where it is none.
absl::StatusOr<Exact> Milligrams(const char* field, const clinical::v1::Quantity& quantity);

// When a reservoir that held `ml` at the instant is to be filled again: (reservoir − alarm volume) ÷ (daily dose ÷
// concentration) days later, not before the instant. Nothing where a volume is unknown.
std::optional<v1::RefillDue> RefillDueOf(const PumpFlow& flow, const std::optional<Exact>& ml, int64_t filled_micros);

// What is left at an instant of what was there at another, without boluses, mL; not less than nothing.
Exact VolumeLeft(const PumpFlow& flow, const Exact& ml, int64_t filled_micros, int64_t at_micros);

}  // namespace anamnesis::medication
