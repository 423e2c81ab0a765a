#include "services/readmodel/person.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "anamnesis/chart/v1/errors.pb.h"
#include "anamnesis/projection/v1/views.pb.h"
#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/clock.h"
#include "base/refusal.h"
#include "base/status.h"
#include "base/uuid.h"
#include "services/readmodel/views/view_kinds.h"

namespace anamnesis::readmodel {
namespace {

using projection::ReadTimes;
using projection::ViewReader;
using projection::v1::PatientView;

constexpr char kPatientKind[] = "patient";

absl::StatusOr<std::optional<PatientView>> FindPatient(const ViewReader& reader, const std::string& subject,
                                                       const ReadTimes& times) {
  ASSIGN_OR_RETURN(const auto row, reader.Find({subject, kPatientKind, subject}, times));
  if (!row.has_value()) return std::nullopt;
  ASSIGN_OR_RETURN(projection::v1::View view, ParseView(kPatientKind, row->view));
  return std::move(*view.mutable_patient());
}

bool Absorbed(const PatientView& survivor, const std::string& record) {
  const std::string id = UuidText(record);
  return std::find(survivor.absorbed_ids().begin(), survivor.absorbed_ids().end(), id) != survivor.absorbed_ids().end();
}

// A record, and one that it says was joined to it.
struct Link {
  std::string by;
  std::string record;
};

std::vector<Link> LinksOf(const std::string& record, const PatientView& view) {
  std::vector<Link> links;
  for (const std::string& absorbed : view.absorbed_ids()) links.push_back({record, UuidBytes(absorbed)});
  return links;
}

}  // namespace

std::vector<std::string> Person::Records() const {
  std::vector<std::string> records{survivor};
  records.insert(records.end(), merged.begin(), merged.end());
  return records;
}

absl::Status CheckViews(const ViewReader& reader, const std::string& subject, const ReadTimes& times) {
  ASSIGN_OR_RETURN(const auto failed, reader.FailureOf(subject, times));
  if (!failed.has_value()) return absl::OkStatus();
  return Refuse(chart::v1::VIEWS_FAILED, {
                                             .metadata = {{"service", failed->service},
                                                          {"position", std::to_string(failed->failure.position())},
                                                          {"reason", failed->failure.reason()}}
  });
}

absl::StatusOr<Person> FindPerson(const ViewReader& reader, const std::string& patient_id, const ReadTimes& times) {
  Person person{.survivor = UuidBytes(patient_id)};
  RETURN_IF_ERROR(CheckViews(reader, person.survivor, times));
  ASSIGN_OR_RETURN(std::optional<PatientView> view, FindPatient(reader, person.survivor, times));
  if (!view.has_value()) return Refuse(chart::v1::PATIENT_NOT_FOUND);
  std::set<std::string> seen{person.survivor};
  while (!view->survivor_id().empty()) {
    const std::string survivor = UuidBytes(view->survivor_id());
    // A survivor whose side of the merge is not applied yet, or that was erased and registered again since, cannot
    // answer; a circle would be the patient service's error.
    if (!seen.insert(survivor).second) break;
    RETURN_IF_ERROR(CheckViews(reader, survivor, times));
    ASSIGN_OR_RETURN(std::optional<PatientView> next, FindPatient(reader, survivor, times));
    if (!next.has_value() || !Absorbed(*next, person.survivor)) break;
    person.survivor = survivor;
    view = std::move(next);
  }
  person.view = *std::move(view);

  std::set<std::string> merged;
  std::vector<Link> to_visit = LinksOf(person.survivor, person.view);
  while (!to_visit.empty()) {
    const auto [by, record] = std::move(to_visit.back());
    to_visit.pop_back();
    if (record == person.survivor || merged.contains(record)) continue;
    RETURN_IF_ERROR(CheckViews(reader, record, times));
    ASSIGN_OR_RETURN(const std::optional<PatientView> joined, FindPatient(reader, record, times));
    // One that does not point back stands alone: half of a merge or of its undoing is not applied yet, or it was erased
    // and registered again. Of one that is not there, other services may still have something.
    if (joined.has_value() && UuidBytes(joined->survivor_id()) != by) continue;
    merged.insert(record);
    if (!joined.has_value()) continue;
    for (Link& link : LinksOf(record, *joined)) to_visit.push_back(std::move(link));
  }
  person.merged.assign(merged.begin(), merged.end());
  return person;
}

ReadTimes TimesOf(const chart::v1::ReadOptions& options) {
  ReadTimes times;
  if (options.has_as_of_recorded()) times.as_of_recorded = ToMicros(options.as_of_recorded());
  if (options.has_about_clinical()) times.about_clinical = ToMicros(options.about_clinical());
  return times;
}

absl::Status RequirePresent(const chart::v1::ReadOptions& options) {
  RefusalDetails details;
  const auto refuse = [&details](const char* field) {
    google::rpc::BadRequest::FieldViolation& violation = details.fields.emplace_back();
    violation.set_field(field);
    violation.set_description("must not be set: this query is of the present");
  };
  if (options.has_as_of_recorded()) refuse("options.as_of_recorded");
  if (options.has_about_clinical()) refuse("options.about_clinical");
  return details.fields.empty() ? absl::OkStatus() : Refuse(rpc::v1::INVALID_FIELDS, details);
}

}  // namespace anamnesis::readmodel
