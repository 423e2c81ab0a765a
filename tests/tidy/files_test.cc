#include "tests/tidy/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace anamnesis::tidy {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string Lines(size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += "x\n";
  return text;
}

TEST(FilesTest, TheRepositoryIsTidy) {
  for (const File& file : ReadTree({"libs", "protos", "services", "tests"})) {
    if (HasExtension(file, {".h", ".cc", ".proto", ".cmake", "CMakeLists.txt"})) {
      EXPECT_THAT(CheckLength(file), IsEmpty());
      EXPECT_THAT(CheckNotes(file), IsEmpty());
    }
    const bool is_code = HasExtension(file, {".h", ".cc"});
    // This folder holds the bad samples.
    if (is_code && file.path.starts_with("tests/") && !file.path.starts_with("tests/tidy/")) {
      EXPECT_THAT(CheckSleeps(file), IsEmpty());
    }
    if (is_code && !file.path.starts_with("tests/")) {
      EXPECT_THAT(CheckPrints(file), IsEmpty());
    }
  }
}

TEST(FilesTest, TheTopLevelIsAsItShouldBe) {
  EXPECT_THAT(TopLevel(), Contains("CMakeLists.txt"));
  EXPECT_THAT(CheckTopLevel(TopLevel(), ReadText(".gitignore")), IsEmpty());
  EXPECT_THAT(CheckTopLevel({"libs", ".git", "report.txt", "build"}, "/build/\n*.swp\n"),
              ElementsAre(StartsWith("report.txt: not of the top level")));
}

TEST(FilesTest, LongFileNeedsAReason) {
  EXPECT_THAT(CheckLength({"libs/a.cc", Lines(kMaxLines)}), IsEmpty());
  EXPECT_THAT(CheckLength({"libs/a.cc", Lines(kMaxLines + 1)}), SizeIs(1));
  EXPECT_THAT(CheckLength({"libs/a.cc", "// Long because: one table.\n" + Lines(kMaxLines)}), IsEmpty());
  EXPECT_THAT(CheckLength({"libs/a.cc", Lines(kMaxLines) + "// Long because: too late.\n"}), SizeIs(1));
}

TEST(FilesTest, NotesAreFound) {
  for (const std::string& note : {std::string("TO") + "DO", std::string("FIX") + "ME", std::string("X") + "XX"}) {
    EXPECT_THAT(CheckNotes({"libs/a.cc", "int a;  // " + note + ": later\n"}), SizeIs(1)) << note;
    EXPECT_THAT(CheckNotes({"libs/a.cc", "int a" + note + "b;\n"}), IsEmpty()) << note;
  }
}

TEST(FilesTest, SleepsAreFound) {
  for (const char* line : {"std::this_thread::sleep_for(1s);", "usleep(10);", "absl::SleepFor(delay);", "sleep (1);"}) {
    EXPECT_THAT(CheckSleeps({"tests/a_test.cc", line}), SizeIs(1)) << line;
    EXPECT_THAT(CheckSleeps({"tests/a_test.cc", std::string("// Waits because: a process.\n") + line}), IsEmpty());
    EXPECT_THAT(CheckSleeps({"tests/a_test.cc", std::string("// Waits because: a process.\n\n") + line}), SizeIs(1));
  }
  EXPECT_THAT(CheckSleeps({"tests/a_test.cc", "int hours_of_sleep = 6;"}), IsEmpty());
}

TEST(FilesTest, PrintsAreFound) {
  for (const char* line : {"std::cerr << name;", "std::cout << 1;", "std::fprintf(stderr, \"x\");", "printf(\"x\");"}) {
    EXPECT_THAT(CheckPrints({"libs/a.cc", line}), SizeIs(1)) << line;
    EXPECT_THAT(CheckPrints({"services/cli/a.cc", line}), IsEmpty()) << line;
    EXPECT_THAT(CheckPrints({"libs/a.cc", std::string(line) + "\nstd::abort();\n"}), IsEmpty()) << line;
    EXPECT_THAT(CheckPrints({"libs/a.cc", std::string(line) + Lines(kLastWords) + "std::abort();\n"}), SizeIs(1))
        << line;
  }
  EXPECT_THAT(CheckPrints({"libs/a.cc", "std::snprintf(text, sizeof(text), \"x\");"}), IsEmpty());
}

}  // namespace
}  // namespace anamnesis::tidy
