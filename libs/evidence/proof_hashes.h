// Merkle proofs as they travel: a list of byte strings.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "evidence/merkle.h"

namespace anamnesis::evidence {

// Appends the hashes to a repeated field.
template <class Hashes>
void AddHashes(const Proof& proof, Hashes& hashes) {
  for (const Hash& hash : proof) hashes.Add(std::string(BytesOf(hash)));
}

// Nothing where one of the strings is not kHashBytes long.
template <class Hashes>
std::optional<Proof> ToProof(const Hashes& hashes) {
  Proof proof;
  for (const std::string& bytes : hashes) {
    if (bytes.size() != kHashBytes) return std::nullopt;
    std::copy_n(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), proof.emplace_back().begin());
  }
  return proof;
}

}  // namespace anamnesis::evidence
