#include <optional>
#include <string>
#include <utility>

#include "anamnesis/chart/v1/errors.pb.h"
#include "base/refusal.h"
#include "base/status.h"
#include "base/uuid.h"
#include "services/readmodel/page.h"
#include "services/readmodel/queries/queries.h"
#include "services/readmodel/views/credential_validity.h"
#include "services/readmodel/views/index_terms.h"
#include "services/readmodel/views/view_kinds.h"

namespace anamnesis::readmodel {
namespace {

constexpr char kPractitioner[] = "practitioner";
constexpr char kOrganization[] = "organization";

constexpr char kCredential[] = "credential";

// Those that are valid on the day, or all where none is asked for.
absl::Status AddCredentials(const projection::ViewReader& reader, const std::string& practitioner,
                            const projection::ReadTimes& times, const clinical::v1::PartialDate* valid_on,
                            google::protobuf::RepeatedPtrField<projection::v1::CredentialView>* out) {
  ListQuery query{.records = {practitioner}, .prefixes = {ListPrefix(practitioner, kCredential)}, .times = times};
  if (valid_on != nullptr) {
    query.wanted = [valid_on](const projection::v1::View& view) {
      return IsValidOn(view.credential().credential(), *valid_on);
    };
  }
  do {
    ASSIGN_OR_RETURN(ListPage page, List(reader, query));
    for (ListItem& item : page.items) out->Add(std::move(*item.view.mutable_credential()));
    query.after = std::move(page.last_key);
  } while (!query.after.empty());
  return absl::OkStatus();
}

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
  for (ListItem& item : page.items) {
    if (request.has_valid_on() && item.view.has_practitioner()) {
      chart::v1::DirectoryCredentials& held = *response.add_credentials();
      held.set_practitioner_id(UuidText(item.row.ref.view));
      RETURN_IF_ERROR(
          AddCredentials(reader, item.row.ref.subject, {}, &request.valid_on(), held.mutable_credentials()));
    }
    *response.add_entries() = std::move(item.view);
  }
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
    if (response.entry().has_practitioner()) {
      RETURN_IF_ERROR(AddCredentials(reader, id, TimesOf(request.options()),
                                     request.has_valid_on() ? &request.valid_on() : nullptr,
                                     response.mutable_credentials()));
    }
    return response;
  }
  return Refuse(chart::v1::DIRECTORY_ENTRY_NOT_FOUND);
}

}  // namespace anamnesis::readmodel
