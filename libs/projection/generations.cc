#include "projection/generations.h"

#include "absl/strings/str_cat.h"
#include "anamnesis/projection/v1/errors.pb.h"
#include "base/refusal.h"

namespace anamnesis::projection {
namespace {

v1::Generation FirstOf(const v1::PublishHello& hello, uint64_t number) {
  v1::Generation generation;
  generation.set_number(number);
  generation.set_log_id(hello.log_id());
  generation.set_projection_version(hello.projection_version());
  return generation;
}

bool MadeBy(const v1::Generation& generation, const v1::PublishHello& hello) {
  return generation.log_id() == hello.log_id() && generation.projection_version() == hello.projection_version();
}

void DropBuilding(v1::SourceState& state) {
  if (state.has_building()) state.add_retired_generations(state.building().number());
  state.clear_building();
  state.clear_take_over_position();
}

void StartBuilding(const v1::PublishHello& hello, v1::SourceState& state) {
  DropBuilding(state);
  state.set_last_generation(state.last_generation() + 1);
  *state.mutable_building() = FirstOf(hello, state.last_generation());
}

}  // namespace

v1::Generation& Followed(v1::SourceState& state) {
  return state.has_building() ? *state.mutable_building() : *state.mutable_active();
}

void TakeOverIfDue(v1::SourceState& state) {
  if (!state.has_building() || state.building().applied_position() < state.take_over_position()) return;
  state.add_retired_generations(state.active().number());
  *state.mutable_active() = state.building();
  state.clear_building();
  state.clear_take_over_position();
}

absl::Status Greet(const v1::PublishHello& hello, v1::SourceState& state) {
  if (!state.has_active()) {
    state.set_last_generation(1);
    *state.mutable_active() = FirstOf(hello, 1);
  } else if (state.rebuild_requested()) {
    state.clear_rebuild_requested();
    StartBuilding(hello, state);
  }
  const v1::Generation& latest = Followed(state);
  if (latest.log_id() != hello.log_id()) {
    return Refuse(v1::LOG_MISMATCH, {
                                        .metadata = {{"known_log_id", latest.log_id()}, {"log_id", hello.log_id()}}
    });
  }
  if (hello.projection_version() > latest.projection_version()) {
    StartBuilding(hello, state);
  } else if (hello.projection_version() < latest.projection_version()) {
    if (!MadeBy(state.active(), hello)) return Refuse(v1::PROJECTION_OLDER);
    DropBuilding(state);  // The newer program was taken back before its views were ready.
  }
  const v1::Generation& next = Followed(state);
  if (hello.tail_position() < next.applied_position()) {
    return Refuse(v1::LOG_SHORTENED, {
                                         .metadata = {{"applied_position", absl::StrCat(next.applied_position())},
                                                      {"tail_position", absl::StrCat(hello.tail_position())}}
    });
  }
  state.set_tail_position(hello.tail_position());
  if (state.has_building()) state.set_take_over_position(hello.tail_position());
  TakeOverIfDue(state);
  return absl::OkStatus();
}

}  // namespace anamnesis::projection
