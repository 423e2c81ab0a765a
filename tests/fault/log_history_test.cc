// Many clients of one log at once, with expected versions, retries and requests sent twice: what they were answered is
// what a log answers that does one thing after the other, and every request was done once.
#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/uuid.h"
#include "eventlog/event_log.h"
#include "eventlog/open.h"
#include "tests/fault/history.h"
#include "tests/fault/suite.h"
#include "tests/support/cluster.h"

namespace anamnesis::fault {
namespace {

using eventlog::AppendRequest;
using eventlog::AppendResult;

constexpr int kClients = 8;
constexpr int kOperations = 120;  // Of each client.
constexpr uint64_t kStreams = 3;

// One client's thread.
class Client {
 public:
  Client(eventlog::EventLog& log, History& history, std::mt19937_64 random, int number)
      : log_(log), history_(history), random_(random), number_(number) {}

  void Run() {
    for (int i = 0; i < kOperations; ++i) {
      const std::string stream = absl::StrCat("ward-", Below(random_, kStreams));
      Below(random_, 4) == 0 ? Read(stream) : Write(stream, absl::StrCat(number_, ":", i));
    }
  }

 private:
  void Read(const std::string& stream) {
    Operation read{.object = stream, .kind = Operation::Kind::kRead, .invoked = history_.Now()};
    const auto newest = log_.Read({.stream = stream}, 0, eventlog::Direction::kBackwards);
    read.version = known_[stream] = newest->Valid() ? newest->record().version : 0;
    read.returned = history_.Now();
    read.result = Operation::Result::kDone;
    history_.Add(read);
  }

  void Write(const std::string& stream, const std::string& request_id) {
    Operation write{.object = stream, .adds = 1 + Below(random_, 2), .request_id = request_id};
    AppendRequest request;
    request.request_id = request_id;
    request.request_digest = std::string(eventlog::kRequestDigestBytes, 'd');
    request.may_commit_here = Below(random_, 2) == 0;
    eventlog::StreamAppend append{.stream = stream};
    if (Below(random_, 3) > 0) {  // Often what it saw last, which others may have changed.
      write.expected = known_[stream];
      if (*write.expected == 0) {
        append.expected = eventlog::NoStream{};
      } else {
        append.expected = eventlog::ExactVersion{*write.expected};
      }
    }
    for (uint64_t i = 0; i < write.adds; ++i) {
      append.events.push_back({.event_id = NewUuid(), .type = "fault.v1.Happened", .payload = request_id});
    }
    request.streams.push_back(std::move(append));

    write.invoked = history_.Now();
    // Twice at once, as a client does that is in doubt of its first try; then perhaps once more, afterwards.
    std::vector<absl::StatusOr<AppendResult>> answers = Send(request, Below(random_, 4) == 0 ? 2 : 1);
    if (Below(random_, 4) == 0 && answers[0].ok()) answers.push_back(Send(request, 1)[0]);
    write.returned = history_.Now();
    for (const auto& answer : answers) {
      if (answer.ok()) {
        history_.Answered(request_id, {answer->last_position, answer->duplicate});
        write.version = known_[stream] = answer->stream_version;
        write.result = Operation::Result::kDone;
      } else if (write.result != Operation::Result::kDone) {
        EXPECT_TRUE(absl::IsAborted(answer.status())) << answer.status();
        write.result = Operation::Result::kStale;
      }
    }
    history_.Add(write);
  }

  // Sends it so often without waiting, then waits for all answers. As everybody who answers callers does, it hands on a
  // refusal only when that for which it was refused is durable.
  std::vector<absl::StatusOr<AppendResult>> Send(const AppendRequest& request, int times) {
    std::vector<absl::StatusOr<AppendResult>> answers;
    for (int i = 0; i < times; ++i) answers.push_back(log_.Append(request, [](const AppendResult&) {}));
    std::promise<void> durable;
    log_.WhenDurable([&durable] { durable.set_value(); });
    durable.get_future().wait();
    return answers;
  }

  eventlog::EventLog& log_;
  History& history_;
  std::mt19937_64 random_;
  const int number_;
  std::map<std::string, uint64_t> known_;
};

void RunAndCheck(eventlog::EventLog& log, const std::string& kind) {
  History history;
  {
    std::vector<std::thread> threads;
    for (int i = 0; i < kClients; ++i) {
      threads.emplace_back([&, i] { Client(log, history, RandomFor(kind, i), i).Run(); });
    }
    for (std::thread& thread : threads) thread.join();
  }
  std::map<std::string, std::vector<uint64_t>> recorded;
  std::string before;
  const auto cursor = log.Read({}, 0, eventlog::Direction::kForwards);
  for (; cursor->Valid(); cursor->Next()) {
    const std::string& request_id = cursor->record().payload;
    // The events of one request stand together; it is where its last one is.
    if (request_id == before) recorded[request_id].pop_back();
    recorded[request_id].push_back(cursor->record().position);
    before = request_id;
  }
  ASSERT_TRUE(cursor->status().ok());
  EXPECT_TRUE(CheckLinearizable(history.operations()).ok()) << CheckLinearizable(history.operations());
  EXPECT_TRUE(CheckExactlyOnce(history.answers(), recorded).ok()) << CheckExactlyOnce(history.answers(), recorded);
  size_t stale = 0;
  size_t twice = 0;
  for (const Operation& operation : history.operations()) stale += operation.result == Operation::Result::kStale;
  for (const auto& [request, answers] : history.answers()) twice += answers.size() > 1;
  EXPECT_GT(stale, 0u) << "nobody was ever in another's way";
  EXPECT_GT(twice, 0u);
  CountInjected("concurrent clients, duplicates: " + kind, twice);
  CountSurvived("concurrent clients, duplicates: " + kind, twice);
}

TEST(LogHistoryTest, InMemory) {
  RunAndCheck(*eventlog::NewMemoryLog({}), "memory");
}

TEST(LogHistoryTest, OnDisk) {
  testing_support::TempDir dir;
  const auto log = eventlog::OpenRocksLog(dir.path() + "/log", {});
  ASSERT_TRUE(log.ok()) << log.status();
  RunAndCheck(**log, "disk");
}

}  // namespace
}  // namespace anamnesis::fault
