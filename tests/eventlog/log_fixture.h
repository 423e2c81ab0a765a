// What the tests of the log share: both engines under one suite, and appends in few words.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "eventlog/event_log.h"
#include "eventlog/open.h"
#include "gtest/gtest.h"

namespace anamnesis::eventlog {

// The path of a log that is gone with the object, and what stands beside it too.
class TempDirectory {
 public:
  TempDirectory();
  ~TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A copy of a RocksDB log that may be open, as a power failure would leave it: of its last writes `cut` bytes are
// missing.
std::unique_ptr<TempDirectory> TornCopy(const std::string& directory, size_t cut);

NewEvent Event(std::string type, std::string payload = "payload");
std::vector<NewEvent> Events(int count, std::string type = "test.v1.Happened");
// One event for one stream.
AppendRequest One(std::string stream, Expected expected = AnyVersion{}, std::string payload = "payload");
AppendRequest WithRequestId(AppendRequest request, std::string id, char digest = 'd', std::string result = "answer");

std::vector<Record> ReadAll(const EventLog& log, const Filter& filter = {}, Position from = 0,
                            Direction direction = Direction::kForwards);
std::vector<Position> PositionsOf(const std::vector<Record>& records);
std::vector<std::string> PayloadsOf(const std::vector<Record>& records);

enum class Engine { kMemory, kRocks };

// A log of either engine that all tests of the contract run against.
class LogTest : public testing::TestWithParam<Engine> {
 protected:
  static constexpr int64_t kNow = 1'700'000'000'000'000;

  void SetUp() override { OpenLog({}); }
  // Replaces the log by a new, empty one. The clock of the options is always clock_.
  void OpenLog(LogOptions options);

  // Appends and waits; fails the test if it is refused.
  AppendResult MustAppend(AppendRequest request);
  absl::StatusCode AppendCode(AppendRequest request);
  // Returns when everything sequenced is durable.
  void Settle();

  ManualClock clock_{kNow};
  std::unique_ptr<TempDirectory> directory_;
  std::unique_ptr<EventLog> log_;
};

#define INSTANTIATE_FOR_BOTH_ENGINES(suite)                             \
  INSTANTIATE_TEST_SUITE_P(                                             \
      Engines, suite, testing::Values(Engine::kMemory, Engine::kRocks), \
      [](const testing::TestParamInfo<Engine>& info) { return info.param == Engine::kMemory ? "Memory" : "Rocks"; })

}  // namespace anamnesis::eventlog
