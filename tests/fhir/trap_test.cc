// The traps of real data, one line each.
#include "tests/fhir/builders.h"

namespace anamnesis::fhir::testing {
namespace {

TEST(TrapTest, IsFlaggedAndKeptAsSaid) {
  const struct {
    const char* trap;
    std::string resource;
    const char* flags;
    const char* kept;  // Stands in the command as it stood in the file.
  } kCases[] = {
      {"code that contradicts its display",
       Resource("MedicationRequest",
       R"("medicationCodeableConcept":{"coding":[{"system":"http://www.nlm.nih.gov/research/umls/rxnorm",)"
                R"("code":"833036","display":"Captopril 25 MG Oral Tablet"}]},)"
                R"("dosageInstruction":[{"doseAndRate":[{"doseQuantity":{"value":1}}]}])"),
       "code-contradicts-display",                                                                                                                          "display: \"Captopril 25 MG Oral Tablet\""         },
      {"prescription without a dose",
       Resource("MedicationRequest",                                 R"("medicationCodeableConcept":{"text":"Hydrocodone"},)"
                                     R"("dosageInstruction":[{"asNeededBoolean":true}])"),
       "dose-missing",                                                                                                                                      "as_needed: true"                                  },
      {"encounter after death",              Resource("Encounter",   R"("period":{"start":"2019-06-01T00:00:01Z"})"),
       "encounter-after-death",                                                                                                                             "seconds: 1559347201"                              },
      {"encounter at the moment of death",   Resource("Encounter",   R"("period":{"start":"2019-06-01T00:00:00Z"})"),              "",
       "seconds: 1559347200"                                                                                                                                                                                   },
      {"encounter before birth",             Resource("Encounter",   R"("period":{"start":"1979-01-01T00:00:00Z"})"),
       "event-before-birth",                                                                                                                                "seconds: 283996800"                               },
      {"birth day has begun somewhere",      Resource("Encounter",   R"("period":{"start":"1980-04-30T10:00:00Z"})"),              "",
       "seconds: 325936800"                                                                                                                                                                                    },
      {"birth day has begun nowhere",        Resource("Encounter",   R"("period":{"start":"1980-04-30T09:59:59Z"})"),
       "event-before-birth",                                                                                                                                "seconds: 325936799"                               },
      {"mixed offsets and fractions",        Resource("Encounter",   R"("period":{"start":"2014-11-09T02:50:49.776-05:00"})"),
       "",                                                                                                                                                  "seconds: 1415519449\n      nanos: 776000000"      },
      {"decimal score on an integer scale",
       Resource("Observation",                                       R"("code":{"coding":[{"system":"http://loinc.org","code":"72514-3"}]},)"
                               R"("valueQuantity":{"value":2.5038686593792834})"),
       "decimal-score-on-integer-scale",                                                                                                                    "value: \"2.5038686593792834\""                    },
      {"whole score written with a point",
       Resource("Observation",                                       R"("code":{"coding":[{"system":"http://loinc.org","code":"72514-3"}]},)"
                               R"("valueQuantity":{"value":4.0})"),
       "",                                                                                                                                                  "value: \"4.0\""                                   },
      {"display with zero-width characters",
       Resource("Observation",                                       "\"code\":{\"coding\":[{\"display\":\"rate/\u200b1.73\"}]}"), "zero-width-characters",
       "display: \"rate/\\342\\200\\2131.73\""                                                                                                                                                                 },
      {"reference to nothing in the bundle", Resource("Condition",   R"("encounter":{"reference":"urn:uuid:gone"})"),
       "unresolved-reference",                                                                                                                              "code {\n    text: \"x\""                          },
      {"date where a time is kept",          Resource("Encounter",   R"("period":{"start":"2014-11-09"})"),                        "date-without-time",
       "seconds: 1415491200"                                                                                                                                                                                   },
      {"month where a time is kept",         Resource("Encounter",   R"("period":{"start":"2014-11"})"),
       "date-without-time year-or-month-only",                                                                                                              "seconds: 1414800000"                              },
      {"year where an end is kept",          Resource("Encounter",   R"("period":{"start":"2014-11-09T00:00:00Z","end":"2014"})"),
       "date-without-time year-or-month-only",                                                                                                              "seconds: 1420070399\n      nanos: 999999000"      },
      {"encounter in the resource itself",   Resource("Condition",   R"("encounter":{"reference":"#e"})"),
       "unresolved-reference",                                                                                                                              "text: \"x\""                                      },
      {"encounter that a search would find",
       Resource("Condition",                                         R"("encounter":{"reference":"Encounter?identifier=1"})"),     "unresolved-reference",
       "text: \"x\""                                                                                                                                                                                           },
      {"time without an offset",             Resource("Encounter",   R"("period":{"start":"2014-11-09T00:00:00"})"),
       "time-without-offset",                                                                                                                               "seconds: 1415491200"                              },
      {"value that has no place",            Resource("Observation", R"("code":{"text":"x"},"valueRange":{})"),                    "value-not-kept",
       "text: \"x\""                                                                                                                                                                                           },
      {"several displays of one code",
       Resource("Condition",
       R"("bodySite":[{"coding":[{"code":"5880005","display":"Physical examination of mother"}]},)"
                R"({"coding":[{"code":"5880005","display":"Physical examination following birth"}]}])"),
       "code-contradicts-display",                                                                                                                          "display: \"Physical examination following birth\""},
      {"displays that differ in form only",
       Resource("Condition",
       R"x("bodySite":[{"coding":[{"code":"1","display":"Thoracic structure (body structure)"}]},)x"
                R"({"coding":[{"code":"1","display":"thoracic structure"}]}])"),
       "",                                                                                                                                                  "display: \"thoracic structure\""                  },
  };
  for (const auto& c : kCases) {
    const MappedEntry entry = MapWithPatient(c.resource);
    EXPECT_EQ(entry.disposition, Disposition::kMapped)
        << c.trap << ": " << entry.fault.field << " " << entry.fault.reason;
    EXPECT_EQ(FlagCodes(entry), c.flags) << c.trap;
    EXPECT_NE(DebugText(entry).find(c.kept), std::string::npos) << c.trap << "\n" << DebugText(entry);
  }
}

}  // namespace
}  // namespace anamnesis::fhir::testing
