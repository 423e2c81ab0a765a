#include "rpc/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "tests/rpc/test_service.pb.h"

namespace anamnesis::rpc {
namespace {

using rpctest::v1::Sample;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kUuid[] = "0190a6f2-7d2b-7c11-8f00-5a0d3c2b1e4f";

// Keeps every rule.
Sample Sound() {
  Sample sample;
  sample.set_required_text("x");
  sample.set_version(1);
  sample.set_kind(rpctest::v1::KIND_ONE);
  sample.mutable_leaf()->set_name("leaf");
  return sample;
}

std::vector<std::string> Lines(const google::protobuf::Message& message) {
  std::vector<std::string> lines;
  for (const auto& violation : Validate(message)) lines.push_back(violation.field() + " " + violation.description());
  return lines;
}

struct Case {
  const char* name;
  std::function<void(Sample&)> change;
  std::string expected;  // Empty: keeps the rules.
};

const Case kCases[] = {
    {"Sound",                   [](Sample&) {},                                                            ""                                          },
    {"RequiredText",            [](Sample& s) { s.clear_required_text(); },                                "required_text must be set"                 },
    {"Uuid",                    [](Sample& s) { s.set_id(kUuid); },                                        ""                                          },
    {"NotAUuid",                [](Sample& s) { s.set_id("0190A6F2-7D2B-7C11-8F00-5A0D3C2B1E4F"); },
     "id must be a UUID in lower case"                                                                                                                 },
    {"LongestText",             [](Sample& s) { s.set_short_text("abcd"); },                               ""                                          },
    {"TextTooLong",             [](Sample& s) { s.set_short_text("abcde"); },                              "short_text must not be longer than 4 bytes"},
    {"BytesCountNotCharacters", [](Sample& s) { s.set_short_text("äöü"); },
     "short_text must not be longer than 4 bytes"                                                                                                      },
    {"LongestTextWithoutRule",  [](Sample& s) { s.set_text(std::string(1024, 'x')); },                     ""                                          },
    {"TextTooLongWithoutRule",  [](Sample& s) { s.set_text(std::string(1025, 'x')); },
     "text must not be longer than 1024 bytes"                                                                                                         },
    {"EachUuidOfAList",
     [](Sample& s) {
       s.add_ids(kUuid);
       s.add_ids("x");
     },                                                                                                    "ids[1] must be a UUID in lower case"       },
    {"TooManyItems",
     [](Sample& s) {
       for (int i = 0; i < 3; ++i) s.add_ids(kUuid);
     },                                                                                                    "ids must not have more than 2 items"       },
    {"MostItemsWithoutRule",
     [](Sample& s) {
       for (int i = 0; i < 256; ++i) s.add_texts("x");
     },                                                                                                    ""                                          },
    {"TooManyItemsWithoutRule",
     [](Sample& s) {
       for (int i = 0; i < 257; ++i) s.add_texts("x");
     },                                                                                                    "texts must not have more than 256 items"   },
    {"TextOfAListTooLong",      [](Sample& s) { s.add_texts(std::string(1025, 'x')); },
     "texts[0] must not be longer than 1024 bytes"                                                                                                     },
    {"NumberAtItsLeast",        [](Sample& s) { s.set_score(0); },                                         ""                                          },
    {"NumberAtItsGreatest",     [](Sample& s) { s.set_score(10); },                                        ""                                          },
    {"NumberTooSmall",          [](Sample& s) { s.set_score(-0.1); },                                      "score must be at least 0"                  },
    {"NumberTooGreat",          [](Sample& s) { s.set_score(10.1); },                                      "score must be at most 10"                  },
    {"NumberUnsetIsZero",       [](Sample& s) { s.clear_version(); },                                      "version must be at least 1"                },
    {"NumberNotFinite",         [](Sample& s) { s.set_number(std::numeric_limits<double>::quiet_NaN()); },
     "number must be a finite number"                                                                                                                  },
    {"RequiredEnum",            [](Sample& s) { s.clear_kind(); },                                         "kind must be set"                          },
    {"UnknownEnum",             [](Sample& s) { s.set_kind(static_cast<rpctest::v1::Kind>(7)); },
     "kind must be a value of the enumeration that is known here"                                                                                      },
    {"UnknownEnumInAList",      [](Sample& s) { s.add_kinds(static_cast<rpctest::v1::Kind>(7)); },
     "kinds[0] must be a value of the enumeration that is known here"                                                                                  },
    {"FirstInstant",            [](Sample& s) { s.mutable_time()->set_seconds(-3'786'825'600); },          ""                                          },
    {"BeforeTheFirst",          [](Sample& s) { s.mutable_time()->set_seconds(-3'786'825'601); },
     "time must be within the years 1850 to 2200"                                                                                                      },
    {"LastInstant",             [](Sample& s) { s.mutable_time()->set_seconds(7'289'654'399); },           ""                                          },
    {"AfterTheLast",            [](Sample& s) { s.mutable_time()->set_seconds(7'289'654'400); },
     "time must be within the years 1850 to 2200"                                                                                                      },
    {"NanosNegative",           [](Sample& s) { s.mutable_time()->set_nanos(-1); },                        "time must have nanos from 0 to 999,999,999"},
    {"NanosTooGreat",           [](Sample& s) { s.mutable_time()->set_nanos(1'000'000'000); },
     "time must have nanos from 0 to 999,999,999"                                                                                                      },
    {"RequiredMessage",         [](Sample& s) { s.clear_leaf(); },                                         "leaf must be set"                          },
    {"InsideAMessage",          [](Sample& s) { s.mutable_leaf()->clear_name(); },                         "leaf.name must be set"                     },
    {"InsideAList",
     [](Sample& s) {
       s.add_leaves()->set_name("x");
       s.add_leaves();
     },                                                                                                    "leaves[1].name must be set"                },
    {"InsideAnInside",
     [](Sample& s) {
       *s.mutable_child() = Sound();
       *s.mutable_child()->mutable_child() = Sound();
       s.mutable_child()->mutable_child()->add_leaves();
     },                                                                                                    "child.child.leaves[0].name must be set"    },
    {"BytesTooMany",            [](Sample& s) { s.set_blob("abc"); },                                      "blob must not be longer than 2 bytes"      },
    {"ChoiceNotMade",           [](Sample& s) { s.clear_choice(); },                                       ""                                          },
    {"ChoiceOfMessage",         [](Sample& s) { s.mutable_left(); },                                       "left.name must be set"                     },
    {"ChoiceOfNumber",          [](Sample& s) { s.set_right(6); },                                         "right must be at most 5"                   },
};

class ValidateTest : public testing::TestWithParam<Case> {};

TEST_P(ValidateTest, FindsTheViolation) {
  Sample sample = Sound();
  GetParam().change(sample);
  if (GetParam().expected.empty()) {
    EXPECT_THAT(Lines(sample), IsEmpty());
  } else {
    EXPECT_THAT(Lines(sample), ElementsAre(GetParam().expected));
  }
}

INSTANTIATE_TEST_SUITE_P(Rules, ValidateTest, testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(ValidateAllTest, ReportsEveryViolationAtOnce) {
  EXPECT_THAT(Lines(Sample()), ElementsAre("required_text must be set", "version must be at least 1",
                                           "kind must be set", "leaf must be set"));
}

TEST(ValidateAllTest, ListsABoundedNumber) {
  Sample sample = Sound();
  for (int i = 0; i < 200; ++i) sample.add_texts(std::string(2000, 'x'));
  EXPECT_EQ(Validate(sample).size(), kMaxViolations);
}

TEST(ValidateAllTest, BoundsTheDepth) {
  Sample sample = Sound();
  for (int i = 0; i < kMaxDepth; ++i) {
    Sample parent = Sound();
    *parent.mutable_child() = std::move(sample);
    sample = std::move(parent);
  }
  // The leaf of the innermost sample is the one message too deep.
  const auto lines = Lines(sample);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], HasSubstr(".leaf must not be nested deeper than 32 levels"));
}

TEST(ValidateAllTest, NeverTellsTheValue) {
  Sample sample = Sound();
  sample.set_id("Marguerite");
  sample.set_short_text("Marguerite");
  sample.set_right(4711);
  for (const std::string& line : Lines(sample)) {
    EXPECT_THAT(line, Not(HasSubstr("Marguerite")));
    EXPECT_THAT(line, Not(HasSubstr("4711")));
  }
}

}  // namespace
}  // namespace anamnesis::rpc
