#include "eventlog/sequenced_log.h"

#include <algorithm>
#include <future>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/failpoint.h"
#include "base/status.h"
#include "eventlog/log_subscription.h"
#include "eventlog/record_walk.h"
#include "eventlog/rows.h"
#include "eventlog/validate_append.h"

namespace anamnesis::eventlog {
namespace {

// What Read returns: a walk with the filter's type applied, and a hold on the engine.
class FilteredCursor final : public Cursor {
 public:
  FilteredCursor(std::shared_ptr<const CommitLog> engine, std::shared_ptr<const PayloadKeys> keys, Filter filter,
                 Position from, Position tail, Direction direction)
      : engine_(std::move(engine)),
        keys_(std::move(keys)),
        filter_(std::move(filter)),
        walk_(WalkRecords(*engine_, *keys_, filter_, from, tail, direction)) {
    SkipOthers();
  }

  bool Valid() const override { return walk_->Valid(); }
  void Next() override {
    walk_->Next();
    SkipOthers();
  }
  const Record& record() const override { return walk_->record(); }
  absl::Status status() const override { return walk_->status(); }

 private:
  void SkipOthers() {
    while (walk_->Valid() && !filter_.Matches(walk_->record())) walk_->Next();
  }

  const std::shared_ptr<const CommitLog> engine_;
  const std::shared_ptr<const PayloadKeys> keys_;
  const Filter filter_;
  const std::unique_ptr<RecordWalk> walk_;
};

absl::StatusOr<std::optional<RequestRow>> StoredRequest(const CommitLog& engine, const PayloadKeys& keys,
                                                        const std::string& request_id) {
  if (request_id.empty()) return std::optional<RequestRow>();
  ASSIGN_OR_RETURN(const std::optional<std::string> bytes, engine.FindRequest(request_id));
  if (!bytes.has_value()) return std::optional<RequestRow>();
  return DecodeRequestRow(request_id, *bytes, keys);
}

}  // namespace

absl::StatusOr<std::unique_ptr<EventLog>> SequencedLog::Open(std::shared_ptr<CommitLog> engine,
                                                             const LogOptions& options, FatalHandler fatal) {
  ASSIGN_OR_RETURN(std::shared_ptr<Keyring> keyring, Keyring::Open(*engine, options.keks, options.cached_keys));
  ASSIGN_OR_RETURN(const Position tail, engine->Tail());
  int64_t last_recorded_micros = 0;
  if (tail > 0) {
    ASSIGN_OR_RETURN(const std::string bytes, engine->RecordAt(tail));
    StoredRecord last;
    RETURN_IF_ERROR(ParseRecord(bytes, last));
    last_recorded_micros = last.header.recorded_micros;
  }
  return std::unique_ptr<EventLog>(
      new SequencedLog(std::move(engine), std::move(keyring), options, std::move(fatal), tail, last_recorded_micros));
}

SequencedLog::SequencedLog(std::shared_ptr<CommitLog> engine, std::shared_ptr<Keyring> keyring,
                           const LogOptions& options, FatalHandler fatal, Position tail, int64_t last_recorded_micros)
    : engine_(std::move(engine)),
      keyring_(std::move(keyring)),
      hub_(std::make_shared<SubscriptionHub>(tail, options.recent_bytes)),
      clock_(*options.clock),
      sequencer_(tail, last_recorded_micros, options.recent_streams),
      committer_(engine_.get(), keyring_.get(), std::move(fatal),
                 [this](const GroupCommitter::Group& group) { Publish(group); }) {}

std::vector<bool> SequencedLog::KnownHeads(const AppendRequest& request) {
  std::vector<bool> known;
  for (const StreamAppend& stream : request.streams) known.push_back(sequencer_.Head(stream.stream).has_value());
  return known;
}

absl::StatusOr<SequencedLog::Stored> SequencedLog::LookUp(const AppendRequest& request,
                                                          const std::vector<bool>& known) const {
  Stored stored;
  stored.heads.resize(request.streams.size());
  for (size_t i = 0; i < known.size(); ++i) {
    if (known[i]) continue;
    ASSIGN_OR_RETURN(stored.heads[i], engine_->Head(request.streams[i].stream));
  }
  ASSIGN_OR_RETURN(stored.request, StoredRequest(*engine_, *keyring_, request.request_id));
  return stored;
}

absl::StatusOr<AppendResult> SequencedLog::Append(AppendRequest request,
                                                  std::function<void(const AppendResult&)> on_durable) {
  const bool may_commit_here = request.may_commit_here;
  absl::StatusOr<AppendResult> result = Queue(std::move(request), std::move(on_durable));
  if (result.ok()) committer_.Attend(may_commit_here);
  return result;
}

absl::StatusOr<AppendResult> SequencedLog::Queue(AppendRequest request,
                                                 std::function<void(const AppendResult&)> on_durable) {
  RETURN_IF_ERROR(ValidateAppend(request));
  // The engine is asked without the lock. Its answers hold if nothing was retired meanwhile: whatever was sequenced
  // since is then still known to the sequencer. Otherwise it is asked once more, with the lock.
  uint64_t generation = 0;
  std::vector<bool> known;
  {
    MutexLock lock(mutex_);
    generation = sequencer_.generation();
    known = KnownHeads(request);
  }
  ASSIGN_OR_RETURN(Stored stored, LookUp(request, known));

  MutexLock lock(mutex_);
  if (closing_) return absl::UnavailableError("the event log is closing");
  if (generation != sequencer_.generation() || known != KnownHeads(request)) {
    ASSIGN_OR_RETURN(stored, LookUp(request, KnownHeads(request)));
  }
  if (const RequestRow* row = sequencer_.FindRequest(request.request_id)) return Repeat(*row, request, on_durable);
  if (stored.request.has_value()) return Repeat(*stored.request, request, on_durable);
  ASSIGN_OR_RETURN(SequencedAppend append, sequencer_.Sequence(std::move(request), stored.heads, clock_.NowMicros()));
  append.on_durable = std::move(on_durable);
  AppendResult result = append.request.outcome;
  Failpoint(Step::kLogSequenced);
  if (!committer_.Enqueue(std::move(append))) return absl::UnavailableError("the event log has failed");
  return result;
}

absl::StatusOr<AppendResult> SequencedLog::Repeat(const RequestRow& row, const AppendRequest& request,
                                                  std::function<void(const AppendResult&)> on_durable) {
  ASSIGN_OR_RETURN(AppendResult result, AnswerAgain(row, request.request_digest));
  SequencedAppend nothing_new;
  nothing_new.request.outcome = result;
  nothing_new.on_durable = std::move(on_durable);
  if (!committer_.Enqueue(std::move(nothing_new))) return absl::UnavailableError("the event log has failed");
  return result;
}

void SequencedLog::Publish(const GroupCommitter::Group& group) {
  std::vector<std::shared_ptr<const Record>> records;
  {
    MutexLock lock(mutex_);
    for (const SequencedAppend& append : group) {
      if (append.records.empty()) continue;
      sequencer_.Retire(append);
      records.insert(records.end(), append.records.begin(), append.records.end());
    }
  }
  hub_->Publish(records);
  for (const SequencedAppend& append : group) {
    if (append.erases) hub_->Erase(EntityOf(append.records.front()->stream), append.records.front()->position);
  }
}

absl::StatusOr<std::optional<AppendResult>> SequencedLog::FindRequest(const std::string& request_id,
                                                                      const std::string& request_digest) const {
  std::optional<RequestRow> row;
  {
    MutexLock lock(mutex_);
    if (const RequestRow* pending = sequencer_.FindRequest(request_id)) row = *pending;
  }
  if (!row.has_value()) {
    ASSIGN_OR_RETURN(row, StoredRequest(*engine_, *keyring_, request_id));
  }
  if (!row.has_value()) return std::optional<AppendResult>();
  ASSIGN_OR_RETURN(AppendResult result, AnswerAgain(*row, request_digest));
  return std::optional(std::move(result));
}

absl::StatusOr<Version> SequencedLog::StreamVersion(const std::string& stream) const {
  {
    MutexLock lock(mutex_);
    if (const std::optional<StreamHead> head = sequencer_.Head(stream)) return head->version;
  }
  ASSIGN_OR_RETURN(const StreamHead head, engine_->Head(stream));
  return head.version;
}

std::unique_ptr<Cursor> SequencedLog::Read(const Filter& filter, Position from, Direction direction) const {
  return std::make_unique<FilteredCursor>(engine_, keyring_, filter, from, Tail(), direction);
}

absl::StatusOr<Page> SequencedLog::ReadPage(const Filter& filter, Position from, Direction direction,
                                            const PageBounds& bounds) const {
  const auto walk = WalkRecords(*engine_, *keyring_, filter, from, Tail(), direction);
  ASSIGN_OR_RETURN(Chunk chunk, ReadChunk(*walk, filter, bounds));
  return Page{std::move(chunk.records), chunk.ended ? 0 : chunk.reached};
}

absl::StatusOr<std::vector<Record>> SequencedLog::ReadForDeciding(const std::string& stream, Version after) const {
  std::vector<std::shared_ptr<const Record>> pending;
  {
    MutexLock lock(mutex_);
    pending = sequencer_.Pending(stream);
  }
  // Everything before the first pending event was in the engine before it left the sequencer.
  Version stored = 0;
  if (pending.empty()) {
    ASSIGN_OR_RETURN(const StreamHead head, engine_->Head(stream));
    stored = head.version;
  } else {
    stored = pending.front()->version - 1;
  }
  std::vector<Record> records;
  if (stored > after) {
    ASSIGN_OR_RETURN(const std::vector<Position> positions, engine_->Positions(stream, after + 1, stored));
    ASSIGN_OR_RETURN(const std::vector<std::string> rows, engine_->RecordsAt(positions));
    records.reserve(rows.size() + pending.size());
    for (size_t i = 0; i < rows.size(); ++i) {
      Record& record = records.emplace_back();
      RETURN_IF_ERROR(DecodeRecordInto(rows[i], *keyring_, record));
      if (record.stream != stream || record.version != after + 1 + i || record.position != positions[i]) {
        return absl::DataLossError(
            absl::StrCat("the index of streams has position ", positions[i], " in the place of another event"));
      }
    }
  }
  for (const auto& record : pending) {
    if (record->version > after) records.push_back(*record);
  }
  return records;
}

std::unique_ptr<Subscription> SequencedLog::Subscribe(const Filter& filter, Position after) {
  return std::make_unique<LogSubscription>(engine_, keyring_, hub_, filter, after);
}

absl::Status SequencedLog::SaveSnapshot(const std::string& stream, const Snapshot& snapshot) {
  ASSIGN_OR_RETURN(const StreamHead head, engine_->Head(stream));
  if (snapshot.version > head.version) {
    // A crash could keep the snapshot and lose the events, and other events would take their versions.
    return absl::FailedPreconditionError("the snapshot is of events that are not durable yet");
  }
  ASSIGN_OR_RETURN(const PayloadKey key, KeyOf(stream, snapshot.version));
  if (key.key == nullptr) return absl::FailedPreconditionError("what the snapshot is of was erased, or never sealed");
  return engine_->SaveSnapshot(stream, EncodeSnapshot(stream, snapshot, key));
}

// With the key of the event that it ends with: no newer one, or an erasure that comes between would not reach it.
absl::StatusOr<PayloadKey> SequencedLog::KeyOf(const std::string& stream, Version version) const {
  ASSIGN_OR_RETURN(const std::vector<Position> at, engine_->Positions(stream, version, version));
  ASSIGN_OR_RETURN(const std::string bytes, engine_->RecordAt(at.front()));
  StoredRecord stored;
  RETURN_IF_ERROR(ParseRecord(bytes, stored));
  if (stored.key_number == 0) return PayloadKey();
  PayloadKey key{.number = stored.key_number};
  ASSIGN_OR_RETURN(key.key, keyring_->Find(EntityOf(stream), key.number));
  return key;
}

absl::StatusOr<std::optional<EventLog::Snapshot>> SequencedLog::LoadSnapshot(const std::string& stream) const {
  ASSIGN_OR_RETURN(const std::optional<std::string> bytes, engine_->FindSnapshot(stream));
  if (!bytes.has_value()) return std::optional<Snapshot>();
  absl::StatusOr<Snapshot> snapshot = DecodeSnapshot(stream, *bytes, *keyring_);
  ASSIGN_OR_RETURN(const StreamHead head, engine_->Head(stream));
  // Whatever cannot be used is as good as none: the events say it all.
  if (!snapshot.ok() || snapshot->version > head.version) return std::optional<Snapshot>();
  return std::optional(*std::move(snapshot));
}

absl::Status SequencedLog::ReadStored(Position first, Position last,
                                      const std::function<void(std::string_view bytes)>& take) const {
  Position expected = first;
  for (const auto scan = engine_->Scan(first, Direction::kForwards); expected <= last; scan->Next(), ++expected) {
    if (!scan->Valid() || scan->position() != expected) {
      RETURN_IF_ERROR(scan->status());
      return absl::DataLossError(absl::StrCat("no record at position ", expected));
    }
    take(scan->bytes());
  }
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> SequencedLog::RewrapKeys(std::shared_ptr<const vault::KeyRing> keks) {
  RETURN_IF_ERROR(keyring_->Use(std::move(keks)));
  // A commit that is under way may still store a key that it wrapped before.
  auto stored = std::make_shared<std::promise<void>>();
  WhenDurable([stored] { stored->set_value(); });
  stored->get_future().wait();
  return keyring_->Rewrap();
}

void SequencedLog::Close() {
  {
    MutexLock lock(mutex_);
    closing_ = true;
  }
  committer_.Close();
  hub_->Close();
}

}  // namespace anamnesis::eventlog
