#include "fhir/json.h"

#include "fhir/time.h"
#include "fhir/utf8.h"
#include "gtest/gtest.h"

namespace anamnesis::fhir {
namespace {

std::string ErrorOf(std::string text) {
  const auto document = JsonDocument::Parse(std::move(text));
  return document.ok() ? "" : std::string(document.status().message());
}

TEST(JsonTest, ReadsEveryKindAndKeepsNumbersAsWritten) {
  const auto document =
      JsonDocument::Parse(R"( {"a":[120,36.60,-1.5e3,1E400,12345678901234567890123],"b":true,"c":null,)"
                          R"("d":"x\n\u00e9\ud83d\ude00"} )");
  ASSERT_TRUE(document.ok()) << document.status();
  const Json& root = (*document)->root();
  std::string numbers;
  for (const Json* item = root.Find("a")->first; item != nullptr; item = item->next) numbers.append(item->text) += ' ';
  EXPECT_EQ(numbers, "120 36.60 -1.5e3 1E400 12345678901234567890123 ");
  EXPECT_EQ(root.Find("b")->text, "true");
  EXPECT_EQ(root.Find("c")->kind, JsonKind::kNull);
  EXPECT_EQ(root.Find("d")->text, "x\n\u00e9\U0001F600");
  EXPECT_EQ(root.Find("e"), nullptr);
  EXPECT_EQ(root.Find("a")->Find("b"), nullptr);
}

TEST(JsonTest, NamesThePlaceOfAFault) {
  const struct {
    const char* text;
    const char* error;
  } kCases[] = {
      {"",                               "unexpected end of input at byte 0"             },
      {"nul",                            "expected a value at byte 0"                    },
      {R"({"entry":[{"a":1},{"b":)",     "entry[1].b: unexpected end of input at byte 23"},
      {R"({"entry":[{"a":1},{"b":"xyz)", "entry[1].b: unexpected end of input at byte 27"},
      {R"({"a":{"b":x}})",               "a.b: expected a value at byte 10"              },
      {R"({"a":1 "b":2})",               "expected ',' or '}' at byte 7"                 },
      {R"([1 2])",                       "expected ',' or ']' at byte 3"                 },
      {R"([1,])",                        "[1]: expected a value at byte 3"               },
      {R"({a:1})",                       "expected a name at byte 1"                     },
      {R"({"a" 1})",                     "expected ':' at byte 5"                        },
      {R"([01])",                        "expected ',' or ']' at byte 2"                 },
      {R"([1.])",                        "[0]: expected a digit at byte 3"               },
      {R"([1e+])",                       "[0]: expected a digit at byte 4"               },
      {"[\"a\nb\"]",                     "[0]: control character in a string at byte 3"  },
      {"{} {}",                          "text after the end of the value at byte 3"     },
      {R"({"Doe, Jane":[x]})",           "?[0]: expected a value at byte 14"             },
  };
  for (const auto& c : kCases) EXPECT_EQ(ErrorOf(c.text), c.error) << c.text;
}

TEST(JsonTest, DepthIsBounded) {
  EXPECT_EQ(ErrorOf(std::string(JsonDocument::kMaxDepth, '[') + std::string(JsonDocument::kMaxDepth, ']')), "");
  EXPECT_NE(ErrorOf(std::string(100000, '[')).find("nested too deeply"), std::string::npos);
}

TEST(JsonTest, AFaultInAStringSpoilsThatStringOnly) {
  const auto document = JsonDocument::Parse("{\"a\":\"\xff\",\"b\":\"\\ud800\",\"c\":\"\\x\",\"d\":\"good\"}");
  ASSERT_TRUE(document.ok()) << document.status();
  for (const char* spoilt : {"a", "b", "c"}) EXPECT_EQ((*document)->root().Find(spoilt)->kind, JsonKind::kSpoilt);
  EXPECT_EQ((*document)->root().Find("a")->text, "not UTF-8");
  EXPECT_EQ((*document)->root().Find("d")->text, "good");
}

// Plain text is read several bytes at a time: what is not plain is seen wherever it stands.
TEST(JsonTest, WhatIsNotPlainIsSeenAtEveryPlace) {
  constexpr size_t kBytes = 40;
  for (size_t place = 0; place <= kBytes; ++place) {
    const std::string before(place, 'a');
    const std::string after(kBytes - place, '~');
    const auto with = [&](const std::string& what) { return "[\"" + before + what + after + "\"]"; };
    for (const auto& [written, meant] : {
             std::pair("", ""), {"\\\"",   "\""    },
               {"\\\\",   "\\"    },
               {"\u00e9", "\u00e9"}
    }) {
      const std::string text = with(written);
      const auto document = JsonDocument::Parse(text);
      ASSERT_TRUE(document.ok()) << document.status();
      EXPECT_EQ((*document)->root().first->kind, JsonKind::kString);
      EXPECT_EQ((*document)->root().first->text, before + meant + after);
    }
    EXPECT_EQ(ErrorOf(with("\x1f")), "[0]: control character in a string at byte " + std::to_string(2 + place));
    EXPECT_EQ(ErrorOf(with("\"")), "expected ',' or ']' at byte " + std::to_string(3 + place));
    const std::string text = with("\x80");
    const auto spoilt = JsonDocument::Parse(text);
    ASSERT_TRUE(spoilt.ok()) << spoilt.status();
    EXPECT_EQ((*spoilt)->root().first->text, "not UTF-8");
    const std::string space(place, ' ');
    EXPECT_EQ(ErrorOf("[" + space + "\n" + space + "1" + space + "]"), "");
    EXPECT_EQ(ErrorOf("[" + space + "\v" + space + "1]"), "[0]: expected a value at byte " + std::to_string(1 + place));
  }
}

TEST(JsonTest, AByteOrderMarkIsNoPartOfTheText) {
  EXPECT_EQ(ErrorOf("\xEF\xBB\xBF{}"), "");
}

TEST(Utf8Test, ZeroWidthCharactersAreFound) {
  for (const char* hidden : {"a\u200bb", "\u200c", "\u200d", "\u2060", "x\ufeff"}) EXPECT_TRUE(HasZeroWidth(hidden));
  for (const char* plain : {"", "a", "\u2014", "\u00e9\u2013\u20ac", "\xE2\x80"}) EXPECT_FALSE(HasZeroWidth(plain));
}

TEST(TimeTest, ReadsWhatFhirAllows) {
  const struct {
    const char* text;
    int64_t seconds;
    int32_t nanos;
    bool partial;
    bool without_offset;
  } kCases[] = {
      {"1970-01-01T00:00:00Z",            0,           0,         false, false},
      {"2014-11-09T07:50:49.776+00:00",   1415519449,  776000000, false, false},
      {"2014-11-09T02:50:49-05:00",       1415519449,  0,         false, false},
      {"2014-11-09T13:20:49.5+05:30",     1415519449,  500000000, false, false},
      {"1969-12-31T23:59:59.999999999Z",  -1,          999999999, false, false},
      {"2014-11-09T07:50:49.1234567891Z", 1415519449,  123456789, false, false},
      {"2016-12-31T23:59:60Z",            1483228800,  0,         false, false},
      {"2014-11-09T07:50Z",               1415519400,  0,         false, false},
      {"2014-11-09T07:50:49",             1415519449,  0,         false, true },
      {"1970-01-02",                      86400,       0,         true,  false},
      {"1970-02",                         31 * 86400,  0,         true,  false},
      {"1971",                            365 * 86400, 0,         true,  false},
      {"1904-02-29",                      -2077747200, 0,         true,  false},
  };
  for (const auto& c : kCases) {
    const auto time = ParseTime(c.text);
    ASSERT_TRUE(time.has_value()) << c.text;
    EXPECT_EQ(time->time.seconds(), c.seconds) << c.text;
    EXPECT_EQ(time->time.nanos(), c.nanos) << c.text;
    EXPECT_EQ(time->partial, c.partial) << c.text;
    EXPECT_EQ(time->without_offset, c.without_offset) << c.text;
  }
}

TEST(TimeTest, TheEndOfADateIsItsLastInstant) {
  const struct {
    const char* text;
    int64_t seconds;
    int32_t nanos;
  } kCases[] = {
      {"1970-01-01T00:00:00.5Z", 0,               500000000},
      {"1970-01-01",             86399,           999999000},
      {"1970-02",                59 * 86400 - 1,  999999000},
      {"1972-02",                790 * 86400 - 1, 999999000},
      {"1970-12",                365 * 86400 - 1, 999999000},
      {"1970",                   365 * 86400 - 1, 999999000},
      {"1969-12-31",             -1,              999999000},
      {"9999",                   253402300799,    999999000},
  };
  for (const auto& c : kCases) {
    const google::protobuf::Timestamp last = LastInstant(ParseTime(c.text).value());
    EXPECT_EQ(last.seconds(), c.seconds) << c.text;
    EXPECT_EQ(last.nanos(), c.nanos) << c.text;
  }
}

TEST(TimeTest, KnowsWhatIsNoTime) {
  for (const char* text :
       {"", "x", "20", "0000", "2014-13", "2014-02-30", "1900-02-29", "2014-1-1", "2014-11-09T", "2014-11-09T24:00:00Z",
        "2014-11-09T07:50:61Z", "2014-11-09T07:50:49.Z", "2014-11-09T07:50:49+25:00", "2014-11-09T07:50:49Zjunk",
        "2014-11-09 07:50:49Z", "2014-11T07:50Z", "2014-11-09T07:50:49+05"}) {
    EXPECT_FALSE(ParseTime(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace anamnesis::fhir
