#include <string>
#include <type_traits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/encounter/domain/encounter_decider.h"
#include "services/encounter/domain/visit_request.h"

namespace anamnesis::encounter {
namespace {

// A command to the directory.
template <class Request>
concept NamesPractitioner = requires(const Request& request) {
  request.practitioner();
};
template <class Request>
concept NamesOrganization = requires(const Request& request) {
  request.organization();
};
// A command about what is in a practitioner's stream.
template <class Request>
concept IsOfPractitioner = requires(const Request& request) {
  request.practitioner_id();
}
&&!requires(const Request& request) {
  request.patient_id();
};

template <class Request>
concept IsRuleTable = requires(const Request& request) {
  request.table();
};
// A command that needs to know its performer's privileges.
template <class Request>
concept NamesPerformer = requires(const Request& request) {
  request.intervention_id();
  request.performer_id();
};

template <class Entry>
const std::string& IdOf(const Entry& entry, const decider::DecisionInput& input) {
  return entry.id().empty() ? input.new_id : entry.id();
}

template <class Request>
std::string StreamOf(const Request& request, const decider::DecisionInput& input) {
  if constexpr (NamesPractitioner<Request>) {
    return absl::StrCat("practitioner-", IdOf(request.practitioner(), input));
  } else if constexpr (NamesOrganization<Request>) {
    return absl::StrCat("organization-", IdOf(request.organization(), input));
  } else if constexpr (IsOfPractitioner<Request>) {
    return absl::StrCat("practitioner-", request.practitioner_id());
  } else if constexpr (IsRuleTable<Request>) {
    return kRulesStream;
  } else {
    return absl::StrCat("encounter-", request.patient_id());
  }
}

}  // namespace

std::vector<std::string> EncounterDecider::Streams(const Command& command, const decider::DecisionInput& input) {
  std::vector<std::string> streams;
  VisitRequest(command, [&](const auto& request) {
    streams.push_back(StreamOf(request, input));
    if constexpr (NamesPerformer<std::decay_t<decltype(request)>>) {
      streams.push_back(absl::StrCat("practitioner-", request.performer_id()));
    }
  });
  if (command.has_erase_record()) {
    const std::string& id = command.erase_record().patient_id();
    streams.push_back(absl::StrCat("practitioner-", id));
    streams.push_back(absl::StrCat("organization-", id));
  }
  return streams;
}

}  // namespace anamnesis::encounter
