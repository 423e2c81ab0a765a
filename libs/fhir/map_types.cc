#include "fhir/map_types.h"

#include "fhir/code_checks.h"
#include "fhir/time.h"

namespace anamnesis::fhir {

void ReadCoding(Mapping& mapping, const Field& field, clinical::v1::Coding* out) {
  out->set_system(field["system"].Text());
  out->set_code(field["code"].Text());
  out->set_display(field["display"].Text());
  if (ContradictsKnownCode(out->system(), out->code(), out->display())) {
    mapping.Flag("code-contradicts-display", "the display names another substance than the code");
  } else if (mapping.index().HasSeveralDisplays(out->system(), out->code())) {
    mapping.Flag("code-contradicts-display", "the bundle shows one of these codes under different displays");
  }
}

void ReadConcept(Mapping& mapping, const Field& field, clinical::v1::CodeableConcept* out) {
  ReadEach(field["coding"], [&](const Field& coding) { ReadCoding(mapping, coding, out->add_codings()); });
  out->set_text(field["text"].Text());
}

void ReadQuantity(const Field& field, clinical::v1::Quantity* out) {
  out->set_value(field["value"].Decimal());
  out->set_comparator(field["comparator"].Text());
  out->set_unit(field["unit"].Text());
  out->set_system(field["system"].Text());
  out->set_code(field["code"].Text());
}

void ReadPeriod(Mapping& mapping, const Field& field, clinical::v1::Period* out) {
  if (const Field start = field["start"]) *out->mutable_start() = mapping.Time(start);
  if (const Field end = field["end"]) *out->mutable_end() = mapping.EndTime(end);
}

void ReadDate(const Field& field, clinical::v1::PartialDate* out) {
  const std::optional<FhirTime> date = ParseTime(field.Text());
  if (!date.has_value()) return field.Reject("not a date of FHIR");
  out->set_year(static_cast<uint32_t>(date->year));
  out->set_month(date->month);
  out->set_day(date->day);
}

void ReadIdentifier(Mapping& mapping, const Field& field, clinical::v1::Identifier* out) {
  out->set_system(field["system"] ? field["system"].Text() : mapping.index().source_system());
  out->set_value(field["value"].Text());
  if (const Field type = field["type"]) ReadConcept(mapping, type, out->mutable_type());
}

void ReadName(Mapping& mapping, const Field& field, clinical::v1::HumanName* out) {
  out->set_use(field["use"].Text());
  out->set_family(field["family"].Text());
  ReadEach(field["given"], [&](const Field& name) { out->add_given(name.Text()); });
  ReadEach(field["prefix"], [&](const Field& name) { out->add_prefixes(name.Text()); });
  ReadEach(field["suffix"], [&](const Field& name) { out->add_suffixes(name.Text()); });
  const Field text = field["text"];
  if (!text || !out->family().empty() || !out->given().empty()) return;
  out->set_family(text.Text());
  mapping.Flag("name-not-divided", "a name is said as one text, kept as the family name");
}

void ReadContact(const Field& field, clinical::v1::ContactPoint* out) {
  out->set_system(field["system"].Text());
  out->set_value(field["value"].Text());
  out->set_use(field["use"].Text());
}

void ReadAddress(const Field& field, clinical::v1::Address* out) {
  ReadEach(field["line"], [&](const Field& line) { out->add_lines(line.Text()); });
  out->set_city(field["city"].Text());
  out->set_state(field["state"].Text());
  out->set_postal_code(field["postalCode"].Text());
  out->set_country(field["country"].Text());
  if (const Field text = field["text"]; text && out->ByteSizeLong() == 0) out->add_lines(text.Text());
}

std::string ConceptWords(const Field& field) {
  std::string text = field["text"].Text();
  return text.empty() ? field["coding"].First()["display"].Text() : text;
}

void FlagApproximated(Mapping& mapping) {
  mapping.Flag("status-approximated", "recorded under the nearest status");
}

void FlagApproximated(Mapping& mapping, const Field& status, std::initializer_list<std::string_view> approximated) {
  const std::string text = status.Text();
  for (const std::string_view code : approximated) {
    if (text == code) FlagApproximated(mapping);
  }
}

bool HasAny(const Field& field, std::initializer_list<std::string_view> members) {
  return std::any_of(members.begin(), members.end(), [&](std::string_view member) { return !!field[member]; });
}

void FlagNotKept(Mapping& mapping, const Field& field, std::initializer_list<std::string_view> members,
                 std::string_view detail) {
  if (HasAny(field, members)) mapping.Flag("value-not-kept", detail);
}

void RejectNotToDo(const Field& element) {
  const Field forbids = element["doNotPerform"];
  if (forbids.Bool().value_or(false)) forbids.Reject("says what must not be done, which is not kept");
}

void RejectModifiers(const Field& element) {
  const Field modifiers = element["modifierExtension"];
  if (!modifiers.Items().empty()) modifiers.Reject("changes the meaning in a way that is not known here");
}

void AddReference(Mapping& mapping, const Field& reference, std::string_view type,
                  google::protobuf::RepeatedPtrField<std::string>* out) {
  if (std::string id = mapping.Reference(reference, type); !id.empty()) *out->Add() = std::move(id);
}

std::string ReadActor(Mapping& mapping, const Field& reference, std::string_view type) {
  std::string id = mapping.Reference(reference, type);
  if (reference && id.empty()) mapping.Flag("reference-not-kept", "it names somebody in a way that is not kept");
  return id;
}

void AddActor(Mapping& mapping, const Field& reference, std::string_view type,
              google::protobuf::RepeatedPtrField<std::string>* out) {
  if (std::string id = ReadActor(mapping, reference, type); !id.empty()) *out->Add() = std::move(id);
}

}  // namespace anamnesis::fhir
