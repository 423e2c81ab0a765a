// What a service does because another one recorded something: commands made from followed events.
#pragma once

#include <functional>
#include <future>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "anamnesis/event/v1/envelope.pb.h"
#include "base/status.h"
#include "decider/command_runner.h"
#include "feed/follower.h"

namespace anamnesis::service {

// Carries out a command that the service itself gives, and waits until it is durable.
template <decider::Decider D>
absl::Status CarryOut(decider::CommandRunner<D>& runner, const std::string& actor, typename D::Command command) {
  std::promise<absl::Status> answered;
  runner.Run({.command = std::make_shared<const typename D::Command>(std::move(command)), .metadata = {.actor = actor}},
             [&answered](const auto& outcome) { answered.set_value(outcome.status()); });
  return answered.get_future().get();
}

// Carries out what followed events ask for, then hands them on. An event is handed on when what it asked for is
// durable, so a crash between makes it be asked again; give such commands a request id made from the event's.
template <decider::Decider D>
class FollowedCommands final : public feed::FollowSink {
 public:
  // None for an event that asks for nothing. Pure.
  using CommandFor = std::function<absl::StatusOr<std::optional<typename D::Command>>(const event::v1::EventEnvelope&)>;

  // Runner and `next` outlive this.
  FollowedCommands(decider::CommandRunner<D>& runner, std::string actor, CommandFor command_for, feed::FollowSink& next)
      : runner_(runner), actor_(std::move(actor)), command_for_(std::move(command_for)), next_(next) {}

  absl::StatusOr<uint64_t> Resume(const std::string& log_id) override { return next_.Resume(log_id); }

  absl::Status Apply(const event::v1::EventBatch& batch) override {
    for (const event::v1::EventEnvelope& event : batch.events()) {
      if (event.erased()) continue;
      ASSIGN_OR_RETURN(std::optional<typename D::Command> command, command_for_(event));
      if (command.has_value()) RETURN_IF_ERROR(CarryOut(runner_, actor_, *std::move(command)));
    }
    return next_.Apply(batch);
  }

 private:
  decider::CommandRunner<D>& runner_;
  const std::string actor_;
  const CommandFor command_for_;
  feed::FollowSink& next_;
};

}  // namespace anamnesis::service
