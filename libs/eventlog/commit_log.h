// The seam between what a log means and where its bytes are. Above it positions, versions and requests are decided;
// below it bytes are kept. An engine decides nothing: what it is given is already right.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "eventlog/event_log.h"
#include "eventlog/record.h"

namespace anamnesis::eventlog {

// The last event of a stream; zeros where there is no such stream.
struct StreamHead {
  Version version = 0;
  Position position = 0;
  friend bool operator==(const StreamHead&, const StreamHead&) = default;
};

// What one commit makes durable.
struct WriteSet {
  struct Event {
    const Record* record;  // For its place; the caller's.
    std::string bytes;     // EncodeRecord of it.
  };
  struct Request {
    std::string id;
    std::string row;
  };
  // A data key of an entity.
  struct Key {
    std::string entity;
    uint64_t number;     // Among the entity's, counted from 1.
    std::string row;     // EncodeKeyRow of it.
    std::string kek_id;  // Of the key-encryption key that it is wrapped with; empty where it is destroyed.
  };
  std::vector<Event> events;  // In the order of positions, continuing what is stored.
  std::vector<Request> requests;
  std::vector<Key> keys;
  // Entities of which a key is destroyed: no earlier row of theirs may be left in any file when the commit returns, or
  // after a crash when the log has been opened again.
  std::vector<std::string> erased;
};

// Stored records one after another. Not thread-safe; keeps what it needs of its engine alive for itself, but not the
// engine.
class RecordScan {
 public:
  virtual ~RecordScan() = default;
  virtual bool Valid() const = 0;
  virtual void Next() = 0;
  // Only while Valid(); `bytes` until Next().
  virtual Position position() const = 0;
  virtual std::string_view bytes() const = 0;
  virtual absl::Status status() const = 0;
};

// Where committed bytes are kept. Thread-safe, but for Commit: one at a time. Reads see every Commit that returned
// before them. Reads fail with DATA_LOSS where stored bytes are missing or damaged, with INTERNAL where they cannot be
// read now.
class CommitLog {
 public:
  virtual ~CommitLog() = default;

  // Returns when all of it is on stable storage. After an error nobody knows what is: stop (fail-stop).
  virtual absl::Status Commit(const WriteSet& set) = 0;

  // The last stored position; 0 if nothing is stored.
  virtual absl::StatusOr<Position> Tail() const = 0;
  virtual absl::StatusOr<StreamHead> Head(const std::string& stream) const = 0;
  // Every row of the index of streams, a stream's together and in the order of versions.
  virtual absl::Status ForEachIndexed(
      const std::function<void(std::string_view stream, Version version, Position position)>& use) const = 0;
  // Where the versions `first` to `last` of a stream are; all of them must exist.
  virtual absl::StatusOr<std::vector<Position>> Positions(const std::string& stream, Version first,
                                                          Version last) const = 0;
  virtual absl::StatusOr<std::string> RecordAt(Position position) const = 0;
  // Those at many positions, which ascend, in their order; cheaper than one by one.
  virtual absl::StatusOr<std::vector<std::string>> RecordsAt(const std::vector<Position>& positions) const = 0;
  // Begins at `from`, which may be beyond what is stored.
  virtual std::unique_ptr<RecordScan> Scan(Position from, Direction direction) const = 0;
  // What stands before the first '-' in the names of streams, each once.
  virtual absl::StatusOr<std::vector<std::string>> Categories() const = 0;

  virtual absl::StatusOr<std::optional<std::string>> FindRequest(const std::string& id) const = 0;

  // The rows of an entity's data keys in the order of their numbers, without a gap.
  virtual absl::StatusOr<std::vector<std::string>> KeysOf(const std::string& entity) const = 0;
  // Every data key of the entities from `first` on, an entity's together and in the order of their numbers; an error of
  // `use` ends it. Sees at least what was stored before.
  virtual absl::Status ForEachKey(const std::string& first,
                                  const std::function<absl::Status(const std::string& entity, uint64_t number,
                                                                   std::string_view row)>& use) const = 0;
  // Puts rows in the place of those that are there; on stable storage when it returns. Beside Commit.
  virtual absl::Status ReplaceKeys(const std::vector<WriteSet::Key>& keys) = 0;
  // The key-encryption keys that data keys may be wrapped with.
  virtual absl::StatusOr<std::vector<std::string>> KekIds() const = 0;
  // Forgets all of them but one, which every stored data key is wrapped with: when it returns no file holds a row that
  // another one opens. Beside Commit.
  virtual absl::Status ForgetKeksBut(const std::string& kek_id) = 0;

  // Not durable by itself, but never durable before a Commit that returned before it.
  virtual absl::Status SaveSnapshot(const std::string& stream, const std::string& bytes) = 0;
  virtual absl::StatusOr<std::optional<std::string>> FindSnapshot(const std::string& stream) const = 0;

  virtual std::string LogId() const = 0;
  // See EventLog.
  virtual std::string FeedId() const { return LogId(); }

  // See EventLog. Beside Commit, which stops it for an erasure.
  virtual absl::StatusOr<BackupMade> Backup(const BackupOptions& options) = 0;
};

// Told when the log can no longer keep its promise; does not return outside tests.
using FatalHandler = std::function<void(const absl::Status&)>;

// Says on stderr what failed and what to do, and ends the process at once (status 70, EX_SOFTWARE), before anybody is
// told of an event that may not be on disk.
[[noreturn]] void ExitFailStop(const absl::Status& status);

}  // namespace anamnesis::eventlog
