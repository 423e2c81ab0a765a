// A damaged file is never taken for an empty one: neither by a scan nor by a compaction.
#include "base/rocks_damage.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "base/uuid.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rocksdb/db.h"
#include "rocksdb/table.h"

namespace anamnesis {
namespace {

namespace fs = std::filesystem;

constexpr int kRows = 200;

// A database with one level of many files.
class RocksDamageTest : public testing::Test {
 protected:
  RocksDamageTest() {
    rocksdb::BlockBasedTableOptions blocks;
    blocks.block_size = 256;
    options_.create_if_missing = true;
    options_.compression = rocksdb::kNoCompression;
    options_.table_factory.reset(rocksdb::NewBlockBasedTableFactory(blocks));
    options_.target_file_size_base = 512;
    options_.disable_auto_compactions = true;
    options_.listeners.push_back(
        CheckBeforeCompaction(nullptr, [this](const absl::Status& status) { told_.push_back(status); }));
    Open();
    for (int i = 0; i < kRows; ++i) {
      EXPECT_TRUE(db_->Put({}, std::to_string(1000 + i), std::string(50, 'v')).ok());
    }
    Compact();
    db_.reset();
  }
  ~RocksDamageTest() override {
    db_.reset();
    fs::remove_all(path_);
  }

  void Open() {
    rocksdb::DB* db = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(options_, path_, &db).ok());
    db_.reset(db);
  }
  void Compact() {
    rocksdb::CompactRangeOptions all;
    all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    EXPECT_TRUE(db_->CompactRange(all, nullptr, nullptr).ok());
  }
  // Neither the first nor the last of the level.
  std::string DamageAFile() const {
    std::vector<std::string> files;
    for (const auto& entry : fs::directory_iterator(path_)) {
      if (entry.path().extension() == ".sst") files.push_back(entry.path());
    }
    EXPECT_GT(files.size(), 5u);
    std::sort(files.begin(), files.end());
    const std::string& damaged = files[files.size() / 2];
    std::fstream bytes(damaged, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(5);
    bytes.put('\xff');
    return damaged;
  }

  const std::string path_ = testing::TempDir() + "rocks_damage_" + NewUuid();
  rocksdb::Options options_;
  std::vector<absl::Status> told_;  // By the thread of a compaction, which is waited for.
  std::unique_ptr<rocksdb::DB> db_;
};

TEST_F(RocksDamageTest, AScanSaysSo) {
  DamageAFile();
  Open();
  const std::unique_ptr<rocksdb::Iterator> rows(db_->NewIterator(ScanOptions()));
  int read = 0;
  for (rows->SeekToFirst(); rows->Valid(); rows->Next()) ++read;
  EXPECT_LT(read, kRows);
  EXPECT_TRUE(rows->status().IsCorruption()) << rows->status().ToString();
  for (rows->SeekToLast(); rows->Valid(); rows->Prev()) continue;
  EXPECT_TRUE(rows->status().IsCorruption()) << rows->status().ToString();
}

TEST_F(RocksDamageTest, ACompactionIsStoppedBefore) {
  Open();
  Compact();
  EXPECT_THAT(told_, testing::IsEmpty());
  db_.reset();
  const std::string damaged = DamageAFile();
  Open();
  rocksdb::CompactRangeOptions all;
  all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  db_->CompactRange(all, nullptr, nullptr).PermitUncheckedError();
  ASSERT_EQ(told_.size(), 1u);
  EXPECT_EQ(told_[0].code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(told_[0].message()), testing::HasSubstr(damaged));
}

TEST(RocksDamageDeathTest, TheProcessEndsAndSaysWhatToDo) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(ExitDamaged("the views", "make them anew")(absl::DataLossError("000001.sst")),
              testing::ExitedWithCode(70), "damage in the views: 000001.sst; the process stops.*make them anew");
}

}  // namespace
}  // namespace anamnesis
