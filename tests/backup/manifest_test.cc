// The manifest is the backup: what it says is kept, numbered, and found out where it was changed.
#include "backup/manifest.h"

#include <gmock/gmock.h>

#include <fstream>

#include "backup/data_files.h"
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
                 .files = {{"files/3/checkpoint", 5, "ab"}, {"log/meta/3", 6, "cd"}}},
                {.service = "empty", .log_id = "0190f2c1-7e1a-7000-8000-000000000002", .log_backup = 1}}
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
          "name": "files/3/checkpoint",
          "bytes": 5,
          "sha256": "ab"
        },
        {
          "name": "log/meta/3",
          "bytes": 6,
          "sha256": "cd"
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
      "files": []
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

class ManifestFileTest : public BackupFixture {};

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
