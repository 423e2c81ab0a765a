#include "projection/view_changes.h"

#include <algorithm>
#include <utility>

#include "anamnesis/projection/v1/errors.pb.h"
#include "base/clock.h"
#include "base/refusal.h"
#include "base/rocks_damage.h"
#include "base/status.h"
#include "base/uuid.h"
#include "projection/view_store_families.h"

namespace anamnesis::projection {
namespace {

absl::Status Malformed(uint64_t position, std::string problem) {
  return Refuse(v1::CHANGE_MALFORMED,
                {
                    .metadata = {{"position", std::to_string(position)}, {"problem", std::move(problem)}}
  });
}

bool IsMalformed(const absl::Status& status) {
  return RefusalInfo(status).reason() == v1::ProjectionError_Name(v1::CHANGE_MALFORMED);
}

absl::Status Check(const v1::ViewChange& change) {
  if (!IsUuid(change.view_id())) return Malformed(change.position(), "view_id is not a UUID");
  const std::string& kind = change.kind();
  if (kind.empty() || kind.size() > kMaxKindBytes || kind.find('\0') != std::string::npos) {
    return Malformed(change.position(), "kind is not the name of one");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> SortedTerms(const ViewSchema& schema, const ViewRef& ref,
                                                     std::string_view view) {
  if (view.empty()) return std::vector<std::string>{};
  ASSIGN_OR_RETURN(std::vector<std::string> terms, schema.terms(ref, view));
  std::sort(terms.begin(), terms.end());
  return terms;
}

}  // namespace

ViewChanges::ViewChanges(const ViewSchema& schema, rocksdb::DB& db,
                         const std::vector<rocksdb::ColumnFamilyHandle*>& families, std::string generation,
                         rocksdb::WriteBatch& batch)
    : schema_(schema), db_(db), families_(families), generation_(std::move(generation)), batch_(batch) {}

absl::StatusOr<ViewChanges::Pending*> ViewChanges::Find(const ViewRef& ref, const std::string& key) {
  const auto [found, is_new] = rows_.try_emplace(key);
  Pending& pending = found->second;
  if (!is_new) return &pending;
  pending.ref = ref;
  if (purged_.contains(ref.subject)) return &pending;
  rocksdb::PinnableSlice bytes;
  const rocksdb::Status status = db_.Get({}, families_[kCurrent], key, &bytes);
  if (status.IsNotFound()) return &pending;
  RETURN_IF_ERROR(FromRocks(status));
  ASSIGN_OR_RETURN(pending.newest, ParseVersion(bytes));
  pending.old_view = pending.newest.view();
  return &pending;
}

absl::Status ViewChanges::Add(const v1::ViewChange& change) {
  if (!IsUuid(change.subject_id())) return Malformed(change.position(), "subject_id is not a UUID");
  ordinal_ = change.position() == last_position_ ? ordinal_ + 1 : 0;
  last_position_ = change.position();
  const std::string subject = UuidBytes(change.subject_id());
  if (change.operation() == v1::CHANGE_OPERATION_PURGE) return Purge(subject);
  v1::ViewFailure failure;
  failure.set_position(change.position());
  failure.set_recorded_micros(ToMicros(change.recorded_time()));
  failure.set_reason(change.reason());
  if (change.operation() == v1::CHANGE_OPERATION_FAIL) return Fail(subject, std::move(failure));

  ASSIGN_OR_RETURN(const PendingFailure* const known, FailureOf(subject));
  if (known->now.has_value()) return absl::OkStatus();  // A change of what is wrong makes it no better.
  const absl::Status changed = Change(change);
  if (!IsMalformed(changed)) return changed;
  failure.set_reason(RefusalInfo(changed).metadata().at("problem"));
  return Fail(subject, std::move(failure));
}

absl::StatusOr<ViewChanges::PendingFailure*> ViewChanges::FailureOf(const std::string& subject) {
  const auto [found, is_new] = failures_.try_emplace(subject);
  PendingFailure& failure = found->second;
  if (!is_new) return &failure;
  std::string bytes;
  const rocksdb::Status status = db_.Get({}, families_[kStates], FailurePrefix(generation_) + subject, &bytes);
  if (status.IsNotFound()) return &failure;
  RETURN_IF_ERROR(FromRocks(status));
  ASSIGN_OR_RETURN(failure.stored, ParseFailure(bytes));
  failure.now = failure.stored;
  return &failure;
}

absl::Status ViewChanges::Fail(const std::string& subject, v1::ViewFailure failure) {
  ASSIGN_OR_RETURN(PendingFailure* const known, FailureOf(subject));
  if (!known->now.has_value()) known->now = std::move(failure);
  subjects_.insert(subject);
  return absl::OkStatus();
}

absl::Status ViewChanges::Change(const v1::ViewChange& change) {
  RETURN_IF_ERROR(Check(change));
  const ViewRef ref{
      .subject = UuidBytes(change.subject_id()), .kind = change.kind(), .view = UuidBytes(change.view_id())};
  const std::string key = generation_ + EncodeRow(ref);
  ASSIGN_OR_RETURN(Pending * pending, Find(ref, key));
  absl::StatusOr<v1::ViewVersion> next = NextVersion(change, *pending);
  const bool is_new = pending->newest.position() == 0;
  if (!next.ok()) {
    if (is_new) rows_.erase(key);
    return next.status();
  }
  if (!is_new) {
    history_.emplace_back(key + EncodeVersion(pending->newest.position(), pending->newest.ordinal()),
                          pending->newest.SerializeAsString());
  }
  pending->newest = *std::move(next);
  subjects_.insert(ref.subject);
  return absl::OkStatus();
}

absl::StatusOr<v1::ViewVersion> ViewChanges::NextVersion(const v1::ViewChange& change, const Pending& pending) const {
  v1::ViewVersion next;
  next.set_operation(change.operation());
  next.set_position(change.position());
  next.set_ordinal(ordinal_);
  next.set_recorded_micros(ToMicros(change.recorded_time()));
  next.set_effective_micros(ToMicros(change.effective_time()));
  switch (change.operation()) {
    case v1::CHANGE_OPERATION_PUT:
      if (change.view().empty()) return Malformed(change.position(), "view is empty");
      next.set_view(change.view());
      return next;
    case v1::CHANGE_OPERATION_PATCH: {
      auto merged = schema_.merge(pending.ref.kind, pending.newest.view(), change.view(), change.replace());
      if (!merged.ok()) return Malformed(change.position(), std::string(merged.status().message()));
      next.set_view(*std::move(merged));
      next.set_patch(change.view());
      *next.mutable_replace() = change.replace();
      return next;
    }
    case v1::CHANGE_OPERATION_REMOVE:
      return next;
    default:
      return Malformed(change.position(), "operation is not one of PUT, PATCH, REMOVE, PURGE, FAIL");
  }
}

// What the batch does to the subject's rows before this is undone by what it does now; what comes after stays.
absl::Status ViewChanges::Purge(const std::string& subject) {
  ASSIGN_OR_RETURN(PendingFailure* const failure, FailureOf(subject));
  failure->now.reset();
  const std::string begin = generation_ + RowPrefix(subject, "");
  for (const Family family : {kCurrent, kHistory}) {
    if (purged_.contains(subject)) break;  // What is on disk is in the batch already.
    const std::unique_ptr<rocksdb::Iterator> rows(db_.NewIterator(ScanOptions(), families_[family]));
    for (rows->Seek(begin); rows->Valid() && rows->key().starts_with(begin); rows->Next()) {
      RETURN_IF_ERROR(FromRocks(batch_.Delete(families_[family], rows->key())));
      if (family == kHistory) continue;
      ASSIGN_OR_RETURN(const v1::ViewVersion version, ParseVersion(rows->value()));
      RETURN_IF_ERROR(DeleteTerms(DecodeRow(FromSlice(rows->key()).substr(generation_.size())), version.view()));
    }
    RETURN_IF_ERROR(FromRocks(rows->status()));
  }
  std::erase_if(rows_, [&](const auto& row) { return row.second.ref.subject == subject; });
  std::erase_if(history_, [&](const auto& row) { return row.first.starts_with(begin); });
  purged_.insert(subject);
  subjects_.insert(subject);
  return absl::OkStatus();
}

absl::Status ViewChanges::DeleteTerms(const ViewRef& ref, std::string_view view) {
  ASSIGN_OR_RETURN(const std::vector<std::string> terms, SortedTerms(schema_, ref, view));
  for (const std::string& term : terms) {
    RETURN_IF_ERROR(FromRocks(batch_.Delete(families_[kIndex], generation_ + term + EncodeEntry(ref))));
  }
  return absl::OkStatus();
}

absl::Status ViewChanges::Finish(v1::Generation& generation) {
  for (const auto& [key, version] : history_) {
    RETURN_IF_ERROR(FromRocks(batch_.Put(families_[kHistory], key, version)));
  }
  for (const auto& [key, pending] : rows_) {
    const absl::Status indexed = WriteIndex(pending);
    if (IsMalformed(indexed)) {
      v1::ViewFailure failure;
      failure.set_position(pending.newest.position());
      failure.set_recorded_micros(pending.newest.recorded_micros());
      failure.set_reason(RefusalInfo(indexed).metadata().at("problem"));
      RETURN_IF_ERROR(Fail(pending.ref.subject, std::move(failure)));
      continue;  // The row on disk stays as it was.
    }
    RETURN_IF_ERROR(indexed);
    RETURN_IF_ERROR(FromRocks(batch_.Put(families_[kCurrent], key, pending.newest.SerializeAsString())));
  }
  return WriteFailures(generation);
}

absl::Status ViewChanges::WriteFailures(v1::Generation& generation) {
  uint64_t failed = generation.failed_subjects();
  for (const auto& [subject, failure] : failures_) {
    const std::string key = FailurePrefix(generation_) + subject;
    if (failure.stored.has_value() && !failure.now.has_value()) {
      RETURN_IF_ERROR(FromRocks(batch_.Delete(families_[kStates], key)));
      --failed;
    } else if (failure.now.has_value() &&
               (!failure.stored.has_value() || failure.stored->position() != failure.now->position())) {
      RETURN_IF_ERROR(FromRocks(batch_.Put(families_[kStates], key, failure.now->SerializeAsString())));
      failed += failure.stored.has_value() ? 0 : 1;
      if (failure.now->position() > generation.last_failure().position()) {
        *generation.mutable_last_failure() = *failure.now;
      }
    }
  }
  generation.set_failed_subjects(failed);
  return absl::OkStatus();
}

absl::Status ViewChanges::WriteIndex(const Pending& pending) {
  ASSIGN_OR_RETURN(const std::vector<std::string> before, SortedTerms(schema_, pending.ref, pending.old_view));
  auto after = SortedTerms(schema_, pending.ref, pending.newest.view());
  if (!after.ok()) return Malformed(pending.newest.position(), std::string(after.status().message()));

  std::vector<std::string> gone;
  std::vector<std::string> added;
  std::set_difference(before.begin(), before.end(), after->begin(), after->end(), std::back_inserter(gone));
  std::set_difference(after->begin(), after->end(), before.begin(), before.end(), std::back_inserter(added));
  const std::string entry = EncodeEntry(pending.ref);
  for (const std::string& term : gone) {
    RETURN_IF_ERROR(FromRocks(batch_.Delete(families_[kIndex], generation_ + term + entry)));
  }
  for (const std::string& term : added) {
    RETURN_IF_ERROR(FromRocks(batch_.Put(families_[kIndex], generation_ + term + entry, "")));
  }
  return absl::OkStatus();
}

}  // namespace anamnesis::projection
