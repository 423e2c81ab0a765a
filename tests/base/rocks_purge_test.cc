#include "base/rocks_purge.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "base/uuid.h"
#include "rocksdb/snapshot.h"

namespace anamnesis {
namespace {

using std::chrono::seconds;

class RocksPurgeTest : public testing::Test {
 protected:
  void SetUp() override {
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* db = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(options, directory_, &db).ok());
    db_.reset(db);
    ASSERT_TRUE(db_->Put({}, "a", "a secret").ok());
    ASSERT_TRUE(db_->Put({}, "b", "another's").ok());
  }
  ~RocksPurgeTest() override {
    db_.reset();
    std::filesystem::remove_all(directory_);
  }
  bool OnDisk(const std::string& text) const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_)) {
      std::ostringstream content;
      content << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      if (content.str().find(text) != std::string::npos) return true;
    }
    return false;
  }
  rocksdb::Status Purge(std::chrono::milliseconds patience) {
    return PurgeFiles(*db_, {db_->DefaultColumnFamily()}, patience);
  }

  const std::string directory_ = testing::TempDir() + "purge-" + NewUuid();
  std::unique_ptr<rocksdb::DB> db_;
};

TEST_F(RocksPurgeTest, WhatWasDeletedOrWrittenOverIsInNoFile) {
  ASSERT_TRUE(OnDisk("a secret"));
  ASSERT_TRUE(db_->Delete({}, "a").ok());
  ASSERT_TRUE(db_->Put({}, "b", "it is over").ok());
  ASSERT_TRUE(Purge(seconds(60)).ok());
  EXPECT_FALSE(OnDisk("a secret"));
  EXPECT_FALSE(OnDisk("another's"));
  EXPECT_TRUE(OnDisk("it is over"));
}

TEST_F(RocksPurgeTest, WhoStillSeesItIsWaitedFor) {
  auto reader = std::make_unique<rocksdb::ManagedSnapshot>(db_.get());
  ASSERT_TRUE(db_->Delete({}, "a").ok());
  EXPECT_TRUE(Purge(seconds(0)).IsTimedOut());
  EXPECT_TRUE(OnDisk("a secret"));
  reader.reset();
  ASSERT_TRUE(Purge(seconds(60)).ok());
  EXPECT_FALSE(OnDisk("a secret"));
}

TEST_F(RocksPurgeTest, WhoOnlySeesWhatIsLeftIsNotWaitedFor) {
  ASSERT_TRUE(db_->Delete({}, "a").ok());
  const rocksdb::ManagedSnapshot reader(db_.get());
  ASSERT_TRUE(Purge(seconds(0)).ok());
  EXPECT_FALSE(OnDisk("a secret"));
}

}  // namespace
}  // namespace anamnesis
