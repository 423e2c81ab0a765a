// What a resource says and the record has no place for is flagged, never dropped in silence.
#include "absl/strings/str_replace.h"
#include "tests/fhir/builders.h"

namespace anamnesis::fhir::testing {
namespace {

std::string FlagsOf(const std::string& type, const std::string& more) {
  return FlagCodes(MapWithPatient(Resource(type, more)));
}

TEST(NotKeptTest, ValuesOfATypeThatHasNoPlace) {
  const std::pair<const char*, const char*> kCases[] = {
      {"Condition",          R"("onsetAge":{"value":30})"       },
      {"Condition",          R"("onsetRange":{})"               },
      {"Condition",          R"("onsetString":"in youth")"      },
      {"Condition",          R"("abatementAge":{"value":30})"   },
      {"Condition",          R"("abatementRange":{})"           },
      {"Condition",          R"("abatementString":"long ago")"  },
      {"AllergyIntolerance", R"("onsetAge":{"value":30})"       },
      {"AllergyIntolerance", R"("onsetRange":{})"               },
      {"AllergyIntolerance", R"("onsetString":"in youth")"      },
      {"Procedure",          R"("performedAge":{"value":30})"   },
      {"Procedure",          R"("performedRange":{})"           },
      {"Procedure",          R"("performedString":"in autumn")" },
      {"Immunization",       R"("occurrenceString":"in autumn")"},
      {"Observation",        R"("code":{},"effectiveTiming":{})"},
      {"DiagnosticReport",   R"("effectiveTiming":{})"          },
  };
  for (const auto& [type, more] : kCases) EXPECT_EQ(FlagsOf(type, more), "value-not-kept") << type << " " << more;
}

TEST(NotKeptTest, WhoDidItWhereItIsNobodyOfTheKindThatIsKept) {
  // `%` is the reference.
  const std::pair<const char*, std::string> kCases[] = {
      {"MedicationRequest", R"("medicationCodeableConcept":{},"dosageInstruction":[{"doseAndRate":[{"doseQuantity":)"
                            R"({"value":1}}]}],"requester":%)"     },
      {"Procedure",         R"("performer":[{"actor":%}])"                                    },
      {"Immunization",      R"("performer":[{"actor":%}])"                                    },
      {"Observation",       R"("code":{},"performer":[%])"                                    },
      {"DiagnosticReport",  R"("performer":[%])"                                              },
      {"Encounter",         R"("period":{"start":"2001-01-01T00:00:00Z"},"serviceProvider":%)"},
  };
  for (const auto& [type, more] : kCases) {
    for (const char* reference :
         {R"({"reference":"urn:uuid:p"})", R"({"identifier":{"value":"1"}})", R"({"display":"Dr. Synthetic"})"}) {
      EXPECT_EQ(FlagsOf(type, absl::StrReplaceAll(more,
                                                  {
                                                      {"%", reference}
      })),
                "reference-not-kept")
          << type << " " << reference;
    }
  }
}

TEST(NotKeptTest, AParticipantIsKeptByTheDisplay) {
  const auto flags = [](const std::string& individual) {
    return FlagsOf("Encounter", absl::StrCat(R"("period":{"start":"2001-01-01T00:00:00Z"},)",
                                             R"("participant":[{"individual":)", individual, "}]"));
  };
  EXPECT_EQ(flags(R"({"reference":"urn:uuid:p","display":"Dr. Synthetic"})"), "");
  EXPECT_EQ(flags(R"({"display":"Dr. Synthetic"})"), "");
  EXPECT_EQ(flags(R"({"reference":"urn:uuid:p"})"), "reference-not-kept");
  EXPECT_EQ(flags(R"({"reference":"#contained"})"), "unresolved-reference reference-not-kept");
}

TEST(NotKeptTest, ATimeThatNobodySays) {
  const std::string subject = R"("subject":{"reference":"urn:uuid:p"})";
  for (const std::string& resource :
       {absl::StrCat(R"({"resourceType":"Condition","id":"r","code":{},)", subject, "}"),
        absl::StrCat(R"({"resourceType":"Observation","id":"r","code":{},"status":"final",)", subject, "}"),
        absl::StrCat(R"({"resourceType":"ImagingStudy","id":"r","status":"available",)", subject, "}"),
        Resource("Goal", R"("lifecycleStatus":"active")"), Resource("CarePlan", R"("status":"active")"),
        Resource("Encounter", "")}) {
    EXPECT_EQ(FlagCodes(MapWithPatient(resource)), "time-unknown") << resource;
  }
  EXPECT_EQ(FlagsOf("Procedure", ""), "") << "it has its encounter's";
  for (const char* timeless : {R"({"resourceType":"Practitioner","id":"r","name":[{"family":"Synthetic"}]})",
                               R"({"resourceType":"Organization","id":"r","name":"Synthetic"})",
                               R"({"resourceType":"Patient","id":"r","name":[{"family":"Synthetic"}]})"}) {
    EXPECT_EQ(FlagCodes(MapAll(timeless).front()), "") << timeless;
  }
}

TEST(NotKeptTest, ADoseThatWasTooWeak) {
  EXPECT_EQ(FlagsOf("Immunization", R"("isSubpotent":true)"), "dose-subpotent");
  EXPECT_EQ(FlagsOf("Immunization", R"("isSubpotent":false)"), "");
}

TEST(NotKeptTest, WhatIsSaidOfThePatientsRecordItself) {
  const auto flags = [](const char* more) {
    return FlagCodes(
        MapAll(absl::StrCat(R"({"resourceType":"Patient","id":"p","name":[{"family":"S"}],)", more, "}")).front());
  };
  EXPECT_EQ(flags(R"("link":[{"other":{"reference":"Patient/q"},"type":"replaced-by"}])"), "linked-elsewhere");
  EXPECT_EQ(flags(R"("active":false)"), "record-not-active");
  EXPECT_EQ(flags(R"("active":true)"), "");
}

TEST(NotKeptTest, TheParts) {
  const MappedEntry entry =
      MapAll(R"({"resourceType":"Patient","id":"p","name":[{"text":"Pat Synthetic"},{"family":"S","text":"P. S."}],)"
             R"("address":[{"text":"1 Test Way, Testville"},{"city":"Testville","text":"left out"}]})")
          .front();
  EXPECT_EQ(FlagCodes(entry), "name-not-divided");
  const auto& demographics =
      std::get<patient::v1::PatientCommand>(entry.commands.at(0)).register_patient().demographics();
  EXPECT_EQ(demographics.names(0).family(), "Pat Synthetic");
  EXPECT_EQ(demographics.names(1).family(), "S");
  ASSERT_EQ(demographics.addresses(0).lines_size(), 1);
  EXPECT_EQ(demographics.addresses(0).lines(0), "1 Test Way, Testville");
  EXPECT_EQ(demographics.addresses(1).lines_size(), 0);
}

}  // namespace
}  // namespace anamnesis::fhir::testing
