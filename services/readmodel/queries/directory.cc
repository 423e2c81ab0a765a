#include <optional>
#include <string>
#include <utility>

#include "anamnesis/chart/v1/errors.pb.h"
#include "base/refusal.h"
#include "base/status.h"
#include "base/uuid.h"
#include "services/readmodel/page.h"
#include "services/readmodel/queries/queries.h"
#include "services/readmodel/views/index_terms.h"
#include "services/readmodel/views/view_kinds.h"

namespace anamnesis::readmodel {
namespace {

constexpr char kPractitioner[] = "practitioner";
constexpr char kOrganization[] = "organization";

}  // namespace

absl::StatusOr<chart::v1::ListDirectoryResponse> ListDirectory(const projection::ViewReader& reader,
                                                               const chart::v1::ListDirectoryRequest& request) {
  RETURN_IF_ERROR(RequirePresent(request.options()));
  ListQuery query{.page_size = PageSize(request.page_size())};
  ASSIGN_OR_RETURN(query.after, ReadPageToken(request));
  query.prefixes = {
      DirectoryPrefix(request.kind() == chart::v1::DIRECTORY_KIND_PRACTITIONER ? kPractitioner : kOrganization)};
  ASSIGN_OR_RETURN(ListPage page, List(reader, query));
  chart::v1::ListDirectoryResponse response;
  for (ListItem& item : page.items) *response.add_entries() = std::move(item.view);
  if (!page.last_key.empty()) response.set_next_page_token(MakePageToken(request, page.last_key));
  return response;
}

absl::StatusOr<chart::v1::GetDirectoryEntryResponse> GetDirectoryEntry(
    const projection::ViewReader& reader, const chart::v1::GetDirectoryEntryRequest& request) {
  const std::string id = UuidBytes(request.id());
  RETURN_IF_ERROR(CheckViews(reader, id, TimesOf(request.options())));
  for (const char* kind : {kPractitioner, kOrganization}) {
    ASSIGN_OR_RETURN(const auto row, reader.Find({id, kind, id}, TimesOf(request.options())));
    if (!row.has_value()) continue;
    chart::v1::GetDirectoryEntryResponse response;
    ASSIGN_OR_RETURN(*response.mutable_entry(), ParseView(kind, row->view));
    return response;
  }
  return Refuse(chart::v1::DIRECTORY_ENTRY_NOT_FOUND);
}

}  // namespace anamnesis::readmodel
