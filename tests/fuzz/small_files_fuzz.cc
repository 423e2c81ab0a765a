// The small files that people write, copy and spoil: keys, roles, what was verified, how far a log went. Anything at
// all is read or refused, and what is read is written again as what was read.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "evidence/high_water.h"
#include "evidence/note_key.h"
#include "rpc/access_policy.h"
#include "services/cli/online_evidence.h"
#include "vault/key_ring.h"

namespace {

void CheckKeys(std::string_view text) {
  const auto ring = anamnesis::vault::KeyRing::Parse(text);
  if (!ring.ok()) return;
  const auto again = anamnesis::vault::KeyRing::Parse(ring->Text());
  if (!again.ok() || again->Text() != ring->Text() || again->current() != ring->current()) std::abort();
}

void CheckSigner(std::string_view text) {
  const auto signer = anamnesis::evidence::Signer::Parse(text);
  if (signer.ok() && signer->ToSecretString() != text) std::abort();
}

void CheckHighWater(std::string_view text) {
  const auto mark = anamnesis::evidence::ParseHighWater(text);
  if (mark.has_value() && !text.starts_with(mark->log_id)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  CheckKeys(text);
  CheckSigner(text);
  CheckHighWater(text);
  const auto policy = anamnesis::rpc::AccessPolicy::Parse(text);
  if (policy.ok()) policy->RolesWith("chart.read");
  anamnesis::cli::KnownCheckpoints known("checkpoints.json");
  if (!known.Parse(text).ok()) known.entries().clear();
  return 0;
}
