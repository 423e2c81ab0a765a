// The answers, each a function of a consistent look at the views and the request. `info` is filled in by the caller.
// Errors: ChartError, INVALID_CURSOR, INVALID_FIELDS; DATA_LOSS or INTERNAL where the views cannot be read.
#pragma once

#include "absl/status/statusor.h"
#include "anamnesis/chart/v1/chart_service.pb.h"
#include "projection/view_reader.h"
#include "services/readmodel/person.h"

namespace anamnesis::readmodel {

// search.cc
absl::StatusOr<chart::v1::SearchPatientsResponse> SearchPatients(const projection::ViewReader& reader,
                                                                 const chart::v1::SearchPatientsRequest& request);

// glance.cc: the chart of a person that is found already.
absl::StatusOr<chart::v1::GetChartResponse> ChartOf(const projection::ViewReader& reader, const Person& person,
                                                    const projection::ReadTimes& times);

// lists.cc
absl::StatusOr<chart::v1::ListTimelineResponse> ListTimeline(const projection::ViewReader& reader,
                                                             const chart::v1::ListTimelineRequest& request);
absl::StatusOr<chart::v1::ListProblemsResponse> ListProblems(const projection::ViewReader& reader,
                                                             const chart::v1::ListProblemsRequest& request);
absl::StatusOr<chart::v1::ListAllergiesResponse> ListAllergies(const projection::ViewReader& reader,
                                                               const chart::v1::ListAllergiesRequest& request);
absl::StatusOr<chart::v1::ListOrdersResponse> ListOrders(const projection::ViewReader& reader,
                                                         const chart::v1::ListOrdersRequest& request);
absl::StatusOr<chart::v1::ListEncountersResponse> ListEncounters(const projection::ViewReader& reader,
                                                                 const chart::v1::ListEncountersRequest& request);
absl::StatusOr<chart::v1::ListObservationsResponse> ListObservations(const projection::ViewReader& reader,
                                                                     const chart::v1::ListObservationsRequest& request);
absl::StatusOr<chart::v1::ListViewsResponse> ListViews(const projection::ViewReader& reader,
                                                       const chart::v1::ListViewsRequest& request);

// directory.cc
absl::StatusOr<chart::v1::ListDirectoryResponse> ListDirectory(const projection::ViewReader& reader,
                                                               const chart::v1::ListDirectoryRequest& request);
absl::StatusOr<chart::v1::GetDirectoryEntryResponse> GetDirectoryEntry(
    const projection::ViewReader& reader, const chart::v1::GetDirectoryEntryRequest& request);

// worklist.cc
absl::StatusOr<chart::v1::ListWorkResponse> ListWork(const projection::ViewReader& reader,
                                                     const chart::v1::ListWorkRequest& request);

// digest.cc
absl::StatusOr<chart::v1::GetDigestResponse> GetDigest(const projection::ViewReader& reader,
                                                       const chart::v1::GetDigestRequest& request);

}  // namespace anamnesis::readmodel
