// Whatever is changed in a backup is found, and named.
#include "backup/verify.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "tests/backup/fixture.h"

namespace anamnesis::backup {
namespace {

namespace fs = std::filesystem;

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class VerifyTest : public BackupFixture {
 protected:
  PartVerdict Verify(const Part& part) {
    const auto verdict = VerifyPart(backups_, part, {.keks = installation_->keks()});
    EXPECT_TRUE(verdict.ok()) << verdict.status();
    return verdict.value_or(PartVerdict());
  }
};

TEST_F(VerifyTest, AWholeBackupVerifiesAlsoWhenTheLogHasGoneOn) {
  installation_->Append("ward", "bed-1", 3);
  installation_->Append("pharmacy", "bed-1", 2, 3);
  const Manifest manifest = Backup();
  installation_->Append("ward", "bed-1");
  ASSERT_EQ(manifest.parts.size(), 2u);
  const PartVerdict pharmacy = Verify(manifest.parts[0]);
  EXPECT_THAT(pharmacy.problems, IsEmpty());
  EXPECT_EQ(pharmacy.log.opened, 2u);
  EXPECT_THAT(pharmacy.log.decided_against, ElementsAre(std::pair<std::string, uint64_t>("ward", 3)));
  const PartVerdict ward = Verify(manifest.parts[1]);
  EXPECT_THAT(ward.problems, IsEmpty());
  EXPECT_EQ(ward.checkpoint->size, 3u);
  const auto sealed = VerifyPart(backups_, manifest.parts[1], {});
  ASSERT_TRUE(sealed.ok()) << sealed.status();
  EXPECT_THAT(sealed->problems, IsEmpty());
  EXPECT_EQ(sealed->log.sealed, 3u);
}

TEST_F(VerifyTest, AnEmptyInstallationVerifies) {
  for (const Part& part : Backup().parts) EXPECT_THAT(Verify(part).problems, IsEmpty());
}

// One byte of each file in turn, RocksDB's and ours.
TEST_F(VerifyTest, AFlippedByteOfAnyFileIsFoundAndTheFileNamed) {
  for (int i = 0; i < 20; ++i) installation_->Append("ward", "bed-" + std::to_string(i % 3), 2);
  const Manifest manifest = Backup();
  const Part& ward = manifest.parts[1];
  ASSERT_THAT(Verify(ward).problems, IsEmpty());
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(backups_ + "/ward")) {
    const std::string path = entry.path().string();
    const std::string name = entry.path().filename().string();
    if (!entry.is_regular_file() || entry.file_size() == 0 || name == "LATEST_BACKUP" || name == "lock") continue;
    FlipByte(path, entry.file_size() / 2);
    EXPECT_THAT(Verify(ward).problems, Contains(HasSubstr(name))) << path;
    FlipByte(path, entry.file_size() / 2);
    ++files;
  }
  EXPECT_GT(files, 10);
  EXPECT_THAT(Verify(ward).problems, IsEmpty());
}

TEST_F(VerifyTest, AFileThatIsGoneIsNamed) {
  installation_->Append("ward", "bed-1");
  const Manifest manifest = Backup();
  fs::remove(backups_ + "/ward/files/1/signing.key");
  EXPECT_THAT(Verify(manifest.parts[1]).problems, ElementsAre(HasSubstr("files/1/signing.key")));
}

// A manifest that says more than there is: of another backup, or made up.
TEST_F(VerifyTest, AManifestOfAnotherBackupIsFound) {
  installation_->Append("ward", "bed-1");
  Part part = Backup().parts[1];
  part.position = 2;
  EXPECT_THAT(Verify(part).problems, Contains(HasSubstr("the log has 1 events, the manifest says 2")));
  part.log_backup = 9;
  EXPECT_THAT(Verify(part).problems, Contains(HasSubstr("there is no backup 9")));
}

TEST_F(VerifyTest, TheKeyOfItsTimeIsAskedFor) {
  installation_->Append("ward", "bed-1");
  const Manifest manifest = Backup();
  const auto others = std::make_shared<const vault::KeyRing>(vault::KeyRing::Random());
  const auto verdict = VerifyPart(backups_, manifest.parts[1], {.keks = others});
  EXPECT_EQ(verdict.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(verdict.status().message()), HasSubstr(installation_->keks()->current()));
}

TEST(VerifyTogetherTest, NobodyKnowsMoreOfAnotherThanThereIs) {
  const Reached pharmacy{"pharmacy", 7, {{"ward", 5}}};
  EXPECT_THAT(VerifyTogether({
                  pharmacy, {"ward", 5, {}}
  }),
              IsEmpty());
  EXPECT_THAT(VerifyTogether({
                  pharmacy, {"ward", 4, {}}
  }),
              ElementsAre("a decision of the pharmacy service up to position 7 knew position 5 of the ward service, "
                          "which ends at 4"));
  EXPECT_THAT(VerifyTogether({pharmacy}), ElementsAre(HasSubstr("which ends at 0")));
}

}  // namespace
}  // namespace anamnesis::backup
