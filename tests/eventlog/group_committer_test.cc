// In which order those are told who wait for what is durable.
#include <future>
#include <mutex>
#include <string>
#include <vector>

#include "eventlog/memory_commit_log.h"
#include "eventlog/sequenced_log.h"
#include "gmock/gmock.h"
#include "tests/eventlog/log_fixture.h"

namespace anamnesis::eventlog {
namespace {

using testing::ElementsAre;

class WaitersTest : public testing::Test {
 protected:
  void SetUp() override {
    auto log =
        SequencedLog::Open(std::make_shared<MemoryCommitLog>(),
                           {.keks = std::make_shared<const vault::KeyRing>(vault::KeyRing::Random())}, ExitFailStop);
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = *std::move(log);
  }

  void Append(const std::string& name) {
    EXPECT_TRUE(log_->Append(One("ward-1"), [this, name](const AppendResult&) { Note(name); }).ok());
  }
  // What follows waits for an append, until Begin.
  void Hold() {
    EXPECT_TRUE(log_->Append(One("ward-1"), [this](const AppendResult&) { begin_.get_future().wait(); }).ok());
  }
  void Begin() { begin_.set_value(); }
  void Note(const std::string& name) {
    const std::lock_guard lock(mutex_);
    told_.push_back(name);
  }
  std::vector<std::string> Told() {
    log_->Close();
    return told_;
  }

  std::promise<void> begin_;
  std::mutex mutex_;
  std::vector<std::string> told_;
  std::unique_ptr<EventLog> log_;  // Destroyed first: its thread may be in Note.
};

TEST_F(WaitersTest, WhoComesWhileOthersAreToldIsToldAfterThem) {
  std::promise<void> telling, come;
  Hold();
  log_->WhenDurable([&] {
    Note("first");
    telling.set_value();
    come.get_future().wait();
  });
  log_->WhenDurable([this] { Note("second"); });
  Begin();
  telling.get_future().wait();
  log_->WhenDurable([this] { Note("came meanwhile"); });
  Append("appended meanwhile");
  log_->WhenDurable([this] { Note("came after that"); });
  come.set_value();
  EXPECT_THAT(Told(), ElementsAre("first", "second", "came meanwhile", "appended meanwhile", "came after that"));
}

TEST_F(WaitersTest, WhoIsToldMayWaitAgain) {
  Hold();
  log_->WhenDurable([this] {
    Note("first");
    log_->WhenDurable([this] {
      Note("first's next");
      log_->WhenDurable([this] { Note("first's last"); });
    });
  });
  log_->WhenDurable([this] { Note("second"); });
  Begin();
  EXPECT_THAT(Told(), ElementsAre("first", "second", "first's next", "first's last"));
}

TEST_F(WaitersTest, WhoComesWhenAllAreToldIsToldAtOnce) {
  Append("append");
  std::promise<void> waited;
  log_->WhenDurable([&] { waited.set_value(); });
  waited.get_future().wait();
  log_->Close();
  log_->WhenDurable([this] { Note("late"); });
  EXPECT_THAT(told_, ElementsAre("append", "late"));
}

}  // namespace
}  // namespace anamnesis::eventlog
