// The test domain: accounts whose points, with those of accounts that are joined to them, never fall below zero.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "account_service.pb.h"
#include "decider/decider.h"

namespace anamnesis::decider {

struct AccountDomain {
  using State = test::account::v1::AccountState;
  using Command = test::account::v1::AccountCommand;
  using Event = test::account::v1::AccountEvent;
  using Facts = std::vector<std::string>;  // The streams of what is joined to the account.
  static constexpr uint32_t kStateFormat = 1;

  // Taking so much more than there is is recorded, as points of which none were added.
  static constexpr int64_t kConspicuous = 1000;

  static std::vector<std::string> Streams(const Command& command, const DecisionInput&) {
    if (command.has_add()) return {"account-" + command.add().account_id()};
    return {"account-" + command.move().from_id(), "account-" + command.move().to_id()};
  }

  static std::vector<std::string> Joined(const Facts& facts) { return facts; }

  static Decision<Event> Decide(std::span<const State* const> states, const Command& command, const DecisionInput&,
                                const Facts& joined) {
    const State& own = *states[0];
    int64_t points = own.points();
    for (const State* const other : states.last(joined.size())) points += other->points();
    const auto& context = command.has_add() ? command.add().context() : command.move().context();
    if (absl::Status stale = CheckEtag(context, own.revision()); !stale.ok()) return {.refusal = stale};
    const int64_t change = command.has_add() ? command.add().points() : -command.move().points();
    if (points + change < 0 && change <= -kConspicuous) {
      return RefusedAndRecorded(Refuse(test::account::v1::NOT_ENOUGH_POINTS), Added(0));
    }
    if (points + change < 0) return Refused<Event>(test::account::v1::NOT_ENOUGH_POINTS);
    if (change == 0) return {.resource_id = "none", .revision = own.revision()};
    auto decision = Accepted<Event>("account", own.revision() + 1, Added(change));
    if (command.has_move()) decision.events.push_back({.event = Added(-change), .stream = 1});
    return decision;
  }

  static absl::Status Evolve(State& state, const Event& event) {
    if (!event.has_points_added()) return absl::DataLossError("unknown event");
    if (event.points_added().points() == 0) return absl::OkStatus();
    state.set_points(state.points() + event.points_added().points());
    state.set_revision(state.revision() + 1);
    return absl::OkStatus();
  }

  static Event Added(int64_t points) {
    Event event;
    event.mutable_points_added()->set_points(points);
    return event;
  }
};

static_assert(Decider<AccountDomain>);

}  // namespace anamnesis::decider
