#include <unistd.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <thread>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "services/cli/commands.h"
#include "services/cli/query.h"

namespace anamnesis::cli {
namespace {

using Stub = chart::v1::ChartService::Stub;

constexpr std::chrono::milliseconds kLook{200};

absl::StatusOr<chart::v1::ProjectionStatus> StatusOf(Query& query, const std::string& service) {
  ASSIGN_OR_RETURN(const auto all, query.Ask(&Stub::GetProjectionStatus, chart::v1::GetProjectionStatusRequest()));
  for (const auto& projection : all.services()) {
    if (projection.service() == service) return projection;
  }
  return absl::NotFoundError(absl::StrCat("the read model knows no service '", service, "'"));
}

absl::Status Rebuild(const Connection& connection, const std::string& service) {
  Query query(connection);
  chart::v1::RebuildProjectionRequest request;
  request.set_service(service);
  ASSIGN_OR_RETURN(const auto begun, query.Ask(&Stub::RebuildProjection, request));
  const bool terminal = isatty(STDERR_FILENO) != 0;
  auto connected = std::chrono::steady_clock::now();
  while (true) {
    ASSIGN_OR_RETURN(const auto status, StatusOf(query, service));
    if (terminal)
      std::cerr << "\rrebuilding " << status.building_position() << " of " << status.tail_position() << " events ";
    if (status.generation() != begun.generation()) {
      if (terminal) std::cerr << "\n";
      std::cout << "generation " << status.generation() << " answers now, at position " << status.applied_position()
                << "\n";
      return absl::OkStatus();
    }
    // To begin a rebuild the service connects again, so it is away for a moment.
    const auto now = std::chrono::steady_clock::now();
    if (status.publisher_connected()) connected = now;
    if (now - connected > connection.timeout()) {
      return absl::UnavailableError(
          absl::StrCat("the ", service, " server is not connected; the rebuild begins when it is"));
    }
    std::this_thread::sleep_for(kLook);
  }
}

}  // namespace

void AddRebuildCommand(CLI::App& app, Connection& connection) {
  auto service = std::make_shared<std::string>();
  CLI::App* command =
      app.add_subcommand("rebuild", "Build a service's views again from its log, beside those that answer");
  command->add_option("SERVICE", *service, "Whose views")
      ->required()
      ->check(CLI::IsMember({"patient", "encounter", "medication"}));
  command->callback([service, &connection] { Finish(Rebuild(connection, *service)); });
}

}  // namespace anamnesis::cli
