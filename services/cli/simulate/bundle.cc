#include "services/cli/simulate/bundle.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/uuid.h"

namespace anamnesis::simulate {
namespace {

// Every resource says that no real person is meant: HL7's code for test health data, and the plain word.
Json SyntheticMark() {
  return {{"tag", Json::array({{{"system", "http://terminology.hl7.org/CodeSystem/v3-ActReason"},
                                {"code", "HTEST"},
                                {"display", "test health data"}},
                               {{"system", "urn:anamnesis:data"}, {"code", "synthetic"}, {"display", "synthetic"}}})}};
}

}  // namespace

Json Coding(const Code& code) {
  return {{"system", code.system}, {"code", code.code}, {"display", code.display}};
}

Json Concept(std::string_view text, std::initializer_list<Code> codes) {
  Json concept_json = Json::object();
  for (const Code& code : codes) {
    if (!code.code.empty()) concept_json["coding"].push_back(Coding(code));
  }
  concept_json["text"] = text;
  return concept_json;
}

Json Concept(const Code& code) {
  return Concept(code.display, {code});
}

Json Terminology(std::string_view system, std::string_view code) {
  return {{"coding", Json::array({{{"system", absl::StrCat("http://terminology.hl7.org/CodeSystem/",
                                                           absl::string_view(system.data(), system.size()))},
                                   {"code", code}}})}};
}

Json Reference(std::string_view reference) {
  return {{"reference", reference}};
}

Json Quantity(int tenths, std::string_view unit, std::string_view ucum) {
  const Json value = tenths % 10 == 0 ? Json(tenths / 10) : Json(tenths / 10.0);
  return {{"value", value}, {"unit", unit}, {"system", "http://unitsofmeasure.org"}, {"code", ucum}};
}

std::string BundleBuilder::Add(std::string_view type, Json fields) {
  const int number = ++count_by_type_[std::string(type)];
  const std::string id = NamedUuid(kSourceNamespace, absl::StrCat(scope_, "/", std::string(type), "/", number));
  Json resource = {{"resourceType", type}, {"id", id}, {"meta", SyntheticMark()}};
  resource.update(fields);
  const std::string reference = absl::StrCat("urn:uuid:", id);
  entries_.push_back(
      {{"fullUrl", reference}, {"resource", std::move(resource)}, {"request", {{"method", "POST"}, {"url", type}}}});
  return reference;
}

void BundleBuilder::AddShared(const Json& entry) {
  const bool present = std::any_of(entries_.begin(), entries_.end(),
                                   [&](const Json& other) { return other["fullUrl"] == entry["fullUrl"]; });
  if (!present) entries_.push_back(entry);
}

Json BundleBuilder::Build() && {
  return {{"resourceType", "Bundle"}, {"type", "transaction"}, {"entry", std::move(entries_)}};
}

}  // namespace anamnesis::simulate
