// What a directory keeps: across closing, crashes and torn writes; and which directories are refused.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "eventlog/append_run.h"
#include "eventlog/rocks_options.h"
#include "gmock/gmock.h"
#include "rocksdb/table.h"
#include "tests/eventlog/log_fixture.h"
#include "vault/key_file.h"

namespace anamnesis::eventlog {
namespace {

using testing::HasSubstr;

class RecoveryTest : public testing::Test {
 protected:
  std::unique_ptr<EventLog> MustOpen() {
    auto log = OpenRocksLog(directory_.path(), {});
    EXPECT_TRUE(log.ok()) << log.status();
    return log.ok() ? *std::move(log) : nullptr;
  }
  absl::Status OpenStatus() { return OpenRocksLog(directory_.path(), {}).status(); }

  // Opens what is in the directory behind the log's back.
  void Tamper(const std::function<void(rocksdb::DB&, std::vector<rocksdb::ColumnFamilyHandle*>&)>& change) {
    rocksdb::DB* db = nullptr;
    std::vector<rocksdb::ColumnFamilyHandle*> families;
    ASSERT_TRUE(rocksdb::DB::Open(rocksdb::DBOptions(), directory_.path(), MakeFamilies({}), &families, &db).ok());
    change(*db, families);
    for (auto* family : families) ASSERT_TRUE(db->DestroyColumnFamilyHandle(family).ok());
    delete db;
  }

  TempDirectory directory_;
};

TEST_F(RecoveryTest, ReopeningKeepsEverything) {
  std::vector<Record> before;
  std::string log_id;
  AppendResult answered;
  {
    const auto log = MustOpen();
    log_id = log->LogId();
    ASSERT_TRUE(log->AppendAndWait(One("ward-1")).ok());
    answered = *log->AppendAndWait(WithRequestId(One("ward-2"), "r1"));
    ASSERT_TRUE(log->SaveSnapshot("ward-1", {1, 1, "state"}).ok());
    before = ReadAll(*log);
  }
  const auto log = MustOpen();
  EXPECT_EQ(log->LogId(), log_id);
  EXPECT_EQ(log->Tail(), 2u);
  EXPECT_EQ(ReadAll(*log), before);
  EXPECT_EQ(log->LoadSnapshot("ward-1").value()->data, "state");
  const auto again = log->AppendAndWait(WithRequestId(One("ward-2"), "r1"));
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->duplicate);
  EXPECT_EQ(again->last_position, answered.last_position);
  const auto next = log->AppendAndWait(One("ward-1", ExactVersion{1}));
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(next->first_position, 3u);
}

TEST_F(RecoveryTest, RecordedTimeAscendsAcrossReopening) {
  ManualClock clock(1000);
  LogOptions options;
  options.clock = &clock;
  for (int i = 0; i < 2; ++i, clock.Set(5)) {
    const auto log = OpenRocksLog(directory_.path(), options);
    ASSERT_TRUE(log.ok());
    EXPECT_EQ((*log)->AppendAndWait(One("ward-1"))->recorded_micros, 1000 + kMicrosBetweenAppends * i);
  }
}

TEST_F(RecoveryTest, DirectoryIsReadableByItsOwnerOnly) {
  MustOpen();
  EXPECT_EQ(std::filesystem::status(directory_.path()).permissions(), std::filesystem::perms::owner_all);
}

TEST_F(RecoveryTest, SecondOpenerIsRefused) {
  const auto log = MustOpen();
  const absl::Status status = OpenStatus();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("is open in another process"));
  EXPECT_TRUE(log->AppendAndWait(One("ward-1")).ok());
}

TEST_F(RecoveryTest, ForeignDirectoriesAreRefusedUntouched) {
  std::filesystem::create_directory(directory_.path());
  std::ofstream(directory_.path() + "/letter.txt") << "dear all";
  EXPECT_EQ(OpenStatus().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(OpenStatus().message()), HasSubstr("not an event log"));
  std::filesystem::remove(directory_.path() + "/letter.txt");

  rocksdb::DB* db = nullptr;
  rocksdb::Options options;
  options.create_if_missing = true;
  ASSERT_TRUE(rocksdb::DB::Open(options, directory_.path(), &db).ok());
  ASSERT_TRUE(db->Put({}, "key", "of somebody else").ok());
  delete db;
  EXPECT_EQ(OpenStatus().code(), absl::StatusCode::kFailedPrecondition);
  std::vector<std::string> families;
  ASSERT_TRUE(rocksdb::DB::ListColumnFamilies({}, directory_.path(), &families).ok());
  EXPECT_EQ(families.size(), 1u);
}

TEST_F(RecoveryTest, CreationCutShortIsContinued) {
  ASSERT_TRUE(vault::CreateKeyFile(directory_.path() + ".kek").ok());  // The first thing that is made.
  rocksdb::DB* db = nullptr;
  rocksdb::Options options;
  options.create_if_missing = true;
  ASSERT_TRUE(rocksdb::DB::Open(options, directory_.path(), &db).ok());
  delete db;
  EXPECT_TRUE(MustOpen()->AppendAndWait(One("ward-1")).ok());
}

TEST_F(RecoveryTest, UnknownFormatIsRefused) {
  MustOpen();
  Tamper([](auto& db, auto& families) { ASSERT_TRUE(db.Put({}, families[kMeta], "format", "3").ok()); });
  EXPECT_EQ(OpenStatus().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(OpenStatus().message()), HasSubstr("has format 3"));
}

// Each damages the end of a log of five events; none may be served.
TEST_F(RecoveryTest, DamagedEndIsDataLoss) {
  const std::string position_3("\0\0\0\0\0\0\0\3", 8);
  const std::string position_5("\0\0\0\0\0\0\0\5", 8);
  const struct {
    const char* name;
    Family family;
    std::string key;
    std::optional<std::string> value;  // Nothing: deleted.
  } cases[] = {
      {"RecordMissing", kEvents, position_3,                     std::nullopt  },
      {"FirstMissing",  kEvents, std::string("\0\0\0\0\0\0\0\1", 8),             std::nullopt},
      {"RecordDamaged",               kEvents,        position_3,                 "damaged"             },
      {"LastDamaged",               kEvents,          position_5,                   "damaged"},
      {"LastMissing",               kEvents,          position_5,                   std::nullopt             },
      {"IndexMissing",               kStreams,         std::string("ward-1\0",                 7) + position_5,std::nullopt},
      {"FormatMissing",   kMeta,          "format",                          std::nullopt                                             },
      {"IdentityMissing",   kMeta,          "log_id",std::nullopt},
  };
  {
    const auto log = MustOpen();
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(log->AppendAndWait(One("ward-1")).ok());
  }
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    std::string whole;
    Tamper([&](auto& db, auto& families) {
      ASSERT_TRUE(db.Get({}, families[c.family], c.key, &whole).ok());
      const auto status =
          c.value ? db.Put({}, families[c.family], c.key, *c.value) : db.Delete({}, families[c.family], c.key);
      ASSERT_TRUE(status.ok());
    });
    EXPECT_EQ(OpenStatus().code(), absl::StatusCode::kDataLoss) << OpenStatus();
    Tamper([&](auto& db, auto& families) { ASSERT_TRUE(db.Put({}, families[c.family], c.key, whole).ok()); });
    ASSERT_TRUE(OpenStatus().ok());
  }
}

TEST_F(RecoveryTest, DamageInTheMiddleEndsTheWalk) {
  const std::string position_3("\0\0\0\0\0\0\0\3", 8);
  {
    const auto log = MustOpen();
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(log->AppendAndWait(One("ward-2")).ok());
    AppendRequest request;
    request.streams.push_back({"ward-1", NoStream{}, Events(1000)});
    for (int i = 0; i < 2; ++i, request.streams[0].expected = AnyVersion{}) {
      ASSERT_TRUE(log->AppendAndWait(request).ok());  // More than is looked at when a log is opened.
    }
  }
  Tamper([&](auto& db, auto& families) { ASSERT_TRUE(db.Delete({}, families[kEvents], position_3).ok()); });
  LogOptions options;
  const auto log = OpenRocksLog(directory_.path(), options);
  ASSERT_TRUE(log.ok()) << log.status();
  for (const Filter& filter : {Filter{}, Filter{.entity = "1"}}) {
    const auto cursor = (*log)->Read(filter, 0, Direction::kForwards);
    while (cursor->Valid()) cursor->Next();
    EXPECT_EQ(cursor->status().code(), absl::StatusCode::kDataLoss);
  }
  EXPECT_EQ((*log)->ReadForDeciding("ward-1", 0).status().code(), absl::StatusCode::kDataLoss);
  const auto subscription = (*log)->Subscribe({}, 0);
  const auto first = subscription->Poll(1 << 20);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->position, 1u);  // What is whole is still given. Whether 2 is, only 3 could say.
  EXPECT_EQ(subscription->Poll(1 << 20).status().code(), absl::StatusCode::kDataLoss);
}

// An index that has another stream's event in the place of one: what is read by it is not what it says.
TEST_F(RecoveryTest, AnIndexThatLiesEndsTheWalk) {
  {
    const auto log = MustOpen();
    for (int i = 0; i < 3; ++i) {
      for (const char* stream : {"ward-1", "ward-2"}) ASSERT_TRUE(log->AppendAndWait(One(stream)).ok());
    }
    AppendRequest request;
    request.streams.push_back({"ward-3", NoStream{}, Events(1000)});
    ASSERT_TRUE(log->AppendAndWait(request).ok());  // More than is looked at when a log is opened.
  }
  const std::string second = std::string("ward-1\0", 7) + std::string("\0\0\0\0\0\0\0\2", 8);
  for (const char position : {'\2', '\4', '\5'}) {  // Of the other stream, twice, and of a later version.
    Tamper([&](auto& db, auto& families) {
      ASSERT_TRUE(db.Put({}, families[kStreams], second, std::string("\0\0\0\0\0\0\0", 7) + position).ok());
    });
    const auto log = OpenRocksLog(directory_.path(), {});
    ASSERT_TRUE(log.ok()) << log.status();
    for (const Direction direction : {Direction::kForwards, Direction::kBackwards}) {
      const auto cursor = (*log)->Read(Filter{.entity = "1"}, 0, direction);
      while (cursor->Valid()) cursor->Next();
      EXPECT_EQ(cursor->status().code(), absl::StatusCode::kDataLoss);
    }
    EXPECT_EQ((*log)->ReadForDeciding("ward-1", 0).status().code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ((*log)->ReadForDeciding("ward-1", 1).status().code(), absl::StatusCode::kDataLoss);
    EXPECT_TRUE((*log)->ReadForDeciding("ward-1", 2).ok());
  }
}

// In a level of many files, as a long log has them.
TEST_F(RecoveryTest, AFileWhoseFirstBlockIsDamagedIsNeverTakenForAnEmptyOne) {
  constexpr Version kVersions = 12;
  const auto name = [](int stream) { return "ward-" + std::to_string(stream); };
  constexpr int kNames = 12;
  {
    const auto log = MustOpen();
    for (Version version = 1; version <= kVersions; ++version) {
      for (int stream = 0; stream < kNames; ++stream) ASSERT_TRUE(log->AppendAndWait(One(name(stream))).ok());
    }
  }
  {
    std::vector<rocksdb::ColumnFamilyDescriptor> small = MakeFamilies({});
    rocksdb::BlockBasedTableOptions blocks;
    blocks.block_size = 256;
    for (rocksdb::ColumnFamilyDescriptor& family : small) {
      family.options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(blocks));
      family.options.target_file_size_base = 512;
      family.options.compression = family.options.bottommost_compression = rocksdb::kNoCompression;
    }
    rocksdb::DB* db = nullptr;
    std::vector<rocksdb::ColumnFamilyHandle*> families;
    ASSERT_TRUE(rocksdb::DB::Open(rocksdb::DBOptions(), directory_.path(), small, &families, &db).ok());
    rocksdb::CompactRangeOptions all;
    all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    for (auto* family : families) ASSERT_TRUE(db->CompactRange(all, family, nullptr, nullptr).ok());
    for (auto* family : families) ASSERT_TRUE(db->DestroyColumnFamilyHandle(family).ok());
    delete db;
  }
  int files = 0, noticed = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
    if (entry.path().extension() != ".sst") continue;
    ++files;
    const auto copy = TornCopy(directory_.path(), 0);
    const std::string damaged = copy->path() / entry.path().filename();
    SCOPED_TRACE(damaged);
    std::fstream bytes(damaged, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(5);
    bytes.put('\xff');
    bytes.close();
    const auto log = OpenRocksLog(copy->path(), {});
    if (!log.ok()) {
      EXPECT_EQ(log.status().code(), absl::StatusCode::kDataLoss) << log.status();
      ++noticed;
      continue;
    }
    size_t read = 0;
    const auto cursor = (*log)->Read({}, 0, Direction::kForwards);
    for (; cursor->Valid(); cursor->Next()) ++read;
    bool whole = cursor->status().ok();
    EXPECT_EQ(read == kNames * kVersions, whole) << cursor->status();
    for (int stream = 0; stream < kNames; ++stream) {
      const auto version = (*log)->StreamVersion(name(stream));
      if (version.ok()) {
        EXPECT_EQ(*version, kVersions);
      }
      const auto records = (*log)->ReadForDeciding(name(stream), 0);
      if (records.ok()) {
        EXPECT_EQ(records->size(), kVersions);
      }
      whole = whole && version.ok() && records.ok();
    }
    noticed += whole ? 0 : 1;
  }
  EXPECT_GT(files, 20) << "else there is nothing to skip";
  EXPECT_GT(noticed, files / 2);
}

TEST_F(RecoveryTest, TornLastWriteLosesOnlyItself) {
  constexpr int kEvents = 5;
  const auto log = MustOpen();
  for (int i = 0; i < kEvents; ++i)
    ASSERT_TRUE(log->AppendAndWait(WithRequestId(One("ward-1"), std::to_string(i))).ok());
  for (const size_t cut : {0u, 1u, 20u, 100u}) {
    SCOPED_TRACE(cut);
    const auto copy = TornCopy(directory_.path(), cut);
    const auto recovered = OpenRocksLog(copy->path(), {});
    ASSERT_TRUE(recovered.ok()) << recovered.status();
    const Position whole = cut == 0 ? kEvents : kEvents - 1;
    EXPECT_EQ((*recovered)->Tail(), whole);
    EXPECT_EQ(ReadAll(**recovered).size(), whole);
    EXPECT_EQ((*recovered)->StreamVersion("ward-1").value(), whole);
    const auto again = (*recovered)->AppendAndWait(WithRequestId(One("ward-1"), std::to_string(kEvents - 1)));
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again->duplicate, cut == 0);  // A request is remembered exactly if its events are.
    EXPECT_EQ(again->last_position, static_cast<Position>(kEvents));
  }
}

constexpr char kWriterDirectory[] = "ANAMNESIS_TEST_WRITER_DIRECTORY";
constexpr char kWriterFilter[] = "--gtest_filter=WriterProcess.DISABLED_AppendsUntilKilled";

// Not a test: the other process of the next one, which runs this binary again and reads its standard output. Appends
// until it is killed and says which position has been acknowledged.
TEST(WriterProcess, DISABLED_AppendsUntilKilled) {
  const char* directory = std::getenv(kWriterDirectory);
  ASSERT_NE(directory, nullptr);
  const auto log = OpenRocksLog(directory, {});
  ASSERT_TRUE(log.ok()) << log.status();
  while (true) {
    const auto result =
        (*log)->Append(One("ward-1", AnyVersion{}, std::string(300, 'p')), [](const AppendResult& durable) {
          const std::string line = "acknowledged " + std::to_string(durable.last_position) + "\n";
          if (write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size())) _exit(1);
        });
    ASSERT_TRUE(result.ok()) << result.status();
    if (result->last_position % 50 == 0) {
      ASSERT_TRUE((*log)->AppendAndWait(One("ward-2")).ok());
    }
  }
}

// Runs this binary again as the writer; its standard output is in `out`. The child only makes calls that are safe after
// a fork with threads.
pid_t StartWriter(const std::string& directory, FILE** out) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  setenv(kWriterDirectory, directory.c_str(), 1);
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    execl("/proc/self/exe", "eventlog_test", kWriterFilter, "--gtest_also_run_disabled_tests", nullptr);
    _exit(127);
  }
  close(ends[1]);
  *out = fdopen(ends[0], "r");
  return child;
}

TEST_F(RecoveryTest, KilledWriterLosesNothingAcknowledged) {
  Position known = 0;
  for (const int reports : {1, 100, 1000}) {
    FILE* out = nullptr;
    const pid_t child = StartWriter(directory_.path(), &out);
    ASSERT_GT(child, 0);
    Position acknowledged = known;
    int reported = 0;
    char line[256];
    while (std::fgets(line, sizeof(line), out) != nullptr) {
      Position position = 0;
      if (std::sscanf(line, "acknowledged %" SCNu64, &position) != 1) continue;  // GoogleTest's own lines.
      EXPECT_GT(position, acknowledged);
      acknowledged = position;
      if (++reported == reports) kill(child, SIGKILL);
    }
    std::fclose(out);
    int exit_status = 0;
    ASSERT_EQ(waitpid(child, &exit_status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(exit_status)) << "the writer failed by itself";
    EXPECT_GE(reported, reports);

    const auto log = MustOpen();
    ASSERT_NE(log, nullptr);
    EXPECT_GE(log->Tail(), acknowledged);
    EXPECT_EQ(ReadAll(*log).size(), log->Tail());
    known = log->Tail();
  }
}

}  // namespace
}  // namespace anamnesis::eventlog
