// What the read model knows of each kind of view. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "anamnesis/projection/v1/views.pb.h"

namespace anamnesis::readmodel {

// The names of all kinds, in the order of View's fields.
const std::vector<std::string>& AllKinds();
bool IsKind(std::string_view name);
// Whether its views are a practitioner's, not a patient's.
bool IsOfDirectory(std::string_view kind);

// INVALID_ARGUMENT where the bytes are not a view, or are one of another kind.
absl::StatusOr<projection::v1::View> ParseView(std::string_view kind, std::string_view bytes);
// The same into a message; after an error its content means nothing.
absl::Status ParseViewInto(std::string_view kind, std::string_view bytes, projection::v1::View& view);

// When it happened or began in the clinic, microseconds since 1970; nothing where that is unknown. What is planned has
// the time for which it is planned.
std::optional<int64_t> ClinicalTime(const projection::v1::View& view);

// What a chart shows as of interest now.
bool IsActive(const projection::v1::ProblemView& view);
bool IsActive(const projection::v1::AllergyView& view);
bool IsActive(const projection::v1::OrderView& view);
bool IsActive(const projection::v1::CarePlanView& view);
bool IsActive(const projection::v1::GoalView& view);
bool IsActive(const projection::v1::CareTeamMemberView& view);
bool IsActive(const projection::v1::ReferralInView& view);
bool IsActive(const projection::v1::ConsentView& view);
bool IsActive(const projection::v1::AdvanceDirectiveView& view);

}  // namespace anamnesis::readmodel
