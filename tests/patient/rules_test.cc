// The rules hold, each is asked twice, and every refusal of the catalogue has one.
#include "tests/patient/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_split.h"
#include "anamnesis/patient/v1/errors.pb.h"

namespace anamnesis::patient {
namespace {

class RulesTest : public testing::TestWithParam<Rule> {};

TEST_P(RulesTest, Hold) {
  const World world = After(GetParam().given);
  EXPECT_EQ(Told(DecideOn(world, GetParam().when)), GetParam().then);
  EXPECT_EQ(Told(DecideOn(world, GetParam().when)), GetParam().then) << "asked twice";
}

std::string NameOf(const testing::TestParamInfo<Rule>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Patient, RulesTest, testing::ValuesIn(PatientRules()), NameOf);
INSTANTIATE_TEST_SUITE_P(Merge, RulesTest, testing::ValuesIn(MergeRules()), NameOf);
INSTANTIATE_TEST_SUITE_P(Resource, RulesTest, testing::ValuesIn(ResourceRules()), NameOf);
INSTANTIATE_TEST_SUITE_P(Care, RulesTest, testing::ValuesIn(CareRules()), NameOf);

TEST(CatalogueTest, EveryRefusalHasARule) {
  std::set<std::string> told;
  for (const auto* rules : {&PatientRules(), &MergeRules(), &ResourceRules(), &CareRules()}) {
    for (const Rule& rule : *rules) told.insert(std::vector<std::string>(absl::StrSplit(rule.then, ' ')).front());
  }
  const google::protobuf::EnumDescriptor* errors = v1::PatientError_descriptor();
  for (int i = 1; i < errors->value_count(); ++i) EXPECT_THAT(told, testing::Contains(errors->value(i)->name()));
}

}  // namespace
}  // namespace anamnesis::patient
