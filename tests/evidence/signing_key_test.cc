#include "evidence/signing_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "evidence/note.h"
#include "tests/evidence/fixture.h"

namespace anamnesis::evidence {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class SigningKeyTest : public ::testing::Test {
 protected:
  Signer Generate() { return GenerateSigningKey(path_, "log.example", SignatureType::kNote).value(); }
  absl::Status Load() { return LoadSigningKey(path_).status(); }
  size_t Files() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(directory_.path()), fs::directory_iterator()));
  }

  const TempDirectory directory_;
  const std::string path_ = directory_.path() + "/log.key";
};

TEST_F(SigningKeyTest, WhatIsMadeIsLoaded) {
  const mode_t umask_before = umask(0);
  const Signer made = Generate();
  umask(umask_before);
  EXPECT_EQ(fs::status(path_).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(ReadFile(path_ + ".pub"), made.verifier().ToString() + "\n");
  const Signer loaded = LoadSigningKey(path_).value();
  EXPECT_EQ(loaded.verifier(), made.verifier());
  EXPECT_EQ(SignNote("text\n", loaded).value(), SignNote("text\n", made).value());
}

TEST_F(SigningKeyTest, TwoKeysAreNotTheSame) {
  const Signer first = Generate();
  const Signer second = GenerateSigningKey(path_ + "2", "log.example", SignatureType::kNote).value();
  EXPECT_NE(first.verifier().key(), second.verifier().key());
}

TEST_F(SigningKeyTest, NothingIsOverwritten) {
  Generate();
  const std::string before = ReadFile(path_);
  const auto again = GenerateSigningKey(path_, "log.example", SignatureType::kNote);
  EXPECT_EQ(again.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReadFile(path_), before);
}

TEST_F(SigningKeyTest, NothingIsLeftHalfMade) {
  WriteFile(path_ + ".pub", "of another key");
  const auto made = GenerateSigningKey(path_, "log.example", SignatureType::kNote);
  EXPECT_EQ(made.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Files(), 1);
  EXPECT_EQ(ReadFile(path_ + ".pub"), "of another key");
  const auto unnamed = GenerateSigningKey(path_ + "2", "a name", SignatureType::kNote);
  EXPECT_EQ(unnamed.status().code(), absl::StatusCode::kInvalidArgument);
  const auto nowhere = GenerateSigningKey(path_ + ".pub/key", "log.example", SignatureType::kNote);
  EXPECT_EQ(nowhere.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Files(), 1);
}

TEST_F(SigningKeyTest, OtherModesAreRefused) {
  Generate();
  for (const mode_t mode : {0644, 0640, 0660, 0606, 0700, 04600}) {
    ASSERT_EQ(chmod(path_.c_str(), mode), 0);
    const absl::Status status = Load();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << std::oct << mode;
    // Without the right to read it, opening fails first.
    EXPECT_THAT(std::string(status.message()), HasSubstr("chmod 600"));
  }
  ASSERT_EQ(chmod(path_.c_str(), 0600), 0);
  EXPECT_TRUE(Load().ok());
}

TEST_F(SigningKeyTest, FilesOfOthersAreRefused) {
  constexpr uid_t kNobody = 65534;
  std::string foreign = "/etc/passwd";  // Root's.
  if (geteuid() == 0) {
    Generate();
    foreign = path_;
    ASSERT_EQ(chown(path_.c_str(), kNobody, static_cast<gid_t>(-1)), 0);
  }
  const absl::Status status = LoadSigningKey(foreign).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("chown"));
}

TEST_F(SigningKeyTest, WhatIsNoKeyFileIsRefused) {
  EXPECT_EQ(Load().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(LoadSigningKey(directory_.path()).status().code(), absl::StatusCode::kFailedPrecondition);
  const std::string good = SignerOf('a', "log.example").ToSecretString();
  for (const std::string& text : {std::string(), std::string("\n"), good, good + "\n\n", good.substr(1) + "\n",
                                  good + " \n", std::string(5000, 'x') + "\n"}) {
    WriteFile(path_, text);
    ASSERT_EQ(chmod(path_.c_str(), 0600), 0);
    const absl::Status status = Load();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << text;
    EXPECT_THAT(std::string(status.message()), testing::Not(HasSubstr("PRIVATE")));
  }
  WriteFile(path_, good + "\n");
  EXPECT_TRUE(Load().ok());
}

}  // namespace
}  // namespace anamnesis::evidence
