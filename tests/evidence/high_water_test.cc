#include "evidence/high_water.h"

#include <filesystem>
#include <fstream>

#include "gtest/gtest.h"
#include "tests/evidence/fixture.h"

namespace anamnesis::evidence {
namespace {

constexpr char kLog[] = "00000000-0000-4000-8000-00000000aaaa";
constexpr char kOtherLog[] = "00000000-0000-4000-8000-00000000bbbb";

class HighWaterTest : public testing::Test {
 protected:
  std::string path() const { return directory_.path() + "/high-water"; }
  const TempDirectory directory_;
};

TEST_F(HighWaterTest, SaysHowFarItWasRaised) {
  EXPECT_FALSE(ReadHighWater(path())->has_value());
  {
    const auto first = HighWater::Open(path(), kLog, 7);
    ASSERT_TRUE(first.ok()) << first.status();
    EXPECT_EQ((*first)->found(), 7U) << "a log from before there were such files";
    ASSERT_TRUE((*first)->Raise(9).ok());
    ASSERT_TRUE((*first)->Raise(18'446'744'073'709'551'615U).ok());
    ASSERT_TRUE((*first)->Raise(1'000).ok());
  }
  EXPECT_EQ((*HighWater::Open(path(), kLog, 7))->found(), 1'000U);
  EXPECT_EQ((*ReadHighWater(path()))->log_id, kLog);
  EXPECT_EQ(std::filesystem::file_size(path()), 58U);
}

TEST_F(HighWaterTest, AnotherLogsIsRefused) {
  ASSERT_TRUE(HighWater::Open(path(), kLog, 7).ok());
  EXPECT_EQ(HighWater::Open(path(), kOtherLog, 9).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(HighWaterTest, WhatIsNoneIsRefused) {
  for (const std::string text : {"", "\n", "7", "log 7\n", "log 0000000000000000000x\n", "log 00000000000000000007",
                                 "log 00000000000000000007\n\n"}) {
    WriteFile(path(), text);
    std::filesystem::permissions(path(), std::filesystem::perms(0600));
    EXPECT_EQ(ReadHighWater(path()).status().code(), absl::StatusCode::kDataLoss) << text;
  }
}

}  // namespace
}  // namespace anamnesis::evidence
