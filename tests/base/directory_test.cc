#include "base/directory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/uuid.h"

namespace anamnesis {
namespace {

namespace fs = std::filesystem;

class DirectoryTest : public ::testing::Test {
 protected:
  void SetUp() override { fs::create_directory(root_); }
  ~DirectoryTest() override { fs::remove_all(root_); }

  const std::string root_ = testing::TempDir() + "/directory-" + NewUuid();
};

TEST_F(DirectoryTest, WhatIsMadeIsItsOwnersOnly) {
  ASSERT_TRUE(MakePrivateDirectory(root_ + "/a/b/").ok());
  EXPECT_EQ(fs::status(root_ + "/a").permissions(), fs::perms::owner_all);
  EXPECT_EQ(fs::status(root_ + "/a/b").permissions(), fs::perms::owner_all);
}

TEST_F(DirectoryTest, WhatIsThereStaysAsItIs) {
  const fs::perms shared = fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec;
  fs::permissions(root_, shared);
  EXPECT_TRUE(MakePrivateDirectory(root_).ok());
  EXPECT_EQ(fs::status(root_).permissions(), shared);
}

TEST_F(DirectoryTest, AFileInItsPlaceIsNamed) {
  std::ofstream(root_ + "/file") << "no directory";
  for (const char* name : {"/file", "/file/below"}) {
    const absl::Status status = MakePrivateDirectory(root_ + name);
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_NE(std::string(status.message()).find("/file"), std::string::npos) << status;
  }
}

}  // namespace
}  // namespace anamnesis
