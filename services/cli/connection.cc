#include "services/cli/connection.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/refusal.h"
#include "rpc/client.h"
#include "rpc/status.h"

namespace anamnesis::cli {
namespace {

std::string DefaultActor() {
  const passwd* user = getpwuid(geteuid());
  return absl::StrCat("user:", user == nullptr ? std::to_string(geteuid()) : user->pw_name);
}

}  // namespace

void Connection::AddOptions(CLI::App& app) {
  actor_ = DefaultActor();
  app.add_option("--port-base", port_base_, "First port of the installation: its servers listen just above")
      ->check(CLI::Range(1, 64000))
      ->capture_default_str();
  app.add_option("--server", servers_, "A server that is elsewhere: patient=record.example:7101; may be repeated")
      ->check([](const std::string& text) {
        for (const ServerName& known : kServers) {
          if (text.rfind(absl::StrCat(known.name, "="), 0) == 0) return std::string();
        }
        return std::string("write NAME=ADDRESS, NAME one of readmodel, patient, encounter, medication");
      })
      ->allow_extra_args(false);
  app.add_option("--actor", actor_, "Who acts, as it will stand in the record")->capture_default_str();
  roles_option_ = app.add_option("--roles", roles_,
                                 "The roles of who acts, separated by commas. Only where it is not given `rules load` "
                                 "and `check` add formulary, `erase` privacy-officer")
                      ->capture_default_str();
  app.add_option("--timeout", timeout_seconds_, "Seconds to wait for an answer")
      ->check(CLI::Range(0.001, 86400.0))
      ->check([](const std::string& text) {  // Which no range refuses.
        double seconds = 0;
        const bool finite = absl::SimpleAtod(text, &seconds) && std::isfinite(seconds);
        return finite ? std::string() : std::string("write a number of seconds");
      })
      ->capture_default_str();
}

std::string Connection::Address(const std::string& server) const {
  for (const std::string& elsewhere : servers_) {
    if (elsewhere.rfind(server + "=", 0) == 0) return elsewhere.substr(server.size() + 1);
  }
  for (const ServerName& known : kServers) {
    if (server == known.name) return absl::StrCat("127.0.0.1:", port_base_ + known.offset);
  }
  return "";
}

std::shared_ptr<grpc::Channel> Connection::Channel(const std::string& server) const {
  return rpc::Connect(Address(server));
}

rpc::Caller Connection::Caller() const {
  return {.actor = actor_, .roles = absl::StrSplit(roles_, ',', absl::SkipEmpty())};
}

rpc::Caller Connection::CallerWith(const std::string& role) const {
  rpc::Caller caller = Caller();
  const bool given = roles_option_ != nullptr && roles_option_->count() > 0;
  if (!given && !std::ranges::count(caller.roles, role)) caller.roles.push_back(role);
  return caller;
}

std::chrono::milliseconds Connection::timeout() const {
  return std::chrono::milliseconds(static_cast<int64_t>(timeout_seconds_ * 1000));
}

void Connection::Prepare(grpc::ClientContext& context) const {
  rpc::PrepareContext(context, Caller(), timeout());
}

void Connection::PrepareStream(grpc::ClientContext& context) const {
  rpc::PrepareContext(context, Caller(), rpc::kNoTimeout);
}

absl::Status Connection::Explain(const std::string& server, const grpc::Status& status) const {
  if (status.ok()) return absl::OkStatus();
  const absl::Status rich = rpc::FromGrpcStatus(status);
  const google::rpc::ErrorInfo info = RefusalInfo(rich);
  if (info.reason().empty() && absl::IsUnavailable(rich)) {
    return absl::UnavailableError(absl::StrCat("no ", server, " server answers at ", Address(server),
                                               "; start one with `anamnesis up`, or name its --port-base"));
  }
  if (info.reason().empty() && absl::IsDeadlineExceeded(rich)) {
    return absl::DeadlineExceededError(absl::StrCat("the ", server, " server at ", Address(server),
                                                    " did not answer within ", timeout_seconds_, " s (--timeout)"));
  }
  std::string message =
      absl::StrCat(server, " server: ", info.reason(), info.reason().empty() ? "" : ": ", std::string(rich.message()));
  for (const auto& [key, value] : info.metadata()) absl::StrAppend(&message, " (", key, " = ", value, ")");
  const google::rpc::Status travelled = ToRpcStatus(rich);
  for (const google::protobuf::Any& detail : travelled.details()) {
    google::rpc::BadRequest wrong;
    google::rpc::PreconditionFailure stopped;
    if (detail.UnpackTo(&wrong)) {
      for (const auto& field : wrong.field_violations()) {
        absl::StrAppend(&message, " (", field.field(), ": ", field.description(), ")");
      }
    } else if (detail.UnpackTo(&stopped)) {
      for (const auto& rule : stopped.violations()) {
        absl::StrAppend(&message, " (", rule.type(), ": ", rule.description(), ")");
      }
    }
  }
  return absl::Status(rich.code(), message);
}

}  // namespace anamnesis::cli
