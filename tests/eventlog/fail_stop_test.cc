// When an engine cannot write, nobody is told that anything is durable, and the process ends.
#include <future>

#include "eventlog/memory_commit_log.h"
#include "eventlog/sequenced_log.h"
#include "gmock/gmock.h"
#include "tests/eventlog/log_fixture.h"

namespace anamnesis::eventlog {
namespace {

// An engine whose disk is full from the second commit on.
class FullDisk final : public CommitLog {
 public:
  absl::Status Commit(const WriteSet& set) override {
    if (commits_++ > 0) return absl::UnavailableError("no space left on device");
    return memory_.Commit(set);
  }
  absl::StatusOr<Position> Tail() const override { return memory_.Tail(); }
  absl::StatusOr<StreamHead> Head(const std::string& stream) const override { return memory_.Head(stream); }
  absl::StatusOr<std::vector<Position>> Positions(const std::string& stream, Version first,
                                                  Version last) const override {
    return memory_.Positions(stream, first, last);
  }
  absl::StatusOr<std::string> RecordAt(Position position) const override { return memory_.RecordAt(position); }
  std::unique_ptr<RecordScan> Scan(Position from, Direction direction) const override {
    return memory_.Scan(from, direction);
  }
  absl::StatusOr<std::vector<std::string>> Categories() const override { return memory_.Categories(); }
  absl::StatusOr<std::optional<std::string>> FindRequest(const std::string& id) const override {
    return memory_.FindRequest(id);
  }
  absl::StatusOr<std::vector<std::string>> KeysOf(const std::string& entity) const override {
    return memory_.KeysOf(entity);
  }
  absl::Status ForEachKey(const std::function<absl::Status(const std::string& entity, uint64_t number,
                                                           std::string_view row)>& use) const override {
    return memory_.ForEachKey(use);
  }
  absl::Status ReplaceKeys(const std::vector<WriteSet::Key>& keys) override { return memory_.ReplaceKeys(keys); }
  absl::StatusOr<std::vector<std::string>> KekIds() const override { return memory_.KekIds(); }
  absl::Status ForgetKeksBut(const std::string& kek_id) override { return memory_.ForgetKeksBut(kek_id); }
  absl::Status SaveSnapshot(const std::string& stream, const std::string& bytes) override {
    return memory_.SaveSnapshot(stream, bytes);
  }
  absl::StatusOr<std::optional<std::string>> FindSnapshot(const std::string& stream) const override {
    return memory_.FindSnapshot(stream);
  }
  std::string LogId() const override { return memory_.LogId(); }

 private:
  MemoryCommitLog memory_;
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
