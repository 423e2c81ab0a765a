// A consistent look at the views of a ViewStore, of now or of another time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "anamnesis/projection/v1/view_store.pb.h"
#include "projection/view_schema.h"
#include "rocksdb/db.h"

namespace anamnesis::projection {

// One view as it is, or was.
struct ViewRow {
  std::string service;
  ViewRef ref;
  uint64_t position = 0;  // Of its last change.
  int64_t recorded_micros = 0;
  int64_t effective_micros = 0;
  std::string view;
};

// Why the views of a subject are not to be answered from.
struct FailedViews {
  std::string service;
  v1::ViewFailure failure;
};

// Which time is asked about; nothing set: the present.
struct ReadTimes {
  std::optional<int64_t> as_of_recorded;  // Only what was recorded up to this instant, microseconds since 1970.
  std::optional<int64_t> about_clinical;  // Only what had happened up to this instant.
  bool present() const { return !as_of_recorded.has_value() && !about_clinical.has_value(); }
};

// Where a view stands in an index.
struct IndexEntry {
  std::string key;  // What follows the prefix that was scanned for; entries come in its order.
  std::string service;
  ViewRef ref;
};

// Sees what was applied when it was made, nothing later. Removed views are not there. Not thread-safe, movable, cheap
// to make. All errors are DATA_LOSS or INTERNAL: the store cannot be read.
class ViewReader {
 public:
  // Returns false to end the walk.
  using VisitRow = std::function<bool(ViewRow&& row)>;
  using VisitEntry = std::function<bool(const IndexEntry& entry)>;

  // By service, the position that is included.
  const std::map<std::string, uint64_t>& positions() const { return positions_; }

  // How many subjects have failed views, over all services.
  uint64_t failed_subjects() const { return failed_subjects_; }
  // Nothing where the views of the subject (16 bytes) are whole, or were at the time; else the first failure that
  // counts.
  absl::StatusOr<std::optional<FailedViews>> FailureOf(std::string_view subject, const ReadTimes& times) const;

  // Present rows of a subject (16 bytes; empty: of everybody), in the order of services, subjects, kinds and views.
  absl::Status Rows(std::string_view subject, const VisitRow& visit) const;
  // As they were at a time: looks at every version.
  absl::Status RowsAt(std::string_view subject, const ReadTimes& times, const VisitRow& visit) const;

  // One row; nothing where it is not there. Services do not share kinds, so there is at most one.
  absl::StatusOr<std::optional<ViewRow>> Find(const ViewRef& ref, const ReadTimes& times = {}) const;

  // Present entries whose term begins with one of the prefixes, of all services in one order: that of their keys.
  // Begins after the key `after`; empty: at the first.
  absl::Status Scan(const std::vector<std::string>& prefixes, std::string_view after, const VisitEntry& visit) const;
  // The entries of one subject as they were at a time, for the same prefixes and in the same order, made from `RowsAt`.
  // A prefix must not match the terms of another subject's views.
  absl::StatusOr<std::vector<std::pair<IndexEntry, ViewRow>>> EntriesAt(std::string_view subject,
                                                                        const std::vector<std::string>& prefixes,
                                                                        const ReadTimes& times) const;

 private:
  friend class ViewStore;
  struct Source {
    std::string service;
    std::string prefix;  // Of the generation that answers.
  };

  ViewReader(const ViewSchema& schema, rocksdb::DB& db, const std::vector<rocksdb::ColumnFamilyHandle*>& families);

  rocksdb::ReadOptions Options() const;
  // The version of a row at a time, merged anew where `about_clinical` leaves changes out.
  absl::StatusOr<std::optional<ViewRow>> RowAt(const Source& source, const ViewRef& ref, v1::ViewVersion newest,
                                               const ReadTimes& times) const;
  absl::Status Walk(const Source& source, std::string_view subject,
                    const std::function<absl::StatusOr<bool>(ViewRef, v1::ViewVersion)>& visit) const;

  const ViewSchema& schema_;
  rocksdb::DB& db_;
  const std::vector<rocksdb::ColumnFamilyHandle*>& families_;
  std::shared_ptr<const rocksdb::Snapshot> snapshot_;
  std::vector<Source> sources_;  // In the order of services.
  std::map<std::string, uint64_t> positions_;
  uint64_t failed_subjects_ = 0;
};

}  // namespace anamnesis::projection
