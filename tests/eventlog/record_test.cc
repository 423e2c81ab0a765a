// The stored form of a record: its bytes are for ever, and nothing but a whole record is read as one.
#include "eventlog/record.h"

#include <limits>

#include "absl/strings/escaping.h"
#include "eventlog/coding.h"
#include "eventlog/rows.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace anamnesis::eventlog {
namespace {

using testing::HasSubstr;

// What release 1 wrote; see FORMAT.md. Never change these bytes.
constexpr char kGoldenRecord[] =
    "01"                                // format version
    "ac02"                              // position 300
    "07"                                // previous position
    "06776172642d31"                    // stream
    "02"                                // version
    "00112233445566778899aabbccddeeff"  // event id
    "03742e41"                          // type
    "01"                                // schema version
    "02"                                // recorded
    "01"                                // effective
    "0161"                              // actor
    "0000000000"                        // the other texts
    "01017005"                          // decided against
    "027879"                            // payload
    "62c1681e";                         // checksum

Record GoldenRecord() {
  Record record;
  record.position = 300;
  record.previous_position = 7;
  record.stream = "ward-1";
  record.version = 2;
  record.event_id = "00112233-4455-6677-8899-aabbccddeeff";
  record.type = "t.A";
  record.schema_version = 1;
  record.recorded_micros = 1;
  record.effective_micros = -1;
  record.metadata.actor = "a";
  record.metadata.decided_against = {
      {"p", 5}
  };
  record.payload = "xy";
  return record;
}

std::string GoldenBytes() {
  return absl::HexStringToBytes(kGoldenRecord);
}

TEST(RecordTest, GoldenBytes) {
  EXPECT_EQ(absl::BytesToHexString(EncodeRecord(GoldenRecord())), kGoldenRecord);
  const auto decoded = DecodeRecord(GoldenBytes());
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(*decoded, GoldenRecord());
}

TEST(RecordTest, ExtremesSurvive) {
  Record record = GoldenRecord();
  record.position = std::numeric_limits<Position>::max();
  record.previous_position = 0;
  record.version = 1;
  record.schema_version = std::numeric_limits<uint32_t>::max();
  record.recorded_micros = std::numeric_limits<int64_t>::max();
  record.effective_micros = std::numeric_limits<int64_t>::min();
  record.metadata = {
      std::string(kMaxMetadataBytes, 'a'), "b", "c", "d", "e", "f", {kMaxDecidedAgainst, {"log", 1}}
  };
  record.payload = std::string(kMaxPayloadBytes, '\0');
  const auto decoded = DecodeRecord(EncodeRecord(record));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(*decoded, record);
}

TEST(RecordTest, EveryTruncationIsRefused) {
  const std::string bytes = GoldenBytes();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(DecodeRecord(bytes.substr(0, size)).status().code(), absl::StatusCode::kDataLoss) << size;
  }
}

TEST(RecordTest, EveryCorruptByteIsRefused) {
  for (size_t i = 0; i < GoldenBytes().size(); ++i) {
    for (int flip = 1; flip < 256; ++flip) {
      std::string bytes = GoldenBytes();
      bytes[i] = static_cast<char>(bytes[i] ^ flip);
      EXPECT_EQ(DecodeRecord(bytes).status().code(), absl::StatusCode::kDataLoss) << i << " ^ " << flip;
    }
  }
}

// Bytes with a good checksum that still are no record: each field is spoilt in the golden record's hex.
TEST(RecordTest, MalformedIsRefusedThoughItsChecksumIsGood) {
  const struct {
    const char* name;
    std::string from;
    std::string to;
    const char* error;
  } cases[] = {
      {"UnknownFormat",            "01ac02",         "02ac02",                     "unknown format version"              },
      {"PositionLongerThanNeeded", "01ac02",         "01ac8200",                   "longer than needed"                  },
      {"PositionTooLarge",         "01ac02",         "01ffffffffffffffffff02",     "too large"                           },
      {"PositionZero",             "01ac0207",       "010000",                     "predecessor not before its successor"},
      {"PredecessorAfter",         "01ac0207",       "01ac02ad02",                 "predecessor not before its successor"},
      {"StreamWithoutDash",        "06776172642d31", "06776172642e31",             "malformed stream name"               },
      {"StreamTooLong",            "06776172642d31", "8101" + std::string(2 * 129, '7'),                                   "above its limit"},
      {"VersionZero",                          "642d3102",                              "642d3100",                       "contradict"                     },
      {"FirstVersionWithPredecessor",                          "642d3102",              "642d3101",       "contradict"},
      {"TypeTooLong",                          "03742e41",                              "8102" + std::string(2 * 257,                       '7'),    "above its limit"},
      {"TooManyDecidedAgainst",         "01017005",                         "11",                               "above its limit"                                               },
      {"PayloadCutOff",         "027879",                         "037879",         "cut off"},
      {"LeftOver",                 "027879",                                 "017879",                                            "left over"                                                                          },
  };
  const std::string golden(kGoldenRecord, sizeof(kGoldenRecord) - 1 - 8);
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    std::string hex = golden;
    const size_t at = hex.find(c.from);
    ASSERT_NE(at, std::string::npos);
    hex.replace(at, c.from.size(), c.to);
    std::string bytes = absl::HexStringToBytes(hex);
    PutChecksum(bytes);
    const absl::Status status = DecodeRecord(bytes).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.error));
    EXPECT_THAT(std::string(status.message()), HasSubstr("at byte"));
  }
}

TEST(RecordTest, StreamNames) {
  for (const char* good : {"a-b", "patient-1-2", "a--"}) EXPECT_TRUE(IsStreamName(good)) << good;
  for (const char* bad : {"", "-", "a-", "-b", "ab"}) EXPECT_FALSE(IsStreamName(bad)) << bad;
}

TEST(RecordTest, MemoryIsUsedAgain) {
  Record record;
  record.metadata.decided_against = {
      {"x", 1},
      {"y", 2}
  };
  ASSERT_TRUE(DecodeRecordInto(GoldenBytes(), record).ok());
  EXPECT_EQ(record, GoldenRecord());
}

TEST(RowsTest, GoldenRequestRow) {
  RequestRow row;
  row.digest = std::string(kRequestDigestBytes, '\x11');
  row.outcome = {.first_position = 1, .last_position = 300, .stream_version = 2, .recorded_micros = -1, .result = "ok"};
  std::string golden = absl::HexStringToBytes("01" + std::string(64, '1') + "01ac0202" + "01" + "026f6b");
  PutChecksum(golden);
  EXPECT_EQ(EncodeRequestRow(row), golden);
  const auto decoded = DecodeRequestRow(golden);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(decoded->digest, row.digest);
  EXPECT_EQ(decoded->outcome.last_position, 300u);
  EXPECT_EQ(decoded->outcome.result, "ok");
  EXPECT_EQ(DecodeRequestRow(golden.substr(1)).status().code(), absl::StatusCode::kDataLoss);
}

TEST(RowsTest, GoldenSnapshot) {
  std::string golden = absl::HexStringToBytes("01ac0203027879");
  PutChecksum(golden);
  EXPECT_EQ(EncodeSnapshot({300, 3, "xy"}), golden);
  const auto decoded = DecodeSnapshot(golden);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(decoded->version, 300u);
  EXPECT_EQ(decoded->format, 3u);
  EXPECT_EQ(decoded->data, "xy");
}

}  // namespace
}  // namespace anamnesis::eventlog
