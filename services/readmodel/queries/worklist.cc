// Lists of the clinic's work: everybody who may be on a list is found by an index, and judged by their views.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "anamnesis/chart/v1/errors.pb.h"
#include "base/clock.h"
#include "base/refusal.h"
#include "base/status.h"
#include "base/uuid.h"
#include "services/readmodel/page.h"
#include "services/readmodel/queries/queries.h"
#include "services/readmodel/views/index_terms.h"
#include "services/readmodel/views/view_kinds.h"
#include "services/readmodel/views/warned.h"
#include "services/readmodel/worklist/ablation_work.h"
#include "services/readmodel/worklist/opioid_work.h"
#include "services/readmodel/worklist/view_work.h"

namespace anamnesis::readmodel {
namespace {

using chart::v1::ListWorkRequest;
using chart::v1::WorkItem;

// The kind of view that everybody on the list has, as the index has it.
const char* KindOf(chart::v1::Worklist worklist) {
  switch (worklist) {
    case chart::v1::WORKLIST_UNEXPECTED_DRUG_TESTS:
      return "drug_test";
    case chart::v1::WORKLIST_UNSIGNED_NOTES:
      return "note";
    case chart::v1::WORKLIST_REFERRALS_IN:
      return "referral_in";
    case chart::v1::WORKLIST_REFERRALS_OUT:
      return "outgoing_referral";
    case chart::v1::WORKLIST_BLOCKS_ELIGIBLE_FOR_ABLATION:
    case chart::v1::WORKLIST_ABLATIONS_ELIGIBLE_FOR_REPEAT:
    case chart::v1::WORKLIST_OUTCOME_REPORTS:
      return "intervention";
    case chart::v1::WORKLIST_PUMP_REFILLS:
      return "pump";
    case chart::v1::WORKLIST_OPEN_ALERTS:
      return kOpenAlerts;
    default:
      return "opioid_therapy";
  }
}

// Every view of every record of the person, at the time of the request.
template <class Visit>
absl::Status ForEachView(const projection::ViewReader& reader, const Person& person, const projection::ReadTimes& times,
                         const Visit& visit) {
  absl::Status problem;
  for (const std::string& record : person.Records()) {
    RETURN_IF_ERROR(reader.RowsAt(record, times, [&](projection::ViewRow&& row) {
      const auto view = ParseView(row.ref.kind, row.view);
      if (!view.ok()) problem = view.status();
      if (view.ok()) visit(*view);
      return problem.ok();
    }));
    RETURN_IF_ERROR(problem);
  }
  return absl::OkStatus();
}

// Whether the index has the row among those of the kind.
bool IsIndexed(const projection::ViewRow& row, const std::string& kind) {
  if (kind != kOpenAlerts) return row.ref.kind == kind;
  const auto view = ParseView(row.ref.kind, row.view);
  return view.ok() && HasOpenAlerts(*view);
}

// The first entry of the person in the index: where the person is judged, so that nobody is on a list twice.
absl::StatusOr<std::string> FirstEntry(const projection::ViewReader& reader, const Person& person,
                                       const std::string& kind) {
  std::string first;
  for (const std::string& record : person.Records()) {
    RETURN_IF_ERROR(reader.Rows(record, [&](projection::ViewRow&& row) {
      const std::string entry = projection::EncodeEntry(row.ref);
      if (IsIndexed(row, kind) && (first.empty() || entry < first)) first = entry;
      return true;
    }));
  }
  return first;
}

// Whether the patient was dead by then; a death of unknown time was long ago.
bool IsDead(const projection::v1::PatientView& patient, int64_t as_of_micros) {
  return patient.deceased() && (!patient.has_deceased_time() || ToMicros(patient.deceased_time()) <= as_of_micros);
}

// Lists of what remains to be done after a death.
bool IsOfTheDead(chart::v1::Worklist worklist) {
  return worklist == chart::v1::WORKLIST_UNSIGNED_NOTES || worklist == chart::v1::WORKLIST_REFERRALS_IN ||
         worklist == chart::v1::WORKLIST_REFERRALS_OUT;
}

// What the list has for the person.
absl::StatusOr<std::optional<WorkItem>> ItemFor(const projection::ViewReader& reader, const Person& person,
                                                const ListWorkRequest& request) {
  const int64_t as_of = ToMicros(request.as_of());
  if (IsDead(person.view, as_of) && !IsOfTheDead(request.worklist())) return std::nullopt;
  OpioidWork opioids(as_of);
  AblationWork ablations(as_of);
  WorkItem item;
  std::optional<int64_t> due;
  const auto note = [&](const ViewWork& work) {
    item.add_about(work.about);
    if (work.due_micros.has_value()) due = std::min(due.value_or(*work.due_micros), *work.due_micros);
  };
  RETURN_IF_ERROR(ForEachView(reader, person, TimesOf(request.options()), [&](const projection::v1::View& view) {
    opioids.Add(view);
    ablations.Add(view);
    if (const auto work = WorkOf(request.worklist(), view, as_of, request.practitioner_id())) note(*work);
  }));
  for (const ViewWork& work : ablations.On(request.worklist(), request.practitioner_id())) note(work);
  if (due.has_value()) *item.mutable_due() = ToTimestamp(*due);
  if (!item.about().empty()) return item;
  if (!request.practitioner_id().empty() && !opioids.IsPrescribedBy(request.practitioner_id())) return std::nullopt;
  return opioids.On(request.worklist());
}

}  // namespace

absl::StatusOr<chart::v1::ListWorkResponse> ListWork(const projection::ViewReader& reader,
                                                     const ListWorkRequest& request) {
  ASSIGN_OR_RETURN(const std::string after, ReadPageToken(request));
  chart::v1::ListWorkResponse response;
  const size_t page_size = PageSize(request.page_size());
  const std::string kind = KindOf(request.worklist());
  std::string last_key;
  absl::Status problem;
  const auto judge = [&](const projection::IndexEntry& entry) -> absl::StatusOr<bool> {
    const auto person = FindPerson(reader, UuidText(entry.ref.subject), TimesOf(request.options()));
    // Of somebody whose views failed nothing can be said (`info.failed_subjects` tells that there is one), nor of
    // somebody who is not registered yet. What is no refusal is a store that cannot be read.
    if (!person.ok() && !RefusalInfo(person.status()).reason().empty()) return true;
    if (!person.ok()) return person.status();
    ASSIGN_OR_RETURN(const std::string first, FirstEntry(reader, *person, kind));
    if (first != projection::EncodeEntry(entry.ref)) return true;
    ASSIGN_OR_RETURN(std::optional<WorkItem> item, ItemFor(reader, *person, request));
    if (!item.has_value()) return true;
    if (static_cast<size_t>(response.items_size()) == page_size) {
      response.set_next_page_token(MakePageToken(request, last_key));
      return false;
    }
    *item->mutable_patient() = person->view;
    *response.add_items() = *std::move(item);
    last_key = entry.key;
    return true;
  };
  RETURN_IF_ERROR(reader.Scan({WorkPrefix(kind)}, after, [&](const projection::IndexEntry& entry) {
    const absl::StatusOr<bool> go_on = judge(entry);
    if (!go_on.ok()) problem = go_on.status();
    return go_on.ok() && *go_on;
  }));
  RETURN_IF_ERROR(problem);
  return response;
}

}  // namespace anamnesis::readmodel
