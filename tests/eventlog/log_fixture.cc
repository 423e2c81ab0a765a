#include "tests/eventlog/log_fixture.h"

#include <algorithm>
#include <filesystem>
#include <future>

#include "base/uuid.h"
#include "tests/support/copy_running.h"

namespace anamnesis::eventlog {

TempDirectory::TempDirectory() : path_(testing::TempDir() + "eventlog_test_" + NewUuid() + "/log") {
  std::filesystem::create_directory(std::filesystem::path(path_).parent_path());
}

TempDirectory::~TempDirectory() {
  std::error_code ignored;  // What is left is the next clean-up's.
  std::filesystem::remove_all(std::filesystem::path(path_).parent_path(), ignored);
}

std::unique_ptr<TempDirectory> TornCopy(const std::string& directory, size_t cut) {
  auto copy = std::make_unique<TempDirectory>();
  testing_support::CopyRunning(directory, copy->path());
  std::filesystem::copy(directory + ".kek", copy->path() + ".kek");
  std::filesystem::path newest;  // Of the files of the write-ahead log.
  for (const auto& entry : std::filesystem::directory_iterator(copy->path())) {
    if (entry.path().extension() == ".log" && entry.path() > newest) newest = entry.path();
  }
  const size_t size = std::filesystem::file_size(newest);
  std::filesystem::resize_file(newest, size - std::min(cut, size));
  return copy;
}

NewEvent Event(std::string type, std::string payload) {
  NewEvent event;
  event.event_id = NewUuid();
  event.type = std::move(type);
  event.payload = std::move(payload);
  return event;
}

std::vector<NewEvent> Events(int count, std::string type) {
  std::vector<NewEvent> events;
  for (int i = 0; i < count; ++i) events.push_back(Event(type));
  return events;
}

AppendRequest One(std::string stream, Expected expected, std::string payload) {
  AppendRequest request;
  request.streams.push_back({std::move(stream), expected, {Event("test.v1.Happened", std::move(payload))}});
  return request;
}

AppendRequest WithRequestId(AppendRequest request, std::string id, char digest, std::string result) {
  request.request_id = std::move(id);
  request.request_digest = std::string(kRequestDigestBytes, digest);
  request.result = std::move(result);
  return request;
}

std::vector<Record> ReadAll(const EventLog& log, const Filter& filter, Position from, Direction direction) {
  std::vector<Record> records;
  const auto cursor = log.Read(filter, from, direction);
  for (; cursor->Valid(); cursor->Next()) records.push_back(cursor->record());
  EXPECT_TRUE(cursor->status().ok()) << cursor->status();
  return records;
}

std::vector<Position> PositionsOf(const std::vector<Record>& records) {
  std::vector<Position> positions;
  for (const Record& record : records) positions.push_back(record.position);
  return positions;
}

std::vector<std::string> PayloadsOf(const std::vector<Record>& records) {
  std::vector<std::string> payloads;
  for (const Record& record : records) payloads.push_back(record.payload);
  return payloads;
}

void LogTest::OpenLog(LogOptions options) {
  options.clock = &clock_;
  log_.reset();
  if (GetParam() == Engine::kMemory) {
    log_ = NewMemoryLog(options);
    return;
  }
  directory_ = std::make_unique<TempDirectory>();
  auto log = OpenRocksLog(directory_->path(), options);
  ASSERT_TRUE(log.ok()) << log.status();
  log_ = *std::move(log);
}

AppendResult LogTest::MustAppend(AppendRequest request) {
  absl::StatusOr<AppendResult> result = log_->AppendAndWait(std::move(request));
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : AppendResult();
}

absl::StatusCode LogTest::AppendCode(AppendRequest request) {
  return log_->AppendAndWait(std::move(request)).status().code();
}

void LogTest::Settle() {
  std::promise<void> durable;
  log_->WhenDurable([&durable] { durable.set_value(); });
  durable.get_future().wait();
}

}  // namespace anamnesis::eventlog
