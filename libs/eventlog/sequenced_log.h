// The event log over any engine: puts the sequencer, the group commit and the subscriptions together.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "eventlog/commit_log.h"
#include "eventlog/event_log.h"
#include "eventlog/group_committer.h"
#include "eventlog/keyring.h"
#include "eventlog/open.h"
#include "eventlog/sequencer.h"
#include "eventlog/subscription_hub.h"

namespace anamnesis::eventlog {

// Thread-safe.
class SequencedLog final : public EventLog {
 public:
  // Continues what the engine holds. DATA_LOSS if its last record does not decode, FAILED_PRECONDITION if a
  // key-encryption key is missing.
  static absl::StatusOr<std::unique_ptr<EventLog>> Open(std::shared_ptr<CommitLog> engine, const LogOptions& options,
                                                        FatalHandler fatal);
  ~SequencedLog() override { Close(); }

  absl::StatusOr<AppendResult> Append(AppendRequest request,
                                      std::function<void(const AppendResult&)> on_durable) override;
  void HoldCommits() override { committer_.Hold(); }
  void ReleaseCommits() override { committer_.Release(); }
  void WhenDurable(std::function<void()> on_durable) override { committer_.WhenDurable(std::move(on_durable)); }
  absl::StatusOr<std::optional<AppendResult>> FindRequest(const std::string& request_id,
                                                          const std::string& request_digest) const override;
  absl::StatusOr<Version> StreamVersion(const std::string& stream) const override;
  std::unique_ptr<Cursor> Read(const Filter& filter, Position from, Direction direction) const override;
  absl::StatusOr<Page> ReadPage(const Filter& filter, Position from, Direction direction,
                                const PageBounds& bounds) const override;
  absl::StatusOr<std::vector<Record>> ReadForDeciding(const std::string& stream, Version after) const override;
  std::unique_ptr<Subscription> Subscribe(const Filter& filter, Position after) override;
  Position Tail() const override { return hub_->Tail(); }
  std::string LogId() const override { return engine_->LogId(); }
  std::string FeedId() const override { return engine_->FeedId(); }
  absl::Status SaveSnapshot(const std::string& stream, const Snapshot& snapshot) override;
  absl::StatusOr<std::optional<Snapshot>> LoadSnapshot(const std::string& stream) const override;
  void SetCommitObserver(std::function<void(const CommitReport&)> observer) override {
    committer_.SetObserver(std::move(observer));
  }
  absl::Status ReadStored(Position first, Position last,
                          const std::function<void(std::string_view bytes)>& take) const override;
  absl::StatusOr<uint64_t> RewrapKeys(std::shared_ptr<const vault::KeyRing> keks) override;
  absl::StatusOr<BackupMade> Backup(const BackupOptions& options) override { return engine_->Backup(options); }
  void Close() override;

 private:
  // What the engine knows that an append needs.
  struct Stored {
    std::vector<StreamHead> heads;
    std::optional<RequestRow> request;
  };

  SequencedLog(std::shared_ptr<CommitLog> engine, std::shared_ptr<Keyring> keyring, const LogOptions& options,
               FatalHandler fatal, Position tail, int64_t last_recorded_micros);

  // The key that sealed an event, with its number; null where it was destroyed or the event was never sealed.
  absl::StatusOr<PayloadKey> KeyOf(const std::string& stream, Version version) const;
  absl::StatusOr<Stored> LookUp(const AppendRequest& request, const std::vector<bool>& known) const;
  std::vector<bool> KnownHeads(const AppendRequest& request) REQUIRES(mutex_);
  // Gives the append its place and queues it for its commit.
  absl::StatusOr<AppendResult> Queue(AppendRequest request, std::function<void(const AppendResult&)> on_durable);
  absl::StatusOr<AppendResult> Repeat(const RequestRow& row, const AppendRequest& request,
                                      std::function<void(const AppendResult&)> on_durable) REQUIRES(mutex_);
  // A group is in the engine: readers see it, then subscribers.
  void Publish(const GroupCommitter::Group& group);

  const std::shared_ptr<CommitLog> engine_;
  const std::shared_ptr<Keyring> keyring_;
  const std::shared_ptr<SubscriptionHub> hub_;
  const Clock& clock_;

  mutable Mutex mutex_;
  mutable Sequencer sequencer_ GUARDED_BY(mutex_);
  bool closing_ GUARDED_BY(mutex_) = false;

  GroupCommitter committer_;  // Last: its thread uses the rest.
};

}  // namespace anamnesis::eventlog
