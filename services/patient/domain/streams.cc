#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/patient/domain/patient_decider.h"
#include "services/patient/domain/request.h"

namespace anamnesis::patient {
namespace {

using Ids = std::vector<std::string>;

template <class Request>
Ids PatientsOf(const Request& request, const decider::DecisionInput&) {
  return {request.patient_id()};
}

Ids PatientsOf(const v1::RegisterPatientRequest& request, const decider::DecisionInput& input) {
  return {request.patient_id().empty() ? input.new_id : request.patient_id()};
}

// A record with itself is refused by Decide; no stream may be named twice.
template <class Request>
Ids BothOf(const Request& request) {
  if (request.survivor_id() == request.duplicate_id()) return {request.survivor_id()};
  return {request.survivor_id(), request.duplicate_id()};
}

Ids PatientsOf(const v1::MergePatientsRequest& request, const decider::DecisionInput&) {
  return BothOf(request);
}

Ids PatientsOf(const v1::UnmergePatientsRequest& request, const decider::DecisionInput&) {
  return BothOf(request);
}

}  // namespace

std::vector<std::string> PatientDecider::Streams(const Command& command, const decider::DecisionInput& input) {
  std::vector<std::string> streams;
  WithRequest(command, [&](const auto& request) {
    for (const std::string& id : PatientsOf(request, input)) streams.push_back(absl::StrCat("patient-", id));
  });
  if (command.has_erase_patient()) {
    streams.push_back(absl::StrCat("erasure-", input.new_id));
    streams.push_back(absl::StrCat("erasure-", command.erase_patient().patient_id()));
  }
  return streams;
}

}  // namespace anamnesis::patient
