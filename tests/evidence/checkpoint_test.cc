#include "evidence/checkpoint.h"

#include <gtest/gtest.h>

#include "tests/evidence/fixture.h"

namespace anamnesis::evidence {
namespace {

constexpr char kRoot[] = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

// The example of the specification.
TEST(CheckpointTest, ReadsAndWritesTheSameBytes) {
  const std::string text = std::string("example.com/behind-the-sofa\n20852163\n") + kRoot + "\n";
  const Checkpoint checkpoint = ParseCheckpoint(text).value();
  EXPECT_EQ(checkpoint.origin, "example.com/behind-the-sofa");
  EXPECT_EQ(checkpoint.size, 20852163);
  EXPECT_EQ(checkpoint.root[0], 0x0A);
  EXPECT_TRUE(checkpoint.extensions.empty());
  EXPECT_EQ(FormatCheckpoint(checkpoint).value(), text);
}

TEST(CheckpointTest, RoundTrip) {
  const Checkpoint cases[] = {
      {"a",            0,          EmptyRoot(),    {}                      },
      {"log example+", 1,          LeafHash("x"),  {"one"}                 },
      {"é",           UINT64_MAX, LeafHash("yz"), {"one", " two ", "— "}},
  };
  for (const Checkpoint& checkpoint : cases) {
    const std::string text = FormatCheckpoint(checkpoint).value();
    EXPECT_EQ(ParseCheckpoint(text).value(), checkpoint) << text;
  }
}

TEST(CheckpointTest, MalformedOnesAreRefused) {
  const std::string unended = kRoot;
  const std::string root = unended + "\n";
  const std::string zeros(42, 'A');  // With "A=" the base64 of 32 bytes.
  const struct {
    const char* why;
    std::string text;
  } cases[] = {
      {"empty",                    ""                                  },
      {"one line",                 "log\n"                             },
      {"two lines",                "log\n1\n"                          },
      {"no newline at the end",    "log\n1\n" + unended                },
      {"no origin",                "\n1\n" + root                      },
      {"no size",                  "log\n\n" + root                    },
      {"leading zero",             "log\n01\n" + root                  },
      {"zeros",                    "log\n00\n" + root                  },
      {"negative",                 "log\n-1\n" + root                  },
      {"signed",                   "log\n+1\n" + root                  },
      {"hexadecimal",              "log\n0x1\n" + root                 },
      {"space before the size",    "log\n 1\n" + root                  },
      {"space after the size",     "log\n1 \n" + root                  },
      {"2^64",                     "log\n18446744073709551616\n" + root},
      {"no root",                  "log\n1\n\n"                        },
      {"root of 31 bytes",         "log\n1\n" + zeros + "==\n"         },
      {"root without padding",     "log\n1\n" + zeros + "A\n"          },
      {"root with bits left over", "log\n1\n" + zeros + "B=\n"         },
      {"space after the root",     "log\n1\n" + unended + " \n"        },
      {"empty extension",          "log\n1\n" + root + "\n"            },
      {"empty extension inside",   "log\n1\n" + root + "x\n\ny\n"      },
      {"extension cut off",        "log\n1\n" + root + "x"             },
      {"carriage return",          "log\r\n1\n" + root                 },
      {"tab in an extension",      "log\n1\n" + root + "x\ty\n"        },
      {"no UTF-8",                 "l\xC3g\n1\n" + root                },
  };
  for (const auto& c : cases) {
    EXPECT_EQ(ParseCheckpoint(c.text).status().code(), absl::StatusCode::kInvalidArgument) << c.why;
  }
}

TEST(CheckpointTest, WhatIsNoLineIsNotWritten) {
  for (const char* bad : {"", "two\nlines", "tab\t", "\xFF"}) {
    EXPECT_EQ(FormatCheckpoint({bad, 0, EmptyRoot(), {}}).status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(FormatCheckpoint({"log", 0, EmptyRoot(), {bad}}).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace anamnesis::evidence
