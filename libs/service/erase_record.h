// A patient's record is erased here because the patient service erased it.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "anamnesis/event/v1/envelope.pb.h"
#include "eventlog/record.h"

namespace anamnesis::service {

// The EraseRecord command of a contract, for an event of the patient service that says that a record was erased.
template <class Command, class PatientEvent>
absl::StatusOr<std::optional<Command>> EraseRecordWhenErased(const event::v1::EventEnvelope& envelope) {
  PatientEvent event;
  if (envelope.type() != event.patient_erased().GetTypeName()) return std::optional<Command>();
  if (!event.ParseFromString(envelope.payload()) || !event.has_patient_erased()) {
    return absl::DataLossError(absl::StrCat("the erasure at position ", envelope.position(), " cannot be decoded"));
  }
  Command command;
  auto& request = *command.mutable_erase_record();
  request.mutable_context()->set_request_id(absl::StrCat("erasure:", envelope.event_id()));
  request.mutable_context()->set_correlation_id(event.patient_erased().erasure_id());
  request.set_patient_id(std::string(eventlog::EntityOf(envelope.stream())));
  request.set_erasure_id(event.patient_erased().erasure_id());
  return std::optional(std::move(command));
}

}  // namespace anamnesis::service
