// `anamnesis acknowledge`: warnings of the clinical rules that somebody has seen.
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "anamnesis/encounter/v1/encounter_service.grpc.pb.h"
#include "anamnesis/medication/v1/medication_service.grpc.pb.h"
#include "base/status.h"
#include "services/cli/command_call.h"
#include "services/cli/commands.h"
#include "services/cli/query.h"

namespace anamnesis::cli {
namespace {

struct AcknowledgeOptions {
  std::string patient;
  std::string resource;
  std::vector<std::string> rules;
  std::string reason;
  std::string request_id;
  bool json = false;
};

template <class Service, class Request>
absl::Status Send(const Connection& connection, const char* service, const AcknowledgeOptions& options,
                  Request request) {
  Query query(connection);
  ASSIGN_OR_RETURN(*request.mutable_patient_id(), query.ResolvePatient(options.patient));
  request.mutable_context()->set_request_id(RequestIdFrom(options.request_id));
  request.mutable_context()->set_reason(options.reason);
  request.set_resource(options.resource);
  request.mutable_rule_ids()->Assign(options.rules.begin(), options.rules.end());
  const auto channel = connection.Channel(service);
  const auto stub = Service::NewStub(channel);
  const CommandCall command{.server = service,
                            .request_id = request.context().request_id(),
                            .caller = connection.Caller(),
                            .repeat_with = WithRequestId(request.context().request_id())};
  rpc::v1::CommandOutcome outcome;
  RETURN_IF_ERROR(SendCommand(connection, *channel, command, [&](grpc::ClientContext& context) {
    return stub->AcknowledgeAlerts(&context, request, &outcome);
  }));
  if (options.json) {
    PrintJson(outcome);
  } else {
    std::cout << outcome.resource_id() << "  " << options.resource << " acknowledged\n";
  }
  return absl::OkStatus();
}

absl::Status Acknowledge(const Connection& connection, const AcknowledgeOptions& options) {
  const std::string_view kind = std::string_view(options.resource).substr(0, options.resource.find('/'));
  if (kind == "order" || kind == "taper" || kind == "reconciliation" || kind == "pump") {
    return Send<medication::v1::MedicationService>(connection, "medication", options,
                                                   medication::v1::AcknowledgeAlertsRequest());
  }
  if (kind == "intervention" || kind == "anaesthesia") {
    return Send<encounter::v1::EncounterService>(connection, "encounter", options,
                                                 encounter::v1::AcknowledgeAlertsRequest());
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", options.resource,
                   "' is no resource that rules warn about; say order/ID, taper/ID, reconciliation/ID, pump/ID, "
                   "intervention/ID or anaesthesia/ID, as `anamnesis worklist open-alerts` shows it"));
}

}  // namespace

void AddAcknowledgeCommand(CLI::App& app, Connection& connection) {
  auto options = std::make_shared<AcknowledgeOptions>();
  CLI::App* command = app.add_subcommand("acknowledge", "Say that warnings of the clinical rules were seen, and why");
  command
      ->add_option("PATIENT", options->patient, "The patient's id, or a name or identifier that only one patient has")
      ->required();
  command->add_option("RESOURCE", options->resource, "What the rules warned about: order/ID, intervention/ID, …")
      ->required();
  command->add_option("--rule", options->rules, "Only this rule's warning; repeatable (default: all that are open)");
  command->add_option("--reason", options->reason, "Why it is gone on with")->required();
  AddRequestIdOption(*command, options->request_id);
  command->add_flag("--json", options->json, "Print the outcome as JSON");
  command->footer(
      "A warning stops nothing; it stays on `anamnesis worklist open-alerts` until it is acknowledged.\n\nExample:\n"
      "  anamnesis acknowledge 'Ada Example' order/ID --rule mme-50 --reason 'naloxone is at home; seen in two weeks'");
  command->callback([options, &connection] { Finish(Acknowledge(connection, *options)); });
}

}  // namespace anamnesis::cli
