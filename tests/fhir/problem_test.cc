// Problems and allergies: status, side and end.
#include "tests/fhir/builders.h"

namespace anamnesis::fhir::testing {
namespace {

patient::v1::Problem ProblemOf(const std::string& more) {
  const MappedEntry entry = MapWithPatient(Resource("Condition", more));
  EXPECT_EQ(entry.disposition, Disposition::kMapped) << entry.fault.field << " " << entry.fault.reason;
  if (entry.commands.empty()) return {};
  return std::get<patient::v1::PatientCommand>(entry.commands[0]).record_problem().problem();
}

std::string Site(const std::string& code) {
  return absl::StrCat(R"({"coding":[{"system":"http://snomed.info/sct","code":")", code, R"("}]})");
}

TEST(StatusTest, TheFirstKnownCodingCountsWhicheverPlaceItHas) {
  const patient::v1::Problem problem = ProblemOf(
      R"("clinicalStatus":{"coding":[{"code":"413322009"},{"display":"x"},{"code":"resolved"},{"code":"active"}]},)"
      R"("verificationStatus":{"coding":[{"code":"410605003"},{"code":"confirmed"}],"text":"sure"})");
  EXPECT_EQ(problem.clinical_status(), patient::v1::CLINICAL_STATUS_RESOLVED);
  EXPECT_EQ(problem.verification(), patient::v1::VERIFICATION_CONFIRMED);
  const MappedEntry in_error = MapWithPatient(Resource(
      "AllergyIntolerance", R"("verificationStatus":{"coding":[{"code":"723510000"},{"code":"entered-in-error"}]})"));
  EXPECT_EQ(in_error.commands.size(), 2u) << "recorded and retracted";
}

TEST(StatusTest, WhatAbatedIsNotActive) {
  for (const char* member :
       {R"("abatementDateTime":"2002-01-01T00:00:00Z")", R"("abatementAge":{"value":30})", R"("abatementRange":{})",
        R"("abatementPeriod":{"start":"2002-01-01T00:00:00Z"})", R"("abatementString":"long ago")"}) {
    EXPECT_EQ(ProblemOf(member).clinical_status(), patient::v1::CLINICAL_STATUS_INACTIVE) << member;
  }
  EXPECT_EQ(ProblemOf(R"("abatementAge":{},"clinicalStatus":{"coding":[{"code":"remission"}]})").clinical_status(),
            patient::v1::CLINICAL_STATUS_REMISSION);
  EXPECT_EQ(ProblemOf("").clinical_status(), patient::v1::CLINICAL_STATUS_UNSPECIFIED);
}

TEST(LateralityTest, LeftAndRightAreBoth) {
  const std::string neither = Site("61685007");
  const std::string left = Site("7771000");
  const std::string right = Site("24028007");
  const std::string both = Site("51440002");
  const struct {
    std::string sites;
    patient::v1::Laterality laterality;
  } kCases[] = {
      {neither,             patient::v1::LATERALITY_UNSPECIFIED},
      {left,                patient::v1::LATERALITY_LEFT       },
      {right,               patient::v1::LATERALITY_RIGHT      },
      {both,                patient::v1::LATERALITY_BILATERAL  },
      {left + "," + right,  patient::v1::LATERALITY_BILATERAL  },
      {right + "," + left,  patient::v1::LATERALITY_BILATERAL  },
      {right + "," + right, patient::v1::LATERALITY_RIGHT      },
      {left + "," + both,   patient::v1::LATERALITY_BILATERAL  },
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(ProblemOf(absl::StrCat(R"("bodySite":[)", c.sites, "]")).laterality(), c.laterality) << c.sites;
  }
}

TEST(EndTest, ADateEndsWithItsLastInstant) {
  const auto abatement = [](const char* more) { return ProblemOf(more).abatement(); };
  EXPECT_EQ(abatement(R"("abatementDateTime":"2002-01-01")").seconds(), 1009929599);
  EXPECT_EQ(abatement(R"("abatementDateTime":"2002-01-01")").nanos(), 999999000);
  EXPECT_EQ(abatement(R"("abatementPeriod":{"end":"2002"})").seconds(), 1041379199);
  const MappedEntry procedure =
      MapWithPatient(Resource("Procedure", R"("performedPeriod":{"start":"2002-01-01","end":"2002-01-01"})"));
  const auto& performed =
      std::get<encounter::v1::EncounterCommand>(procedure.commands.at(0)).record_procedure().procedure();
  EXPECT_EQ(performed.performed_period().start().seconds(), 1009843200);
  EXPECT_EQ(performed.performed_period().end().seconds(), 1009929599);
}

}  // namespace
}  // namespace anamnesis::fhir::testing
