#include "base/sha256.h"

#include <gtest/gtest.h>

#include "absl/strings/escaping.h"

namespace anamnesis {
namespace {

TEST(Sha256Test, KnownDigests) {
  EXPECT_EQ(absl::BytesToHexString(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(absl::BytesToHexString(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256Test, PartsAreOneText) {
  const std::string whole = Sha256("abc");
  for (const auto& digest : {Sha256Of({"abc"}), Sha256Of({"a", "", "bc"}), Sha256Of({"", "ab", "c"})}) {
    EXPECT_EQ(std::string(digest.begin(), digest.end()), whole);
  }
  const auto nothing = Sha256Of({});
  EXPECT_EQ(std::string(nothing.begin(), nothing.end()), Sha256(""));
}

}  // namespace
}  // namespace anamnesis
