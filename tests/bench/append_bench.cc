// In-process: appends against raw RocksDB writes of the same bytes, and scans against a raw RocksDB iterator.
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/uuid.h"
#include "eventlog/open.h"
#include "rocksdb/db.h"
#include "tests/bench/load.h"
#include "tests/bench/report.h"
#include "tests/support/cluster.h"

namespace anamnesis::bench {
namespace {

constexpr int kRounds = 7;
constexpr int kBatches = 150;
constexpr int kEventsPerBatch = 100;
constexpr size_t kPayloadBytes = 400;

void Check(bool ok, const std::string& what) {
  if (ok) return;
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(EXIT_FAILURE);
}

std::string Payload(int seed) {
  std::string payload(kPayloadBytes, '\0');
  uint64_t state = static_cast<uint64_t>(seed) + 1;
  for (char& c : payload) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    c = static_cast<char>(state >> 56);
  }
  return payload;
}

eventlog::AppendRequest Batch(int number) {
  eventlog::AppendRequest request;
  eventlog::StreamAppend append{.stream = "patient-" + NewUuid()};
  for (int i = 0; i < kEventsPerBatch; ++i) {
    append.events.push_back(
        {.event_id = NewUuid(), .type = "anamnesis.patient.v1.ProblemRecorded", .payload = Payload(number * 1000 + i)});
  }
  request.streams.push_back(std::move(append));
  request.metadata.actor = "user:bench";
  return request;
}

// Appends per second of events, synced, one batch after the other.
double AppendOurs(eventlog::EventLog& log, std::vector<eventlog::AppendRequest> batches) {
  const int64_t begin = MonotonicMicros();
  for (auto& batch : batches) Check(log.AppendAndWait(std::move(batch)).ok(), "append failed");
  return kBatches * kEventsPerBatch * 1e6 / static_cast<double>(MonotonicMicros() - begin);
}

// The same with the encoded records of the same batches put under their positions.
double AppendRaw(rocksdb::DB& db, const std::vector<std::vector<std::string>>& batches, uint64_t& position) {
  rocksdb::WriteOptions sync;
  sync.sync = true;
  const int64_t begin = MonotonicMicros();
  for (const auto& records : batches) {
    rocksdb::WriteBatch write;
    for (const std::string& record : records) {
      char key[8];
      ++position;
      for (int i = 0; i < 8; ++i) key[i] = static_cast<char>(position >> (56 - 8 * i));
      Check(write.Put(rocksdb::Slice(key, sizeof(key)), record).ok(), "put failed");
    }
    Check(db.Write(sync, &write).ok(), "write failed");
  }
  return kBatches * kEventsPerBatch * 1e6 / static_cast<double>(MonotonicMicros() - begin);
}

std::vector<std::vector<std::string>> Encoded(const std::vector<eventlog::AppendRequest>& batches) {
  std::vector<std::vector<std::string>> encoded;
  const eventlog::PayloadKey key{1, std::make_shared<const vault::Key>(vault::Key::Random())};
  for (const auto& batch : batches) {
    std::vector<std::string>& records = encoded.emplace_back();
    for (const auto& event : batch.streams.front().events) {
      records.push_back(eventlog::EncodeRecord({.position = 1'000'000,
                                                .stream = batch.streams.front().stream,
                                                .version = 100,
                                                .event_id = event.event_id,
                                                .type = event.type,
                                                .recorded_micros = SystemClock().NowMicros(),
                                                .metadata = batch.metadata,
                                                .payload = event.payload},
                                               key));
    }
  }
  return encoded;
}

double ScanOurs(eventlog::EventLog& log) {
  const int64_t begin = MonotonicMicros();
  uint64_t events = 0;
  const auto cursor = log.Read({}, 0, eventlog::Direction::kForwards);
  for (; cursor->Valid(); cursor->Next()) ++events;
  Check(cursor->status().ok(), "scan failed");
  return static_cast<double>(events) * 1e6 / static_cast<double>(MonotonicMicros() - begin);
}

double ScanRaw(rocksdb::DB& db) {
  const int64_t begin = MonotonicMicros();
  uint64_t events = 0;
  uint64_t bytes = 0;
  const std::unique_ptr<rocksdb::Iterator> iterator(db.NewIterator(rocksdb::ReadOptions()));
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    ++events;
    bytes += iterator->value().size();
  }
  Check(iterator->status().ok() && bytes > 0, "scan failed");
  return static_cast<double>(events) * 1e6 / static_cast<double>(MonotonicMicros() - begin);
}

std::unique_ptr<eventlog::EventLog> OpenLog(const std::string& directory) {
  auto log = eventlog::OpenRocksLog(directory + "/log", {});
  Check(log.ok(), std::string(log.status().message()));
  return *std::move(log);
}

std::unique_ptr<rocksdb::DB> OpenRaw(const std::string& directory) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* raw = nullptr;
  Check(rocksdb::DB::Open(options, directory + "/raw", &raw).ok(), "cannot open the raw database");
  return std::unique_ptr<rocksdb::DB>(raw);
}

void Run() {
  testing_support::TempDir dir;
  std::unique_ptr<eventlog::EventLog> log = OpenLog(dir.path());
  std::unique_ptr<rocksdb::DB> db = OpenRaw(dir.path());

  std::vector<double> ours, theirs;
  uint64_t position = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<eventlog::AppendRequest> batches;
    for (int i = 0; i < kBatches; ++i) batches.push_back(Batch(round * kBatches + i));
    const auto encoded = Encoded(batches);
    theirs.push_back(AppendRaw(*db, encoded, position));
    ours.push_back(AppendOurs(*log, std::move(batches)));
  }
  ReportHeader();
  Report("append, batches of 100 x 400 B, sync", Median(ours), Median(theirs), "events/s", 0.5, true);

  // Opened again, both have what was written in sorted files, as a log has nearly all of its events.
  log.reset();
  db.reset();
  log = OpenLog(dir.path());
  db = OpenRaw(dir.path());
  ours.clear();
  theirs.clear();
  for (int round = 0; round < kRounds; ++round) {
    theirs.push_back(ScanRaw(*db));
    ours.push_back(ScanOurs(*log));
  }
  Report("scan and decode", Median(ours), Median(theirs), "events/s", 0.5, true);
}

}  // namespace
}  // namespace anamnesis::bench

int main() {
  anamnesis::bench::Run();
}
