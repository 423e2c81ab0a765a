// A proof as somebody sends it: three numbers and hashes. Whatever they are, it is found true or false; true only if it
// is: a proof of a tree that is known here and spoilt in one place is false.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/bundle.h"
#include "evidence/merkle.h"

namespace {

namespace evidence = anamnesis::evidence;

constexpr uint64_t kMostLeaves = 200;

// All perfect subtrees of a small tree.
class SmallTree final : public evidence::NodeSource {
 public:
  explicit SmallTree(uint64_t size) {
    evidence::Frontier frontier;
    for (uint64_t leaf = 0; leaf < size; ++leaf) {
      frontier.Append(evidence::LeafHash(std::to_string(leaf)),
                      [this](int level, uint64_t, const evidence::Hash& hash) {
                        if (levels_.size() <= static_cast<size_t>(level))
                          levels_.resize(static_cast<size_t>(level) + 1);
                        levels_[static_cast<size_t>(level)].push_back(hash);
                      });
    }
  }
  absl::StatusOr<evidence::Hash> Node(int level, uint64_t index) const override {
    return levels_.at(static_cast<size_t>(level)).at(index);
  }

 private:
  std::vector<std::vector<evidence::Hash>> levels_;
};

uint64_t Number(std::string_view& bytes) {
  uint64_t number = 0;
  const size_t size = std::min(bytes.size(), sizeof(number));
  std::memcpy(&number, bytes.data(), size);
  bytes.remove_prefix(size);
  return number;
}

evidence::Proof Hashes(std::string_view bytes) {
  evidence::Proof proof;
  for (; bytes.size() >= evidence::kHashBytes; bytes.remove_prefix(evidence::kHashBytes)) {
    std::copy_n(bytes.begin(), evidence::kHashBytes, proof.emplace_back().begin());
  }
  return proof;
}

void CheckSpoilt(uint64_t a, uint64_t b, uint64_t where) {
  const uint64_t size = 1 + a % kMostLeaves;
  const uint64_t index = b % size;
  const SmallTree tree(size);
  const evidence::Hash root = *evidence::RootOf(tree, size);
  const evidence::Hash leaf = evidence::LeafHash(std::to_string(index));
  evidence::Proof proof = *evidence::InclusionProof(tree, index, size);
  if (!evidence::VerifyInclusion(leaf, index, size, proof, root)) std::abort();
  evidence::Proof between = *evidence::ConsistencyProof(tree, index, size);
  const evidence::Hash old_root = *evidence::RootOf(tree, index);
  if (!evidence::VerifyConsistency(index, old_root, size, root, between)) std::abort();
  const auto spoil = [where](evidence::Proof& hashes) {
    hashes[where % hashes.size()][where % evidence::kHashBytes] ^= static_cast<uint8_t>(1 + where % 255);
  };
  if (!proof.empty()) {
    spoil(proof);
    if (evidence::VerifyInclusion(leaf, index, size, proof, root)) std::abort();
  }
  if (!between.empty()) {
    spoil(between);
    if (evidence::VerifyConsistency(index, old_root, size, root, between)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  // A bundle is made of what a server sent.
  const auto bundle = evidence::MakeBundle(bytes, std::vector<evidence::ProvedRecord>{
                                                      {1, "record", {}}
  });
  if (!bundle.ok() && bundle.status().message().empty()) std::abort();
  const uint64_t a = Number(bytes);
  const uint64_t b = Number(bytes);
  const uint64_t where = Number(bytes);
  const evidence::Proof proof = Hashes(bytes);
  const evidence::Hash root = proof.empty() ? evidence::EmptyRoot() : proof.front();
  // Nobody finds hashes that fit: only a tree of one leaf is its own root.
  if (evidence::VerifyInclusion(evidence::LeafHash("x"), a, b, proof, root) && b != 1) std::abort();
  evidence::VerifyConsistency(a, root, b, evidence::EmptyRoot(), proof);
  CheckSpoilt(a, b, where);
  return 0;
}
