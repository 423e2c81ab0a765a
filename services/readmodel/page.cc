#include "services/readmodel/page.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "anamnesis/chart/v1/chart_service.pb.h"
#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/refusal.h"
#include "base/sha256.h"
#include "base/status.h"
#include "google/protobuf/descriptor.h"
#include "services/readmodel/views/view_kinds.h"

namespace anamnesis::readmodel {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using projection::IndexEntry;
using projection::ViewRow;

constexpr size_t kSealBytes = 8;

// Ties a key to what is asked.
std::string Seal(const Message& request, std::string_view key) {
  const std::unique_ptr<Message> asked(request.New());
  asked->CopyFrom(request);
  const google::protobuf::Reflection* reflection = asked->GetReflection();
  for (const char* field : {"page_size", "page_token"}) {
    reflection->ClearField(asked.get(), asked->GetDescriptor()->FindFieldByName(field));
  }
  const FieldDescriptor* options = asked->GetDescriptor()->FindFieldByName("options");
  auto* fresh = static_cast<chart::v1::ReadOptions*>(reflection->MutableMessage(asked.get(), options));
  fresh->clear_min_positions();
  fresh->clear_allow_stale();

  std::string sealed = asked->GetDescriptor()->full_name();
  sealed.push_back('\0');
  sealed += asked->SerializeAsString();
  sealed.append(key);
  return Sha256(sealed).substr(0, kSealBytes);
}

// Fills a page; says when it has seen enough.
class PageFiller {
 public:
  explicit PageFiller(const ListQuery& query) : query_(query) {}

  bool InRange(const IndexEntry& entry) const { return !query_.in_range || query_.in_range(entry); }

  absl::StatusOr<bool> Add(const IndexEntry& entry, ViewRow&& row) {
    ASSIGN_OR_RETURN(projection::v1::View view, ParseView(row.ref.kind, row.view));
    if (query_.wanted && !query_.wanted(view)) return true;
    if (page_.items.size() == query_.page_size || (!page_.items.empty() && bytes_ + row.view.size() > kMaxPageBytes)) {
      page_.last_key = page_.items.back().entry.key;
      return false;
    }
    bytes_ += row.view.size();
    page_.items.push_back({entry, std::move(row), std::move(view)});
    return true;
  }

  ListPage Take() { return std::move(page_); }

 private:
  const ListQuery& query_;
  ListPage page_;
  size_t bytes_ = 0;  // Of the views in it.
};

absl::StatusOr<ListPage> ListPresent(const projection::ViewReader& reader, const ListQuery& query) {
  PageFiller filler(query);
  absl::Status problem;
  RETURN_IF_ERROR(reader.Scan(query.prefixes, query.after, [&](const IndexEntry& entry) {
    if (!filler.InRange(entry)) return false;
    auto row = reader.Find(entry.ref);
    if (row.ok() && !row->has_value()) row = absl::DataLossError("an index names a view that is not there");
    absl::StatusOr<bool> go_on = row.ok() ? filler.Add(entry, **std::move(row)) : std::move(row).status();
    if (!go_on.ok()) problem = go_on.status();
    return go_on.ok() && *go_on;
  }));
  RETURN_IF_ERROR(problem);
  return filler.Take();
}

absl::StatusOr<ListPage> ListAt(const projection::ViewReader& reader, const ListQuery& query) {
  std::vector<std::pair<IndexEntry, ViewRow>> entries;
  for (const std::string& record : query.records) {
    ASSIGN_OR_RETURN(auto more, reader.EntriesAt(record, query.prefixes, query.times));
    std::move(more.begin(), more.end(), std::back_inserter(entries));
  }
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.first.key < b.first.key; });
  PageFiller filler(query);
  for (auto& [entry, row] : entries) {
    if (entry.key <= query.after) continue;
    if (!filler.InRange(entry)) break;
    ASSIGN_OR_RETURN(const bool go_on, filler.Add(entry, std::move(row)));
    if (!go_on) break;
  }
  return filler.Take();
}

}  // namespace

std::string MakePageToken(const Message& request, const std::string& key) {
  const std::string sealed = Seal(request, key) + key;
  return absl::WebSafeBase64Escape(absl::string_view(sealed.data(), sealed.size()));
}

absl::StatusOr<std::string> ReadPageToken(const Message& request) {
  const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName("page_token");
  const std::string token = request.GetReflection()->GetString(request, field);
  if (token.empty()) return std::string();
  std::string sealed;
  if (!absl::WebSafeBase64Unescape(token, &sealed) || sealed.size() <= kSealBytes) {
    return Refuse(rpc::v1::INVALID_CURSOR);
  }
  std::string key = sealed.substr(kSealBytes);
  if (sealed.compare(0, kSealBytes, Seal(request, key)) != 0) return Refuse(rpc::v1::INVALID_CURSOR);
  return key;
}

absl::StatusOr<ListPage> List(const projection::ViewReader& reader, const ListQuery& query) {
  return query.times.present() ? ListPresent(reader, query) : ListAt(reader, query);
}

}  // namespace anamnesis::readmodel
