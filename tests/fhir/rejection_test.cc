#include "tests/fhir/builders.h"

namespace anamnesis::fhir::testing {
namespace {

TEST(RejectionTest, NamesTheFieldAndNeverItsValue) {
  const struct {
    std::string resource;
    const char* field;
    const char* reason;
  } kCases[] = {
      {Resource("Observation",                                                               R"("code":{"coding":[{"code":4}]})"),                            "code.coding[0].code",
       "expected string, found number"},
      {Resource("Observation",                                                                                    R"("code":"x")"),                                                                                                                              "code","expected object, found string"},
      {Resource("Observation",                                                     R"("code":{"coding":{"code":"x"}})"),                                                                                                                    "code.coding",                                                                     "expected array, found object"},
      {Resource("Observation",                                                                       R"("code":{"text":"x"},"valueQuantity":{"value":"7"})"),"valueQuantity.value",
       "expected number, found string"},
      {Resource("Observation",R"("code":{"text":"x"},"valueBoolean":"yes")"),             "valueBoolean",
       "expected boolean, found string"},
      {Resource("Observation",                                                               R"("code":{"text":"x"},"valueInteger":1.5)"),                                                                                                                          "valueInteger","expected a whole number"},
      {Resource("Observation",                                                                                    R"("code":{"text":"x"},"effectiveDateTime":"yesterday")"),                                                                                                                              "effectiveDateTime",
       "not a date or time of FHIR"},
      {Resource("Observation",                                                           R"("code":{"text":"x"},"component":[{"code":{"text":7}}])"),                                                                                                                          "component[0].code.text",
       "expected string, found number"},
      {Resource("Observation",                                                                 "\"code\":{\"text\":\"\xff\"}"),                                                                                                                          "code.text","not UTF-8"},
      {Resource("Observation",R"("code":{"text":"\ud800"})"),"code.text","escape sequence that means no character"},
      {Resource("Observation",                                                               ""),                               "code","missing"},
      {R"({"resourceType":"Observation","id":"r","status":"final","code":{"text":"x"}})",                                                                                    "subject",                                                                                                                              "missing"},
      {R"({"resourceType":"Observation","id":"r","status":"final","code":{},"subject":{"reference":"Group/1"}})",
       "subject",                                                                                                          "refers to no patient"},
      {Resource("CarePlan",                                                                              R"("status":"unknown")"),                                                                                                      "status",                                                                                                                                                                                                            "not a code that FHIR R4 allows here"},
      {Resource("CarePlan",""),"status","missing"},
      {Resource("Goal",                                                                            R"("lifecycleStatus":"someday")"),            "lifecycleStatus","not a code that FHIR R4 allows here"},
      {Resource("MedicationRequest",""),"medicationCodeableConcept","missing"},
      {Resource("MedicationRequest",
       R"("medicationCodeableConcept":{},"dispenseRequest":{"numberOfRepeatsAllowed":-1})"),
       "dispenseRequest.numberOfRepeatsAllowed",                                 "expected a whole number, not negative"},
      {R"({"resourceType":"Condition","id":7})",                                                                                    "id",                                                                                                                                     "missing, or not a string"},
      {R"({"id":"r"})",                                               "resourceType",                                                                                                              "missing, or not the name of a type"                                   },
      {R"({"resourceType":"Jane Doe","id":"r"})",                                                         "resourceType",                                                                                                                                                                               "missing, or not the name of a type"                                                                                                                                                                                                                                                                                                                                                                                                                                                                                              },
      {R"({"resourceType":"jane","id":"r"})", "resourceType",                                                                                                              "missing, or not the name of a type"},
      {R"({"resourceType":"Bundle","id":"r"})",                                             "resourceType",                     "a bundle in a bundle is not read"},
      {Resource("Condition",                                                                      R"("clinicalStatus":{"coding":[{"code":"fine"}]})"),                                                                         "clinicalStatus",
       "not a code that FHIR R4 allows here"},
      {Resource("Condition",                                            R"("verificationStatus":{"text":"confirmed"})"),                                     "verificationStatus",
       "not a code that FHIR R4 allows here"},
      {Resource("MedicationRequest",                                                R"("medicationReference":{"reference":"Medication/gone"})"),                                                                                                 "medicationReference",
       "names no medication that the text holds"},
      {Resource("MedicationRequest",                                              R"("medicationReference":{"reference":"urn:uuid:e"})"),                                                   "medicationReference",
       "names no medication that the text holds"},
      {Resource("MedicationRequest",                                                                 R"("medicationCodeableConcept":{},"doNotPerform":true)"),        "doNotPerform",
       "says what must not be done, which is not kept"},
      {Resource("MedicationRequest",
       R"("medicationCodeableConcept":{},"dosageInstruction":[{},{"modifierExtension":[{"url":"x"}]}])"),
       "dosageInstruction[1].modifierExtension","changes the meaning in a way that is not known here"},
      {Resource("CarePlan",                                                R"("status":"active","activity":[{"detail":{"doNotPerform":true}}])"),
       "activity[0].detail.doNotPerform","says what must not be done, which is not kept"},
      {Resource("Goal",                                                               R"("lifecycleStatus":"active","modifierExtension":[{"url":"x"}])"),                                                                                                             "modifierExtension",
       "changes the meaning in a way that is not known here"},
      {R"([])","resource","expected object"},
  };
  for (const auto& c : kCases) {
    const MappedEntry entry = MapWithPatient(c.resource);
    EXPECT_EQ(entry.disposition, Disposition::kRejected) << c.resource;
    EXPECT_EQ(entry.fault.field, c.field) << c.resource;
    EXPECT_EQ(entry.fault.reason, c.reason) << c.resource;
    EXPECT_TRUE(entry.commands.empty());
  }
}

TEST(RejectionTest, WhatForbidsNothingAndModifiesNothingIsRecorded) {
  for (const std::string& resource :
       {Resource("MedicationRequest", R"("medicationCodeableConcept":{},"doNotPerform":false,"modifierExtension":[])"),
        Resource("CarePlan", R"("status":"active","activity":[{"detail":{"doNotPerform":false}}])")}) {
    EXPECT_EQ(MapWithPatient(resource).disposition, Disposition::kMapped) << resource;
  }
}

TEST(RejectionTest, TheOthersOfTheBundleGoOn) {
  const auto entries = MapAll(Bundle({Entry("a", Resource("Observation", "")), R"({"fullUrl":"urn:uuid:b"})", "7",
                                      Entry("p", kPatient), Entry("c", Resource("Condition", ""))}));
  ASSERT_EQ(entries.size(), 5u);
  EXPECT_EQ(entries[0].resource_type, "Patient") << "what others need comes first";
  EXPECT_EQ(entries[0].index, 3u) << "and keeps its place in the file";
  EXPECT_EQ(entries[1].disposition, Disposition::kRejected);
  EXPECT_EQ(entries[2].fault.field, "resource");
  EXPECT_EQ(entries[3].disposition, Disposition::kRejected);
  EXPECT_EQ(entries[4].disposition, Disposition::kMapped);
}

TEST(TextTest, WhatIsNotFhirIsRefusedWhole) {
  const struct {
    const char* text;
    const char* error;
  } kCases[] = {
      {"",                                                                       "unexpected end of input at byte 0"  },
      {"[]",                                                                     "expected an object at the top"      },
      {R"({"resourceType":"Bundle","type":"history","entry":[]})",
       "type: not a bundle of type transaction, collection, batch or searchset"                                       },
      {R"({"resourceType":"Bundle","type":"batch","entry":{}})",                 "entry: expected array, found object"},
      {R"({"resourceType":"Bundle","type":"batch","entry":[{"resource":{"id":)",
       "entry[0].resource.id: unexpected end of input at byte 67"                                                     },
  };
  for (const auto& c : kCases) {
    const absl::Status status = MapText(c.text, kDefaultSourceSystem, [](MappedEntry) {
      ADD_FAILURE() << "nothing may be given to the sink";
      return true;
    });
    EXPECT_EQ(std::string(status.message()), c.error);
  }
  for (const char* type : {"transaction", "collection", "batch", "searchset"}) {
    EXPECT_TRUE(MapAll(absl::StrCat(R"({"resourceType":"Bundle","type":")", type, R"("})")).empty());
  }
}

}  // namespace
}  // namespace anamnesis::fhir::testing
