// `anamnesis call`: any command or query of any service, from the terminal.
#include <google/protobuf/util/json_util.h>

#include <array>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "anamnesis/chart/v1/chart_service.pb.h"
#include "anamnesis/encounter/v1/decision_service.pb.h"
#include "anamnesis/encounter/v1/encounter_service.pb.h"
#include "anamnesis/medication/v1/decision_service.pb.h"
#include "anamnesis/medication/v1/medication_service.pb.h"
#include "anamnesis/patient/v1/patient_service.pb.h"
#include "base/status.h"
#include "google/protobuf/descriptor.h"
#include "services/cli/command_call.h"
#include "services/cli/commands.h"
#include "services/cli/format.h"
#include "services/cli/query.h"
#include "services/cli/table.h"
#include "services/cli/unary_call.h"

namespace anamnesis::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

// A service under the name that people call it by, and the server that has it.
struct Face {
  std::string name;
  std::string server;
  const ServiceDescriptor* contract;
};

const std::array<Face, 6>& Faces() {
  static const auto* const faces = new std::array<Face, 6>{
      Face{"patient",            "patient",    patient::v1::PatientCommand::descriptor()->file()->service(0)            },
      Face{"encounter",          "encounter",  encounter::v1::EncounterCommand::descriptor()->file()->service(0)        },
      Face{"medication",         "medication", medication::v1::MedicationCommand::descriptor()->file()->service(0)      },
      Face{"decision",           "medication", medication::v1::ExplainDecisionResponse::descriptor()->file()->service(0)},
      Face{"encounter-decision", "encounter",  encounter::v1::ExplainDecisionResponse::descriptor()->file()->service(0) },
      Face{"chart",              "readmodel",  chart::v1::GetChartRequest::descriptor()->file()->service(0)             }
  };
  return *faces;
}

struct CallOptions {
  std::string method;
  std::string json;
  bool list = false;
};

struct Found {
  const Face* face = nullptr;
  const MethodDescriptor* method = nullptr;
};

absl::StatusOr<Found> Find(const std::string& text) {
  const size_t dot = text.find('.');
  std::vector<std::string> names;
  for (const Face& face : Faces()) {
    names.push_back(face.name);
    if (dot == std::string::npos || face.name != text.substr(0, dot)) continue;
    const MethodDescriptor* method = face.contract->FindMethodByName(text.substr(dot + 1));
    if (method != nullptr && IsUnary(*method)) return Found{&face, method};
    return absl::NotFoundError(absl::StrCat(face.name, " has no call '", text.substr(dot + 1),
                                            "'; `anamnesis call --list` shows those that there are"));
  }
  return absl::NotFoundError(
      absl::StrCat("say SERVICE.Method, as `patient.RegisterPatient`; services are ", absl::StrJoin(names, ", ")));
}

// What a command carries; null for a query. Without a request id it gets one, so that a repeat is the same command.
const rpc::v1::CommandContext* FillContext(Message& request) {
  const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName("context");
  if (field == nullptr || field->message_type() != rpc::v1::CommandContext::descriptor()) return nullptr;
  auto& context = static_cast<rpc::v1::CommandContext&>(*request.GetReflection()->MutableMessage(&request, field));
  context.set_request_id(RequestIdFrom(context.request_id()));
  return &context;
}

absl::Status SendQuery(const Connection& connection, const Found& found, const Message& request, Message& response) {
  grpc::ClientContext context;
  connection.Prepare(context);
  const std::shared_ptr<grpc::Channel> channel = connection.Channel(found.face->server);
  const grpc::Status status = CallUnary(*channel, *found.method, context, request, response);
  return status.ok() ? absl::OkStatus() : connection.Explain(found.face->server, status);
}

// A failure says under which request id it was sent.
absl::Status SendCommandOf(const Connection& connection, const Found& found, const rpc::v1::CommandContext& context,
                           const Message& request, Message& response) {
  const std::string id = context.request_id();
  const CommandCall command{.server = found.face->server,
                            .request_id = id,
                            .caller = connection.Caller(),
                            .repeat_with = absl::StrCat("\"context\": {\"requestId\": \"", id, "\"} in its JSON"),
                            .writes = !context.validate_only()};
  const std::shared_ptr<grpc::Channel> channel = connection.Channel(found.face->server);
  const absl::Status sent = SendCommand(connection, *channel, command, [&](grpc::ClientContext& of_call) {
    return CallUnary(*channel, *found.method, of_call, request, response);
  });
  if (sent.ok() || absl::StrContains(sent.message(), id)) return sent;
  return absl::Status(sent.code(), absl::StrCat(std::string(sent.message()), " (request id ", id, ")"));
}

absl::Status Call(const Connection& connection, const CallOptions& options) {
  ASSIGN_OR_RETURN(const Found found, Find(options.method));
  std::string json = options.json;
  if (json == "-") json.assign(std::istreambuf_iterator<char>(std::cin), {});
  const std::unique_ptr<Message> request = NewMessage(*found.method->input_type());
  const std::unique_ptr<Message> response = NewMessage(*found.method->output_type());
  const auto parsed = google::protobuf::util::JsonStringToMessage(json.empty() ? "{}" : json, request.get());
  if (!parsed.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("not a ", found.method->input_type()->name(), ": ", OneLine(parsed.message().ToString())));
  }
  const rpc::v1::CommandContext* const context = FillContext(*request);
  RETURN_IF_ERROR(context == nullptr ? SendQuery(connection, found, *request, *response)
                                     : SendCommandOf(connection, found, *context, *request, *response));
  PrintJson(*response);
  return absl::OkStatus();
}

void List() {
  Table table({"CALL", "ANSWERS"});
  for (const Face& face : Faces()) {
    for (int i = 0; i < face.contract->method_count(); ++i) {
      const MethodDescriptor& method = *face.contract->method(i);
      if (!IsUnary(method)) continue;
      table.Add({absl::StrCat(face.name, ".", method.name()), method.output_type()->name()});
    }
  }
  table.Print(std::cout, TerminalWidth(), "");
}

}  // namespace

void AddCallCommand(CLI::App& app, Connection& connection) {
  auto options = std::make_shared<CallOptions>();
  CLI::App* command = app.add_subcommand("call", "Send any command or query to a service, as JSON");
  CLI::Option* list = command->add_flag("--list", options->list, "Show every call");
  CLI::Option* method = command->add_option("METHOD", options->method, "Which: `medication.Prescribe`");
  command->add_option("JSON", options->json, "The request in the JSON form of its message; `-` reads standard input")
      ->needs(method);
  list->excludes(method);
  command->footer(
      "The contracts under protos/ say what each message holds. A command's answer has its resource's id and etag. "
      "With\n\"context\": {\"requestId\": \"…\"} a repeat is the same command; a failure says which id it had.\n\n"
      "Example:\n"
      "  anamnesis call patient.RegisterPatient '{\"demographics\": {\"names\": [{\"family\": \"Example\", \"given\": "
      "[\"Ada\"]}]}}'");
  command->callback([options, &connection] {
    if (options->list) return List();
    if (options->method.empty()) {
      return Finish(absl::InvalidArgumentError("say which call; `anamnesis call --list` shows them"));
    }
    Finish(Call(connection, *options));
  });
}

}  // namespace anamnesis::cli
