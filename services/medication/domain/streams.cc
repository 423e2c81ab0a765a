#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/medication/domain/decide.h"
#include "services/medication/domain/medication_decider.h"

namespace anamnesis::medication {
namespace {

template <class Request>
std::string StreamOf(const Request& request) {
  return absl::StrCat("medication-", request.patient_id());
}

std::string StreamOf(const v1::LoadRuleTableRequest&) {
  return kRulesStream;
}

}  // namespace

std::vector<std::string> MedicationDecider::Streams(const Command& command, const decider::DecisionInput&) {
  std::vector<std::string> streams;
  WithRequest(command, [&streams](const auto& request) { streams.push_back(StreamOf(request)); });
  return streams;
}

}  // namespace anamnesis::medication
