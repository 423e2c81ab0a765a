// The history of the pain.
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "services/patient/domain/decide.h"
#include "services/patient/domain/resource.h"

namespace anamnesis::patient {
namespace {

constexpr v1::ResourceKind kKind = v1::RESOURCE_KIND_PAIN_HISTORY;

bool AllDigits(std::string_view text, bool zeros_only) {
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c)) || (zeros_only && c != '0')) return false;
  }
  return !text.empty();
}

// Whether the text is a decimal number from 0 to 10: `7`, `6.5`, `10`, `10.0`. Compared as it is written: a number that
// was rounded to binary may be on the other side of the bound.
bool IsSeverity(std::string_view text) {
  const size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const bool ten = whole == "10";
  if (!ten && (whole.size() != 1 || !AllDigits(whole, false))) return false;
  return point == std::string_view::npos || AllDigits(text.substr(point + 1), ten);
}

// INVALID_FIELDS.
absl::Status CheckLocations(const v1::PainHistory& history) {
  for (int i = 0; i < history.locations_size(); ++i) {
    const v1::PainLocation& location = history.locations(i);
    const std::string path = absl::StrCat("pain_history.locations[", i, "]");
    if (!location.has_site() && location.region() == v1::BODY_REGION_UNSPECIFIED) {
      return InvalidField(absl::StrCat(path, ".site"), "must be set where `region` is not");
    }
    if (!location.severity().empty() && !IsSeverity(location.severity())) {
      return InvalidField(absl::StrCat(path, ".severity"), "must be a decimal number from 0 to 10");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordPainHistoryRequest& request) {
  RETURN_IF_ERROR(CheckLocations(request.pain_history()));
  v1::PatientEvent event;
  v1::PainHistoryRecorded& recorded = *event.mutable_pain_history_recorded();
  return Record(at, request.pain_history(), event, recorded, *recorded.mutable_pain_history());
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RevisePainHistoryRequest& request) {
  RETURN_IF_ERROR(CheckLocations(request.pain_history()));
  const std::string& id = request.pain_history().id();
  ASSIGN_OR_RETURN(const v1::ResourceState* found, FindResource(at.patient, kKind, id, request.context()));
  v1::PatientEvent event;
  v1::PainHistoryRevised& revised = *event.mutable_pain_history_revised();
  *revised.mutable_pain_history() = request.pain_history();
  return Changed(id, *found, event, revised);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractPainHistoryRequest& request) {
  v1::PatientEvent event;
  v1::PainHistoryRetracted& retracted = *event.mutable_pain_history_retracted();
  retracted.set_pain_history_id(request.pain_history_id());
  return Retract(at, kKind, request.pain_history_id(), request.context(), event, retracted);
}

}  // namespace anamnesis::patient
