#include "evidence/bundle.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "evidence/checkpoint.h"
#include "evidence/note.h"
#include "nlohmann/json.hpp"
#include "tests/evidence/fixture.h"

namespace anamnesis::evidence {
namespace {

constexpr size_t kSize = 21;

class BundleTest : public ::testing::Test {
 protected:
  absl::StatusCode CodeOf(const std::vector<ProvedRecord>& records) const {
    return MakeBundle(checkpoint_, records).status().code();
  }
  // With the proofs that they are in the tree of that size; one that is in none comes without.
  std::vector<ProvedRecord> At(std::initializer_list<uint64_t> positions, uint64_t size = kSize) const {
    std::vector<ProvedRecord> records;
    for (const uint64_t position : positions) {
      records.push_back({position, RecordBytes(position), InclusionProof(tree_, position - 1, size).value_or(Proof())});
    }
    return records;
  }

  const Signer signer_ = SignerOf('a', "log.example/clinic");
  const MemoryTree tree_{Leaves(kSize)};
  const std::string checkpoint_ = SignedCheckpoint(tree_, signer_);
};

TEST_F(BundleTest, HoldsWhatProves) {
  const auto json = nlohmann::json::parse(MakeBundle(checkpoint_, At({5})).value());
  EXPECT_EQ(json.size(), 2);
  EXPECT_EQ(json["checkpoint"], checkpoint_);
  ASSERT_EQ(json["records"].size(), 1);
  const auto& record = json["records"][0];
  EXPECT_EQ(record["position"], 5);
  EXPECT_EQ(record["record"], "cmVjb3JkIDUuLi4uLg==");
  EXPECT_EQ(record["proof"].size(), InclusionProof(tree_, 4, kSize).value().size());
}

TEST_F(BundleTest, WhatIsNotProvedIsRefused) {
  EXPECT_EQ(CodeOf({}), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(At({5, 5})), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(At({5, 4})), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(At({0})), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(At({kSize + 1})), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(CodeOf({
                {5, "another record", InclusionProof(tree_, 4, kSize).value()}
  }),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(MakeBundle("no note", At({5})).status().code(), absl::StatusCode::kInvalidArgument);
  const std::string no_checkpoint = SignNote("text\n", signer_).value();
  EXPECT_EQ(MakeBundle(no_checkpoint, At({5})).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(BundleTest, AnOlderCheckpointWillDo) {
  const std::string older = SignedCheckpoint(MemoryTree(Leaves(11)), signer_);
  EXPECT_TRUE(MakeBundle(older, At({1, 11}, 11)).ok());
  EXPECT_EQ(MakeBundle(older, At({1, 12}, 11)).status().code(), absl::StatusCode::kFailedPrecondition);
}

// verify_bundle_test.py runs this to have something to verify.
TEST_F(BundleTest, IsWrittenForTheVerifier) {
  const TempDirectory own;
  const char* const given = std::getenv("EVIDENCE_BUNDLE_DIR");
  const std::string directory = given == nullptr ? own.path() : given;
  const Signer witness = SignerOf('w', "witness.example", SignatureType::kCosignature);
  const std::string cosigned = Cosign(checkpoint_, witness, 1'700'000'000).value();
  WriteFile(directory + "/bundle.json", MakeBundle(cosigned, At({1, 5, 16, kSize})).value());
  WriteFile(directory + "/vkey", signer_.verifier().ToString());
  WriteFile(directory + "/witness_vkey", witness.verifier().ToString());
  WriteFile(directory + "/other_vkey", SignerOf('b', "log.example/clinic").verifier().ToString());
}

}  // namespace
}  // namespace anamnesis::evidence
