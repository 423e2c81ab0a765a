// Reading one resource without asking at every step: a value of the wrong type is noted once, by its place, and reads
// as absent from there on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/json.h"

namespace anamnesis::fhir {

// Why a resource cannot be recorded; never holds a value of the resource.
struct Fault {
  std::string field;   // `code.coding[0].code`; empty for the resource itself.
  std::string reason;  // `expected string, found number`.
};

// What reading a resource brought up. Single-threaded.
struct Findings {
  const Json* resource = nullptr;  // Places are told from here.
  std::optional<Fault> fault;      // The first one.
  bool zero_width = false;         // A text that was read holds characters that take no room.

  void Reject(const Json& at, std::string_view reason);
  // For a member that is not there.
  void RejectMissing(const Json& parent, std::string_view member);
};

// A value of the resource, or its absence; `null` is absence. Cheap to copy; the document and the findings outlive it.
class Field {
 public:
  Field(const Json* value, Findings* findings)
      : value_(value != nullptr && value->kind != JsonKind::kNull ? value : nullptr), findings_(findings) {}

  explicit operator bool() const { return value_ != nullptr; }
  const Json* json() const { return value_; }

  // The member of an object.
  Field operator[](std::string_view member) const;
  // The items of an array; empty where absent.
  std::vector<Field> Items() const;
  // The first item of an array.
  Field First() const;

  // Empty where absent.
  std::string Text() const;
  // The number as it was written; empty where absent.
  std::string Decimal() const;
  std::optional<bool> Bool() const;
  // A whole number from 0 to 4,294,967,295.
  std::optional<uint32_t> Count() const;

  // The meaning of a code in `table`, a value of the enum; its zero where absent. An unknown code is a fault.
  template <class Table>
  auto Code(const Table& table) const {
    using Value = decltype(std::begin(table)->second);
    if (!*this) return Value{};
    const std::string text = Text();
    for (const auto& [code, value] : table) {
      if (code == text) return value;
    }
    Reject("not a code that FHIR R4 allows here");
    return Value{};
  }

  // Notes that the value, which is present, cannot be recorded.
  void Reject(std::string_view reason) const { findings_->Reject(*value_, reason); }

 private:
  bool Is(JsonKind kind) const;

  const Json* value_;
  Findings* findings_;
};

}  // namespace anamnesis::fhir
