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

// One key for every entity and number up to 2; number 2 is destroyed.
class TestKeys final : public PayloadKeys {
 public:
  absl::StatusOr<vault::SharedKey> Find(std::string_view, uint64_t number) const override {
    if (number > 2) return absl::DataLossError("no such key");
    return number == 2 ? nullptr : key_;
  }
  PayloadKey key(uint64_t number = 1) const { return {number, key_}; }

 private:
  const vault::SharedKey key_ = std::make_shared<const vault::Key>(std::string(vault::kKeyBytes, 'k'));
};

// What release 2 wrote of the same record, sealed by key 1 of TestKeys. Never change these bytes.
constexpr char kGoldenSealed[] =
    "02ac0207"
    "06776172642d3102"
    "00112233445566778899aabbccddeeff"
    "03742e41010201"
    "01610000000000"
    "01017005"
    "01"  // number of the key
    "1e"  // 30 bytes: nonce, ciphertext, tag
    "b53df9bb8cd5c9ff5d6e7be1"
    "5e6e"
    "e5b03af9cb97eea828606290c2b0ab46"
    "051a9957";  // checksum

TEST(RecordTest, GoldenBytes) {
  StoredRecord stored;
  const std::string bytes = GoldenBytes();
  ASSERT_TRUE(ParseRecord(bytes, stored).ok());
  EXPECT_EQ(stored.key_number, 0u);
  EXPECT_EQ(absl::BytesToHexString(WriteRecord(stored.header, 0, stored.payload)), kGoldenRecord);
  const auto decoded = DecodeRecord(bytes, TestKeys());
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(*decoded, GoldenRecord());
}

TEST(RecordTest, GoldenSealedBytes) {
  const std::string bytes = absl::HexStringToBytes(kGoldenSealed);
  const auto decoded = DecodeRecord(bytes, TestKeys());
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(*decoded, GoldenRecord());
  StoredRecord stored;
  ASSERT_TRUE(ParseRecord(bytes, stored).ok());
  EXPECT_EQ(WriteRecord(stored.header, stored.key_number, stored.payload), bytes);
}

TEST(RecordTest, AnErasedPayloadIsSaidToBe) {
  const auto decoded = DecodeRecord(EncodeRecord(GoldenRecord(), TestKeys().key(2)), TestKeys());
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  Record expected = GoldenRecord();
  expected.payload.clear();
  expected.erased = true;
  EXPECT_EQ(*decoded, expected);
}

// A checksum can be made by anybody; what is sealed is bound to the rest all the same.
TEST(RecordTest, AnAlteredHeaderOrPayloadDoesNotOpen) {
  const std::string sealed = EncodeRecord(GoldenRecord(), TestKeys().key());
  Record later = GoldenRecord();
  later.recorded_micros = 2;
  StoredRecord stored;
  ASSERT_TRUE(ParseRecord(sealed, stored).ok());
  EXPECT_EQ(DecodeRecord(WriteRecord(later, 1, stored.payload), TestKeys()).status().code(),
            absl::StatusCode::kDataLoss);
  for (size_t i = 0; i < stored.payload.size(); ++i) {
    std::string payload(stored.payload);
    payload[i] = static_cast<char>(payload[i] ^ 1);
    EXPECT_EQ(DecodeRecord(WriteRecord(GoldenRecord(), 1, payload), TestKeys()).status().code(),
              absl::StatusCode::kDataLoss);
  }
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
  const auto decoded = DecodeRecord(EncodeRecord(record, TestKeys().key()), TestKeys());
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(*decoded, record);
}

TEST(RecordTest, EveryTruncationIsRefused) {
  const std::string bytes = GoldenBytes();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(DecodeRecord(bytes.substr(0, size), TestKeys()).status().code(), absl::StatusCode::kDataLoss) << size;
  }
}

TEST(RecordTest, EveryCorruptByteIsRefused) {
  for (size_t i = 0; i < GoldenBytes().size(); ++i) {
    for (int flip = 1; flip < 256; ++flip) {
      std::string bytes = GoldenBytes();
      bytes[i] = static_cast<char>(bytes[i] ^ flip);
      EXPECT_EQ(DecodeRecord(bytes, TestKeys()).status().code(), absl::StatusCode::kDataLoss) << i << " ^ " << flip;
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
      {"UnknownFormat",            "01ac02",         "03ac02",                     "unknown format version"              },
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
    const absl::Status status = DecodeRecord(bytes, TestKeys()).status();
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
  ASSERT_TRUE(DecodeRecordInto(GoldenBytes(), TestKeys(), record).ok());
  EXPECT_EQ(record, GoldenRecord());
}

RequestRow SomeRequest() {
  RequestRow row;
  row.digest = std::string(kRequestDigestBytes, '\x11');
  row.outcome = {.first_position = 1, .last_position = 300, .stream_version = 2, .recorded_micros = -1, .result = "ok"};
  return row;
}

void ExpectSome(const absl::StatusOr<std::optional<RequestRow>>& decoded) {
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  ASSERT_TRUE(decoded->has_value());
  const RequestRow& row = **decoded;
  EXPECT_EQ(row.digest, SomeRequest().digest);
  EXPECT_EQ(row.outcome.first_position, 1u);
  EXPECT_EQ(row.outcome.last_position, 300u);
  EXPECT_EQ(row.outcome.stream_version, 2u);
  EXPECT_EQ(row.outcome.recorded_micros, -1);
  EXPECT_EQ(row.outcome.result, "ok");
}

// What release 1 wrote.
TEST(RowsTest, GoldenRequestRow) {
  std::string golden = absl::HexStringToBytes("01" + std::string(64, '1') + "01ac0202" + "01" + "026f6b");
  PutChecksum(golden);
  ExpectSome(DecodeRequestRow("r", golden, TestKeys()));
  EXPECT_EQ(DecodeRequestRow("r", golden.substr(1), TestKeys()).status().code(), absl::StatusCode::kDataLoss);
}

TEST(RowsTest, ARequestRowOpensForItsRequestOnly) {
  const std::string bytes = EncodeRequestRow("r", SomeRequest(), "1", TestKeys().key());
  ExpectSome(DecodeRequestRow("r", bytes, TestKeys()));
  EXPECT_EQ(bytes.find("ok"), std::string::npos);
  EXPECT_EQ(DecodeRequestRow("s", bytes, TestKeys()).status().code(), absl::StatusCode::kDataLoss);
  const auto erased = DecodeRequestRow("r", EncodeRequestRow("r", SomeRequest(), "1", TestKeys().key(2)), TestKeys());
  ASSERT_TRUE(erased.ok()) << erased.status();
  EXPECT_FALSE(erased->has_value()) << "what was asked is not known any more";
}

TEST(RowsTest, ASnapshotOpensForItsStreamOnly) {
  const std::string bytes = EncodeSnapshot("ward-1", {300, 3, "xy"}, TestKeys().key());
  const auto decoded = DecodeSnapshot("ward-1", bytes, TestKeys());
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(decoded->version, 300u);
  EXPECT_EQ(decoded->format, 3u);
  EXPECT_EQ(decoded->data, "xy");
  EXPECT_EQ(DecodeSnapshot("ward-2", bytes, TestKeys()).status().code(), absl::StatusCode::kDataLoss);
  const std::string erased = EncodeSnapshot("ward-1", {300, 3, "xy"}, TestKeys().key(2));
  EXPECT_EQ(DecodeSnapshot("ward-1", erased, TestKeys()).status().code(), absl::StatusCode::kNotFound);
}

TEST(RowsTest, GoldenKeyRow) {
  std::string golden = absl::HexStringToBytes("01027879");
  PutChecksum(golden);
  EXPECT_EQ(EncodeKeyRow("xy"), golden);
  EXPECT_EQ(*DecodeKeyRow(golden), "xy");
  EXPECT_EQ(*DecodeKeyRow(EncodeKeyRow("")), "");
  EXPECT_EQ(DecodeKeyRow(golden.substr(1)).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace anamnesis::eventlog
