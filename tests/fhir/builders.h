// Made-up resources for tests; no real person.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/fhir/map.h"

namespace anamnesis::fhir::testing {

// A synthetic bundle: one patient, and the resource under test as entry 1 unless it is the patient.
inline constexpr char kPatient[] =
    R"({"resourceType":"Patient","id":"p","name":[{"family":"Synthetic","given":["Pat"]}],"birthDate":"1980-05-01",)"
    R"("deceasedDateTime":"2019-06-01T00:00:00Z"})";

inline std::string Entry(const std::string& url, const std::string& resource) {
  return absl::StrCat(R"({"fullUrl":"urn:uuid:)", url, R"(","resource":)", resource, "}");
}

inline std::string Bundle(const std::vector<std::string>& entries) {
  std::string text = R"({"resourceType":"Bundle","type":"transaction","entry":[)";
  for (size_t i = 0; i < entries.size(); ++i) absl::StrAppend(&text, i == 0 ? "" : ",", entries[i]);
  return text + "]}";
}

inline MappedEntry MapWithPatient(const std::string& resource) {
  return MapAll(Bundle({Entry("p", kPatient), Entry("r", resource)})).back();
}

// A resource of the type with what it must have, and `more` members.
inline std::string Resource(const std::string& type, const std::string& more) {
  static const auto& required = *new std::map<std::string, std::string>{
      {"Condition",
       R"("subject":{"reference":"urn:uuid:p"},"code":{"text":"x"},"onsetDateTime":"2001-01-01T00:00:00Z")"      },
      {"AllergyIntolerance", R"("patient":{"reference":"urn:uuid:p"},"code":{"text":"x"})"                       },
      {"Encounter",          R"("subject":{"reference":"urn:uuid:p"},"status":"finished","class":{"code":"AMB"})"},
      {"Observation",        R"("subject":{"reference":"urn:uuid:p"},"status":"final")"                          },
      {"MedicationRequest",  R"("subject":{"reference":"urn:uuid:p"},"status":"active","intent":"order")"        },
      {"CarePlan",           R"("subject":{"reference":"urn:uuid:p"},"intent":"plan")"                           },
      {"Goal",               R"("subject":{"reference":"urn:uuid:p"},"description":{"text":"x"})"                },
  };
  return absl::StrCat(R"({"resourceType":")", type, R"(","id":"r",)", required.at(type), more.empty() ? "" : ",", more,
                      "}");
}

}  // namespace anamnesis::fhir::testing
