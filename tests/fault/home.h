// A service's log and evidence on a data directory, opened as the service opens them, and a memory of everything that
// was asked of it and acknowledged, against which it is checked when it is opened again.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "eventlog/event_log.h"
#include "eventlog/open.h"
#include "evidence/merkle.h"
#include "service/log_evidence.h"

namespace anamnesis::fault {

// What a service has open. Where the log fails, `failed` is told instead of ending the process.
class OpenHome {
 public:
  static absl::StatusOr<std::unique_ptr<OpenHome>> Open(const std::string& data_dir, eventlog::LogOptions options,
                                                        eventlog::FatalHandler failed);
  ~OpenHome();

  eventlog::EventLog& log() { return *log_; }
  service::LogEvidence& evidence() { return *evidence_; }

 private:
  OpenHome() = default;

  std::unique_ptr<eventlog::EventLog> log_;
  std::unique_ptr<service::LogEvidence> evidence_;
};

// What a client knows: what it asked for, and what it was told. Thread-safe.
class Ledger {
 public:
  // An append with a request id of its own, to one of a few streams; now and then one that erases.
  eventlog::AppendRequest NextRequest(std::mt19937_64& random) EXCLUDES(mutex_);
  void Sequenced(const eventlog::AppendRequest& request, const eventlog::AppendResult& result) EXCLUDES(mutex_);
  void Acknowledged(const eventlog::AppendResult& result) EXCLUDES(mutex_);
  // Remembers what a reader sees now, byte for byte, what a subscriber is given, and the head of the tree.
  void See(OpenHome& home) EXCLUDES(mutex_);

  eventlog::Position acknowledged() const EXCLUDES(mutex_);
  // Appends that are not answered.
  size_t unanswered() const EXCLUDES(mutex_);
  void AwaitAnswers(const std::atomic<bool>& dead) EXCLUDES(mutex_);
  // Somebody who waits may look whether the log is dead.
  void Wake() EXCLUDES(mutex_);

  // OK if what is open is what it must be:
  //   everything acknowledged is there, and everything that was seen, as it was;
  //   what is there is a beginning of what was asked for, in positions and versions without a gap;
  //   a request is remembered exactly if its events are there, with the outcome that was told;
  //   recorded times ascend; the tree's head extends the one before; a replay gives what subscribers were given live.
  // A status of the log itself (a read that it refuses) is returned as it is; a lie as INTERNAL, beginning with "LOST".
  absl::Status Check(OpenHome& home) const EXCLUDES(mutex_);
  // What was asked for and is not there was lost with the process, and is not asked for again.
  void Forget(eventlog::Position tail) EXCLUDES(mutex_);

 private:
  struct Asked {
    std::string request_id;
    std::string stream;
    std::string payload;
    eventlog::Position last_of_request = 0;
    bool erases = false;
  };

  // By stream, where its newest erasure begins; every stream has an entity of its own.
  using Erasures = std::map<std::string, eventlog::Position>;

  absl::Status CheckRecord(const eventlog::Record& record) const REQUIRES(mutex_);
  absl::Status CheckBytes(eventlog::EventLog& log, eventlog::Position tail) const REQUIRES(mutex_);
  absl::Status CheckStreams(eventlog::EventLog& log, const std::map<std::string, eventlog::Version>& versions) const;
  absl::Status CheckRequests(eventlog::EventLog& log, eventlog::Position tail, const Erasures& erased) const
      REQUIRES(mutex_);
  absl::Status CheckTree(OpenHome& home) const REQUIRES(mutex_);
  Erasures ErasuresUpTo(eventlog::Position tail) const REQUIRES(mutex_);

  mutable Mutex mutex_;
  CondVar changed_;
  uint64_t requests_ GUARDED_BY(mutex_) = 0;
  std::map<eventlog::Position, Asked> asked_ GUARDED_BY(mutex_);
  std::set<eventlog::Position> unanswered_ GUARDED_BY(mutex_);  // The last one of each request.
  eventlog::Position acknowledged_ GUARDED_BY(mutex_) = 0;
  std::vector<evidence::Hash> seen_ GUARDED_BY(mutex_);                           // Of the stored bytes, by position.
  std::vector<std::shared_ptr<const eventlog::Record>> live_ GUARDED_BY(mutex_);  // As subscribers got them.
  uint64_t tree_size_ GUARDED_BY(mutex_) = 0;
  evidence::Hash tree_root_ GUARDED_BY(mutex_) = evidence::EmptyRoot();
};

}  // namespace anamnesis::fault
