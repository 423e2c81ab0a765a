#include "base/utf8.h"

#include <gtest/gtest.h>

namespace anamnesis {
namespace {

TEST(Utf8Test, WellFormedOnly) {
  for (const char* good : {"", "a", "\u00e9", "\u200b", "\U0001F600", "\xF4\x8F\xBF\xBF"}) EXPECT_TRUE(IsUtf8(good));
  for (const char* bad : {"\x80", "\xC0\x80", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                          "\xF4\x90\x80\x80", "\xFF", "\xE2\x80"}) {
    EXPECT_FALSE(IsUtf8(bad));
  }
}

}  // namespace
}  // namespace anamnesis
