#include "evidence/merkle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>

#include "absl/strings/escaping.h"
#include "tests/evidence/fixture.h"

namespace anamnesis::evidence {
namespace {

using ::testing::IsEmpty;

std::string Hex(const Hash& hash) {
  return absl::BytesToHexString({BytesOf(hash).data(), kHashBytes});
}

std::vector<std::string> Hex(const Proof& proof) {
  std::vector<std::string> text;
  for (const Hash& hash : proof) text.push_back(Hex(hash));
  return text;
}

// The tree of eight leaves that implementations of RFC 6962 and 9162 are tried with, and its roots at every size.
constexpr const char* kKnownLeaves[] = {
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
constexpr const char* kKnownRoots[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

std::vector<Hash> KnownLeaves() {
  std::vector<Hash> leaves;
  for (const char* hex : kKnownLeaves) leaves.push_back(LeafHash(absl::HexStringToBytes(hex)));
  return leaves;
}

TEST(MerkleTest, KnownRoots) {
  const std::vector<Hash> leaves = KnownLeaves();
  const MemoryTree tree(leaves);
  Frontier frontier;
  for (size_t size = 0; size <= leaves.size(); ++size) {
    EXPECT_EQ(Hex(frontier.Root()), kKnownRoots[size]);
    EXPECT_EQ(Hex(RootOf(tree, size).value()), kKnownRoots[size]);
    if (size < leaves.size()) frontier.Append(leaves[size], [](int, uint64_t, const Hash&) {});
  }
}

TEST(MerkleTest, KnownProofs) {
  const MemoryTree tree(KnownLeaves());
  EXPECT_THAT(Hex(InclusionProof(tree, 0, 8).value()),
              testing::ElementsAre("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                                   "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                                   "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"));
  EXPECT_THAT(Hex(ConsistencyProof(tree, 6, 8).value()),
              testing::ElementsAre("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                                   "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                                   "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"));
}

// RFC 9162 as it is written: MTH of 2.1.1, PATH of 2.1.3.1, SUBPROOF of 2.1.4.1.
using View = std::span<const Hash>;

size_t Middle(View leaves) {
  return std::bit_floor(leaves.size() - 1);
}

Hash NaiveRoot(View leaves) {
  if (leaves.empty()) return EmptyRoot();
  if (leaves.size() == 1) return leaves[0];
  const size_t k = Middle(leaves);
  return NodeHash(NaiveRoot(leaves.first(k)), NaiveRoot(leaves.subspan(k)));
}

Proof With(Proof proof, const Hash& hash) {
  proof.push_back(hash);
  return proof;
}

Proof NaivePath(size_t m, View leaves) {
  if (leaves.size() == 1) return {};
  const size_t k = Middle(leaves);
  if (m < k) return With(NaivePath(m, leaves.first(k)), NaiveRoot(leaves.subspan(k)));
  return With(NaivePath(m - k, leaves.subspan(k)), NaiveRoot(leaves.first(k)));
}

Proof NaiveSubproof(size_t m, View leaves, bool whole) {
  if (m == leaves.size()) return whole ? Proof() : Proof{NaiveRoot(leaves)};
  const size_t k = Middle(leaves);
  if (m <= k) return With(NaiveSubproof(m, leaves.first(k), whole), NaiveRoot(leaves.subspan(k)));
  return With(NaiveSubproof(m - k, leaves.subspan(k), false), NaiveRoot(leaves.first(k)));
}

constexpr size_t kMaxSize = 130;
constexpr size_t kEveryByteUpTo = 36;  // Beyond, one byte of every hash: the whole would take minutes under sanitizers.

// Calls `try_proof` with proofs that differ from a good one: a byte changed, hashes exchanged, left out or added.
template <class Try>
void ForEachSpoilt(const Proof& good, bool every_byte, Try try_proof) {
  for (size_t i = 0; i < good.size(); ++i) {
    for (size_t byte = every_byte ? 0 : i; byte < (every_byte ? kHashBytes : i + 1); ++byte) {
      Proof spoilt = good;
      spoilt[i][byte] ^= static_cast<uint8_t>(1 + byte * 7);
      try_proof(spoilt);
    }
    Proof shorter = good;
    shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i));
    try_proof(shorter);
    if (i == 0) continue;
    Proof exchanged = good;
    std::swap(exchanged[i - 1], exchanged[i]);
    try_proof(exchanged);
  }
  for (const size_t at : {size_t{0}, good.size()}) {
    Proof longer = good;
    longer.insert(longer.begin() + static_cast<std::ptrdiff_t>(at), good.empty() ? EmptyRoot() : good.back());
    try_proof(longer);
  }
  if (good.size() > 1) {
    Proof reversed = good;
    std::reverse(reversed.begin(), reversed.end());
    try_proof(reversed);
  }
}

TEST(MerkleTest, EveryInclusionIsProvedAndNothingElse) {
  const std::vector<Hash> leaves = Leaves(kMaxSize);
  const MemoryTree tree(leaves);
  for (size_t size = 1; size <= kMaxSize; ++size) {
    const View view = View(leaves).first(size);
    const Hash root = NaiveRoot(view);
    ASSERT_EQ(RootOf(tree, size).value(), root);
    for (size_t index = 0; index < size; ++index) {
      const Proof proof = InclusionProof(tree, index, size).value();
      ASSERT_EQ(proof, NaivePath(index, view)) << index << " of " << size;
      ASSERT_TRUE(VerifyInclusion(leaves[index], index, size, proof, root)) << index << " of " << size;
      EXPECT_FALSE(VerifyInclusion(leaves[index], (index + 1) % size, size, proof, root) && size > 1);
      EXPECT_FALSE(VerifyInclusion(leaves[index], index + size, size, proof, root));
      EXPECT_FALSE(VerifyInclusion(EmptyRoot(), index, size, proof, root));
      EXPECT_FALSE(VerifyInclusion(leaves[index], index, size, proof, EmptyRoot()));
      ForEachSpoilt(proof, size <= kEveryByteUpTo, [&](const Proof& spoilt) {
        EXPECT_FALSE(VerifyInclusion(leaves[index], index, size, spoilt, root)) << index << " of " << size;
      });
    }
  }
}

TEST(MerkleTest, EveryConsistencyIsProvedAndNothingElse) {
  const std::vector<Hash> leaves = Leaves(kMaxSize);
  const MemoryTree tree(leaves);
  for (size_t new_size = 1; new_size <= kMaxSize; ++new_size) {
    const View view = View(leaves).first(new_size);
    const Hash new_root = NaiveRoot(view);
    for (size_t old_size = 1; old_size <= new_size; ++old_size) {
      const Hash old_root = NaiveRoot(view.first(old_size));
      const Proof proof = ConsistencyProof(tree, old_size, new_size).value();
      ASSERT_EQ(proof, NaiveSubproof(old_size, view, true)) << old_size << " in " << new_size;
      ASSERT_TRUE(VerifyConsistency(old_size, old_root, new_size, new_root, proof)) << old_size << " in " << new_size;
      EXPECT_FALSE(VerifyConsistency(old_size, EmptyRoot(), new_size, new_root, proof));
      EXPECT_FALSE(VerifyConsistency(old_size, old_root, new_size, EmptyRoot(), proof));
      ForEachSpoilt(proof, new_size <= kEveryByteUpTo, [&](const Proof& spoilt) {
        EXPECT_FALSE(VerifyConsistency(old_size, old_root, new_size, new_root, spoilt))
            << old_size << " in " << new_size;
      });
    }
  }
}

TEST(MerkleTest, EmptyAndEqualTreesNeedNoProof) {
  const MemoryTree tree(Leaves(5));
  const Hash root = tree.Root();
  EXPECT_THAT(ConsistencyProof(tree, 0, 5).value(), IsEmpty());
  EXPECT_THAT(ConsistencyProof(tree, 5, 5).value(), IsEmpty());
  EXPECT_TRUE(VerifyConsistency(0, EmptyRoot(), 5, root, {}));
  EXPECT_TRUE(VerifyConsistency(0, EmptyRoot(), 0, EmptyRoot(), {}));
  EXPECT_TRUE(VerifyConsistency(5, root, 5, root, {}));
  EXPECT_FALSE(VerifyConsistency(0, root, 5, root, {}));
  EXPECT_FALSE(VerifyConsistency(0, root, 0, root, {}));
  EXPECT_FALSE(VerifyConsistency(5, root, 5, EmptyRoot(), {}));
  EXPECT_FALSE(VerifyConsistency(5, root, 5, root, Proof{root}));
  EXPECT_FALSE(VerifyConsistency(0, EmptyRoot(), 5, root, Proof{root}));
  EXPECT_FALSE(VerifyConsistency(4, root, 5, root, {}));
}

TEST(MerkleTest, BoundsAreChecked) {
  const MemoryTree tree(Leaves(5));
  EXPECT_EQ(InclusionProof(tree, 5, 5).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(InclusionProof(tree, 0, 0).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(InclusionProof(tree, 0, 6).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ConsistencyProof(tree, 5, 4).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ConsistencyProof(tree, 5, 6).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(RootOf(tree, 6).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_FALSE(VerifyConsistency(6, tree.Root(), 5, tree.Root(), {}));
  constexpr uint64_t kMax = UINT64_MAX;
  const Proof longest(65, tree.Root());
  EXPECT_FALSE(VerifyInclusion(tree.Root(), kMax - 1, kMax, longest, tree.Root()));
  EXPECT_FALSE(VerifyInclusion(tree.Root(), kMax, kMax, longest, tree.Root()));
  EXPECT_FALSE(VerifyConsistency(kMax - 1, tree.Root(), kMax, tree.Root(), longest));
}

TEST(FrontierTest, ContinuesWhereItWasLoaded) {
  const std::vector<Hash> leaves = Leaves(70);
  const MemoryTree tree(leaves);
  for (size_t size = 0; size <= leaves.size(); ++size) {
    Frontier frontier = Frontier::Load(tree, size).value();
    EXPECT_EQ(frontier.size(), size);
    for (size_t i = size; i < leaves.size(); ++i) {
      frontier.Append(leaves[i], [&](int level, uint64_t index, const Hash& hash) {
        EXPECT_EQ(tree.Node(level, index).value(), hash);
      });
    }
    EXPECT_EQ(frontier.Root(), tree.Root());
  }
}

}  // namespace
}  // namespace anamnesis::evidence
