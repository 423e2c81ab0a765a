#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rpc/test_server.h"

namespace anamnesis::rpc {
namespace {

using testing::ElementsAre;

// A session that keeps its requests until the test answers them. Thread-safe.
class KeptChat final : public ChatSession {
 public:
  explicit KeptChat(uint32_t max_in_flight) : max_in_flight_(max_in_flight) {}

  uint32_t MaxInFlight() const override { return max_in_flight_; }
  void OnStart(BidiWriter<EchoResponse> writer) override {
    MutexLock lock(mutex_);
    writer_ = std::move(writer);
  }
  void OnRequest(std::shared_ptr<const EchoRequest> request) override { Note(request->text()); }
  void OnRefused(std::shared_ptr<const EchoRequest> request, absl::Status refusal) override {
    Note(request->text() + "!" + Reason(refusal));
  }
  void OnReadsDone() override { Note("done"); }
  void OnCancel() override { Note("cancel"); }

  // Waits for `count` notes.
  std::vector<std::string> WaitFor(size_t count) {
    MutexLock lock(mutex_);
    changed_.WaitFor(mutex_, kPatience, [&]() NO_THREAD_SAFETY_ANALYSIS { return notes_.size() >= count; });
    return notes_;
  }
  size_t count() {
    MutexLock lock(mutex_);
    return notes_.size();
  }
  void Answer(const std::string& text, uint32_t requests_answered = 1) {
    EchoResponse response;
    response.set_text(text);
    Writer().Write(response, requests_answered);
  }
  void Finish(absl::Status status) { Writer().Finish(std::move(status)); }

 private:
  BidiWriter<EchoResponse> Writer() {
    MutexLock lock(mutex_);
    return writer_;
  }
  void Note(std::string note) {
    MutexLock lock(mutex_);
    notes_.push_back(std::move(note));
    changed_.NotifyAll();
  }

  const uint32_t max_in_flight_;
  Mutex mutex_;
  CondVar changed_;
  BidiWriter<EchoResponse> writer_ GUARDED_BY(mutex_);
  std::vector<std::string> notes_ GUARDED_BY(mutex_);
};

class BidiTest : public testing::Test {
 protected:
  BidiTest() : stream_(Open()) {}

  std::unique_ptr<grpc::ClientReaderWriter<EchoRequest, EchoResponse>> Open() {
    PrepareContext(context_, kCaller, kPatience);
    return server_.stub->Chat(&context_);
  }
  bool Say(const std::string& text, const std::string& id = "") {
    EchoRequest request;
    request.set_text(text);
    request.set_id(id);
    return stream_->Write(request);
  }
  std::string Hear() {
    EchoResponse response;
    return stream_->Read(&response) ? response.text() : "(end)";
  }
  absl::Status End() { return FromGrpcStatus(stream_->Finish()); }

  std::shared_ptr<KeptChat> chat_ = std::make_shared<KeptChat>(2);
  TestServer server_{{}, {}, [this] { return chat_; }};
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<EchoRequest, EchoResponse>> stream_;
};

TEST_F(BidiTest, AnswersInTheOrderWritten) {
  ASSERT_TRUE(Say("a"));
  ASSERT_TRUE(Say("b"));
  EXPECT_THAT(chat_->WaitFor(2), ElementsAre("a", "b"));
  chat_->Answer("1");
  chat_->Answer("news", 0);
  chat_->Answer("2");
  EXPECT_EQ(Hear(), "1");
  EXPECT_EQ(Hear(), "news");
  EXPECT_EQ(Hear(), "2");
  stream_->WritesDone();
  EXPECT_EQ(Hear(), "(end)");
  EXPECT_TRUE(End().ok());
  EXPECT_THAT(chat_->WaitFor(3), ElementsAre("a", "b", "done"));
}

TEST_F(BidiTest, WhatIsInFlightIsAnsweredAfterTheCallerClosed) {
  ASSERT_TRUE(Say("a"));
  stream_->WritesDone();
  EXPECT_THAT(chat_->WaitFor(2), ElementsAre("a", "done"));
  chat_->Answer("1");
  EXPECT_EQ(Hear(), "1");
  EXPECT_EQ(Hear(), "(end)");
  EXPECT_TRUE(End().ok());
}

TEST_F(BidiTest, ReadsNoMoreThanMayBeInFlight) {
  for (const char* text : {"a", "b", "c", "d", "e"}) ASSERT_TRUE(Say(text));
  EXPECT_THAT(chat_->WaitFor(2), ElementsAre("a", "b"));
  chat_->Answer("1");
  EXPECT_EQ(Hear(), "1");
  EXPECT_THAT(chat_->WaitFor(3), ElementsAre("a", "b", "c"));
  EXPECT_EQ(chat_->count(), 3u);
  chat_->Answer("2 and 3", 2);
  EXPECT_EQ(Hear(), "2 and 3");
  EXPECT_THAT(chat_->WaitFor(5), ElementsAre("a", "b", "c", "d", "e"));
}

TEST_F(BidiTest, ARequestThatBreaksARuleIsTheSessionsToAnswer) {
  ASSERT_TRUE(Say("a", "no uuid"));
  EXPECT_THAT(chat_->WaitFor(1), ElementsAre("a!INVALID_FIELDS"));
  chat_->Answer("sorry");
  EXPECT_EQ(Hear(), "sorry");
  ASSERT_TRUE(Say("b"));
  EXPECT_THAT(chat_->WaitFor(2), ElementsAre("a!INVALID_FIELDS", "b"));
}

TEST_F(BidiTest, TheSessionMayFinishWhileTheCallerIsOpen) {
  ASSERT_TRUE(Say("a"));
  chat_->WaitFor(1);
  chat_->Answer("1");
  chat_->Finish(Refuse(v1::OVERLOADED));
  chat_->Answer("too late");
  EXPECT_EQ(Hear(), "1");
  EXPECT_EQ(Hear(), "(end)");
  EXPECT_EQ(Reason(End()), "OVERLOADED");
}

TEST_F(BidiTest, CancellingTellsTheSessionAndDisarmsTheWriter) {
  ASSERT_TRUE(Say("a"));
  chat_->WaitFor(1);
  context_.TryCancel();
  EXPECT_EQ(End().code(), absl::StatusCode::kCancelled);
  EXPECT_THAT(chat_->WaitFor(2), ElementsAre("a", "cancel"));
  chat_->Answer("nobody hears this");
  chat_->Finish(absl::OkStatus());
}

TEST_F(BidiTest, DrainingAnswersWhatIsInFlightAndNoMore) {
  ASSERT_TRUE(Say("a"));
  chat_->WaitFor(1);
  auto drained = std::async(std::launch::async, [this] { return server_.server.Drain(); });
  EXPECT_TRUE(Eventually([this] { return server_.gate.closed(); }));
  chat_->Answer("1");
  EXPECT_EQ(Hear(), "1");
  EXPECT_EQ(Hear(), "(end)");
  EXPECT_EQ(Reason(End()), "SHUTTING_DOWN");
  EXPECT_TRUE(drained.get());
}

}  // namespace
}  // namespace anamnesis::rpc
