#include "projection/view_store_families.h"

#include <string>

namespace anamnesis::projection {

absl::Status FromRocks(const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  if (status.IsCorruption()) {
    return absl::DataLossError(
        "the views are damaged (RocksDB reports corruption); stop, move their directory away and start again: they are "
        "made anew from the logs");
  }
  return absl::InternalError("the views cannot be read or written: RocksDB reports error " +
                             std::to_string(static_cast<int>(status.code())));
}

absl::StatusOr<v1::ViewVersion> ParseVersion(const rocksdb::Slice& bytes) {
  v1::ViewVersion version;
  if (version.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return version;
  return absl::DataLossError("a stored version of a view cannot be read");
}

absl::StatusOr<v1::ViewFailure> ParseFailure(const rocksdb::Slice& bytes) {
  v1::ViewFailure failure;
  if (failure.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return failure;
  return absl::DataLossError("a stored failure of views cannot be read");
}

}  // namespace anamnesis::projection
