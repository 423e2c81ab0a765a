// Pages of lists: where one ends and the next begins.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "anamnesis/projection/v1/views.pb.h"
#include "google/protobuf/message.h"
#include "projection/view_reader.h"

namespace anamnesis::readmodel {

inline constexpr uint32_t kDefaultPageSize = 100;
// What the views of a page come to at most, unless it is one view: so that callers with gRPC's limit of 4 MiB can
// receive it, with what is said around the views.
inline constexpr size_t kMaxPageBytes = size_t{2} << 20;

// How many items a request asks for.
inline size_t PageSize(uint32_t page_size) {
  return page_size == 0 ? kDefaultPageSize : page_size;
}

// A token that leads on after `key` in the same list: opaque to callers, and good only for a request that is the same
// in all but `page_size`, `page_token` and how fresh the answer is to be. The request has those fields and `options`.
std::string MakePageToken(const google::protobuf::Message& request, const std::string& key);
// The key of the request's `page_token`; empty where there is none. INVALID_CURSOR where it is not for this request.
absl::StatusOr<std::string> ReadPageToken(const google::protobuf::Message& request);

// One item of a list.
struct ListItem {
  projection::IndexEntry entry;
  projection::ViewRow row;
  projection::v1::View view;
};

// What to list.
struct ListQuery {
  std::vector<std::string> records;   // Whose, 16 bytes each.
  std::vector<std::string> prefixes;  // Which index terms.
  projection::ReadTimes times;
  std::string after;  // The key to go on after.
  size_t page_size = kDefaultPageSize;
  // False ends the list before this entry; absent: it ends with the index.
  std::function<bool(const projection::IndexEntry&)> in_range;
  // Which views are wanted; absent: all.
  std::function<bool(const projection::v1::View&)> wanted;
};

// As many items as are asked for, or fewer where more were more than kMaxPageBytes; at least one, if there is one.
struct ListPage {
  std::vector<ListItem> items;
  std::string last_key;  // Empty where nothing follows.
};

absl::StatusOr<ListPage> List(const projection::ViewReader& reader, const ListQuery& query);

}  // namespace anamnesis::readmodel
