#include <iostream>
#include <memory>

#include "base/status.h"
#include "services/cli/commands.h"
#include "services/cli/query.h"

namespace anamnesis::cli {
namespace {

absl::Status Digest(const Connection& connection, const std::string& patient, bool json) {
  Query query(connection);
  chart::v1::GetDigestRequest request;
  if (!patient.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_patient_id(), query.ResolvePatient(patient));
  }
  ASSIGN_OR_RETURN(const auto digest, query.Ask(&chart::v1::ChartService::Stub::GetDigest, request));
  if (json) {
    PrintJson(digest);
  } else {
    std::cout << digest.digest() << "  " << digest.views() << " views\n";
  }
  return absl::OkStatus();
}

}  // namespace

void AddDigestCommand(CLI::App& app, Connection& connection) {
  struct Options {
    std::string patient;
    bool json = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("digest", "Print a fingerprint of what the read model shows");
  command->add_option("PATIENT", options->patient, "Only this patient; otherwise everything");
  command->add_flag("--json", options->json, "Print one JSON object");
  command->footer("Two installations that hold the same records print the same digest, whenever each was recorded.");
  command->callback([options, &connection] { Finish(Digest(connection, options->patient, options->json)); });
}

}  // namespace anamnesis::cli
