// Orders: the medication, what is in it, and how it is to be taken.
#include "tests/fhir/builders.h"

namespace anamnesis::fhir::testing {
namespace {

constexpr char kRxNormCode[] = R"("system":"http://www.nlm.nih.gov/research/umls/rxnorm","code":)";
constexpr char kStrength[] = R"("strength":{"numerator":{"value":5,"unit":"mg"},"denominator":{"value":1}})";

const medication::v1::Order& OrderIn(const MappedEntry& entry) {
  return std::get<medication::v1::MedicationCommand>(entry.commands.at(0)).record_order().order();
}

// An order of the Medication that it contains.
MappedEntry MapContained(const std::string& medication) {
  return MapWithPatient(Resource(
      "MedicationRequest", absl::StrCat(R"("dosageInstruction":[{"doseAndRate":[{"doseQuantity":{"value":1}}]}],)",
                                        R"("medicationReference":{"reference":"#m"},)",
                                        R"("contained":[{"resourceType":"Medication","id":"m",)", medication, "}]")));
}

MappedEntry MapDosage(const std::string& dosage) {
  return MapWithPatient(
      Resource("MedicationRequest",
               absl::StrCat(R"("medicationCodeableConcept":{"text":"x"},"dosageInstruction":[)", dosage, "]")));
}

TEST(MedicationTest, WhatTheTextDoesNotHoldIsKnownByTheDisplay) {
  for (const char* reference : {R"("reference":"Medication/gone")", R"("reference":"#gone")", R"("identifier":{})"}) {
    const MappedEntry entry = MapWithPatient(Resource(
        "MedicationRequest", absl::StrCat(R"("medicationReference":{)", reference, R"(,"display":"Oxycodone 5 mg"})")));
    EXPECT_EQ(FlagCodes(entry), "unresolved-reference dose-missing") << reference;
    EXPECT_EQ(OrderIn(entry).medication().text(), "Oxycodone 5 mg") << reference;
    EXPECT_TRUE(OrderIn(entry).medication().codings().empty());
  }
}

std::string Ingredient(const std::string& code, const std::string& more = "") {
  return absl::StrCat(R"({"itemCodeableConcept":{"coding":[{"system":"urn:x","code":"y"},{)", kRxNormCode, "\"", code,
                      R"("}]})", more.empty() ? "" : ",", more, "}");
}

TEST(MedicationTest, OnlyAMedicationIsOne) {
  const std::string request =
      Resource("MedicationRequest", R"("medicationReference":{"reference":"urn:uuid:c","display":"Oxycodone 5 mg"})");
  const MappedEntry entry =
      MapAll(Bundle({Entry("p", kPatient), Entry("c", Resource("Condition", "")), Entry("r", request)})).back();
  EXPECT_EQ(FlagCodes(entry), "unresolved-reference dose-missing");
  EXPECT_EQ(OrderIn(entry).medication().text(), "Oxycodone 5 mg") << "not what the condition is called";
}

TEST(MedicationTest, OneWhoseMeaningIsChangedIsRejected) {
  const MappedEntry entry = MapContained(R"("code":{"text":"x"},"modifierExtension":[{"url":"x"}])");
  EXPECT_EQ(entry.fault.field, "contained[0].modifierExtension");
}

TEST(MedicationTest, IngredientsAreKeptWholeOrNotAtAll) {
  const std::string substance = R"("code":{"text":"x"},"ingredient":[)";
  const std::string product = absl::StrCat(R"("code":{"coding":[{)", kRxNormCode, R"("1049621"}]},"ingredient":[)");
  const std::string strong = Ingredient("7804", kStrength);
  const std::string weak = Ingredient("161");
  const std::string in_words = R"(,{"itemCodeableConcept":{"text":"y"}})";
  const std::string elsewhere = R"(,{"itemReference":{"reference":"#s"}})";
  const std::string inactive = R"(,{"isActive":false})";
  const struct {
    std::string medication;
    const char* kept;  // The codes.
    const char* flags;
  } kCases[] = {
      {substance + strong + "," + weak, "7804 161 ", ""                    },
      {product + strong,                "7804 ",     ""                    },
      {product + strong + inactive,     "7804 ",     ""                    },
      {product + weak,                  "",          "ingredients-not-kept"},
      {product + strong + in_words,     "",          "ingredients-not-kept"},
      {product + strong + elsewhere,    "",          "ingredients-not-kept"},
      {product,                         "",          ""                    },
  };
  for (const auto& c : kCases) {
    const MappedEntry entry = MapContained(c.medication + "]");
    EXPECT_EQ(FlagCodes(entry), c.flags) << c.medication;
    std::string kept;
    for (const auto& item : OrderIn(entry).ingredients()) absl::StrAppend(&kept, item.coding().code(), " ");
    EXPECT_EQ(kept, c.kept) << c.medication;
  }
  const MappedEntry entry = MapContained(kCases[0].medication + "]");
  ASSERT_EQ(OrderIn(entry).ingredients_size(), 2);
  EXPECT_EQ(OrderIn(entry).ingredients(0).strength().numerator().value(), "5");
  EXPECT_FALSE(OrderIn(entry).ingredients(1).has_strength());
}

// The resource with another intent.
std::string Meant(const std::string& intent, std::string resource) {
  const size_t at = resource.find(R"("intent":")") + sizeof(R"("intent":")") - 1;
  return resource.replace(at, resource.find('"', at) - at, intent);
}

TEST(IntentTest, WhatIsOnlyThoughtOfIsNotInForce) {
  for (const char* intent : {"proposal", "option"}) {
    const MappedEntry entry = MapWithPatient(
        Meant(intent, Resource("MedicationRequest", R"("medicationCodeableConcept":{"text":"Oxycodone"})")));
    EXPECT_EQ(OrderIn(entry).status(), medication::v1::ORDER_STATUS_DRAFT) << intent;
    EXPECT_NE(FlagCodes(entry).find("status-approximated"), std::string::npos);
  }
  for (const char* intent : {"plan", "order", "original-order", "instance-order"}) {
    const MappedEntry entry = MapWithPatient(
        Meant(intent, Resource("MedicationRequest", R"("medicationCodeableConcept":{"text":"Oxycodone"})")));
    EXPECT_EQ(OrderIn(entry).status(), medication::v1::ORDER_STATUS_ACTIVE) << intent;
  }
  for (const char* intent : {"proposal", "option"}) {
    const MappedEntry entry = MapWithPatient(Meant(intent, Resource("CarePlan", R"("status":"active")")));
    EXPECT_NE(DebugText(entry).find("PLAN_STATUS_PLANNED"), std::string::npos) << intent;
  }
}

TEST(DosageTest, WhatLimitsItAndIsNotKeptIsFlagged) {
  for (const char* limit :
       {R"("timing":{"repeat":{"count":3}})", R"("timing":{"repeat":{"countMax":3}})",
        R"("timing":{"repeat":{"boundsDuration":{"value":5,"code":"d"}}})", R"("timing":{"repeat":{"boundsRange":{}}})",
        R"("timing":{"repeat":{"dayOfWeek":["mon"]}})", R"("timing":{"repeat":{"timeOfDay":["08:00:00"]}})",
        R"("timing":{"repeat":{"duration":2}})", R"("timing":{"repeat":{"durationMax":2}})",
        R"("timing":{"event":["2001-01-02T00:00:00Z"]})", R"("maxDosePerAdministration":{"value":2})",
        R"("maxDosePerLifetime":{"value":2})"}) {
    const std::string dosage = absl::StrCat(R"({"doseAndRate":[{"doseQuantity":{"value":1}}],)", limit, "}");
    EXPECT_EQ(FlagCodes(MapDosage(dosage)), "dosage-not-whole") << limit;
  }
}

TEST(DosageTest, TheFirstThatSaysADoseCounts) {
  const MappedEntry entry = MapDosage(
      R"({"doseAndRate":[{"rateQuantity":{"value":9}},{"doseQuantity":{"value":2}},{"doseQuantity":{"value":3}}]},)"
      R"({"doseAndRate":[{"rateQuantity":{"value":9}},{"rateQuantity":{"value":8}}]})");
  EXPECT_EQ(OrderIn(entry).dosages(0).dose().value(), "2");
  EXPECT_EQ(OrderIn(entry).dosages(1).rate().numerator().value(), "9");
}

TEST(SupplyTest, IsWholeDays) {
  const struct {
    const char* duration;
    uint32_t days;
  } kCases[] = {
      {R"({"value":30,"code":"d"})",   30},
      {R"({"value":30.0,"code":"d"})", 30},
      {R"({"value":3e1,"code":"d"})",  30},
      {R"({"value":2.0,"code":"wk"})", 14},
      {R"({"value":30.5,"code":"d"})", 0 },
      {R"({"value":-1,"code":"d"})",   0 },
      {R"({"value":1e99,"code":"d"})", 0 },
      {R"({"value":1,"code":"mo"})",   0 },
  };
  for (const auto& c : kCases) {
    const MappedEntry entry = MapWithPatient(Resource(
        "MedicationRequest", absl::StrCat(R"("medicationCodeableConcept":{"text":"x"},)",
                                          R"("dispenseRequest":{"expectedSupplyDuration":)", c.duration, "}")));
    EXPECT_EQ(OrderIn(entry).days_supply(), c.days) << c.duration;
  }
}

}  // namespace
}  // namespace anamnesis::fhir::testing
