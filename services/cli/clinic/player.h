// Plays stories: sends their commands to the services and compares what comes of each with what is to come of it.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "anamnesis/rpc/v1/command.pb.h"
#include "services/cli/clinic/stories.h"
#include "services/cli/connection.h"

namespace anamnesis::clinic {

// What came of a step.
struct Answer {
  std::string refused;           // The refusal's name; empty: it was accepted.
  std::set<std::string> alerts;  // Of the rules that had something to say; of a refusal, those that stopped it.
};

// One after the other: used by one thread. The connection must outlive it.
class Player {
 public:
  explicit Player(const cli::Connection& connection) : connection_(connection) {}

  // The first step that was not carried out before; all before it were, or were refused as the story then stood.
  absl::StatusOr<int> FirstToPlay(const Story& story);

  // Sends a step when the service has followed all that was acknowledged before. UNAVAILABLE and the like where no
  // answer came of it.
  absl::StatusOr<Answer> Play(const Step& step);

 private:
  absl::StatusOr<bool> WasCarriedOut(const Step& step);
  absl::StatusOr<rpc::v1::CommandOutcome> Send(const Step& step, bool validate_only);
  const std::shared_ptr<grpc::Channel>& Channel(const std::string& service);
  absl::Status AwaitFollowed(const std::string& service);

  const cli::Connection& connection_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;   // By service.
  std::map<std::string, uint64_t> acknowledged_;                     // By service, the last position.
  std::map<std::string, std::map<std::string, uint64_t>> followed_;  // By service and source, as seen last.
};

// What is otherwise than the step says; empty where nothing is.
std::string Difference(const Step& step, const Answer& answer);

}  // namespace anamnesis::clinic
