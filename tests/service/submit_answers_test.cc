#include "service/submit_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "account_service.pb.h"
#include "rpc/codec.h"

namespace anamnesis::service {
namespace {

using ::testing::ElementsAre;
namespace v1 = test::account::v1;

// Keeps what a stream would send; OnWritten is for the test to call.
class KeptMessages final : public rpc::RawWriter {
 public:
  void Write(grpc::ByteBuffer bytes, uint32_t requests_answered) override {
    MutexLock lock(mutex_);
    ASSERT_TRUE(rpc::Parse(bytes, messages_.emplace_back()).ok());
    answered_ += requests_answered;
  }
  void Finish(absl::Status) override { FAIL() << "the call goes on"; }

  // The sequences in each message, so far.
  std::vector<std::string> Sequences() {
    MutexLock lock(mutex_);
    std::vector<std::string> sequences;
    for (const v1::SubmitResponse& message : messages_) {
      std::string& all = sequences.emplace_back(absl::StrCat(message.sequence()));
      for (const v1::SubmitResponse& further : message.more()) {
        EXPECT_EQ(further.more_size(), 0);
        absl::StrAppend(&all, " ", further.sequence());
      }
    }
    return sequences;
  }
  size_t messages() {
    MutexLock lock(mutex_);
    return messages_.size();
  }
  uint32_t answered() {
    MutexLock lock(mutex_);
    return answered_;
  }

 private:
  Mutex mutex_;
  std::vector<v1::SubmitResponse> messages_ GUARDED_BY(mutex_);
  uint32_t answered_ GUARDED_BY(mutex_) = 0;
};

v1::SubmitResponse AnswerTo(uint64_t sequence, const std::string& resource_id = "") {
  v1::SubmitResponse answer;
  answer.set_sequence(sequence);
  answer.mutable_outcome()->set_resource_id(resource_id);
  return answer;
}

class SubmitAnswersTest : public ::testing::Test {
 protected:
  using Writer = AnswerWriter<v1::SubmitResponse>;

  // The answer to a message of one command that asks for it to be gathered.
  void Gather(uint64_t sequence) { SubmitAnswers<v1::SubmitResponse>(writer_, 1, true).Set(0, AnswerTo(sequence)); }

  const std::shared_ptr<KeptMessages> kept_ = std::make_shared<KeptMessages>();
  const std::shared_ptr<Writer> writer_ = std::make_shared<Writer>(rpc::BidiWriter<v1::SubmitResponse>(kept_));
};

TEST_F(SubmitAnswersTest, WhatIsReadyWhileAMessageIsOnItsWayGoesInTheNext) {
  Gather(1);
  Gather(2);
  Gather(3);
  EXPECT_THAT(kept_->Sequences(), ElementsAre("1"));
  writer_->OnWritten();
  Gather(4);
  EXPECT_THAT(kept_->Sequences(), ElementsAre("1", "2 3"));
  writer_->OnWritten();
  EXPECT_THAT(kept_->Sequences(), ElementsAre("1", "2 3", "4"));
  writer_->OnWritten();
  Gather(5);
  EXPECT_THAT(kept_->Sequences(), ElementsAre("1", "2 3", "4", "5"));
  EXPECT_EQ(kept_->answered(), 5);
}

TEST_F(SubmitAnswersTest, WithoutBeingAskedForEachHasAMessageOfItsOwn) {
  for (const uint64_t sequence : {1, 2}) {
    SubmitAnswers<v1::SubmitResponse>(writer_, 1, false).Set(0, AnswerTo(sequence));
  }
  EXPECT_THAT(kept_->Sequences(), ElementsAre("1", "2"));
  EXPECT_EQ(kept_->answered(), 2);
}

TEST_F(SubmitAnswersTest, AMessageOfSeveralCommandsIsAnsweredByItself) {
  Gather(1);
  Gather(2);
  SubmitAnswers<v1::SubmitResponse> several(writer_, 3, true);
  several.Set(1, AnswerTo(11));
  several.Set(0, AnswerTo(10));
  EXPECT_THAT(kept_->Sequences(), ElementsAre("1"));
  several.Set(2, AnswerTo(12));
  EXPECT_THAT(kept_->Sequences(), ElementsAre("1", "10 11 12"));
  writer_->OnWritten();
  EXPECT_THAT(kept_->Sequences(), ElementsAre("1", "10 11 12", "2"));
  EXPECT_EQ(kept_->answered(), 3);
}

TEST_F(SubmitAnswersTest, AMessageOfGatheredAnswersIsBounded) {
  constexpr size_t kAnswerBytes = 1000;
  constexpr uint64_t kAnswers = 200;
  for (uint64_t i = 0; i < kAnswers; ++i) writer_->Gather(AnswerTo(i, std::string(kAnswerBytes, 'x')));
  for (size_t before = 0; before < kept_->Sequences().size();) {
    before = kept_->Sequences().size();
    writer_->OnWritten();
  }
  const std::vector<std::string> sequences = kept_->Sequences();
  EXPECT_EQ(sequences.size(), 5);  // The first one alone, then 66 to a message, of a little over 1,000 bytes each.
  std::string in_order;
  for (uint64_t i = 0; i < kAnswers; ++i) absl::StrAppend(&in_order, i == 0 ? "" : " ", i);
  EXPECT_EQ(absl::StrJoin(sequences, " "), in_order);
  EXPECT_EQ(kept_->answered(), kAnswers);
}

TEST_F(SubmitAnswersTest, NoAnswerIsLostOrSentTwiceBetweenThreads) {
  constexpr uint64_t kThreads = 3;
  constexpr uint64_t kEach = 2'000;
  std::vector<std::thread> threads;
  for (uint64_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([this, thread] {
      for (uint64_t i = 0; i < kEach; ++i) Gather(thread * kEach + i);
    });
  }
  // As a stream does: once for each message.
  for (size_t written = 0; kept_->answered() < kThreads * kEach;) {
    for (; written < kept_->messages(); ++written) writer_->OnWritten();
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<bool> seen(kThreads * kEach);
  for (const std::string& message : kept_->Sequences()) {
    for (const absl::string_view word : absl::StrSplit(message, ' ')) {
      uint64_t sequence = 0;
      ASSERT_TRUE(absl::SimpleAtoi(word, &sequence));
      EXPECT_FALSE(seen.at(sequence)) << sequence;
      seen[sequence] = true;
    }
  }
  EXPECT_THAT(seen, ::testing::Each(true));
}

}  // namespace
}  // namespace anamnesis::service
