#include "vault/aead.h"

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"

namespace anamnesis::vault {
namespace {

// Test case 14 of the specification of GCM (McGrew and Viega): everything zero.
TEST(AeadTest, OpensWhatTheSpecificationSealed) {
  const std::string sealed = std::string(kNonceBytes, '\0') + absl::HexStringToBytes(
                                                                  "cea7403d4d606b6e074ec5d3baf39d18"
                                                                  "d0d1c8a799996bf0265b98b5d48ab919");
  std::string text;
  ASSERT_TRUE(Open(Key(std::string(kKeyBytes, '\0')), sealed, "", text));
  EXPECT_EQ(text, std::string(16, '\0'));
}

TEST(AeadTest, WhatIsSealedOpens) {
  const Key key = Key::Random();
  for (const std::string& plain : {std::string(), std::string("x"), std::string(100'000, 'y')}) {
    std::string text = "left from before";
    ASSERT_TRUE(Open(key, Seal(key, plain, "header"), "header", text));
    EXPECT_EQ(text, plain);
  }
}

TEST(AeadTest, EveryAlteredByteIsNoticed) {
  const Key key = Key::Random();
  const std::string sealed = Seal(key, "text", "header");
  std::string text;
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string altered = sealed;
    altered[i] = static_cast<char>(altered[i] ^ 0x80);
    EXPECT_FALSE(Open(key, altered, "header", text)) << i;
    EXPECT_FALSE(Open(key, sealed.substr(0, i), "header", text)) << i;
  }
  EXPECT_EQ(text, "") << "nothing of what does not open is given out";
  EXPECT_FALSE(Open(key, sealed, "headex", text));
  EXPECT_FALSE(Open(Key::Random(), sealed, "header", text));
}

TEST(AeadTest, TheSameTextIsNeverSealedTheSame) {
  const Key key = Key::Random();
  EXPECT_NE(Seal(key, "text", ""), Seal(key, "text", ""));
}

}  // namespace
}  // namespace anamnesis::vault
