// An append-only log of events in streams. The log gives every event a position (1, 2, 3 … in the log) and a version
// (1, 2, 3 … in its stream), keeps them for ever and never changes them.
//
//   append → sequence (positions and versions are decided, at once, in memory)
//          → commit   (everything sequenced meanwhile, as one group, fsynced)
//          → visible  (readers and subscribers see it; whoever waits for it is told)
//
// All classes here are thread-safe unless they say otherwise.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "eventlog/filter.h"
#include "eventlog/record.h"
#include "vault/key_ring.h"

namespace anamnesis::eventlog {

// What an append demands of a stream before it.
struct NoStream {};
struct StreamExists {};
struct AnyVersion {};
struct ExactVersion {
  Version version;  // At least 1.
};
using Expected = std::variant<NoStream, StreamExists, AnyVersion, ExactVersion>;

// An event before it has a place in the log.
struct NewEvent {
  std::string event_id;  // A UUID.
  std::string type;      // The full name of its message.
  uint32_t schema_version = 1;
  int64_t effective_micros = 0;
  std::string payload;
};

// The events that one stream receives.
struct StreamAppend {
  std::string stream;  // "<category>-<entity>", at most kMaxStreamNameBytes, no NUL.
  Expected expected = AnyVersion{};
  std::vector<NewEvent> events;
};

// Events for one or more streams, recorded all together or not at all.
struct AppendRequest {
  std::vector<StreamAppend> streams;  // At least one, no stream twice, each with at least one event.
  Metadata metadata;
  // The calling thread may do the commit where nobody else is at it or called to it: one thread less to wake, for a
  // caller that has nothing better to do. Otherwise Append waits for nothing but reads.
  bool may_commit_here = false;
  // Destroys, in the same commit, every data key of the entity of the first stream: payloads, snapshots and requests of
  // it that were appended before are unreadable for ever, everywhere. What this append says is sealed with a new key.
  bool erases = false;
  // Makes the append safe to repeat, for ever, or until what it was about is erased; empty: it cannot be recognised
  // again.
  std::string request_id;
  // Tells one request from another under the same id; 32 bytes where request_id is set.
  std::string request_digest;
  // Given back as it is to who repeats the request.
  std::string result;
};

// Where an append landed.
struct AppendResult {
  Position first_position = 0;
  Position last_position = 0;
  Version stream_version = 0;   // Of the first stream of the request, after it.
  int64_t recorded_micros = 0;  // Of the last event.
  std::string result;
  bool duplicate = false;  // This is the outcome of an earlier append with the same request id.
};

// At most so many records are looked at for one page or one item of a subscription, whether they match or not, before
// it says how far it has come: then the append that is being looked at is finished, and not another one begun.
inline constexpr size_t kMaxLookedAt = 10'000;

enum class Direction { kForwards, kBackwards };

// A snapshot-consistent walk over records: sees what was durable when it was made, nothing later. Not thread-safe;
// destroyed before the log's directory is opened again.
//   for (; cursor->Valid(); cursor->Next()) Use(cursor->record());
//   RETURN_IF_ERROR(cursor->status());
class Cursor {
 public:
  virtual ~Cursor() = default;
  virtual bool Valid() const = 0;
  virtual void Next() = 0;
  // Only while Valid(); replaced by Next().
  virtual const Record& record() const = 0;
  // DATA_LOSS where a stored record does not decode; the walk ends there.
  virtual absl::Status status() const = 0;
};

// What a subscription has next: everything wanted after `previous`, which is the `position` of the item before, up to
// `position`. `records` is set for kEvents only, the positions for all but kNothingYet.
struct SubscriptionItem {
  enum class Kind { kNothingYet, kEvents, kCheckpoint, kCaughtUp, kFellBehind, kClosed };
  Kind kind = Kind::kNothingYet;
  std::vector<std::shared_ptr<const Record>> records;
  Position previous = 0;
  Position position = 0;
};

// Some records one after another.
struct Page {
  std::vector<std::shared_ptr<const Record>> records;
  Position next = 0;  // Where the next page begins, as `from` of ReadPage; 0: there is nothing more.
};
// Where a page may end. The append that reaches a bound is finished.
struct PageBounds {
  size_t records = 0;
  size_t bytes = 0;  // In memory.
};

// Follows the log from a position. Pulled by one thread at a time; holds no thread of its own and a bounded amount of
// memory however slow it is pulled: recent records are shared by all subscriptions, older ones are read from disk
// again.
class Subscription {
 public:
  virtual ~Subscription() = default;
  // What is next; never waits. Records until they take `max_bytes`, and on to the end of the append that reached it:
  // the events of an append that match come together. kCaughtUp is given once each time the end is reached from disk,
  // also on an empty log. A filtered subscription hears by kCheckpoint how far it has come without a match, every
  // kMaxLookedAt records at least. DATA_LOSS where a stored record does not decode; OUT_OF_RANGE if it begins beyond
  // the end: the log was replaced by a shorter one.
  virtual absl::StatusOr<SubscriptionItem> Poll(size_t max_bytes) = 0;
  // Calls `wake` once, soon, from any thread, when Poll may have something: at once if it has now. A later call
  // replaces it. It may still run while the subscription is being destroyed, so let it own what it touches; it must be
  // short, because it may run on a thread of the log.
  virtual void WhenReady(std::function<void()> wake) = 0;
};

// What a commit was like; for metrics.
struct CommitReport {
  Position tail = 0;  // The last position that is durable now.
  size_t appends = 0;
  size_t events = 0;
  size_t bytes = 0;
  int64_t sync_micros = 0;
};

// What is left free at the least where backups are: it may be the disk that commits go to, and a full one stops them.
inline constexpr uint64_t kSpareBytes = 256 << 20;

struct BackupOptions {
  std::string directory;          // Of this log's backups; made if it is not there.
  uint64_t bytes_per_second = 0;  // How fast to copy; 0: as fast as it goes.
  uint64_t spare_bytes = kSpareBytes;
  // Told of the bytes copied and of about how many there will be, from another thread; false stops the backup.
  std::function<bool(uint64_t copied, uint64_t expected)> progress;
};

// A backup that was made.
struct BackupMade {
  uint32_t number = 0;               // Among those in the directory; each has a greater one than those before it.
  Position tail = 0;                 // Of the last event in it.
  int64_t recorded_micros = 0;       // When that was recorded; 0 where there is none.
  uint64_t new_bytes = 0;            // Of the files that were copied.
  uint64_t shared_bytes = 0;         // Of the files that earlier backups have too.
  std::vector<std::string> kek_ids;  // The key-encryption keys that its data keys may be wrapped with.
};

class EventLog {
 public:
  virtual ~EventLog() = default;

  // Decides positions and versions at once and returns them; `on_durable` is called exactly once, when the
  // events are on disk, in the order of positions, from a thread of the log or of one that may_commit_here: then
  // perhaps before this returns. A commit that fails ends the process (fail-stop), so a result that was returned is
  // lost only with it: tell nobody of it before `on_durable`.
  //
  // Errors, after which `on_durable` is never called and nothing was recorded:
  //   ABORTED              a stream is not as `expected`
  //   ALREADY_EXISTS       request_id was used with another digest
  //   INVALID_ARGUMENT     the request breaks its form or a limit of record.h
  //   UNAVAILABLE          the log is closing
  virtual absl::StatusOr<AppendResult> Append(AppendRequest request,
                                              std::function<void(const AppendResult&)> on_durable) = 0;

  // Of appends made while a hold lasts, none wakes a thread of the log to commit it; the end of any hold does. For one
  // who makes several at once and soon: they are committed together. It may not wait for any of them.
  virtual void HoldCommits() = 0;
  virtual void ReleaseCommits() = 0;

  // Append, then waits until it is durable. Not for threads of gRPC.
  absl::StatusOr<AppendResult> AppendAndWait(AppendRequest request);

  // Calls `on_durable` when everything sequenced before this call is durable, after the callbacks of those appends; at
  // once where they have been called and nobody else is being called.
  virtual void WhenDurable(std::function<void()> on_durable) = 0;

  // The outcome of an earlier append with this id (durable or about to be: answer after WhenDurable), nothing if there
  // is none, ALREADY_EXISTS if it was made with another digest.
  virtual absl::StatusOr<std::optional<AppendResult>> FindRequest(const std::string& request_id,
                                                                  const std::string& request_digest) const = 0;

  // The version of a stream including what is sequenced and not yet durable; 0 if there is no such stream.
  virtual absl::StatusOr<Version> StreamVersion(const std::string& stream) const = 0;

  // Durable records matching the filter: forwards those after `from`, backwards those before it (0: from the end).
  virtual std::unique_ptr<Cursor> Read(const Filter& filter, Position from, Direction direction) const = 0;
  // The same in pages of whole appends, with a bounded amount of work for each: a page may be empty and yet not be the
  // last. DATA_LOSS where a stored record does not decode.
  virtual absl::StatusOr<Page> ReadPage(const Filter& filter, Position from, Direction direction,
                                        const PageBounds& bounds) const = 0;
  // The records of one stream with a version greater than `after`, including what is sequenced and not yet durable: for
  // deciding only.
  virtual absl::StatusOr<std::vector<Record>> ReadForDeciding(const std::string& stream, Version after) const = 0;

  virtual std::unique_ptr<Subscription> Subscribe(const Filter& filter, Position after) = 0;

  // The last durable position; 0 for an empty log.
  virtual Position Tail() const = 0;
  // The identity of this log, a UUID made when it was created.
  virtual std::string LogId() const = 0;
  // What a position of this log is remembered with by who follows it: LogId(), or a UUID made when the log was restored
  // from a backup, for then others may have been given events at its positions that are lost.
  virtual std::string FeedId() const = 0;

  // Derived state that may be lost without harm: the newest snapshot of a stream. `data` is the owner's.
  struct Snapshot {
    Version version = 0;
    uint32_t format = 0;  // Of `data`; a reader that does not know it ignores the snapshot.
    std::string data;
  };
  // FAILED_PRECONDITION if its version is not durable yet (ask in `on_durable` at the earliest), or was erased.
  virtual absl::Status SaveSnapshot(const std::string& stream, const Snapshot& snapshot) = 0;
  virtual absl::StatusOr<std::optional<Snapshot>> LoadSnapshot(const std::string& stream) const = 0;

  // Called after every commit, by the thread that made it and before anybody is told of it, readers included; set
  // before the first append.
  virtual void SetCommitObserver(std::function<void(const CommitReport&)> observer) = 0;

  // Gives the stored bytes of the records from `first` to `last`, all of them durable, in order. What evidence is made
  // of: nothing is opened or decoded. DATA_LOSS where one is missing.
  virtual absl::Status ReadStored(Position first, Position last,
                                  const std::function<void(std::string_view bytes)>& take) const = 0;

  // Wraps every data key with the current key of `keks`, and new ones from now on; returns how many were wrapped anew.
  // Durable before it returns. FAILED_PRECONDITION where `keks` lacks one that is in use; then nothing has changed.
  virtual absl::StatusOr<uint64_t> RewrapKeys(std::shared_ptr<const vault::KeyRing> keks) = 0;

  // Copies everything that is stored to a new backup, beside appends and reads, of which the copying disturbs none: at
  // least what was durable before the call, and up to its tail all of it. Returns when it is on stable storage. An
  // erasure that comes meanwhile does not wait for the copying: it is begun again. One backup of a directory at a time;
  // not from a callback.
  //   FAILED_PRECONDITION  the directory holds something else, or a damaged backup, or cannot be written
  //   RESOURCE_EXHAUSTED   there is not enough room for it
  //   CANCELLED            `progress` said so
  //   UNAVAILABLE          erasures came between again and again
  //   UNIMPLEMENTED        the log is in memory
  virtual absl::StatusOr<BackupMade> Backup(const BackupOptions& options) = 0;

  // Commits what is sequenced, wakes every subscription with kClosed and refuses what comes after. Idempotent, not from
  // a callback; the destructor calls it.
  virtual void Close() = 0;
};

// Holds the commits of a log for its own lifetime.
class CommitHold {
 public:
  explicit CommitHold(EventLog& log) : log_(log) { log_.HoldCommits(); }
  ~CommitHold() { log_.ReleaseCommits(); }
  CommitHold(const CommitHold&) = delete;
  CommitHold& operator=(const CommitHold&) = delete;

 private:
  EventLog& log_;
};

}  // namespace anamnesis::eventlog
