// The Merkle tree of RFC 9162, section 2.1: what a log commits to, and what proves a leaf or an older tree to be part
// of it. Leaves are counted from 0. A perfect subtree of 2^level leaves is named by its level and its index among those
// of its level: it is never changed by what is appended.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"

namespace anamnesis::evidence {

inline constexpr size_t kHashBytes = 32;
using Hash = std::array<uint8_t, kHashBytes>;
// From the leaf upwards; at most 64 hashes for an inclusion, 65 for a consistency.
using Proof = std::vector<Hash>;

// The bytes of a hash as text; valid as long as the hash.
std::string_view BytesOf(const Hash& hash);

// SHA-256(0x00 || bytes).
Hash LeafHash(std::string_view bytes);
// SHA-256(0x01 || left || right).
Hash NodeHash(const Hash& left, const Hash& right);
// The root of a tree without leaves: SHA-256 of nothing.
Hash EmptyRoot();

// Where the hashes of perfect subtrees are kept.
class NodeSource {
 public:
  virtual ~NodeSource() = default;
  // The hash of the subtree of the leaves from index * 2^level to (index + 1) * 2^level - 1. OUT_OF_RANGE where they
  // are not all there yet; else what the place that keeps them says.
  virtual absl::StatusOr<Hash> Node(int level, uint64_t index) const = 0;
};

// The right edge of a tree: enough to append to it and to know its root, in at most 64 hashes. Not thread-safe.
class Frontier {
 public:
  using OnNode = absl::FunctionRef<void(int level, uint64_t index, const Hash& hash)>;

  // Of the tree without leaves.
  Frontier() = default;
  // Of the first `size` leaves of `source`, whose errors it returns.
  static absl::StatusOr<Frontier> Load(const NodeSource& source, uint64_t size);

  // Appends a leaf; `on_node` is told of the leaf at level 0 and then of each perfect subtree that it completes,
  // upwards.
  void Append(const Hash& leaf, OnNode on_node);
  // How many leaves there are.
  uint64_t size() const { return size_; }
  // The root of the tree of all of them.
  Hash Root() const;

 private:
  uint64_t size_ = 0;
  std::vector<Hash> peaks_;  // Of the perfect subtrees that make up the tree, from left to right.
};

// The root of the first `size` leaves. Errors are those of `source`.
absl::StatusOr<Hash> RootOf(const NodeSource& source, uint64_t size);

// Proves leaf `index` to be in the tree of the first `size` leaves. OUT_OF_RANGE unless index < size; else the errors
// of `source`.
absl::StatusOr<Proof> InclusionProof(const NodeSource& source, uint64_t index, uint64_t size);

// Proves the tree of `old_size` leaves to be the beginning of that of `new_size`; empty where they are the same or the
// old one is empty. OUT_OF_RANGE unless old_size <= new_size; else the errors of `source`.
absl::StatusOr<Proof> ConsistencyProof(const NodeSource& source, uint64_t old_size, uint64_t new_size);

// True if `proof` shows `leaf` to be leaf `index` of the tree of `size` leaves with this root (section 2.1.3.2). False
// for whatever else is given.
bool VerifyInclusion(const Hash& leaf, uint64_t index, uint64_t size, std::span<const Hash> proof, const Hash& root);

// True if `proof` shows the old tree to be the beginning of the new one (section 2.1.4.2). Beyond the RFC: an empty
// tree is the beginning of every tree, and of two trees of one size the roots must be equal; the proof is empty for
// both. False for whatever else is given.
bool VerifyConsistency(uint64_t old_size, const Hash& old_root, uint64_t new_size, const Hash& new_root,
                       std::span<const Hash> proof);

}  // namespace anamnesis::evidence
