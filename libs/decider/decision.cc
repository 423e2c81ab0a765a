#include "decider/decision.h"

#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/clock.h"

namespace anamnesis::decider {

absl::Status CheckEtag(const rpc::v1::CommandContext& context, uint64_t revision) {
  std::string current = std::to_string(revision);
  if (context.etag().empty() || context.etag() == current) return absl::OkStatus();
  return Refuse(rpc::v1::ETAG_MISMATCH, {.metadata = {{"etag", std::move(current)}}});
}

int64_t EffectiveMicros(const rpc::v1::CommandContext& context, const DecisionInput& input) {
  return context.has_effective_time() ? ToMicros(context.effective_time()) : input.received_micros;
}

}  // namespace anamnesis::decider
