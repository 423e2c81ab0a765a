#include "tests/tidy/protos.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace anamnesis::tidy {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST(ProtosTest, EveryComponentOfTheContractsHasAComment) {
  const auto contracts = ReadDescriptors(CONTRACT_DESCRIPTORS);
  for (const auto& file : contracts.file()) {
    EXPECT_THAT(CheckComments(file), IsEmpty());
  }
}

TEST(ProtosTest, EveryRpcNeedsAPermission) {
  int rpcs = 0;
  const auto contracts = ReadDescriptors(CONTRACT_DESCRIPTORS);
  for (const auto& file : contracts.file()) {
    for (const auto& service : file.service()) rpcs += service.method_size();
    EXPECT_THAT(CheckPermissions(file), IsEmpty());
  }
  EXPECT_GT(rpcs, 0);
}

TEST(ProtosTest, MissingCommentsAreFound) {
  const auto sample = ReadDescriptors(SAMPLE_DESCRIPTORS);
  ASSERT_EQ(sample.file_size(), 1);
  EXPECT_THAT(CheckComments(sample.file(0)),
              UnorderedElementsAre(HasSubstr(" Commented.first "), HasSubstr(" Commented.maybe "),
                                   HasSubstr(" Commented.names "), HasSubstr(" Commented.choice "),
                                   HasSubstr(" Inner "), HasSubstr(" INNER_UNSPECIFIED "), HasSubstr(" Bare "),
                                   HasSubstr(" BareService "), HasSubstr(" Ask ")));
}

TEST(ProtosTest, RpcsWithoutPermissionAreFound) {
  const auto sample = ReadDescriptors(SAMPLE_DESCRIPTORS);
  EXPECT_THAT(CheckPermissions(sample.file(0)), UnorderedElementsAre(HasSubstr("BareService.Ask")));
}

}  // namespace
}  // namespace anamnesis::tidy
