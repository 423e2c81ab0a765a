// FHIR R4 data types to the values that all contexts share. Each function fills `out` from a field that is there and
// notes ill-typed parts in the mapping's findings.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "anamnesis/clinical/v1/types.pb.h"
#include "fhir/mapping.h"

namespace anamnesis::fhir {

// Also flags a code that contradicts its display.
void ReadCoding(Mapping& mapping, const Field& field, clinical::v1::Coding* out);
void ReadConcept(Mapping& mapping, const Field& field, clinical::v1::CodeableConcept* out);
void ReadQuantity(const Field& field, clinical::v1::Quantity* out);
void ReadPeriod(Mapping& mapping, const Field& field, clinical::v1::Period* out);
void ReadDate(const Field& field, clinical::v1::PartialDate* out);
// One without a system is the source system's own.
void ReadIdentifier(Mapping& mapping, const Field& field, clinical::v1::Identifier* out);
void ReadName(const Field& field, clinical::v1::HumanName* out);
void ReadContact(const Field& field, clinical::v1::ContactPoint* out);
void ReadAddress(const Field& field, clinical::v1::Address* out);

// The concept in words: its text, or else the display of its first code; empty where absent.
std::string ConceptWords(const Field& field);
// Flags a status that is recorded under the nearest one of ours, because we have no other for it.
void FlagApproximated(Mapping& mapping, const Field& status, std::initializer_list<std::string_view> approximated);
// Adds the id that the reference names, where it names a `type`.
void AddReference(Mapping& mapping, const Field& reference, std::string_view type,
                  google::protobuf::RepeatedPtrField<std::string>* out);

// The codes of a status concept in `table`; its zero where the concept is absent or has no code.
template <class Table>
auto ReadStatusConcept(const Field& field, const Table& table) {
  return field["coding"].First()["code"].Code(table);
}

// `ReadEach(r["category"], [&](const Field& item) { ReadConcept(mapping, item, out->add_categories()); })`.
template <class Read>
void ReadEach(const Field& array, Read read) {
  for (const Field& item : array.Items()) read(item);
}

}  // namespace anamnesis::fhir
