// When an engine cannot write, nobody is told that anything is durable, and the process ends.
#include <future>

#include "eventlog/memory_commit_log.h"
#include "eventlog/rocks_options.h"
#include "eventlog/sequenced_log.h"
#include "gmock/gmock.h"
#include "rocksdb/listener.h"
#include "tests/eventlog/log_fixture.h"

namespace anamnesis::eventlog {
namespace {

// An engine whose disk is full from the second commit on.
class FullDisk final : public MemoryCommitLog {
 public:
  absl::Status Commit(const WriteSet& set) override {
    if (commits_++ > 0) return absl::UnavailableError("no space left on device");
    return MemoryCommitLog::Commit(set);
  }

 private:
  int commits_ = 0;
};

LogOptions WithNewKek() {
  return {.keks = std::make_shared<const vault::KeyRing>(vault::KeyRing::Random())};
}

TEST(FailStopTest, NobodyIsToldOfWhatWasNotWritten) {
  std::promise<absl::Status> failed;
  const auto log = SequencedLog::Open(std::make_shared<FullDisk>(), WithNewKek(),
                                      [&failed](const absl::Status& status) { failed.set_value(status); });
  ASSERT_TRUE(log.ok());
  ASSERT_TRUE((*log)->AppendAndWait(One("ward-1")).ok());
  bool told = false;
  ASSERT_TRUE((*log)->Append(One("ward-1"), [&told](const AppendResult&) { told = true; }).ok());
  EXPECT_EQ(failed.get_future().get().message(), "no space left on device");
  (*log)->Close();
  EXPECT_FALSE(told);
  EXPECT_EQ((*log)->Tail(), 1u);
  EXPECT_EQ((*log)->Append(One("ward-1"), nullptr).status().code(), absl::StatusCode::kUnavailable);
}

// A flush that is under way when the log is closed is broken off; one that the disk refuses is the end.
TEST(FailStopTest, BackgroundWorkThatClosingBreaksOffIsNoFailure) {
  std::vector<std::string> fatal;
  const rocksdb::DBOptions options =
      MakeDbOptions(LogOptions(), [&fatal](const absl::Status& status) { fatal.emplace_back(status.message()); });
  ASSERT_EQ(options.listeners.size(), 2u);
  rocksdb::Status closing = rocksdb::Status::ShutdownInProgress("Database shutdown");
  options.listeners[0]->OnBackgroundError(rocksdb::BackgroundErrorReason::kFlush, &closing);
  EXPECT_THAT(fatal, testing::IsEmpty());
  rocksdb::Status refused = rocksdb::Status::IOError("no space left on device");
  options.listeners[0]->OnBackgroundError(rocksdb::BackgroundErrorReason::kFlush, &refused);
  EXPECT_THAT(fatal, testing::ElementsAre(testing::HasSubstr("no space left on device")));
}

TEST(FailStopDeathTest, ProcessEndsAndSaysWhatToDo) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        const auto log = SequencedLog::Open(std::make_shared<FullDisk>(), WithNewKek(), ExitFailStop);
        EXPECT_TRUE((*log)->AppendAndWait(One("ward-1")).ok());
        EXPECT_FALSE((*log)->AppendAndWait(One("ward-1")).ok());
      },
      testing::ExitedWithCode(70), "could not be written: no space left on device.*mend the storage");
}

}  // namespace
}  // namespace anamnesis::eventlog
