#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/medication/domain/decide.h"
#include "services/medication/domain/medication_decider.h"

namespace anamnesis::medication {

std::vector<std::string> MedicationDecider::Streams(const Command& command, const decider::DecisionInput&) {
  std::vector<std::string> streams;
  WithRequest(command, [&streams](const auto& request) {
    streams.push_back(absl::StrCat("medication-", request.patient_id()));
  });
  return streams;
}

}  // namespace anamnesis::medication
