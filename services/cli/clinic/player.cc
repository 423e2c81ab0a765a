#include "services/cli/clinic/player.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "anamnesis/encounter/v1/encounter_service.grpc.pb.h"
#include "anamnesis/medication/v1/medication_service.grpc.pb.h"
#include "anamnesis/ops/v1/ops_service.grpc.pb.h"
#include "anamnesis/patient/v1/patient_service.grpc.pb.h"
#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/refusal.h"
#include "base/status.h"
#include "rpc/client.h"
#include "rpc/status.h"
#include "services/cli/unary_call.h"

namespace anamnesis::clinic {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using rpc::v1::CommandContext;
using rpc::v1::CommandOutcome;

rpc::Caller CallerOf(const Step& step) {
  return {
      .actor = step.actor(), .roles = {step.roles().begin(), step.roles().end()}
  };
}

// The RPC that takes the request.
const MethodDescriptor& MethodFor(const CommandOf& command) {
  const ServiceDescriptor& contract = *command.command->GetDescriptor()->file()->service(0);
  int i = 0;
  while (contract.method(i)->input_type() != command.request->GetDescriptor()) ++i;
  return *contract.method(i);
}

// Sends one command on a Submit stream of its own.
template <class Service, class Request, class Response>
absl::StatusOr<CommandOutcome> Submit(const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext& context,
                                      const Message& command) {
  const auto stub = Service::NewStub(channel);
  const auto stream = stub->Submit(&context);
  Request request;
  request.mutable_command()->CopyFrom(command);
  Response response;
  const bool answered = stream->Write(request) && stream->WritesDone() && stream->Read(&response);
  const grpc::Status status = stream->Finish();
  if (!status.ok() || !answered) return rpc::FromGrpcStatus(status);
  if (response.has_error()) return FromRpcStatus(response.error());
  return response.outcome();
}

absl::StatusOr<CommandOutcome> SubmitTo(const std::string& service, const std::shared_ptr<grpc::Channel>& channel,
                                        grpc::ClientContext& context, const Message& command) {
  if (service == "patient") {
    return Submit<patient::v1::PatientService, patient::v1::SubmitRequest, patient::v1::SubmitResponse>(
        channel, context, command);
  }
  if (service == "encounter") {
    return Submit<encounter::v1::EncounterService, encounter::v1::SubmitRequest, encounter::v1::SubmitResponse>(
        channel, context, command);
  }
  return Submit<medication::v1::MedicationService, medication::v1::SubmitRequest, medication::v1::SubmitResponse>(
      channel, context, command);
}

// The rules that stopped a command.
std::set<std::string> RulesIn(const absl::Status& refusal) {
  std::set<std::string> rules;
  const google::rpc::Status status = ToRpcStatus(refusal);
  for (const auto& detail : status.details()) {
    google::rpc::PreconditionFailure failure;
    if (!detail.UnpackTo(&failure)) continue;
    for (const auto& violation : failure.violations()) rules.insert(violation.type());
  }
  return rules;
}

// Whether the service has decided: its refusal has a name, and asking again would change nothing.
bool IsDecision(const absl::Status& status) {
  return !RefusalInfo(status).reason().empty() && !absl::IsUnavailable(status) && !absl::IsDeadlineExceeded(status);
}

std::string Text(const std::string& refused, const std::set<std::string>& alerts) {
  return absl::StrCat(refused.empty() ? "accepted" : refused, alerts.empty() ? "" : " with ",
                      absl::StrJoin(alerts, ", "));
}

}  // namespace

absl::StatusOr<int> Player::FirstToPlay(const Story& story) {
  for (int i = story.steps_size(); i-- > 0;) {
    if (!story.steps(i).refused().empty()) continue;
    ASSIGN_OR_RETURN(const bool done, WasCarriedOut(story.steps(i)));
    if (done) return i + 1;
  }
  return 0;
}

// The request id of what was carried out is taken: another request with it, one that only asks, is refused by name.
absl::StatusOr<bool> Player::WasCarriedOut(const Step& step) {
  const absl::Status status = Send(step, /*validate_only=*/true).status();
  if (status.ok() || IsDecision(status)) {
    return RefusalInfo(status).reason() == rpc::v1::RpcError_Name(rpc::v1::REQUEST_ID_REUSED);
  }
  return connection_.Explain(CommandIn(step).service, rpc::ToGrpcStatus(status));
}

absl::StatusOr<Answer> Player::Play(const Step& step) {
  const std::string service = CommandIn(step).service;
  RETURN_IF_ERROR(AwaitFollowed(service));
  const absl::StatusOr<CommandOutcome> outcome = Send(step, /*validate_only=*/false);
  if (!outcome.ok()) {
    if (!IsDecision(outcome.status())) return connection_.Explain(service, rpc::ToGrpcStatus(outcome.status()));
    return Answer{RefusalInfo(outcome.status()).reason(), RulesIn(outcome.status())};
  }
  uint64_t& acknowledged = acknowledged_[service];
  acknowledged = std::max(acknowledged, outcome->position());
  Answer answer;
  for (const rpc::v1::Alert& alert : outcome->alerts()) answer.alerts.insert(alert.rule_id());
  return answer;
}

absl::StatusOr<CommandOutcome> Player::Send(const Step& step, bool validate_only) {
  const CommandOf command = CommandIn(step);
  const std::shared_ptr<grpc::Channel>& channel = Channel(command.service);
  grpc::ClientContext context;
  rpc::PrepareContext(context, CallerOf(step), connection_.timeout());
  if (step.streamed() && !validate_only) return SubmitTo(command.service, channel, context, *command.command);
  const std::unique_ptr<Message> request(command.request->New());
  request->CopyFrom(*command.request);
  auto& of_request = static_cast<CommandContext&>(
      *request->GetReflection()->MutableMessage(request.get(), request->GetDescriptor()->FindFieldByName("context")));
  of_request.set_validate_only(validate_only);
  CommandOutcome outcome;
  const grpc::Status status = cli::CallUnary(*channel, MethodFor(command), context, *request, outcome);
  if (!status.ok()) return rpc::FromGrpcStatus(status);
  return outcome;
}

// One for all calls: a new one would connect anew.
const std::shared_ptr<grpc::Channel>& Player::Channel(const std::string& service) {
  std::shared_ptr<grpc::Channel>& channel = channels_[service];
  if (channel == nullptr) channel = connection_.Channel(service);
  return channel;
}

absl::Status Player::AwaitFollowed(const std::string& service) {
  constexpr char kFollow[] = "follow:";
  const auto is_behind = [&] {
    const auto links = followed_.find(service);
    return links == followed_.end() || std::ranges::any_of(links->second, [&](const auto& link) {
             return link.second < acknowledged_[link.first];
           });
  };
  const auto give_up = std::chrono::steady_clock::now() + connection_.timeout();
  while (is_behind()) {
    if (std::chrono::steady_clock::now() > give_up) {
      return absl::DeadlineExceededError(
          absl::StrCat(service, " does not follow what the other services record; see `anamnesis status`"));
    }
    grpc::ClientContext context;
    connection_.Prepare(context);
    ops::v1::GetStatusResponse response;
    const auto stub = ops::v1::OpsService::NewStub(Channel(service));
    const grpc::Status status = stub->GetStatus(&context, {}, &response);
    if (!status.ok()) return connection_.Explain(service, status);
    const auto [links, is_first] = followed_.try_emplace(service);
    for (const auto& link : response.links()) {
      if (!link.name().starts_with(kFollow)) continue;
      const std::string source = link.name().substr(sizeof(kFollow) - 1);
      links->second[source] = link.position();
      // What an earlier play recorded is to be followed, too.
      if (is_first) acknowledged_[source] = std::max(acknowledged_[source], link.tail_position());
    }
  }
  return absl::OkStatus();
}

std::string Difference(const Step& step, const Answer& answer) {
  const std::set<std::string> alerts(step.alerts().begin(), step.alerts().end());
  if (answer.refused == step.refused() && answer.alerts == alerts) return "";
  return absl::StrCat("was to be ", Text(step.refused(), alerts), "; is ", Text(answer.refused, answer.alerts));
}

}  // namespace anamnesis::clinic
