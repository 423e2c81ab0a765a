// What becomes of a data directory whose files are damaged while nobody looks: deleted, truncated, a bit flipped. A
// service serves exactly what was acknowledged, or refuses and says what is wrong; it never serves less or other.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/fault/home.h"
#include "tests/fault/suite.h"
#include "tests/support/cluster.h"
#include "tests/support/copy_running.h"
#include "vault/key_file.h"

namespace anamnesis::fault {
namespace {

namespace fs = std::filesystem;

enum class Damage { kDeleted, kTruncated, kBitFlipped };

const char* NameOf(Damage damage) {
  switch (damage) {
    case Damage::kDeleted:
      return "deleted";
    case Damage::kTruncated:
      return "truncated";
    case Damage::kBitFlipped:
      return "bit flipped";
  }
  return "";
}

// `000012.log` is a WAL, and so on; one file of a kind is like another.
std::string KindOf(const fs::path& file) {
  const std::string name = file.filename().string();
  std::string kind = name;
  if (name.ends_with(".log")) kind = "WAL";
  if (name.ends_with(".sst")) kind = "SST";
  for (const char* prefix : {"MANIFEST", "OPTIONS"}) {
    if (name.starts_with(prefix)) kind = prefix;
  }
  return file.parent_path().filename() == "tree" ? "tree " + kind : kind;
}

// RocksDB's messages and lock are nobody's data.
bool IsData(const fs::path& file) {
  const std::string name = file.filename().string();
  return name != "LOCK" && !name.starts_with("LOG");
}

void Inflict(Damage damage, const fs::path& file, std::mt19937_64& random) {
  const uint64_t size = fs::file_size(file);
  switch (damage) {
    case Damage::kDeleted:
      fs::remove(file);
      return;
    case Damage::kTruncated:
      fs::resize_file(file, Below(random, size));
      return;
    case Damage::kBitFlipped: {
      std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
      const auto at = static_cast<std::streamoff>(Below(random, size));
      bytes.seekg(at);
      const int byte = bytes.get();
      bytes.seekp(at);
      bytes.put(static_cast<char>(byte ^ (1 << Below(random, 8))));
    }
  }
}

// A data directory as a kill leaves it, and what its clients know.
class DamageTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(data_dir());
    ASSERT_TRUE(vault::CreateKeyFile(data_dir() + "/log.kek").ok());
    std::mt19937_64 random = RandomFor("damage", 0);
    // Sorted files by opening what an earlier life wrote, a write-ahead log by the last life.
    for (int life = 0; life < 3; ++life) {
      home_ = *Open(data_dir());
      for (int i = 0; i < 60; ++i) Append(ledger_.NextRequest(random));
      if (life < 2) home_.reset();
    }
  }

  // Where a failure in the background would end the process, `stopped_` is true from then on.
  absl::StatusOr<std::unique_ptr<OpenHome>> Open(const std::string& data_dir) {
    stopped_ = false;
    return OpenHome::Open(data_dir, {}, [this](const absl::Status&) { stopped_ = true; });
  }
  void Append(const eventlog::AppendRequest& request) {
    const auto result = home_->log().AppendAndWait(request);
    ASSERT_TRUE(result.ok()) << result.status();
    ledger_.Sequenced(request, *result);
    ledger_.Acknowledged(*result);
  }
  // The directory as it is now, under a running service: whole, and with a file of each kind that may be damaged.
  void TakeImage() {
    ledger_.See(*home_);
    testing_support::CopyRunning(data_dir(), image());
    home_.reset();
    std::set<std::string> kinds;
    for (const fs::path& file : Files()) kinds.insert(KindOf(file));
    for (const char* kind : {"WAL", "SST", "MANIFEST", "CURRENT", "tree MANIFEST"}) ASSERT_TRUE(kinds.contains(kind));
    TakeCopy();
    const auto undamaged = Open(copy().string());
    ASSERT_TRUE(undamaged.ok()) << undamaged.status();
    const absl::Status whole = ledger_.Check(**undamaged);
    ASSERT_TRUE(whole.ok()) << whole;
  }

  std::vector<fs::path> Files() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(image())) {
      if (entry.is_regular_file() && entry.file_size() > 0 && IsData(entry.path())) {
        files.push_back(fs::relative(entry.path(), image()));
      }
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  void DamageAndJudge(const fs::path& file, Damage damage, std::mt19937_64& random) {
    TakeCopy();
    Inflict(damage, copy() / file, random);
    Judge(file, damage);
  }
  void TruncateAndJudge(const fs::path& file, uint64_t size) {
    TakeCopy();
    fs::resize_file(copy() / file, size);
    Judge(file, Damage::kTruncated);
  }

  void TruncateAlongItsLength(const std::string& kind) {
    for (const fs::path& file : Files()) {
      if (KindOf(file) != kind) continue;
      SCOPED_TRACE(file);
      const uint64_t size = fs::file_size(image() / file);
      const auto cuts = static_cast<uint64_t>(Rounds(20));
      for (uint64_t cut = 0; cut < cuts; ++cut) TruncateAndJudge(file, size * cut / cuts);
    }
  }
  void TakeCopy() const {
    fs::remove_all(copy());
    fs::copy(image(), copy(), fs::copy_options::recursive);
  }
  void Judge(const fs::path& file, Damage damage) {
    const std::string kind = absl::StrCat(KindOf(file), " ", NameOf(damage));
    CountInjected(kind);
    absl::Status judged;
    {
      const auto home = Open(copy().string());
      judged = home.ok() ? ledger_.Check(**home) : home.status();
    }
    if (stopped_) judged = absl::DataLossError("the event log stopped: a file cannot be read");
    if (judged.ok()) return CountSurvived(kind);
    if (absl::StartsWith(judged.message(), "LOST")) {
      CountLost(kind, 1);
      ADD_FAILURE() << file << " " << NameOf(damage) << " was served: " << judged;
      return;
    }
    CountRefused(kind, judged);
    EXPECT_TRUE(SaysWhatIsWrong(judged)) << file << " " << NameOf(damage) << ": " << judged;
  }

  static bool SaysWhatIsWrong(const absl::Status& status) {
    for (const char* thing :
         {"position", "stream", "event log", "tree", "key", "checkpoint", "high-water", "signing.key"}) {
      if (absl::StrContains(status.message(), thing)) return true;
    }
    return false;
  }

  std::string data_dir() const { return dir_.path() + "/data"; }
  fs::path image() const { return dir_.path() + "/image"; }
  fs::path copy() const { return dir_.path() + "/copy"; }

  testing_support::TempDir dir_;
  Ledger ledger_;
  std::atomic<bool> stopped_{false};
  std::unique_ptr<OpenHome> home_;
};

TEST_F(DamageTest, EveryFileDeletedTruncatedAndWithABitFlipped) {
  ASSERT_NO_FATAL_FAILURE(TakeImage());
  for (const fs::path& file : Files()) {
    SCOPED_TRACE(file);
    std::mt19937_64 random = RandomFor(file.string(), 0);
    DamageAndJudge(file, Damage::kDeleted, random);
    for (int i = 0; i < Rounds(2); ++i) DamageAndJudge(file, Damage::kTruncated, random);
    for (int i = 0; i < Rounds(3); ++i) DamageAndJudge(file, Damage::kBitFlipped, random);
  }
}

// RocksDB takes a write-ahead log that ends early for one that a crash tore.
TEST_F(DamageTest, LogTruncatedAlongItsLength) {
  ASSERT_NO_FATAL_FAILURE(TakeImage());
  TruncateAlongItsLength("WAL");
}

TEST_F(DamageTest, ManifestTruncatedAlongItsLength) {
  ASSERT_NO_FATAL_FAILURE(TakeImage());
  TruncateAlongItsLength("MANIFEST");
}

}  // namespace
}  // namespace anamnesis::fault
