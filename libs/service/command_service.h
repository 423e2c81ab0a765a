// The RPC face of a domain: every command RPC of its contract and the Submit stream, found by reflection. Decides
// nothing.
#pragma once

#include <functional>
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
#include "rpc/validate.h"
#include "service/call_metadata.h"
#include "service/submit_answers.h"

namespace anamnesis::service {

// How many messages of one Submit stream are carried out at a time before no further one is read.
inline constexpr uint32_t kSubmitInFlight = 512;
// Further commands of a refused message that are answered each by itself, at most.
inline constexpr int kMaxRefusedAlone = 1'024;

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
        [this](const rpc::CallContext& context, std::shared_ptr<Command> command, auto done) {
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
  void OnStart(rpc::BidiWriter<SubmitResponse> writer) override {
    writer_ = std::make_shared<AnswerWriter<SubmitResponse>>(std::move(writer));
  }
  void OnWritten() override { writer_->OnWritten(); }

  void OnRequest(std::shared_ptr<const SubmitRequest> request) override {
    ForEach(*request, [&](const SubmitRequest& one, const Answer& answer) { Run(request, one, answer); });
  }

  // Among several commands, only what breaks the rules is refused; of too many, all are. Of so many that the answers
  // would be a burden by themselves, the message is refused with one, in the name of its first.
  void OnRefused(std::shared_ptr<const SubmitRequest> request, absl::Status refusal) override {
    if (request->more_size() > kMaxRefusedAlone) {
      const auto one = std::make_shared<SubmitAnswers<SubmitResponse>>(writer_, 1, /*may_gather=*/false);
      return AnswerTo(*request, one, 0)(std::move(refusal));
    }
    const bool each_alone = request->more_size() > 0 && request->more_size() <= int{rpc::kDefaultMaxItems};
    ForEach(*request, [&](const SubmitRequest& one, const Answer& answer) {
      if (!each_alone) return answer(refusal);
      SubmitRequest alone = one;
      alone.clear_more();
      if (absl::Status own = rpc::CheckFields(alone); !own.ok()) return answer(std::move(own));
      Run(request, one, answer);
    });
  }

 private:
  using Answer = std::function<void(absl::StatusOr<rpc::v1::CommandOutcome>)>;

  // The message for its first command, then each further one, with how it is to be answered.
  template <class Take>
  void ForEach(const SubmitRequest& request, const Take& take) {
    const auto answers =
        std::make_shared<SubmitAnswers<SubmitResponse>>(writer_, 1 + request.more_size(), request.gather_answer());
    const eventlog::CommitHold until_all_are_made = runner_.HoldCommits();
    take(request, AnswerTo(request, answers, 0));
    for (int i = 0; i < request.more_size(); ++i) {
      const SubmitRequest& further = request.more(i);
      const Answer answer = AnswerTo(further, answers, i + 1);
      if (further.more_size() > 0) {
        answer(MoreInMore());
      } else {
        take(further, answer);
      }
    }
  }

  Answer AnswerTo(const SubmitRequest& request, std::shared_ptr<SubmitAnswers<SubmitResponse>> answers, int command) {
    return [self = this->shared_from_this(), sequence = request.sequence(), answers = std::move(answers),
            command](absl::StatusOr<rpc::v1::CommandOutcome> result) {
      SubmitResponse response;
      response.set_sequence(sequence);
      if (result.ok()) {
        *response.mutable_outcome() = *std::move(result);
      } else {
        if (rpc::IsFault(result.status())) rpc::LogFault(result.status(), self->context_);
        *response.mutable_error() = ToRpcStatus(rpc::ToSend(result.status(), self->context_));
      }
      answers->Set(command, std::move(response));
    };
  }

  // `one` is the message or one of its further commands.
  void Run(const std::shared_ptr<const SubmitRequest>& message, const SubmitRequest& one, const Answer& answer) {
    const google::protobuf::Message* const member = decider::SetMember(one.command());
    if (member == nullptr) return answer(Refuse(rpc::v1::COMMAND_MISSING));
    if (absl::Status refusal = methods_.at(member->GetDescriptor())->CheckCaller(context_.caller); !refusal.ok()) {
      return answer(std::move(refusal));
    }
    runner_.Run({.command = std::shared_ptr<const Command>(message, &one.command()),
                 .metadata = metadata_,
                 .roles = context_.caller.roles},
                answer);
  }

  static absl::Status MoreInMore() {
    RefusalDetails details;
    google::rpc::BadRequest::FieldViolation& violation = details.fields.emplace_back();
    violation.set_field("more");
    violation.set_description("must be empty in a further command");
    return Refuse(rpc::v1::INVALID_FIELDS, details);
  }

  decider::CommandRunner<D>& runner_;
  const MethodOf& methods_;
  const rpc::CallContext context_;
  const eventlog::Metadata metadata_;
  std::shared_ptr<AnswerWriter<SubmitResponse>> writer_;
};

}  // namespace anamnesis::service
