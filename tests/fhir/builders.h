// Made-up resources for tests; no real person.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/fhir/map.h"

namespace anamnesis::fhir::testing {

// A synthetic bundle: one patient, one encounter, and the resource under test as the last entry.
inline constexpr char kPatient[] =
    R"({"resourceType":"Patient","id":"p","name":[{"family":"Synthetic","given":["Pat"]}],"birthDate":"1980-05-01",)"
    R"("deceasedDateTime":"2019-06-01T00:00:00Z"})";

inline constexpr char kEncounter[] =
    R"({"resourceType":"Encounter","id":"e","subject":{"reference":"urn:uuid:p"},"status":"finished",)"
    R"("class":{"code":"AMB"},"period":{"start":"2001-01-01T00:00:00Z"}})";

inline std::string Entry(const std::string& url, const std::string& resource) {
  return absl::StrCat(R"({"fullUrl":"urn:uuid:)", url, R"(","resource":)", resource, "}");
}

inline std::string Bundle(const std::vector<std::string>& entries) {
  std::string text = R"({"resourceType":"Bundle","type":"transaction","entry":[)";
  for (size_t i = 0; i < entries.size(); ++i) absl::StrAppend(&text, i == 0 ? "" : ",", entries[i]);
  return text + "]}";
}

inline MappedEntry MapWithPatient(const std::string& resource) {
  return MapAll(Bundle({Entry("p", kPatient), Entry("e", kEncounter), Entry("r", resource)})).back();
}

// A resource of the type with what it must have, and `more` members.
inline std::string Resource(const std::string& type, const std::string& more) {
  static const auto& required = *new std::map<std::string, std::string>{
      {"Condition",
       R"("subject":{"reference":"urn:uuid:p"},"code":{"text":"x"},"onsetDateTime":"2001-01-01T00:00:00Z")"      },
      {"AllergyIntolerance",
       R"("patient":{"reference":"urn:uuid:p"},"code":{"text":"x"},"recordedDate":"2001-01-01T00:00:00Z")"       },
      {"Encounter",          R"("subject":{"reference":"urn:uuid:p"},"status":"finished","class":{"code":"AMB"})"},
      {"Observation",
       R"("subject":{"reference":"urn:uuid:p"},"status":"final","effectiveInstant":"2001-01-01T00:00:00Z")"      },
      {"Procedure",          R"("subject":{"reference":"urn:uuid:p"},"status":"completed","code":{"text":"x"},)"
                    R"("encounter":{"reference":"urn:uuid:e"})"                               },
      {"Immunization",       R"("patient":{"reference":"urn:uuid:p"},"status":"completed","vaccineCode":{"text":"x"},)"
                       R"("occurrenceDateTime":"2001-01-01T00:00:00Z")"                    },
      {"DiagnosticReport",   R"("subject":{"reference":"urn:uuid:p"},"status":"final","code":{"text":"x"},)"
                           R"("effectiveDateTime":"2001-01-01T00:00:00Z")"             },
      {"MedicationRequest",  R"("subject":{"reference":"urn:uuid:p"},"status":"active","intent":"order",)"
                            R"("authoredOn":"2001-01-01T00:00:00Z")"                  },
      {"CarePlan",           R"("subject":{"reference":"urn:uuid:p"},"intent":"plan")"                           },
      {"Goal",               R"("subject":{"reference":"urn:uuid:p"},"description":{"text":"x"})"                },
  };
  return absl::StrCat(R"({"resourceType":")", type, R"(","id":"r",)", required.at(type), more.empty() ? "" : ",", more,
                      "}");
}

}  // namespace anamnesis::fhir::testing
