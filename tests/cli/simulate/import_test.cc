// What is simulated is what the import understands: everything but referrals is recorded, and doubtful is only what is so on purpose.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "fhir/bundle.h"
#include "services/cli/simulate/simulate.h"

namespace anamnesis::simulate {
namespace {

using ::testing::Key;
using ::testing::UnorderedElementsAre;

TEST(ImportTest, EverythingIsRecordedExceptReferrals) {
  std::map<std::string, int> out_of_scope, flags;
  int mapped = 0;
  for (uint64_t index = 1; index <= 50; ++index) {
    const auto take = [&](const fhir::MappedEntry& entry) {
      EXPECT_NE(entry.disposition, fhir::Disposition::kRejected)
          << entry.resource_type << ": " << entry.fault.field << " " << entry.fault.reason;
      if (entry.disposition == fhir::Disposition::kOutOfScope) ++out_of_scope[entry.resource_type];
      if (entry.disposition == fhir::Disposition::kMapped) ++mapped;
      for (const auto& flag : entry.flags) ++flags[flag.code()];
      return true;
    };
    ASSERT_TRUE(fhir::MapText(MakePatientBundle(1, index, Options{}).dump(), fhir::kDefaultSourceSystem, take).ok());
  }
  EXPECT_THAT(out_of_scope, UnorderedElementsAre(Key("ServiceRequest")));
  EXPECT_THAT(flags, UnorderedElementsAre(Key("date-without-time"), Key("dose-missing")));
  EXPECT_GT(mapped, 5000);
}

}  // namespace
}  // namespace anamnesis::simulate
