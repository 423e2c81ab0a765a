// The RPC face of a domain: every command RPC of its contract and the Submit stream, found by reflection. Decides
// nothing.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include "anamnesis/rpc/v1/command.pb.h"
#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/refusal.h"
#include "decider/command_runner.h"
#include "google/protobuf/descriptor.h"
#include "rpc/fault.h"
#include "rpc/service.h"
#include "service/call_metadata.h"

namespace anamnesis::service {

// How many commands of one Submit stream are carried out at a time before no further one is read.
inline constexpr uint32_t kSubmitInFlight = 512;

// D is the domain; SubmitRequest and SubmitResponse are those of its contract, which all have the shape of
// anamnesis.patient.v1.SubmitRequest. The service is the only one in the file of the domain's Command message; each
// unary RPC takes the type of one field of Command's oneof and answers a CommandOutcome. The constructor ends the
// process where that does not hold. The runner outlives this.
template <decider::Decider D, class SubmitRequest, class SubmitResponse>
class CommandService final : public rpc::Service {
 public:
  using Command = typename D::Command;

  CommandService(decider::CommandRunner<D>& runner, rpc::Gate& gate)
      : Service(*Command::descriptor()->file()->service(0), gate), runner_(runner) {
    const google::protobuf::OneofDescriptor& members = *Command::descriptor()->oneof_decl(0);
    for (int i = 0; i < members.field_count(); ++i) {
      const google::protobuf::FieldDescriptor* field = members.field(i);
      const std::string request = field->message_type()->name();
      RegisterCommand(request.substr(0, request.size() - std::string_view("Request").size()), *field);
    }
    Bidi<SubmitRequest, SubmitResponse>("Submit", [this](const rpc::CallContext& context) {
      return std::make_shared<Session>(runner_, methods_, context);
    });
  }

 private:
  class Session;
  // The unary method of each request.
  using MethodOf = std::unordered_map<const google::protobuf::Descriptor*, const rpc::GatedMethod*>;

  void RegisterCommand(const std::string& method, const google::protobuf::FieldDescriptor& field) {
    methods_[field.message_type()] = &UnaryInto<Command, rpc::v1::CommandOutcome>(
        method.c_str(), *field.message_type(),
        [&field](Command& command) { return command.GetReflection()->MutableMessage(&command, &field); },
        [this](const rpc::CallContext& context, Command&& command, auto done) {
          runner_.Run({.command = std::move(command),
                       .metadata = ToMetadata(context),
                       .roles = context.caller.roles,
                       .may_commit_here = true},
                      std::move(done));
        });
  }

  decider::CommandRunner<D>& runner_;
  MethodOf methods_;
};

// One Submit stream: each command is run as it arrives, where its caller might have sent it by itself too; the strand
// of its patient keeps their order. Kept by the commands under way.
template <decider::Decider D, class SubmitRequest, class SubmitResponse>
class CommandService<D, SubmitRequest, SubmitResponse>::Session final
    : public rpc::BidiSession<SubmitRequest, SubmitResponse>,
      public std::enable_shared_from_this<Session> {
 public:
  Session(decider::CommandRunner<D>& runner, const MethodOf& methods, const rpc::CallContext& context)
      : runner_(runner), methods_(methods), context_(context), metadata_(ToMetadata(context)) {}

  uint32_t MaxInFlight() const override { return kSubmitInFlight; }
  void OnStart(rpc::BidiWriter<SubmitResponse> writer) override { writer_ = std::move(writer); }

  void OnRequest(SubmitRequest&& request) override {
    const uint64_t sequence = request.sequence();
    const google::protobuf::Message* const member = decider::SetMember(request.command());
    if (member == nullptr) return Answer(sequence, Refuse(rpc::v1::COMMAND_MISSING));
    if (absl::Status refusal = methods_.at(member->GetDescriptor())->CheckCaller(context_.caller); !refusal.ok()) {
      return Answer(sequence, std::move(refusal));
    }
    runner_.Run(
        {.command = std::move(*request.mutable_command()), .metadata = metadata_, .roles = context_.caller.roles},
        [self = this->shared_from_this(), sequence](absl::StatusOr<rpc::v1::CommandOutcome> result) {
          self->Answer(sequence, std::move(result));
        });
  }

  void OnRefused(SubmitRequest&& request, absl::Status refusal) override {
    Answer(request.sequence(), std::move(refusal));
  }

 private:
  void Answer(uint64_t sequence, absl::StatusOr<rpc::v1::CommandOutcome> result) const {
    SubmitResponse response;
    response.set_sequence(sequence);
    if (result.ok()) {
      *response.mutable_outcome() = *std::move(result);
    } else {
      if (rpc::IsFault(result.status())) rpc::LogFault(result.status(), context_);
      *response.mutable_error() = ToRpcStatus(rpc::ToSend(result.status(), context_));
    }
    writer_.Write(response);
  }

  decider::CommandRunner<D>& runner_;
  const MethodOf& methods_;
  const rpc::CallContext context_;
  const eventlog::Metadata metadata_;
  rpc::BidiWriter<SubmitResponse> writer_;
};

}  // namespace anamnesis::service
