// FHIR R4 data types to the values that all contexts share. Each function fills `out` from a field that is there and
// notes ill-typed parts in the mapping's findings.
#pragma once

#include <algorithm>
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
// A name that is not divided into parts becomes the family name; flags it.
void ReadName(Mapping& mapping, const Field& field, clinical::v1::HumanName* out);
void ReadContact(const Field& field, clinical::v1::ContactPoint* out);
// An address that is not divided into parts becomes one line.
void ReadAddress(const Field& field, clinical::v1::Address* out);

// The concept in words: its text, or else the display of its first code; empty where absent.
std::string ConceptWords(const Field& field);
// Flags a status that is recorded under the nearest one of ours, because we have no other for it; the second, if it is
// one of those.
void FlagApproximated(Mapping& mapping);
void FlagApproximated(Mapping& mapping, const Field& status, std::initializer_list<std::string_view> approximated);
// True if one of the members is there.
bool HasAny(const Field& field, std::initializer_list<std::string_view> members);
// Flags that one of the members is there, each a value of a type that is not kept.
void FlagNotKept(Mapping& mapping, const Field& field, std::initializer_list<std::string_view> members,
                 std::string_view detail = "it has a value of a type that is not kept");
// Rejects an order or a plan not to do something (`doNotPerform`): kept without that word it would say the opposite.
void RejectNotToDo(const Field& element);
// Rejects what says that it must be read in another way than we know.
void RejectModifiers(const Field& element);
// Adds the id that the reference names, where it names a `type`.
void AddReference(Mapping& mapping, const Field& reference, std::string_view type,
                  google::protobuf::RepeatedPtrField<std::string>* out);
// The id of who did something; flags a reference that names nobody of that type.
std::string ReadActor(Mapping& mapping, const Field& reference, std::string_view type);
void AddActor(Mapping& mapping, const Field& reference, std::string_view type,
              google::protobuf::RepeatedPtrField<std::string>* out);

// The entry of `table` that a status concept means: that of its first coding with a code of the table, whichever place
// the coding has. The end where it is absent; where it has no such code too, which is a fault.
template <class Table>
auto FindStatus(const Field& field, const Table& table) {
  for (const Field& coding : field["coding"].Items()) {
    const std::string code = coding["code"].Text();
    const auto found =
        std::find_if(std::begin(table), std::end(table), [&](const auto& entry) { return entry.first == code; });
    if (found != std::end(table)) return found;
  }
  if (field) field.Reject("not a code that FHIR R4 allows here");
  return std::end(table);
}

// The value that a status concept means; its zero where the concept is absent.
template <class Table>
auto ReadStatusConcept(const Field& field, const Table& table) {
  using Value = decltype(std::begin(table)->second);
  const auto found = FindStatus(field, table);
  return found == std::end(table) ? Value{} : found->second;
}

// `ReadEach(r["category"], [&](const Field& item) { ReadConcept(mapping, item, out->add_categories()); })`.
template <class Read>
void ReadEach(const Field& array, Read read) {
  for (const Field& item : array.Items()) read(item);
}

}  // namespace anamnesis::fhir
