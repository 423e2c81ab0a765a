#include "projection/view_reader.h"

#include <algorithm>
#include <utility>

#include "base/rocks_damage.h"
#include "base/status.h"
#include "projection/view_store_families.h"

namespace anamnesis::projection {
namespace {

ViewRow MakeRow(const std::string& service, ViewRef ref, v1::ViewVersion&& version) {
  return {.service = service,
          .ref = std::move(ref),
          .position = version.position(),
          .recorded_micros = version.recorded_micros(),
          .effective_micros = version.effective_micros(),
          .view = std::move(*version.mutable_view())};
}

bool Counts(const v1::ViewVersion& version, const ReadTimes& times) {
  return (!times.as_of_recorded.has_value() || version.recorded_micros() <= *times.as_of_recorded) &&
         (!times.about_clinical.has_value() || version.effective_micros() <= *times.about_clinical);
}

}  // namespace

ViewReader::ViewReader(const ViewSchema& schema, rocksdb::DB& db,
                       const std::vector<rocksdb::ColumnFamilyHandle*>& families)
    : schema_(schema),
      db_(db),
      families_(families),
      snapshot_(db.GetSnapshot(), [&db](const rocksdb::Snapshot* snapshot) { db.ReleaseSnapshot(snapshot); }) {}

rocksdb::ReadOptions ViewReader::Options() const {
  rocksdb::ReadOptions options = ScanOptions();
  options.snapshot = snapshot_.get();
  return options;
}

absl::StatusOr<std::optional<FailedViews>> ViewReader::FailureOf(std::string_view subject,
                                                                 const ReadTimes& times) const {
  if (failed_subjects_ == 0) return std::nullopt;
  for (const Source& source : sources_) {
    std::string bytes;
    const std::string key = FailurePrefix(source.prefix) + std::string(subject);
    const rocksdb::Status found = db_.Get(Options(), families_[kStates], key, &bytes);
    if (found.IsNotFound()) continue;
    RETURN_IF_ERROR(FromRocks(found));
    ASSIGN_OR_RETURN(v1::ViewFailure failure, ParseFailure(bytes));
    if (times.as_of_recorded.has_value() && failure.recorded_micros() > *times.as_of_recorded) continue;
    return FailedViews{source.service, std::move(failure)};
  }
  return std::nullopt;
}

absl::Status ViewReader::Walk(const Source& source, std::string_view subject,
                              const std::function<absl::StatusOr<bool>(ViewRef, v1::ViewVersion)>& visit) const {
  const std::string prefix = source.prefix + std::string(subject);
  const std::string end = PrefixEnd(prefix);
  const rocksdb::Slice upper = ToSlice(end);
  rocksdb::ReadOptions options = Options();
  options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> rows(db_.NewIterator(options, families_[kCurrent]));
  for (rows->Seek(ToSlice(prefix)); rows->Valid(); rows->Next()) {
    ASSIGN_OR_RETURN(v1::ViewVersion version, ParseVersion(rows->value()));
    ASSIGN_OR_RETURN(const bool go_on,
                     visit(DecodeRow(FromSlice(rows->key()).substr(source.prefix.size())), std::move(version)));
    if (!go_on) return absl::CancelledError();
  }
  return FromRocks(rows->status());
}

absl::Status ViewReader::Rows(std::string_view subject, const VisitRow& visit) const {
  return RowsAt(subject, {}, visit);
}

absl::Status ViewReader::RowsAt(std::string_view subject, const ReadTimes& times, const VisitRow& visit) const {
  for (const Source& source : sources_) {
    const absl::Status status =
        Walk(source, subject, [&](ViewRef ref, v1::ViewVersion version) -> absl::StatusOr<bool> {
          ASSIGN_OR_RETURN(std::optional<ViewRow> row, RowAt(source, ref, std::move(version), times));
          return !row.has_value() || visit(*std::move(row));
        });
    if (absl::IsCancelled(status)) return absl::OkStatus();  // The visitor has seen enough.
    RETURN_IF_ERROR(status);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<ViewRow>> ViewReader::RowAt(const Source& source, const ViewRef& ref,
                                                         v1::ViewVersion newest, const ReadTimes& times) const {
  if (times.present()) {
    if (newest.view().empty()) return std::nullopt;
    return MakeRow(source.service, ref, std::move(newest));
  }
  const std::string key = source.prefix + EncodeRow(ref);
  const std::string end = PrefixEnd(key);
  const rocksdb::Slice upper = ToSlice(end);
  rocksdb::ReadOptions options = Options();
  options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> older(db_.NewIterator(options, families_[kHistory]));
  older->Seek(key);

  // Newest first, back to the change that says the whole view; `newest` is not in the history yet.
  std::vector<v1::ViewVersion> counted;
  bool begins_later = false;  // What says the whole view is of a later time: patches of an earlier one are of nothing.
  for (v1::ViewVersion version = std::move(newest);;) {
    const bool whole = version.operation() != v1::CHANGE_OPERATION_PATCH || !times.about_clinical.has_value();
    const bool counts = Counts(version, times);
    if (whole) begins_later = !counts && version.operation() == v1::CHANGE_OPERATION_PUT;
    if (counts) counted.push_back(std::move(version));
    if ((counts && whole) || !older->Valid()) break;
    ASSIGN_OR_RETURN(version, ParseVersion(older->value()));
    older->Next();
  }
  RETURN_IF_ERROR(FromRocks(older->status()));
  if (counted.empty() || begins_later) return std::nullopt;

  // Patches are merged anew only where a later change of an earlier time may have left something out.
  std::string view = counted.back().operation() == v1::CHANGE_OPERATION_PATCH && times.about_clinical.has_value()
                         ? std::string()
                         : counted.back().view();
  if (times.about_clinical.has_value()) {
    for (auto version = counted.rbegin(); version != counted.rend(); ++version) {
      if (version->operation() != v1::CHANGE_OPERATION_PATCH) continue;
      ASSIGN_OR_RETURN(view, schema_.merge(ref.kind, view, version->patch(), version->replace()));
    }
  }
  if (view.empty()) return std::nullopt;
  counted.front().set_view(std::move(view));
  return MakeRow(source.service, ref, std::move(counted.front()));
}

absl::StatusOr<std::optional<ViewRow>> ViewReader::Find(const ViewRef& ref, const ReadTimes& times) const {
  for (const Source& source : sources_) {
    rocksdb::PinnableSlice bytes;
    const rocksdb::Status status = db_.Get(Options(), families_[kCurrent], source.prefix + EncodeRow(ref), &bytes);
    if (status.IsNotFound()) continue;
    RETURN_IF_ERROR(FromRocks(status));
    ASSIGN_OR_RETURN(v1::ViewVersion newest, ParseVersion(bytes));
    return RowAt(source, ref, std::move(newest), times);
  }
  return std::nullopt;
}

absl::Status ViewReader::Scan(const std::vector<std::string>& prefixes, std::string_view after,
                              const VisitEntry& visit) const {
  struct Run {
    const Source* source;
    std::string prefix;
    std::string end;
    rocksdb::Slice upper;  // Of `end`; read by the iterator.
    std::unique_ptr<rocksdb::Iterator> entries;
    std::string_view key() const { return FromSlice(entries->key()).substr(prefix.size()); }
  };
  std::vector<std::unique_ptr<Run>> runs;
  for (const Source& source : sources_) {
    for (const std::string& prefix : prefixes) {
      auto run = std::make_unique<Run>(Run{.source = &source, .prefix = source.prefix + prefix});
      run->end = PrefixEnd(run->prefix);
      run->upper = ToSlice(run->end);
      rocksdb::ReadOptions options = Options();
      options.iterate_upper_bound = &run->upper;
      run->entries.reset(db_.NewIterator(options, families_[kIndex]));
      run->entries->Seek(run->prefix + std::string(after));
      if (run->entries->Valid() && !after.empty() && run->key() == after) run->entries->Next();
      if (run->entries->Valid())
        runs.push_back(std::move(run));
      else
        RETURN_IF_ERROR(FromRocks(run->entries->status()));
    }
  }
  const auto later = [](const std::unique_ptr<Run>& a, const std::unique_ptr<Run>& b) { return a->key() > b->key(); };
  std::make_heap(runs.begin(), runs.end(), later);
  while (!runs.empty()) {
    std::pop_heap(runs.begin(), runs.end(), later);
    Run& run = *runs.back();
    const IndexEntry entry{.key = std::string(run.key()),
                           .service = run.source->service,
                           .ref = DecodeEntry(FromSlice(run.entries->key()))};
    if (!visit(entry)) return absl::OkStatus();
    run.entries->Next();
    if (run.entries->Valid()) {
      std::push_heap(runs.begin(), runs.end(), later);
    } else {
      RETURN_IF_ERROR(FromRocks(run.entries->status()));
      runs.pop_back();
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::pair<IndexEntry, ViewRow>>> ViewReader::EntriesAt(
    std::string_view subject, const std::vector<std::string>& prefixes, const ReadTimes& times) const {
  std::vector<std::pair<IndexEntry, ViewRow>> entries;
  absl::Status problem;
  RETURN_IF_ERROR(RowsAt(subject, times, [&](ViewRow&& row) {
    auto terms = schema_.terms(row.ref, row.view);
    if (!terms.ok()) {
      problem = std::move(terms).status();
      return false;
    }
    for (const std::string& term : *terms) {
      for (const std::string& prefix : prefixes) {
        if (term.compare(0, prefix.size(), prefix) != 0) continue;
        entries.push_back({
            {term.substr(prefix.size()) + EncodeEntry(row.ref), row.service, row.ref},
            row
        });
      }
    }
    return true;
  }));
  RETURN_IF_ERROR(problem);
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.first.key < b.first.key; });
  return entries;
}

}  // namespace anamnesis::projection
