#include "service/witnessing.h"

#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/clock.h"
#include "base/status.h"
#include "rpc/client.h"
#include "rpc/log.h"

namespace anamnesis::service {
namespace {

[[noreturn]] void EndContradicted(const absl::Status& why) {
  constexpr int kSoftwareError = 70;
  rpc::Log(rpc::LogLevel::kError, "a witness contradicts the log, the process ends",
           {
               {"error", std::string(why.message())}
  });
  std::_Exit(kSoftwareError);
}

// Well unless something was refused and is still there.
LinkState Watching(const evidence::Witness& witness) {
  LinkState state{.connected = true};
  if (const std::vector<std::string> refused = witness.RefusedLogs(); !refused.empty()) {
    state.problem = absl::StrCat("another history was shown of: ", absl::StrJoin(refused, ", "));
  }
  return state;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Witnessing>> Witnessing::Open(const std::string& service, const std::string& data_dir,
                                                             const std::map<std::string, std::string>& witnesses,
                                                             LogEvidence* evidence, rpc::Metrics& metrics,
                                                             rpc::Gate& gate) {
  std::unique_ptr<evidence::Witness> witness;
  if (!data_dir.empty()) {
    ASSIGN_OR_RETURN(witness, evidence::Witness::Open(data_dir + "/witness",
                                                      absl::StrCat("anamnesis/witness/", service), SystemClock()));
  }
  std::unique_ptr<Witnessing> opened(new Witnessing(std::move(witness), metrics, gate));
  if (evidence == nullptr) return opened;
  for (const auto& [name, address] : witnesses) {
    Cosigner::Options options = {
        .log = service,
        .witness = name,
        .channel = rpc::Connect(address),
        .caller = {.actor = "service:" + service, .roles = {"service"}},
        .contradicted = EndContradicted,
    };
    opened->cosigners_[name] = std::make_unique<Cosigner>(std::move(options), *evidence);
  }
  return opened;
}

absl::Status Witnessing::CheckBeforeServing() {
  for (const auto& [name, cosigner] : cosigners_) RETURN_IF_ERROR(cosigner->CheckBeforeServing());
  return absl::OkStatus();
}

void Witnessing::Start() {
  for (const auto& [name, cosigner] : cosigners_) cosigner->Start();
}

void Witnessing::Stop() {
  for (const auto& [name, cosigner] : cosigners_) cosigner->Stop();  // So that none waits for another's last round.
  cosigners_.clear();
}

std::vector<Monitor::Link> Witnessing::Links() const {
  std::vector<Monitor::Link> links;
  for (const auto& [name, cosigner] : cosigners_) {
    links.push_back({"witness:" + name, [cosigner = cosigner.get()] { return cosigner->state(); }});
  }
  if (witness_ != nullptr) links.push_back({"witness", [this] { return Watching(*witness_); }});
  return links;
}

}  // namespace anamnesis::service
