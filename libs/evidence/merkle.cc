#include "evidence/merkle.h"

#include <algorithm>
#include <bit>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/sha256.h"
#include "base/status.h"

namespace anamnesis::evidence {
namespace {

constexpr std::string_view kLeafPrefix("\x00", 1);
constexpr std::string_view kNodePrefix("\x01", 1);

// Joins perfect subtrees that stand side by side, larger ones to the left.
Hash Join(std::span<const Hash> peaks) {
  if (peaks.empty()) return EmptyRoot();
  Hash root = peaks.back();
  for (size_t i = peaks.size() - 1; i > 0; --i) root = NodeHash(peaks[i - 1], root);
  return root;
}

// The perfect subtrees that make up the leaves from `begin` up to `end`; `begin` is a multiple of the largest.
absl::StatusOr<std::vector<Hash>> Peaks(const NodeSource& source, uint64_t begin, uint64_t end) {
  std::vector<Hash> peaks;
  while (begin < end) {
    const int level = std::bit_width(end - begin) - 1;
    ASSIGN_OR_RETURN(const Hash peak, source.Node(level, begin >> level));
    peaks.push_back(peak);
    begin += uint64_t{1} << level;
  }
  return peaks;
}

absl::StatusOr<Hash> RangeHash(const NodeSource& source, uint64_t begin, uint64_t end) {
  ASSIGN_OR_RETURN(const std::vector<Hash> peaks, Peaks(source, begin, end));
  return Join(peaks);
}

// Leaves of one subtree on the way down from the root, and where it is divided: to the left the largest power of two
// that is smaller than the whole.
struct Range {
  uint64_t begin;
  uint64_t end;

  uint64_t size() const { return end - begin; }
  uint64_t middle() const { return begin + std::bit_floor(size() - 1); }
};

// A step of a verification upwards: both places move to the parent's level.
struct Climb {
  uint64_t node;  // Of what is proved, among those of its level.
  uint64_t last;  // The last one of that level.

  bool FromLeft() const { return (node & 1) == 1 || node == last; }
  void Up() {
    node >>= 1;
    last >>= 1;
  }
  // A last node without a sibling is its own parent.
  void UpToSibling() {
    while ((node & 1) == 0 && node != 0) Up();
  }
};

}  // namespace

std::string_view BytesOf(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

Hash LeafHash(std::string_view bytes) {
  return Sha256Of({kLeafPrefix, bytes});
}

Hash NodeHash(const Hash& left, const Hash& right) {
  return Sha256Of({kNodePrefix, BytesOf(left), BytesOf(right)});
}

Hash EmptyRoot() {
  return Sha256Of({});
}

absl::StatusOr<Frontier> Frontier::Load(const NodeSource& source, uint64_t size) {
  Frontier frontier;
  ASSIGN_OR_RETURN(frontier.peaks_, Peaks(source, 0, size));
  frontier.size_ = size;
  return frontier;
}

void Frontier::Append(const Hash& leaf, OnNode on_node) {
  Hash node = leaf;
  uint64_t index = size_;
  int level = 0;
  on_node(level, index, node);
  for (; (index & 1) == 1; index >>= 1) {
    node = NodeHash(peaks_.back(), node);
    peaks_.pop_back();
    on_node(++level, index >> 1, node);
  }
  peaks_.push_back(node);
  ++size_;
}

Hash Frontier::Root() const {
  return Join(peaks_);
}

absl::StatusOr<Hash> RootOf(const NodeSource& source, uint64_t size) {
  return RangeHash(source, 0, size);
}

absl::StatusOr<Proof> InclusionProof(const NodeSource& source, uint64_t index, uint64_t size) {
  if (index >= size) return absl::OutOfRangeError(absl::StrCat("no leaf ", index, " in a tree of ", size));
  Proof proof;
  Range range = {0, size};
  while (range.size() > 1) {
    const uint64_t middle = range.middle();
    const bool left = index < middle;
    ASSIGN_OR_RETURN(const Hash sibling,
                     left ? RangeHash(source, middle, range.end) : RangeHash(source, range.begin, middle));
    proof.push_back(sibling);
    (left ? range.end : range.begin) = middle;
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

absl::StatusOr<Proof> ConsistencyProof(const NodeSource& source, uint64_t old_size, uint64_t new_size) {
  if (old_size > new_size) {
    return absl::OutOfRangeError(absl::StrCat("a tree of ", new_size, " does not hold one of ", old_size));
  }
  Proof proof;
  if (old_size == 0 || old_size == new_size) return proof;
  Range range = {0, new_size};
  while (range.end != old_size) {
    const uint64_t middle = range.middle();
    const bool left = old_size <= middle;
    ASSIGN_OR_RETURN(const Hash sibling,
                     left ? RangeHash(source, middle, range.end) : RangeHash(source, range.begin, middle));
    proof.push_back(sibling);
    (left ? range.end : range.begin) = middle;
  }
  // Whoever has the old root needs not be told it.
  if (range.begin != 0) {
    ASSIGN_OR_RETURN(const Hash common, RangeHash(source, range.begin, range.end));
    proof.push_back(common);
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

bool VerifyInclusion(const Hash& leaf, uint64_t index, uint64_t size, std::span<const Hash> proof, const Hash& root) {
  if (index >= size) return false;
  Climb climb = {index, size - 1};
  Hash hash = leaf;
  for (const Hash& sibling : proof) {
    if (climb.last == 0) return false;
    if (climb.FromLeft()) {
      hash = NodeHash(sibling, hash);
      climb.UpToSibling();
    } else {
      hash = NodeHash(hash, sibling);
    }
    climb.Up();
  }
  return climb.last == 0 && hash == root;
}

bool VerifyConsistency(uint64_t old_size, const Hash& old_root, uint64_t new_size, const Hash& new_root,
                       std::span<const Hash> proof) {
  if (old_size > new_size) return false;
  if (old_size == new_size) return proof.empty() && old_root == new_root && (old_size > 0 || old_root == EmptyRoot());
  if (old_size == 0) return proof.empty() && old_root == EmptyRoot();
  if (proof.empty()) return false;

  Climb climb = {old_size - 1, new_size - 1};
  while ((climb.node & 1) == 1) climb.Up();
  Hash old_hash = old_root;
  if (!std::has_single_bit(old_size)) {
    old_hash = proof.front();
    proof = proof.subspan(1);
  }
  Hash new_hash = old_hash;
  for (const Hash& sibling : proof) {
    if (climb.last == 0) return false;
    if (climb.FromLeft()) {
      old_hash = NodeHash(sibling, old_hash);
      new_hash = NodeHash(sibling, new_hash);
      climb.UpToSibling();
    } else {
      new_hash = NodeHash(new_hash, sibling);
    }
    climb.Up();
  }
  return climb.last == 0 && old_hash == old_root && new_hash == new_root;
}

}  // namespace anamnesis::evidence
