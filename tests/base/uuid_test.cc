#include "base/uuid.h"

#include <gtest/gtest.h>

#include <set>

namespace anamnesis {
namespace {

TEST(UuidTest, NameBasedMatchesTheRfcVector) {
  // RFC 9562, appendix A.4: DNS namespace and "www.example.com".
  EXPECT_EQ(NamedUuid("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com"),
            "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

TEST(UuidTest, NewOnesAreDistinctCanonicalVersionSeven) {
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) {
    const std::string id = NewUuid();
    ASSERT_TRUE(IsUuid(id)) << id;
    ASSERT_EQ(id[14], '7');
    ASSERT_TRUE(seen.insert(id).second);
  }
}

TEST(UuidTest, BytesRoundTrip) {
  const std::string id = NewUuid();
  EXPECT_EQ(UuidBytes(id).size(), 16u);
  EXPECT_EQ(UuidText(UuidBytes(id)), id);
}

TEST(UuidTest, OnlyCanonicalTextIsAccepted) {
  EXPECT_TRUE(IsUuid("2ed6657d-e927-568b-95e1-2665a8aea6a2"));
  EXPECT_FALSE(IsUuid(""));
  EXPECT_FALSE(IsUuid("2ED6657D-e927-568b-95e1-2665a8aea6a2"));
  EXPECT_FALSE(IsUuid("2ed6657de927-568b-95e1-2665a8aea6a2-"));
  EXPECT_FALSE(IsUuid("2ed6657d-e927-568b-95e1-2665a8aea6a2 "));
}

TEST(UuidTest, SourceIdsDependOnEveryPart) {
  EXPECT_EQ(SourceUuid("s", "Patient", "1"), SourceUuid("s", "Patient", "1"));
  EXPECT_NE(SourceUuid("s", "Patient", "1"), SourceUuid("s", "Patien", "t1"));
  EXPECT_NE(SourceUuid("s", "Patient", "1"), SourceUuid("t", "Patient", "1"));
}

}  // namespace
}  // namespace anamnesis
