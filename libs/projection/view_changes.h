// One group of changes on its way into a ViewStore: the rows, replaced versions and index entries that they make.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "anamnesis/projection/v1/projection_service.pb.h"
#include "anamnesis/projection/v1/view_store.pb.h"
#include "projection/view_schema.h"
#include "rocksdb/db.h"
#include "rocksdb/write_batch.h"

namespace anamnesis::projection {

// Collects changes of one generation, each seeing those before it, then writes them to a batch. Internal to ViewStore;
// one thread; not to be used after an error.
class ViewChanges {
 public:
  // Everything outlives this object. `generation` is the prefix of the keys.
  ViewChanges(const ViewSchema& schema, rocksdb::DB& db, const std::vector<rocksdb::ColumnFamilyHandle*>& families,
              std::string generation, rocksdb::WriteBatch& batch);

  // Changes come in the order of their positions. One that is not well formed, or cannot be merged, fails the views of
  // its subject; CHANGE_MALFORMED where it does not say whose it is.
  absl::Status Add(const v1::ViewChange& change);
  // Completes the batch, and what is known of failures. A view that cannot be indexed fails, too.
  absl::Status Finish(v1::Generation& generation);

  // Whose rows are gone for ever.
  const std::set<std::string>& purged() const { return purged_; }
  // Whose rows changed, 16 bytes each.
  const std::set<std::string>& subjects() const { return subjects_; }

 private:
  // A row on its way.
  struct Pending {
    ViewRef ref;
    std::string old_view;  // As it is on disk; empty where it is not there or removed.
    v1::ViewVersion newest;
  };

  // A subject's failure on its way: none where it is healed by a purge.
  struct PendingFailure {
    std::optional<v1::ViewFailure> stored;  // As it is on disk.
    std::optional<v1::ViewFailure> now;
  };

  absl::StatusOr<PendingFailure*> FailureOf(const std::string& subject);
  absl::Status Fail(const std::string& subject, v1::ViewFailure failure);
  absl::Status WriteFailures(v1::Generation& generation);
  // CHANGE_MALFORMED; then the row is as it was before.
  absl::Status Change(const v1::ViewChange& change);
  absl::StatusOr<v1::ViewVersion> NextVersion(const v1::ViewChange& change, const Pending& pending) const;
  absl::Status Purge(const std::string& subject);
  absl::StatusOr<Pending*> Find(const ViewRef& ref, const std::string& key);
  absl::Status WriteIndex(const Pending& pending);
  absl::Status DeleteTerms(const ViewRef& ref, std::string_view view);

  const ViewSchema& schema_;
  rocksdb::DB& db_;
  const std::vector<rocksdb::ColumnFamilyHandle*>& families_;
  const std::string generation_;
  rocksdb::WriteBatch& batch_;
  std::unordered_map<std::string, Pending> rows_;  // By key.
  // Versions that others took the place of, with their keys.
  std::vector<std::pair<std::string, std::string>> history_;
  std::map<std::string, PendingFailure> failures_;  // By subject, of those that the changes are of.
  std::set<std::string> subjects_;
  std::set<std::string> purged_;
  uint64_t last_position_ = 0;
  uint32_t ordinal_ = 0;
};

}  // namespace anamnesis::projection
