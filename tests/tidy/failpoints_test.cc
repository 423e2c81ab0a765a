// The list of steps at which a process can be made to die is what is in the code: each step once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <string>

#include "base/failpoint.h"
#include "tests/tidy/tree.h"

namespace anamnesis::tidy {
namespace {

TEST(FailpointsTest, EveryStepHasANameOfItsOwn) {
  std::set<std::string_view> names(kStepNames.begin(), kStepNames.end());
  EXPECT_EQ(names.size(), kStepNames.size());
  EXPECT_FALSE(names.contains(""));
}

TEST(FailpointsTest, EveryStepIsPlacedOnce) {
  const std::regex placed(R"(Failpoint\(Step::(k\w+)\);)");
  const std::regex listed(R"(^  (k\w+),)");
  std::map<std::string, int> places;
  std::set<std::string> steps;
  for (const File& file : ReadTree({"libs", "services"})) {
    if (!HasExtension(file, {".h", ".cc"})) continue;
    for (const std::string_view line : LinesOf(file.text)) {
      std::cmatch match;
      const bool is_list = file.path == "libs/base/failpoint.h";
      if (!std::regex_search(line.data(), line.data() + line.size(), match, is_list ? listed : placed)) continue;
      if (!is_list) ++places[match[1]];
      if (is_list && match[1] != "kCount") steps.insert(match[1]);
    }
  }
  EXPECT_EQ(steps.size(), kStepNames.size());
  for (const std::string& step : steps) EXPECT_EQ(places[step], 1) << step;
  EXPECT_EQ(places.size(), steps.size());
}

}  // namespace
}  // namespace anamnesis::tidy
