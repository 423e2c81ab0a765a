#include "fhir/field.h"

#include <charconv>

#include "absl/strings/str_cat.h"
#include "fhir/utf8.h"

namespace anamnesis::fhir {
namespace {

absl::string_view Absl(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

void Findings::Reject(const Json& at, std::string_view reason) {
  if (!fault.has_value()) fault = Fault{JsonPath(at, resource), std::string(reason)};
}

void Findings::RejectMissing(const Json& parent, std::string_view member) {
  if (fault.has_value()) return;
  const std::string path = JsonPath(parent, resource);
  fault = Fault{absl::StrCat(path, path.empty() ? "" : ".", Absl(member)), "missing"};
}

bool Field::Is(JsonKind kind) const {
  if (value_ == nullptr) return false;
  if (value_->kind == kind) return true;
  if (value_->kind == JsonKind::kSpoilt && kind == JsonKind::kString) {
    Reject(value_->text);
  } else {
    Reject(absl::StrCat("expected ", Absl(KindName(kind)), ", found ", Absl(KindName(value_->kind))));
  }
  return false;
}

Field Field::operator[](std::string_view member) const {
  return Field(Is(JsonKind::kObject) ? value_->Find(member) : nullptr, findings_);
}

std::vector<Field> Field::Items() const {
  std::vector<Field> items;
  if (!Is(JsonKind::kArray)) return items;
  for (const Json* item = value_->first; item != nullptr; item = item->next) {
    if (item->kind != JsonKind::kNull) items.emplace_back(item, findings_);
  }
  return items;
}

Field Field::First() const {
  return Field(Is(JsonKind::kArray) ? value_->first : nullptr, findings_);
}

std::string Field::Text() const {
  if (!Is(JsonKind::kString)) return "";
  if (!findings_->zero_width) findings_->zero_width = HasZeroWidth(value_->text);
  return std::string(value_->text);
}

std::string Field::Decimal() const {
  return Is(JsonKind::kNumber) ? std::string(value_->text) : "";
}

std::optional<bool> Field::Bool() const {
  if (!Is(JsonKind::kBool)) return std::nullopt;
  return value_->text == "true";
}

std::optional<uint32_t> Field::Count() const {
  if (!Is(JsonKind::kNumber)) return std::nullopt;
  uint32_t count = 0;
  const char* end = value_->text.data() + value_->text.size();
  const auto [stop, error] = std::from_chars(value_->text.data(), end, count);
  if (error != std::errc() || stop != end) {
    Reject("expected a whole number, not negative");
    return std::nullopt;
  }
  return count;
}

}  // namespace anamnesis::fhir
