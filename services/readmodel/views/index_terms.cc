#include "services/readmodel/views/index_terms.h"

#include <cstdio>
#include <limits>
#include <set>

#include "anamnesis/projection/v1/views.pb.h"
#include "base/scratch.h"
#include "base/status.h"
#include "services/readmodel/views/names.h"
#include "services/readmodel/views/view_kinds.h"
#include "services/readmodel/views/warned.h"

namespace anamnesis::readmodel {
namespace {

constexpr char kNul = '\0';

// Times are counted from the least one, so that they sort as unsigned numbers; no time sorts after all.
constexpr uint64_t kNoTime = std::numeric_limits<uint64_t>::max();
constexpr uint64_t kSignBit = uint64_t{1} << 63;

// The beginning of a term: which index, whose, and what.
std::string Begin(char index, std::string_view subject, std::string_view text) {
  std::string term(1, index);
  return term.append(subject).append(text);
}

void AddPatientTerms(const projection::v1::PatientView& patient, std::set<std::string>& terms) {
  for (const std::string& word : NameWords(patient.demographics().names())) terms.insert(NamePrefix(word) + kNul);
  for (const auto* identifiers : {&patient.identifiers(), &patient.retired_identifiers()}) {
    for (const clinical::v1::Identifier& identifier : *identifiers) {
      terms.insert(IdentifierPrefix(identifier.value(), "") + identifier.system() + kNul);
    }
  }
  if (patient.demographics().has_birth_date()) {
    const clinical::v1::PartialDate& date = patient.demographics().birth_date();
    std::string term = BirthDatePrefix(date);
    term.resize(sizeof("byyyymmdd") - 1, '0');
    terms.insert(std::move(term));
  }
}

// Whether somebody may be on a list of work because of the view.
bool IsWork(const projection::v1::View& view) {
  return view.has_opioid_therapy() || view.has_drug_test() || view.has_note() || view.has_referral_in() ||
         view.has_outgoing_referral() || view.has_intervention() || view.has_pump();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> IndexTerms(const projection::ViewRef& ref, std::string_view bytes) {
  Scratch<projection::v1::View> parsed;
  RETURN_IF_ERROR(ParseViewInto(ref.kind, bytes, *parsed));
  const projection::v1::View& view = *parsed;
  std::set<std::string> terms;
  const std::string time = EncodeTime(ClinicalTime(view));
  if (view.has_practitioner() || view.has_organization()) {
    terms.insert(DirectoryPrefix(ref.kind));
  } else {
    terms.insert(ListPrefix(ref.subject, ref.kind) + time);
  }
  if (IsWork(view)) terms.insert(WorkPrefix(ref.kind));
  if (HasOpenAlerts(view)) terms.insert(WorkPrefix(kOpenAlerts));
  if (view.has_patient()) AddPatientTerms(view.patient(), terms);
  for (const clinical::v1::Coding& coding : view.observation().observation().code().codings()) {
    if (!coding.code().empty()) terms.insert(CodePrefix(ref.subject, coding.code()) + time);
  }
  return std::vector<std::string>(terms.begin(), terms.end());
}

std::string ListPrefix(std::string_view subject, std::string_view kind) {
  return Begin('l', subject, kind) + kNul;
}

std::string CodePrefix(std::string_view subject, std::string_view code) {
  return Begin('c', subject, code) + kNul;
}

std::string NamePrefix(std::string_view folded_word) {
  return Begin('n', "", folded_word);
}

std::string IdentifierPrefix(std::string_view value, std::string_view system) {
  std::string prefix = Begin('i', "", value) + kNul;
  if (!system.empty()) prefix += std::string(system) + kNul;
  return prefix;
}

std::string BirthDatePrefix(const clinical::v1::PartialDate& date) {
  char text[sizeof("byyyymmdd") + 24];
  std::snprintf(text, sizeof(text), "b%04u%02u%02u", date.year(), date.month(), date.day());
  std::string prefix = text;
  if (date.month() == 0) return prefix.substr(0, sizeof("byyyy") - 1);
  return date.day() == 0 ? prefix.substr(0, sizeof("byyyymm") - 1) : prefix;
}

std::string DirectoryPrefix(std::string_view kind) {
  return Begin('d', "", kind) + kNul;
}

std::string WorkPrefix(std::string_view kind) {
  return Begin('w', "", kind) + kNul;
}

std::string EncodeTime(std::optional<int64_t> micros) {
  const uint64_t sortable = micros.has_value() ? ~(static_cast<uint64_t>(*micros) ^ kSignBit) : kNoTime;
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(sortable >> shift));
  return bytes;
}

std::optional<int64_t> DecodeTime(std::string_view key) {
  uint64_t sortable = 0;
  for (const char byte : key.substr(0, 8)) sortable = (sortable << 8) | static_cast<uint8_t>(byte);
  if (sortable == kNoTime) return std::nullopt;
  return static_cast<int64_t>(~sortable ^ kSignBit);
}

}  // namespace anamnesis::readmodel
