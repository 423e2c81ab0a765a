#include "tests/tidy/build_lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace anamnesis::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(BuildListsTest, EverySourceOfTheRepositoryIsBuilt) {
  EXPECT_THAT(CheckBuildLists(ReadTree({"libs", "protos", "services", "tests"})), IsEmpty());
}

TEST(BuildListsTest, ForgottenSourcesAreFound) {
  const std::vector<File> files = {
      {"libs/a/CMakeLists.txt", "anamnesis_library(a SOURCES b.cc deep/c.cc DEPS x)"},
      {"libs/a/b.cc", ""},
      {"libs/a/deep/c.cc", ""},
      {"libs/a/forgotten.cc", ""},
      {"tests/a/CMakeLists.txt", "anamnesis_test(a_test SOURCES a_test.cc)\nanamnesis_fuzz_target(f SOURCE f_fuzz.cc)"},
      {"tests/a/a_test.cc", ""},
      {"tests/a/b.cc", ""},  // of the same name as one that is built
      {"tests/a/f_fuzz.cc", ""},
      {"tests/a/forgotten_bench.cc", ""},
      {"libs/cmake/t.cmake", "add_executable(x ${PROJECT_SOURCE_DIR}/tests/a/main.cc)"},
      {"tests/a/main.cc", ""},
      {"protos/CMakeLists.txt", "anamnesis_proto_library(p PROTOS x/v1/a.proto)"},
      {"protos/x/v1/a.proto", ""},
      {"protos/x/v1/forgotten.proto", ""},
  };
  EXPECT_THAT(CheckBuildLists(files),
              ElementsAre(HasSubstr("libs/a/forgotten.cc"), HasSubstr("tests/a/b.cc"),
                          HasSubstr("tests/a/forgotten_bench.cc"), HasSubstr("protos/x/v1/forgotten.proto")));
}

}  // namespace
}  // namespace anamnesis::tidy
