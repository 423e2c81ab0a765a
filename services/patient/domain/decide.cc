#include "services/patient/domain/decide.h"

#include <optional>
#include <utility>

#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/clock.h"
#include "base/refusal.h"
#include "base/status.h"
#include "services/patient/domain/patient_decider.h"
#include "services/patient/domain/request.h"

namespace anamnesis::patient {

Decision PatientDecider::Decide(std::span<const State* const> states, const Command& command,
                                const decider::DecisionInput& input, const Facts&) {
  const Situation at{
      .patient = *states.front(), .duplicate = states.size() > 1 ? states.back() : nullptr, .input = input};
  std::optional<absl::StatusOr<Decision>> decision;
  WithRequest(command, [&](const auto& request) { decision = patient::Decide(at, request); });
  if (!decision.has_value()) return {.refusal = Refuse(rpc::v1::COMMAND_MISSING)};
  if (!decision->ok()) return {.refusal = decision->status()};
  return **std::move(decision);
}

absl::Status CheckPatient(const v1::PatientState& patient) {
  if (patient.revision() == 0) return Refuse(v1::PATIENT_NOT_FOUND);
  if (!patient.survivor_id().empty()) {
    return Refuse(v1::PATIENT_MERGED_AWAY, {.metadata = {{"survivor_id", patient.survivor_id()}}});
  }
  return absl::OkStatus();
}

absl::Status CheckPatient(const v1::PatientState& patient, const rpc::v1::CommandContext& context) {
  RETURN_IF_ERROR(CheckPatient(patient));
  return decider::CheckEtag(context, patient.revision());
}

absl::StatusOr<std::string> IdOfNew(const Situation& at, const std::string& given) {
  RETURN_IF_ERROR(CheckPatient(at.patient));
  const std::string& id = given.empty() ? at.input.new_id : given;
  if (at.patient.resources().contains(id)) return Refuse(v1::RESOURCE_ALREADY_EXISTS);
  return id;
}

absl::StatusOr<const v1::ResourceState*> FindResource(const v1::PatientState& patient, v1::ResourceKind kind,
                                                      const std::string& id, const rpc::v1::CommandContext& context) {
  RETURN_IF_ERROR(CheckPatient(patient));
  const auto found = patient.resources().find(id);
  if (found == patient.resources().end() || found->second.kind() != kind) return Refuse(v1::RESOURCE_NOT_FOUND);
  RETURN_IF_ERROR(decider::CheckEtag(context, found->second.revision()));
  if (found->second.retracted()) return Refuse(v1::RESOURCE_RETRACTED);
  return &found->second;
}

absl::Status CheckOrder(bool has_start, const google::protobuf::Timestamp& start, bool has_end,
                        const google::protobuf::Timestamp& end) {
  if (has_start && has_end && ToMicros(end) < ToMicros(start)) return Refuse(v1::END_BEFORE_START);
  return absl::OkStatus();
}

google::protobuf::Timestamp EffectiveTime(const Situation& at, const rpc::v1::CommandContext& context) {
  return ToTimestamp(decider::EffectiveMicros(context, at.input));
}

absl::Status CheckReason(const rpc::v1::CommandContext& context) {
  return context.reason().empty() ? Refuse(v1::REASON_REQUIRED) : absl::OkStatus();
}

absl::Status InvalidField(std::string field, std::string description) {
  RefusalDetails details;
  google::rpc::BadRequest::FieldViolation& violation = details.fields.emplace_back();
  violation.set_field(std::move(field));
  violation.set_description(std::move(description));
  return Refuse(rpc::v1::INVALID_FIELDS, details);
}

}  // namespace anamnesis::patient
