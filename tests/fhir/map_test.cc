#include "absl/strings/str_replace.h"
#include "base/uuid.h"
#include "tests/fhir/builders.h"

namespace anamnesis::fhir::testing {
namespace {

TEST(ScopeTest, FinancialAndUnknownTypesAreCountedByType) {
  for (const char* type : {"Claim", "ExplanationOfBenefit", "Device"}) {
    const MappedEntry entry = MapAll(absl::StrCat(R"({"resourceType":")", type, R"("})")).front();
    EXPECT_EQ(entry.disposition, Disposition::kOutOfScope);
    EXPECT_EQ(entry.resource_type, type);
  }
}

// The patient's id in the command that records a condition with this subject.
std::string SubjectOf(const std::string& reference) {
  const auto entry =
      MapAll(
          Bundle({Entry("p-url", kPatient),
                  Entry("r",
                        absl::StrCat(
                            R"({"resourceType":"Condition","id":"r","code":{},"onsetDateTime":"2001-01-01T00:00:00Z",)",
                            R"("subject":{"reference":")", reference, R"("}})"))}))
          .back();
  if (entry.commands.empty()) return "";
  return std::get<patient::v1::PatientCommand>(entry.commands[0]).record_problem().patient_id() +
         (entry.flags.empty() ? "" : " " + FlagCodes(entry));
}

TEST(ReferenceTest, IsResolvedThroughTheBundleOrDerivedFromTypeAndId) {
  const std::string p = SourceUuid(kDefaultSourceSystem, "Patient", "p");
  const std::string q = SourceUuid(kDefaultSourceSystem, "Patient", "q");
  EXPECT_EQ(SubjectOf("urn:uuid:p-url"), p);
  EXPECT_EQ(SubjectOf("Patient/p"), p);
  EXPECT_EQ(SubjectOf("Patient/p/_history/2"), p);
  EXPECT_EQ(SubjectOf("https://example.org/fhir/Patient/p"), p);
  EXPECT_EQ(SubjectOf("Patient/q"), q + " unresolved-reference");
  EXPECT_EQ(SubjectOf("urn:uuid:q"), q + " unresolved-reference");
  EXPECT_EQ(SubjectOf("urn:uuid:r"), "") << "of another type";
  EXPECT_EQ(SubjectOf("#p"), "") << "contained";
  EXPECT_EQ(SubjectOf("Patient?identifier=http://hospital.example|1"), "") << "found by a search";
}

TEST(ReferenceTest, ALoneResourceCannotHoldWhatItRefersTo) {
  const MappedEntry entry =
      MapAll(R"({"resourceType":"Condition","id":"r","code":{},"subject":{"reference":"Patient/p"},)"
             R"("onsetDateTime":"2001-01-01T00:00:00Z"})")
          .front();
  EXPECT_EQ(FlagCodes(entry), "");
}

TEST(PatientTest, ADeathIsASecondCommand) {
  const MappedEntry entry = MapAll(kPatient).front();
  ASSERT_EQ(entry.commands.size(), 2u);
  const auto& registered = std::get<patient::v1::PatientCommand>(entry.commands[0]).register_patient();
  const auto& death = std::get<patient::v1::PatientCommand>(entry.commands[1]).record_death();
  EXPECT_EQ(registered.demographics().birth_date().day(), 1u);
  EXPECT_EQ(registered.context().effective_time().seconds(), 325987200) << "from birth on";
  EXPECT_EQ(death.patient_id(), registered.patient_id());
  EXPECT_EQ(death.deceased_time().seconds(), 1559347200);
  EXPECT_EQ(death.context().effective_time().seconds(), 1559347200);
  EXPECT_NE(death.context().request_id(), registered.context().request_id());
}

TEST(PatientTest, ADeathWithoutATimeHasNone) {
  const MappedEntry entry =
      MapAll(R"({"resourceType":"Patient","id":"p","name":[{"family":"S"}],"deceasedBoolean":true})").front();
  ASSERT_EQ(entry.commands.size(), 2u);
  EXPECT_FALSE(std::get<patient::v1::PatientCommand>(entry.commands[1]).record_death().has_deceased_time());
}

TEST(EnteredInErrorTest, IsRecordedAndRetracted) {
  const std::pair<std::string, const char*> kCases[] = {
      {Resource("Condition",          R"("verificationStatus":{"coding":[{"code":"entered-in-error"}]})"), "problem_id"  },
      {Resource("AllergyIntolerance", R"("verificationStatus":{"coding":[{"code":"entered-in-error"}]})"),
       "allergy_id"                                                                                                      },
      {Resource("CarePlan",           R"("status":"entered-in-error")"),                                   "care_plan_id"},
      {Resource("Goal",               R"("lifecycleStatus":"entered-in-error")"),                          "goal_id"     },
  };
  for (const auto& [resource, id_field] : kCases) {
    const MappedEntry entry = MapWithPatient(resource);
    ASSERT_EQ(entry.commands.size(), 2u) << resource;
    const std::string retract = RequestOf(entry.commands[1]).DebugString();
    EXPECT_NE(retract.find("reason: \"entered-in-error\""), std::string::npos) << retract;
    EXPECT_NE(retract.find(absl::StrCat(id_field, ": \"")), std::string::npos) << retract;
  }
}

TEST(RequestIdTest, ChangesWithSourceIdAndContentOnly) {
  const auto id = [](std::string text, std::string_view source = kDefaultSourceSystem) {
    const MappedEntry entry = MapAll(std::move(text), source).front();
    return std::get<patient::v1::PatientCommand>(entry.commands[0]).register_patient().context().request_id();
  };
  const std::string first = id(kPatient);
  EXPECT_TRUE(IsUuid(first));
  EXPECT_EQ(id(kPatient), first);
  EXPECT_EQ(id(absl::StrReplaceAll(kPatient,
                                   {
                                       {R"("id":"p",)", R"("id" : "p", "unknown":[1],)"}
  })),
            first);
  EXPECT_NE(id(kPatient, "urn:another"), first);
  EXPECT_NE(id(absl::StrReplaceAll(kPatient,
                                   {
                                       {"Synthetic", "Other"}
  })),
            first);
}

TEST(GoalTest, HappensWhenThePlanForItBegins) {
  const auto entries = MapAll(
      Bundle({Entry("p", kPatient), Entry("g", Resource("Goal", R"("lifecycleStatus":"active")")),
              Entry("c", R"({"resourceType":"CarePlan","id":"c","status":"active","subject":{"reference":"Patient/p"},)"
                         R"("goal":[{"reference":"urn:uuid:g"}],"period":{"start":"2001-01-01T00:00:00Z"}})")}));
  const auto& goal = std::get<patient::v1::PatientCommand>(entries[1].commands.at(0)).record_goal();
  EXPECT_EQ(goal.context().effective_time().seconds(), 978307200);
  const auto& plan = std::get<patient::v1::PatientCommand>(entries[2].commands.at(0)).record_care_plan();
  EXPECT_EQ(plan.care_plan().goal_ids(0), goal.goal().id());
}

}  // namespace
}  // namespace anamnesis::fhir::testing
