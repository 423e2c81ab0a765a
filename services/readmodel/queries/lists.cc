#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "anamnesis/chart/v1/errors.pb.h"
#include "base/clock.h"
#include "base/refusal.h"
#include "base/status.h"
#include "base/uuid.h"
#include "services/readmodel/page.h"
#include "services/readmodel/queries/queries.h"
#include "services/readmodel/views/index_terms.h"
#include "services/readmodel/views/view_kinds.h"

namespace anamnesis::readmodel {
namespace {

using projection::ViewReader;
using projection::v1::View;

// The part of a query that every list of a patient shares.
template <class Request>
absl::StatusOr<ListQuery> QueryFor(const ViewReader& reader, const Request& request,
                                   const std::vector<std::string>& kinds) {
  ListQuery query{.times = TimesOf(request.options()), .page_size = PageSize(request.page_size())};
  ASSIGN_OR_RETURN(const Person person, FindPerson(reader, request.patient_id(), query.times));
  ASSIGN_OR_RETURN(query.after, ReadPageToken(request));
  query.records = person.Records();
  for (const std::string& record : query.records) {
    for (const std::string& kind : kinds) query.prefixes.push_back(ListPrefix(record, kind));
  }
  return query;
}

// The same for views whose subject is none of the patients but, by its id, of the directory.
template <class Request>
absl::StatusOr<ListQuery> DirectoryQueryFor(const ViewReader& reader, const Request& request, const std::string& kind) {
  ListQuery query{.times = TimesOf(request.options()), .page_size = PageSize(request.page_size())};
  ASSIGN_OR_RETURN(query.after, ReadPageToken(request));
  const std::string subject = UuidBytes(request.patient_id());
  RETURN_IF_ERROR(CheckViews(reader, subject, query.times));
  query.records = {subject};
  query.prefixes = {ListPrefix(subject, kind)};
  return query;
}

// Lists, and puts each item into the response.
template <class Response, class Request, class Take>
absl::StatusOr<Response> Fill(const ViewReader& reader, const Request& request, const ListQuery& query, Take take) {
  ASSIGN_OR_RETURN(ListPage page, List(reader, query));
  Response response;
  for (ListItem& item : page.items) take(response, std::move(item));
  if (!page.last_key.empty()) response.set_next_page_token(MakePageToken(request, page.last_key));
  return response;
}

chart::v1::ChartEntry ToEntry(ListItem&& item) {
  chart::v1::ChartEntry entry;
  entry.set_patient_id(UuidText(item.row.ref.subject));
  entry.set_id(UuidText(item.row.ref.view));
  entry.set_kind(item.row.ref.kind);
  if (const auto time = ClinicalTime(item.view)) *entry.mutable_time() = ToTimestamp(*time);
  *entry.mutable_recorded_time() = ToTimestamp(item.row.recorded_micros);
  entry.set_service(item.row.service);
  entry.set_position(item.row.position);
  *entry.mutable_view() = std::move(item.view);
  return entry;
}

absl::Status RequireKind(const std::string& kind) {
  return IsKind(kind) ? absl::OkStatus() : Refuse(chart::v1::KIND_UNKNOWN, {.metadata = {{"kind", kind}}});
}

bool HasCode(const clinical::v1::CodeableConcept& concept_, const std::string& system, const std::string& code) {
  return std::any_of(concept_.codings().begin(), concept_.codings().end(), [&](const clinical::v1::Coding& coding) {
    return coding.code() == code && (system.empty() || coding.system() == system);
  });
}

}  // namespace

absl::StatusOr<chart::v1::ListTimelineResponse> ListTimeline(const ViewReader& reader,
                                                             const chart::v1::ListTimelineRequest& request) {
  for (const std::string& kind : request.kinds()) RETURN_IF_ERROR(RequireKind(kind));
  const std::set<std::string> kinds(request.kinds().begin(), request.kinds().end());
  ASSIGN_OR_RETURN(ListQuery query,
                   QueryFor(reader, request, kinds.empty() ? AllKinds() : std::vector(kinds.begin(), kinds.end())));
  // Newest first: the period's end is where the list begins.
  if (query.after.empty() && request.period().has_end()) query.after = EncodeTime(ToMicros(request.period().end()));
  query.in_range = [&request](const projection::IndexEntry& entry) {
    const auto time = DecodeTime(entry.key);
    return time.has_value() && (!request.period().has_start() || *time >= ToMicros(request.period().start()));
  };
  return Fill<chart::v1::ListTimelineResponse>(reader, request, query, [](auto& response, ListItem&& item) {
    *response.add_entries() = ToEntry(std::move(item));
  });
}

absl::StatusOr<chart::v1::ListProblemsResponse> ListProblems(const ViewReader& reader,
                                                             const chart::v1::ListProblemsRequest& request) {
  ASSIGN_OR_RETURN(ListQuery query, QueryFor(reader, request, {"problem"}));
  if (request.active_only()) query.wanted = [](const View& view) { return IsActive(view.problem()); };
  return Fill<chart::v1::ListProblemsResponse>(reader, request, query, [](auto& response, ListItem&& item) {
    *response.add_problems() = std::move(*item.view.mutable_problem());
  });
}

absl::StatusOr<chart::v1::ListAllergiesResponse> ListAllergies(const ViewReader& reader,
                                                               const chart::v1::ListAllergiesRequest& request) {
  ASSIGN_OR_RETURN(ListQuery query, QueryFor(reader, request, {"allergy"}));
  if (request.active_only()) query.wanted = [](const View& view) { return IsActive(view.allergy()); };
  return Fill<chart::v1::ListAllergiesResponse>(reader, request, query, [](auto& response, ListItem&& item) {
    *response.add_allergies() = std::move(*item.view.mutable_allergy());
  });
}

absl::StatusOr<chart::v1::ListOrdersResponse> ListOrders(const ViewReader& reader,
                                                         const chart::v1::ListOrdersRequest& request) {
  ASSIGN_OR_RETURN(ListQuery query, QueryFor(reader, request, {"order"}));
  if (request.active_only()) query.wanted = [](const View& view) { return IsActive(view.order()); };
  return Fill<chart::v1::ListOrdersResponse>(reader, request, query, [](auto& response, ListItem&& item) {
    *response.add_orders() = std::move(*item.view.mutable_order());
  });
}

absl::StatusOr<chart::v1::ListEncountersResponse> ListEncounters(const ViewReader& reader,
                                                                 const chart::v1::ListEncountersRequest& request) {
  ASSIGN_OR_RETURN(const ListQuery query, QueryFor(reader, request, {"encounter"}));
  return Fill<chart::v1::ListEncountersResponse>(reader, request, query, [](auto& response, ListItem&& item) {
    *response.add_encounters() = std::move(*item.view.mutable_encounter());
  });
}

absl::StatusOr<chart::v1::ListObservationsResponse> ListObservations(
    const ViewReader& reader, const chart::v1::ListObservationsRequest& request) {
  ASSIGN_OR_RETURN(ListQuery query, QueryFor(reader, request, {"observation"}));
  if (!request.code().empty()) {
    query.prefixes.clear();
    for (const std::string& record : query.records) query.prefixes.push_back(CodePrefix(record, request.code()));
    query.wanted = [&request](const View& view) {
      return HasCode(view.observation().observation().code(), request.code_system(), request.code());
    };
  }
  return Fill<chart::v1::ListObservationsResponse>(reader, request, query, [](auto& response, ListItem&& item) {
    *response.add_observations() = std::move(*item.view.mutable_observation());
  });
}

absl::StatusOr<chart::v1::ListViewsResponse> ListViews(const ViewReader& reader,
                                                       const chart::v1::ListViewsRequest& request) {
  RETURN_IF_ERROR(RequireKind(request.kind()));
  ASSIGN_OR_RETURN(const ListQuery query, IsOfDirectory(request.kind())
                                              ? DirectoryQueryFor(reader, request, request.kind())
                                              : QueryFor(reader, request, {request.kind()}));
  return Fill<chart::v1::ListViewsResponse>(reader, request, query, [](auto& response, ListItem&& item) {
    *response.add_entries() = ToEntry(std::move(item));
  });
}

}  // namespace anamnesis::readmodel
