// The column families of a ViewStore and what belongs to reading any of them.
#pragma once

#include <array>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "anamnesis/projection/v1/view_store.pb.h"
#include "rocksdb/slice.h"
#include "rocksdb/status.h"

namespace anamnesis::projection {

// In the order of their handles. RocksDB insists on the first; it holds the header and the state of each source.
enum Family : size_t { kStates, kCurrent, kHistory, kIndex, kFamilyCount };
inline constexpr std::array<const char*, kFamilyCount> kFamilyNames = {"default", "current", "history", "index"};

// RocksDB's word as ours: DATA_LOSS for corruption, INTERNAL otherwise. Never holds keys or values.
absl::Status FromRocks(const rocksdb::Status& status);

// DATA_LOSS where the bytes are not a version.
absl::StatusOr<v1::ViewVersion> ParseVersion(const rocksdb::Slice& bytes);

// DATA_LOSS where the bytes are not a failure.
absl::StatusOr<v1::ViewFailure> ParseFailure(const rocksdb::Slice& bytes);

// RocksDB's view of text.
inline rocksdb::Slice ToSlice(std::string_view text) {
  return {text.data(), text.size()};
}
inline std::string_view FromSlice(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

}  // namespace anamnesis::projection
