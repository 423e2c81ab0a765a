#include "vault/key_ring.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/uuid.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "vault/key_file.h"

namespace anamnesis::vault {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kZeros[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

TEST(KeyRingTest, WhatIsWrappedIsUnwrappedForItsPurposeOnly) {
  const KeyRing ring = KeyRing::Random();
  const Key key = Key::Random();
  const std::string wrapped = ring.Wrap(key, "one");
  EXPECT_EQ(KeyRing::WrappedBy(wrapped), ring.current());
  EXPECT_EQ(ring.Unwrap(wrapped, "one")->view(), key.view());
  EXPECT_EQ(ring.Unwrap(wrapped, "another").status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ring.Unwrap("short", "one").status().code(), absl::StatusCode::kDataLoss);
}

TEST(KeyRingTest, AKeyThatIsNotThereIsNamed) {
  const KeyRing ring = KeyRing::Random();
  const absl::Status status = KeyRing::Random().Unwrap(ring.Wrap(Key::Random(), ""), "").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr(ring.current()));
}

TEST(KeyRingTest, ANewKeyOpensWithTheOldOnes) {
  const KeyRing old = KeyRing::Random();
  const std::string wrapped = old.Wrap(Key::Random(), "");
  const KeyRing both = old.WithNewKey();
  EXPECT_THAT(both.ids(), ElementsAre(both.current(), old.current()));
  EXPECT_TRUE(both.Unwrap(wrapped, "").ok());
  EXPECT_EQ(KeyRing::WrappedBy(both.Wrap(Key::Random(), "")), both.current());
  EXPECT_THAT(both.CurrentOnly().ids(), ElementsAre(both.current()));
}

TEST(KeyRingTest, TextIsReadBack) {
  const KeyRing ring = KeyRing::Random().WithNewKey();
  const auto read = KeyRing::Parse(ring.Text());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->ids(), ring.ids());
}

TEST(KeyRingTest, WhatIsNoKeyIsRefusedWithItsLineAndWithoutItsContent) {
  for (const std::string bad : {"secret", "c2VjcmV0", "====", "AAAA AAAA"}) {
    const absl::Status status = KeyRing::Parse(std::string(kZeros) + "\n\n" + bad + "\n").status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr("line 3"));
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr(bad)));
  }
  EXPECT_FALSE(KeyRing::Parse("# nothing\n").ok());
}

class KeyFileTest : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directory(directory_); }
  ~KeyFileTest() override { std::filesystem::remove_all(directory_); }
  const std::string directory_ = testing::TempDir() + "keys-" + NewUuid();
  const std::string path_ = directory_ + "/kek";
};

TEST_F(KeyFileTest, IsMadeForItsOwnerOnlyAndNeverOverwritten) {
  ASSERT_TRUE(CreateKeyFile(path_).ok());
  struct stat info {};
  ASSERT_EQ(stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  const auto ring = LoadKeyFile(path_);
  ASSERT_TRUE(ring.ok()) << ring.status();
  EXPECT_EQ(CreateKeyFile(path_).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(LoadKeyFile(path_)->ids(), ring->ids());
}

TEST_F(KeyFileTest, ThatOthersMayReadIsRefused) {
  ASSERT_TRUE(CreateKeyFile(path_).ok());
  for (const mode_t mode : {0640, 0604, 0660}) {
    ASSERT_EQ(chmod(path_.c_str(), mode), 0);
    const absl::Status status = LoadKeyFile(path_).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(status.message()), HasSubstr("chmod 600"));
  }
}

TEST_F(KeyFileTest, ThatIsNotThereIsSaid) {
  EXPECT_EQ(LoadKeyFile(path_).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(KeyFileTest, IsReplacedWhole) {
  ASSERT_TRUE(CreateKeyFile(path_).ok());
  const KeyRing next = LoadKeyFile(path_)->WithNewKey();
  ASSERT_TRUE(ReplaceKeyFile(path_, next).ok());
  EXPECT_EQ(LoadKeyFile(path_)->ids(), next.ids());
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_), {}), 1) << "nothing is left beside it";
}

TEST_F(KeyFileTest, WhatACrashLeftBesideItIsGoneWhenItIsReplaced) {
  ASSERT_TRUE(CreateKeyFile(path_).ok());
  const KeyRing old = *LoadKeyFile(path_);
  const std::string left = path_ + "." + NewUuid();
  const std::string anothers = path_ + ".copy";
  std::ofstream(left) << old.Text();
  std::ofstream(anothers) << old.Text();
  ASSERT_TRUE(ReplaceKeyFile(path_, old.WithNewKey().CurrentOnly()).ok());
  EXPECT_FALSE(std::filesystem::exists(left));
  EXPECT_TRUE(std::filesystem::exists(anothers));
}

TEST_F(KeyFileTest, ACommandMayStandForIt) {
  EXPECT_TRUE(LoadFromCommand(std::string("echo ") + kZeros).ok());
  EXPECT_EQ(LoadFromCommand("exit 3").status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(LoadFromCommand("echo hello").status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace anamnesis::vault
