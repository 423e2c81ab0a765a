// Tapers: plans by which the dose of an order falls.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "anamnesis/medication/v1/taper.pb.h"
#include "services/medication/domain/dose/rule_book.h"

namespace anamnesis::medication {

// TAPER_STEPS_NOT_IN_ORDER unless every step comes after the one before it, the first not before the instant, and the
// end after the last.
absl::Status CheckSteps(const v1::TaperPlan& plan, int64_t at_micros);

// The order's dosages by the plan: what is taken at the instant until the first step, then each step until the next.
google::protobuf::RepeatedPtrField<v1::Dosage> DosagesOf(const v1::TaperPlan& plan, const v1::Order& order,
                                                         int64_t at_micros);

// Those that are taken at the instant, for good.
google::protobuf::RepeatedPtrField<v1::Dosage> DosagesAt(const v1::Order& order, int64_t at_micros);

// When the plan changes the dose for the last time.
int64_t LastChange(const v1::TaperPlan& plan);

// TAPER_DOSE_RISES if a step is known to give more of an ingredient than is taken before it. `before` has the dosages
// until now, `planned` those of the plan.
absl::Status CheckFalls(const v1::TaperPlan& plan, const v1::Order& before, const v1::Order& planned, int64_t at_micros,
                        const RuleBook& rules);

}  // namespace anamnesis::medication
