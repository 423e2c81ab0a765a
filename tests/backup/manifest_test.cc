// The manifest is the backup: what it says is kept, numbered, and found out where it was changed.
#include "backup/manifest.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "backup/data_files.h"
#include "backup/numbers.h"
#include "tests/backup/fixture.h"

namespace anamnesis::backup {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Manifest Sample() {
  return {
      .number = 1,
      .made_micros = 1'700'000'000'123'456,
      .parts = {{.service = "ward",
                 .log_id = "0190f2c1-7e1a-7000-8000-000000000001",
                 .log_backup = 3,
                 .position = 17,
                 .recorded_micros = 1'700'000'000'000'001,
                 .new_bytes = 1234,
                 .shared_bytes = 99,
                 .kek_ids = {"0123456789abcdef"},
                 .files = {{"log/meta/3", 6, "cd"},
                           {"files/3/checkpoint", 5, "ab"},
                           {"files/3/signing.key", 7, "ef"},
                           {"files/3/signing.key.pub", 8, "01"},
                           {"files/3/witness.key", 9, "23"},
                           {"files/3/witness.key.pub", 10, "45"}}},
                {.service = "empty",
                 .log_id = "0190f2c1-7e1a-7000-8000-000000000002",
                 .log_backup = 1,
                 .files = {{"log/meta/1", 1, "67"},
                           {"files/1/checkpoint", 2, "89"},
                           {"files/1/signing.key", 3, "ab"},
                           {"files/1/signing.key.pub", 4, "cd"}}}}
  };
}

// The bytes that release 2 wrote: read for ever.
constexpr char kText[] = R"({
  "format": 1,
  "number": 1,
  "made": "2023-11-14T22:13:20.123456Z",
  "services": [
    {
      "service": "ward",
      "log_id": "0190f2c1-7e1a-7000-8000-000000000001",
      "log_backup": 3,
      "position": 17,
      "recorded": "2023-11-14T22:13:20.000001Z",
      "new_bytes": 1234,
      "shared_bytes": 99,
      "kek_ids": [
        "0123456789abcdef"
      ],
      "files": [
        {
          "name": "log/meta/3",
          "bytes": 6,
          "sha256": "cd"
        },
        {
          "name": "files/3/checkpoint",
          "bytes": 5,
          "sha256": "ab"
        },
        {
          "name": "files/3/signing.key",
          "bytes": 7,
          "sha256": "ef"
        },
        {
          "name": "files/3/signing.key.pub",
          "bytes": 8,
          "sha256": "01"
        },
        {
          "name": "files/3/witness.key",
          "bytes": 9,
          "sha256": "23"
        },
        {
          "name": "files/3/witness.key.pub",
          "bytes": 10,
          "sha256": "45"
        }
      ]
    },
    {
      "service": "empty",
      "log_id": "0190f2c1-7e1a-7000-8000-000000000002",
      "log_backup": 1,
      "position": 0,
      "recorded": "",
      "new_bytes": 0,
      "shared_bytes": 0,
      "kek_ids": [],
      "files": [
        {
          "name": "log/meta/1",
          "bytes": 1,
          "sha256": "67"
        },
        {
          "name": "files/1/checkpoint",
          "bytes": 2,
          "sha256": "89"
        },
        {
          "name": "files/1/signing.key",
          "bytes": 3,
          "sha256": "ab"
        },
        {
          "name": "files/1/signing.key.pub",
          "bytes": 4,
          "sha256": "cd"
        }
      ]
    }
  ]
}
)";

TEST(ManifestTest, ItsTextIsThisForEver) {
  EXPECT_EQ(FormatManifest(Sample()), kText);
  const auto parsed = ParseManifest(kText);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(*parsed, Sample());
}

TEST(ManifestTest, AnythingElseIsRefused) {
  struct {
    std::string from, to;
    absl::StatusCode code = absl::StatusCode::kDataLoss;
  } const rows[] = {
      {"\"format\": 1", "\"format\": 2", absl::StatusCode::kFailedPrecondition},
      {"\"position\": 17",               "\"position\": \"17\""            },
      {"\"position\": 17",               "\"position\": -17"},
      {"\"position\": 17,",               ""           },
      {"\"number\": 1,",               "\"number\":  1,"   },
      {"files/3/checkpoint",               "files/../../checkpoint"       },
      {"files/3/checkpoint",               "/etc/passwd"   },
      {"\"ward\"",               "\"../ward\""                 },
      {"\"ward\"",               "\"ward/..\""   },
      {"2023-11-14T22:13:20.123456Z",               "yesterday"},
      {"{",               "["                             },
  };
  for (const auto& row : rows) {
    std::string text = kText;
    text.replace(text.find(row.from), row.from.size(), row.to);
    EXPECT_EQ(ParseManifest(text).status().code(), row.code) << row.to;
  }
}

// What is done to the files of the first service of a manifest.
using Change = std::function<void(Manifest&)>;

Change Named(std::string name) {
  return [name](Manifest& manifest) { manifest.parts[0].files.push_back({name, 1, "ab"}); };
}
Change Lacks(std::string name) {
  return [name](Manifest& manifest) {
    std::erase_if(manifest.parts[0].files, [&](const StoredFile& file) { return file.name == name; });
  };
}

// Whoever may write in the directory may write a checksum, too; what he names would be restored.
TEST(ManifestTest, WhatIsNoBackupIsRefused) {
  struct {
    Change change;
    const char* said;
  } const rows[] = {
      {[](Manifest& manifest) { manifest.parts.clear(); },               "is of no service"},
      {[](Manifest& manifest) { manifest.parts[1] = manifest.parts[0]; }, "the ward service twice"},
      {Named("log/meta/3"),                 "a file twice of the ward service: log/meta/3"},
      {Named("log/meta/2"),                 "log/meta/2"},
      {Named("log/private/3/CURRENT"),      "log/private/3/CURRENT"},
      {Named("files/2/signing.key"),        "files/2/signing.key"},
      {Named("files/3/extra"),              "files/3/extra"},
      {Named("files/3/facts/EVIL"),         "files/3/facts/EVIL"},
      {Named("files/3/witness/kitchen"),    "files/3/witness/kitchen"},
      {Named("files/3/high-water"),         "files/3/high-water"},
      {Named("files/3/log.kek"),            "files/3/log.kek"},
      {Named("files/3/signing.key/extra"),  "files/3/signing.key/extra"},
      {Lacks("log/meta/3"),                 "log/meta/3 is missing"},
      {Lacks("files/3/checkpoint"),         "files/3/checkpoint is missing"},
      {Lacks("files/3/signing.key"),        "files/3/signing.key is missing"},
      {Lacks("files/3/signing.key.pub"),    "files/3/signing.key.pub is missing"},
  };
  for (const auto& row : rows) {
    Manifest manifest = Sample();
    row.change(manifest);
    const absl::Status refused = ParseManifest(FormatManifest(manifest)).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kDataLoss) << row.said;
    EXPECT_THAT(std::string(refused.message()), HasSubstr(row.said));
  }
  Manifest without_witness = Sample();
  Lacks("files/3/witness.key")(without_witness);
  Lacks("files/3/witness.key.pub")(without_witness);
  EXPECT_TRUE(ParseManifest(FormatManifest(without_witness)).ok()) << "a service may do without";
}

class ManifestFileTest : public BackupFixture {};

TEST_F(ManifestFileTest, WhatWouldNotBeReadIsNotWritten) {
  Manifest manifest = Sample();
  manifest.parts[0].files.push_back({"files/3/extra"});
  EXPECT_EQ(WriteManifest(backups_, manifest).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(*ListManifests(backups_), IsEmpty());
}

// Also of what is not whole, or of which only the files beside it are left.
TEST_F(ManifestFileTest, WhatStandsThereOfAServiceIsFoundByItsNumber) {
  EXPECT_THAT(*PartNumbers(backups_, "ward"), IsEmpty());
  Backup();
  Backup();
  std::filesystem::create_directory(backups_ + "/ward/log/private/5");
  std::filesystem::create_directory(backups_ + "/ward/files/7");
  EXPECT_THAT(*PartNumbers(backups_, "ward"), ElementsAre(1, 2, 5, 7));
  EXPECT_THAT(*PartNumbers(backups_, "pharmacy"), ElementsAre(1, 2));
}

TEST_F(ManifestFileTest, EachGetsTheNextNumber) {
  EXPECT_THAT(*ListManifests(backups_), IsEmpty());
  EXPECT_EQ(*WriteManifest(backups_, Sample()), 1u);
  EXPECT_EQ(*WriteManifest(backups_, Sample()), 2u);
  EXPECT_THAT(*ListManifests(backups_), ElementsAre(1, 2));
  EXPECT_EQ(*ReadManifest(backups_, 1), Sample());
  EXPECT_EQ(ReadManifest(backups_, 3).status().code(), absl::StatusCode::kNotFound);
}

// Written after its checksum: where the checksum stands alone the backup was cut short, and is none.
TEST_F(ManifestFileTest, OneThatWasCutShortIsNoneAndItsNumberIsNotUsedAgain) {
  ASSERT_EQ(*WriteManifest(backups_, Sample()), 1u);
  std::ofstream(backups_ + "/manifests/2.json.sha256") << "of what was never written";
  EXPECT_THAT(*ListManifests(backups_), ElementsAre(1));
  EXPECT_EQ(*WriteManifest(backups_, Sample()), 3u);
}

TEST_F(ManifestFileTest, EveryFlippedByteIsFound) {
  ASSERT_EQ(*WriteManifest(backups_, Sample()), 1u);
  for (const char* name : {"1.json", "1.json.sha256"}) {
    const std::string path = backups_ + "/manifests/" + name;
    for (uint64_t at = 0; at < Content(path).size(); at += 7) {
      FlipByte(path, at);
      const auto read = ReadManifest(backups_, 1);
      EXPECT_EQ(read.status().code(), absl::StatusCode::kDataLoss) << name << " at " << at;
      EXPECT_THAT(std::string(read.status().message()), HasSubstr("1.json"));
      FlipByte(path, at);
    }
  }
  EXPECT_TRUE(ReadManifest(backups_, 1).ok());
}

TEST(DataFilesTest, TheListIsInOrder) {
  const auto files = DataFiles();
  EXPECT_TRUE(std::is_sorted(files.begin(), files.end(), [](const DataFile& a, const DataFile& b) {
    return std::string_view(a.name) < std::string_view(b.name);
  }));
}

}  // namespace
}  // namespace anamnesis::backup
