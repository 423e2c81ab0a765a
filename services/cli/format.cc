#include "services/cli/format.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace anamnesis::cli {
namespace {

std::string Formatted(const google::protobuf::Timestamp& time, const char* format) {
  return absl::FormatTime(format, absl::FromUnixSeconds(time.seconds()), absl::UTCTimeZone());
}

std::string TimingWords(const medication::v1::Timing& timing) {
  std::vector<std::string> parts;
  if (timing.has_frequency()) {
    std::string times = absl::StrCat(timing.frequency());
    if (timing.has_frequency_max()) absl::StrAppend(&times, "–", timing.frequency_max());
    absl::StrAppend(&times, timing.frequency() == 1 && !timing.has_frequency_max() ? " time" : " times");
    parts.push_back(times);
  } else if (timing.has_frequency_max()) {
    parts.push_back(absl::StrCat("up to ", timing.frequency_max(), " times"));
  }
  if (!timing.period().empty()) {
    const std::string most = timing.period_max().empty() ? "" : absl::StrCat("–", timing.period_max());
    parts.push_back(absl::StrCat("in ", timing.period(), most, " ",
                                 timing.period_unit().empty() ? "(unit unknown)" : timing.period_unit()));
  }
  for (const std::string& when : timing.when()) parts.push_back(when);
  if (timing.has_code()) parts.push_back(Concept(timing.code()));
  return absl::StrJoin(parts, " ");
}

// `25 ug/h`.
std::string RateWords(const medication::v1::Ratio& rate) {
  const clinical::v1::Quantity& per = rate.denominator();
  const std::string& unit = per.unit().empty() ? per.code() : per.unit();
  return absl::StrCat(Amount(rate.numerator()), "/", per.value() == "1" && !unit.empty() ? unit : Amount(per));
}

std::string RangeWords(const medication::v1::QuantityRange& range) {
  return absl::StrCat(Amount(range.low()), " to ", Amount(range.high()));
}

// How much, or how fast where that is what is said: `10 mg`, `25 ug/h`.
std::string DoseWords(const medication::v1::Dosage& dosage) {
  std::vector<std::string> parts;
  if (dosage.has_dose_range()) {
    parts.push_back(RangeWords(dosage.dose_range()));
  } else if (!dosage.dose().value().empty()) {
    parts.push_back(Amount(dosage.dose()));
  }
  if (dosage.has_rate_range()) {
    parts.push_back(RangeWords(dosage.rate_range()));
  } else if (dosage.has_rate()) {
    parts.push_back(RateWords(dosage.rate()));
  }
  return parts.empty() ? "dose unknown" : absl::StrJoin(parts, " at ");
}

std::string ValueOf(const encounter::v1::ObservationValue& value) {
  switch (value.value_case()) {
    case encounter::v1::ObservationValue::kQuantity:
      return Amount(value.quantity());
    case encounter::v1::ObservationValue::kCoded:
      return Concept(value.coded());
    case encounter::v1::ObservationValue::kText:
      return value.text();
    case encounter::v1::ObservationValue::kBoolean:
      return value.boolean() ? "yes" : "no";
    case encounter::v1::ObservationValue::kInteger:
      return absl::StrCat(value.integer());
    case encounter::v1::ObservationValue::kTime:
      return Minute(value.time());
    default:
      return kUnknown;
  }
}

}  // namespace

std::string Day(const google::protobuf::Timestamp& time) {
  return Formatted(time, "%E4Y-%m-%d");
}
std::string Minute(const google::protobuf::Timestamp& time) {
  return Formatted(time, "%E4Y-%m-%d %H:%M");
}

std::string Date(const clinical::v1::PartialDate& date) {
  if (date.year() == 0) return kUnknown;
  std::string text = absl::StrFormat("%04d", date.year());
  if (date.month() > 0) absl::StrAppendFormat(&text, "-%02d", date.month());
  if (date.month() > 0 && date.day() > 0) absl::StrAppendFormat(&text, "-%02d", date.day());
  return text;
}

std::string Concept(const clinical::v1::CodeableConcept& concept_value) {
  if (!concept_value.text().empty()) return concept_value.text();
  for (const clinical::v1::Coding& coding : concept_value.codings()) {
    if (!coding.display().empty()) return coding.display();
  }
  for (const clinical::v1::Coding& coding : concept_value.codings()) {
    if (!coding.code().empty()) return coding.code();
  }
  return kUnknown;
}

std::string Amount(const clinical::v1::Quantity& quantity) {
  if (quantity.value().empty()) return kUnknown;
  const std::string& unit = quantity.unit().empty() ? quantity.code() : quantity.unit();
  return absl::StrCat(quantity.comparator(), quantity.comparator().empty() ? "" : " ", quantity.value(),
                      unit.empty() ? "" : " ", unit);
}

std::string Name(const clinical::v1::HumanName& name) {
  std::vector<std::string> parts(name.prefixes().begin(), name.prefixes().end());
  parts.insert(parts.end(), name.given().begin(), name.given().end());
  if (!name.family().empty()) parts.push_back(name.family());
  parts.insert(parts.end(), name.suffixes().begin(), name.suffixes().end());
  return parts.empty() ? kUnknown : absl::StrJoin(parts, " ");
}

std::string DosageSentence(const medication::v1::Dosage& dosage) {
  if (!dosage.text().empty()) return dosage.text();
  std::vector<std::string> parts = {DoseWords(dosage)};
  if (dosage.has_route()) parts.push_back(Concept(dosage.route()));
  if (const std::string timing = TimingWords(dosage.timing()); !timing.empty()) parts.push_back(timing);
  if (dosage.as_needed()) {
    parts.push_back(dosage.has_as_needed_for() ? absl::StrCat("as needed for ", Concept(dosage.as_needed_for()))
                                               : "as needed");
  }
  if (dosage.has_max_dose_per_period()) {
    parts.push_back(absl::StrCat("at most ", Amount(dosage.max_dose_per_period().numerator()), " in ",
                                 Amount(dosage.max_dose_per_period().denominator())));
  }
  for (const auto& instruction : dosage.additional_instructions()) parts.push_back(Concept(instruction));
  return absl::StrJoin(parts, ", ");
}

std::string ObservationValue(const encounter::v1::Observation& observation) {
  std::vector<std::string> parts;
  if (observation.has_value()) parts.push_back(ValueOf(observation.value()));
  for (const auto& component : observation.components()) {
    parts.push_back(absl::StrCat(Concept(component.code()), " ", ValueOf(component.value())));
  }
  return parts.empty() ? kUnknown : absl::StrJoin(parts, "; ");
}

std::string OneLine(const std::string& text) {
  std::vector<std::string> lines;
  for (const absl::string_view line : absl::StrSplit(text, absl::ByAnyChar("\r\n"))) {
    const absl::string_view words = absl::StripAsciiWhitespace(line);
    if (!words.empty() && words != "^") lines.emplace_back(words);
  }
  return absl::StrJoin(lines, " ");
}

std::string EnumWords(const google::protobuf::EnumDescriptor& type, int value) {
  const google::protobuf::EnumValueDescriptor* known = type.FindValueByNumber(value);
  if (known == nullptr || value == 0) return kUnknown;
  const std::string zero = type.FindValueByNumber(0)->name();
  const std::string prefix = zero.substr(0, zero.size() - std::string("UNSPECIFIED").size());
  std::string words = known->name();
  if (words.rfind(prefix, 0) == 0) words = words.substr(prefix.size());
  return absl::AsciiStrToLower(absl::StrReplaceAll(words, {
                                                              {"_", " "}
  }));
}

std::string Flags(const clinical::v1::Provenance& provenance) {
  return absl::StrJoin(provenance.flags(), ", ",
                       [](std::string* out, const clinical::v1::DataFlag& flag) { out->append(flag.code()); });
}

}  // namespace anamnesis::cli
