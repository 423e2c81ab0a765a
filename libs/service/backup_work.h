// One backup on its way: made by one thread, watched by one call.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "anamnesis/ops/v1/backup_service.pb.h"
#include "base/mutex.h"
#include "rpc/stream_source.h"

namespace anamnesis::service {

// Thread-safe. Shared by who makes the backup and who watches.
class BackupWork {
 public:
  using Step = rpc::StreamSource<ops::v1::CreateBackupResponse>::Step;

  // How far it is; false if it is to stop. By the maker.
  bool Tell(uint64_t copied, uint64_t expected) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    ops::v1::BackupProgress& progress = *news_.emplace().mutable_progress();
    progress.set_copied_bytes(copied);
    progress.set_expected_bytes(expected);
    Wake();
    return !stopped_;
  }
  // How it ended. By the maker.
  void End(absl::StatusOr<ops::v1::ServiceBackup> made) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    news_.reset();
    end_ = std::move(made);
    Wake();
  }

  // Nobody wants it any more.
  void Stop() EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    stopped_ = true;
  }

  // See StreamSource. Of progress only the newest is kept for a slow reader.
  absl::StatusOr<Step> Next() EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    if (news_.has_value()) return Step(*std::exchange(news_, std::nullopt));
    if (!end_.has_value()) return Step(rpc::Pending{});
    if (!end_->ok()) return end_->status();
    if (std::exchange(told_end_, true)) return Step(rpc::End{});
    ops::v1::CreateBackupResponse response;
    *response.mutable_made() = **end_;
    return Step(std::move(response));
  }
  void WhenReady(std::function<void()> wake) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    wake_ = std::move(wake);
    if (news_.has_value() || end_.has_value()) Wake();
  }

 private:
  void Wake() REQUIRES(mutex_) {
    if (const auto wake = std::exchange(wake_, nullptr)) wake();
  }

  Mutex mutex_;
  bool stopped_ GUARDED_BY(mutex_) = false;
  bool told_end_ GUARDED_BY(mutex_) = false;
  std::optional<ops::v1::CreateBackupResponse> news_ GUARDED_BY(mutex_);
  std::optional<absl::StatusOr<ops::v1::ServiceBackup>> end_ GUARDED_BY(mutex_);
  std::function<void()> wake_ GUARDED_BY(mutex_);
};

// What a call pulls: stops the backup where it goes away.
class BackupSource final : public rpc::StreamSource<ops::v1::CreateBackupResponse> {
 public:
  explicit BackupSource(std::shared_ptr<BackupWork> work) : work_(std::move(work)) {}
  ~BackupSource() override { work_->Stop(); }

  absl::StatusOr<Step> Next() override { return work_->Next(); }
  void WhenReady(std::function<void()> wake) override { work_->WhenReady(std::move(wake)); }

 private:
  const std::shared_ptr<BackupWork> work_;
};

}  // namespace anamnesis::service
