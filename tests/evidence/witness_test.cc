#include "evidence/witness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "evidence/note.h"
#include "evidence/signed_checkpoint.h"
#include "tests/evidence/fixture.h"

namespace anamnesis::evidence {
namespace {

using Kind = WitnessVerdict::Kind;

constexpr char kOrigin[] = "anamnesis/patient/1";
constexpr int64_t kNowMicros = 1'790'000'000'000'000;

class WitnessTest : public testing::Test {
 protected:
  void SetUp() override { Reopen(); }
  void Reopen() {
    auto opened = Witness::Open(dir_.path() + "/witness", "anamnesis/witness/encounter", clock_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    witness_ = *std::move(opened);
  }

  // The log of the first `size` records, shown as continuing its first `old_size`.
  ShownCheckpoint Shown(uint64_t size, uint64_t old_size) { return Shown(Leaves(size), old_size); }
  ShownCheckpoint Shown(const std::vector<Hash>& leaves, uint64_t old_size) {
    const MemoryTree tree(leaves);
    ShownCheckpoint shown = {.log = "patient",
                             .note = SignedCheckpoint(tree, signer_),
                             .verifier_key = signer_.verifier().ToString(),
                             .old_size = old_size};
    if (old_size <= leaves.size()) shown.consistency = ConsistencyProof(tree, old_size, leaves.size()).value();
    return shown;
  }
  Kind Add(const ShownCheckpoint& shown) {
    auto verdict = witness_->Add(shown);
    EXPECT_TRUE(verdict.ok()) << verdict.status();
    last_ = *verdict;
    return last_.kind;
  }
  uint64_t KnownSize() {
    const auto known = witness_->Known("patient");
    EXPECT_TRUE(known.ok()) << known.status();
    return known.ok() && known->has_value() ? (*known)->checkpoint.size : 0;
  }

  TempDirectory dir_;
  ManualClock clock_{kNowMicros};
  Signer signer_ = SignerOf('p', kOrigin);
  std::unique_ptr<Witness> witness_;
  WitnessVerdict last_;
};

TEST_F(WitnessTest, CosignsWhatContinuesAndRemembersIt) {
  EXPECT_EQ(Add(Shown(3, 0)), Kind::kCosigned);
  EXPECT_EQ(Add(Shown(8, 3)), Kind::kCosigned);
  EXPECT_EQ(KnownSize(), 8u);
  Reopen();
  EXPECT_EQ(KnownSize(), 8u) << "also over a restart";
  EXPECT_EQ(Add(Shown(13, 8)), Kind::kCosigned);

  const std::vector<VerifierKey> both = {signer_.verifier(), witness_->verifier()};
  const auto verified = VerifyNote(last_.note, both);
  ASSERT_TRUE(verified.ok()) << verified.status();
  ASSERT_EQ(verified->size(), 2u);
  EXPECT_EQ((*verified)[1].unix_seconds, static_cast<uint64_t>(kNowMicros / 1'000'000));
  EXPECT_TRUE(witness_->RefusedLogs().empty());
}

TEST_F(WitnessTest, TheSameCheckpointMayBeShownAgain) {
  EXPECT_EQ(Add(Shown(5, 0)), Kind::kCosigned);
  EXPECT_EQ(Add(Shown(5, 5)), Kind::kCosigned);
}

TEST_F(WitnessTest, TheKeyOfAWitnessStaysTheSame) {
  const VerifierKey key = witness_->verifier();
  Reopen();
  EXPECT_EQ(witness_->verifier(), key);
}

TEST_F(WitnessTest, WhatStartsElsewhereIsToBeProvedAgain) {
  Add(Shown(8, 0));
  EXPECT_EQ(Add(Shown(13, 3)), Kind::kKnowsAnother);
  EXPECT_EQ(last_.known_size, 8u);
  EXPECT_EQ(Add(Shown(5, 8)), Kind::kKnowsAnother) << "smaller";
  EXPECT_EQ(Add(Shown(8, 0)), Kind::kKnowsAnother) << "as if the first";
  EXPECT_EQ(KnownSize(), 8u);
  EXPECT_TRUE(witness_->RefusedLogs().empty()) << "late is not false";
}

TEST_F(WitnessTest, AnotherHistoryIsRefusedAndKept) {
  Add(Shown(8, 0));
  std::vector<Hash> rewritten = Leaves(13);
  rewritten[4] = LeafHash("another record");
  EXPECT_EQ(Add(Shown(rewritten, 8)), Kind::kNotContinuation);
  EXPECT_EQ(KnownSize(), 8u);
  EXPECT_THAT(witness_->RefusedLogs(), testing::ElementsAre("patient"));
  const auto refused = witness_->Refused("patient");
  ASSERT_TRUE(refused.ok() && refused->has_value());
  EXPECT_EQ((*refused)->checkpoint.size, 13u);

  rewritten.resize(8);
  EXPECT_EQ(Add(Shown(rewritten, 8)), Kind::kNotContinuation) << "also of the same size";
  EXPECT_EQ((*witness_->Refused("patient"))->checkpoint.size, 13u) << "the first is kept";
  EXPECT_EQ(Add(Shown(13, 8)), Kind::kCosigned) << "the true one is still vouched for";
}

TEST_F(WitnessTest, WithoutAProofNothingContinues) {
  Add(Shown(8, 0));
  ShownCheckpoint shown = Shown(13, 8);
  shown.consistency.clear();
  EXPECT_EQ(Add(shown), Kind::kNotContinuation);
}

TEST_F(WitnessTest, AnotherKeyIsAnotherLog) {
  Add(Shown(8, 0));
  signer_ = SignerOf('q', kOrigin);
  EXPECT_EQ(Add(Shown(8, 8)), Kind::kNotContinuation);
  signer_ = SignerOf('p', "anamnesis/patient/2");
  EXPECT_EQ(Add(Shown(9, 8)), Kind::kNotContinuation) << "a log that took its place";
}

TEST_F(WitnessTest, WhatDoesNotBelongTogetherIsNotKept) {
  const ShownCheckpoint good = Shown(3, 0);
  ShownCheckpoint bad = good;
  bad.verifier_key = SignerOf('q', kOrigin).verifier().ToString();
  EXPECT_EQ(Add(bad), Kind::kUnverified);
  bad = good;
  bad.note[bad.note.find('3')] = '4';
  EXPECT_EQ(Add(bad), Kind::kUnverified);
  for (const std::string name : {"", "../patient", "Patient", "patient.refused", "a/b", "patients1"}) {
    bad = good;
    bad.log = name;
    EXPECT_EQ(Add(bad), Kind::kUnverified) << name;
    EXPECT_FALSE(witness_->Known(name)->has_value()) << name;
  }
  bad.log = std::string(kMaxLogNameBytes + 1, 'a');
  EXPECT_EQ(Add(bad), Kind::kUnverified);
  EXPECT_EQ(KnownSize(), 0u);
}

TEST_F(WitnessTest, WatchesSoManyLogsAndNoMore) {
  ShownCheckpoint shown = Shown(3, 0);
  for (size_t i = 0; i < kMaxWitnessedLogs; ++i) {
    shown.log = {static_cast<char>('a' + i / 26), static_cast<char>('a' + i % 26)};
    ASSERT_EQ(Add(shown), Kind::kCosigned);
  }
  shown.log = "zz";
  EXPECT_EQ(Add(shown), Kind::kTooManyLogs);
  shown.log = "aa";
  shown.old_size = 3;
  EXPECT_EQ(Add(shown), Kind::kCosigned) << "those that are watched go on";
}

TEST_F(WitnessTest, WhatIsTakenAwayIsForgotten) {
  Add(Shown(8, 0));
  Add(Shown(5, 8));
  std::filesystem::remove(dir_.path() + "/witness/patient");
  EXPECT_EQ(KnownSize(), 0u);
  EXPECT_EQ(Add(Shown(5, 0)), Kind::kCosigned);
}

TEST_F(WitnessTest, AMemoryThatIsDamagedIsSaid) {
  Add(Shown(8, 0));
  std::string memory = ReadFile(dir_.path() + "/witness/patient");
  memory[memory.size() / 2] ^= 1;
  WriteFile(dir_.path() + "/witness/patient", memory);
  std::filesystem::permissions(dir_.path() + "/witness/patient", std::filesystem::perms::owner_read);
  EXPECT_EQ(witness_->Known("patient").status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(witness_->Add(Shown(13, 8)).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace anamnesis::evidence
