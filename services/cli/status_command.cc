#include <CLI/Error.hpp>
#include <iostream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "anamnesis/ops/v1/ops_service.pb.h"
#include "base/status.h"
#include "google/protobuf/util/json_util.h"
#include "nlohmann/json.hpp"
#include "services/cli/commands.h"
#include "services/cli/format.h"
#include "services/cli/query.h"
#include "services/cli/server_status.h"
#include "services/cli/table.h"

namespace anamnesis::cli {
namespace {

struct ServerStatus {
  std::string name;
  std::string problem;  // Empty where it answered.
  ops::v1::GetStatusResponse status;

  bool healthy() const {
    for (const auto& link : status.links()) {
      if (!link.healthy()) return false;
    }
    return problem.empty();
  }
};

ServerStatus AskServer(const Connection& connection, const std::string& name) {
  ServerStatus server{.name = name};
  auto status = AskStatus(connection, name);
  if (status.ok()) {
    server.status = *std::move(status);
  } else {
    server.problem = std::string(status.status().message());
  }
  return server;
}

nlohmann::ordered_json ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) return nullptr;
  return nlohmann::ordered_json::parse(json, nullptr, /*allow_exceptions=*/false);
}

void PrintAsJson(const std::vector<ServerStatus>& servers,
                 const absl::StatusOr<chart::v1::GetProjectionStatusResponse>& projections) {
  nlohmann::ordered_json json;
  bool healthy = true;
  for (const ServerStatus& server : servers) {
    nlohmann::ordered_json entry = server.problem.empty() ? ToJson(server.status) : nlohmann::ordered_json::object();
    entry["healthy"] = server.healthy();
    if (!server.problem.empty()) entry["problem"] = server.problem;
    json["servers"][server.name] = std::move(entry);
    healthy = healthy && server.healthy();
  }
  json["healthy"] = healthy;
  if (projections.ok()) json["projections"] = ToJson(*projections)["services"];
  std::cout << json.dump(2) << "\n";
}

void PrintAsTables(const std::vector<ServerStatus>& servers,
                   const absl::StatusOr<chart::v1::GetProjectionStatusResponse>& projections) {
  Table table({"SERVER", "HEALTH", "VERSION", "PID", "SINCE", "TAIL", "IN FLIGHT"});
  Table links({"SERVER", "LINK", "HEALTH", "POSITION", "OF", "LAG", "PROBLEM"});
  for (const ServerStatus& server : servers) {
    const auto& status = server.status;
    if (!server.problem.empty()) {
      table.Add({server.name, "NO ANSWER"});
      continue;
    }
    table.Add({server.name, server.healthy() ? "healthy" : "NOT HEALTHY", status.version(),
               std::to_string(status.process_id()), Minute(status.started_time()),
               std::to_string(status.tail_position()), std::to_string(status.commands_in_flight())});
    for (const auto& link : status.links()) {
      links.Add({server.name, link.name(), link.healthy() ? "healthy" : "NOT HEALTHY", std::to_string(link.position()),
                 std::to_string(link.tail_position()), absl::StrFormat("%.1f s", link.lag_seconds()), link.problem()});
    }
  }
  table.Print(std::cout, TerminalWidth(), "");
  for (const ServerStatus& server : servers) {
    if (!server.problem.empty()) std::cout << server.problem << "\n";
  }
  std::cout << "\n";
  links.Print(std::cout, TerminalWidth(), "no links");
  if (!projections.ok()) return;
  std::cout << "\n";
  Table views({"PROJECTION", "VERSION", "GENERATION", "APPLIED", "TAIL", "LAG", "CONNECTED", "FAILED"});
  for (const auto& projection : projections->services()) {
    views.Add({projection.service(), std::to_string(projection.projection_version()),
               std::to_string(projection.generation()), std::to_string(projection.applied_position()),
               std::to_string(projection.tail_position()),
               absl::StrFormat("%d events, %.1f s", projection.lag_events(), projection.lag_seconds()),
               projection.publisher_connected() ? "yes" : "no", std::to_string(projection.failed_subjects())});
  }
  views.Print(std::cout, TerminalWidth(), "no projections yet");
}

void Status(const Connection& connection, bool json) {
  std::vector<ServerStatus> servers;
  bool healthy = true;
  for (const ServerName& server : kServers) {
    servers.push_back(AskServer(connection, server.name));
    healthy = healthy && servers.back().healthy();
  }
  Query query(connection);
  const auto projections =
      query.Ask(&chart::v1::ChartService::Stub::GetProjectionStatus, chart::v1::GetProjectionStatusRequest());
  if (json) {
    PrintAsJson(servers, projections);
  } else {
    PrintAsTables(servers, projections);
  }
  if (!healthy) throw CLI::RuntimeError(kUnhealthy);
}

}  // namespace

void AddStatusCommand(CLI::App& app, Connection& connection) {
  auto json = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand("status", "Show how the servers, their links and the projections are");
  command->add_flag("--json", *json, "Print one JSON object");
  command->footer("Ends with 3 where something is not healthy.");
  command->callback([json, &connection] { Status(connection, *json); });
}

}  // namespace anamnesis::cli
