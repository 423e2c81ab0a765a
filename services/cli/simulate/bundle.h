// A FHIR R4 transaction bundle under construction: ids, the synthetic mark and the entry form are the same for every
// resource and live here only. Keys keep the order in which they are written, so that the same data is the same bytes.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

namespace anamnesis::simulate {

using Json = nlohmann::ordered_json;

inline constexpr std::string_view kSnomed = "http://snomed.info/sct";
inline constexpr std::string_view kLoinc = "http://loinc.org";
inline constexpr std::string_view kRxNorm = "http://www.nlm.nih.gov/research/umls/rxnorm";
inline constexpr std::string_view kIcd10Cm = "http://hl7.org/fhir/sid/icd-10-cm";
inline constexpr std::string_view kIcd10Pcs = "http://www.cms.gov/Medicare/Coding/ICD10";
inline constexpr std::string_view kCvx = "http://hl7.org/fhir/sid/cvx";

// A code of a public code system with its display; an empty `code` stands for no coding.
struct Code {
  std::string_view system;
  std::string_view code;
  std::string_view display;
};

Json Coding(const Code& code);
// A CodeableConcept of the codings that are not empty; `text` is what a person reads.
Json Concept(std::string_view text, std::initializer_list<Code> codes);
// The same, with the code's display as its text.
Json Concept(const Code& code);
// A CodeableConcept of one code of an HL7 code system, e.g. Terminology("condition-clinical", "active").
Json Terminology(std::string_view system, std::string_view code);
Json Reference(std::string_view reference);
// A UCUM quantity in tenths of the unit: 75 tenths of a kilogram is 7.5 kg. Whole values are written as integers.
Json Quantity(int tenths, std::string_view unit, std::string_view ucum);

class BundleBuilder {
 public:
  // Ids are derived from `scope`, type and order within the bundle.
  explicit BundleBuilder(std::string scope) : scope_(std::move(scope)) {}

  // Adds a resource of `fields` and returns its reference, "urn:uuid:…".
  std::string Add(std::string_view type, Json fields);
  // Adds an entry made for another bundle unless an entry with its id is there.
  void AddShared(const Json& entry);

  const Json& entries() const { return entries_; }
  Json Build() &&;

 private:
  const std::string scope_;
  std::map<std::string, int, std::less<>> count_by_type_;
  Json entries_ = Json::array();
};

}  // namespace anamnesis::simulate
