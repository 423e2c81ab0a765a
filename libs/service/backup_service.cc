#include "service/backup_service.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "anamnesis/ops/v1/errors.pb.h"
#include "backup/make.h"
#include "backup/part_message.h"
#include "base/refusal.h"
#include "base/status.h"

namespace anamnesis::service {
namespace {

namespace fs = std::filesystem;

// Under the name by which a caller can tell what to do.
absl::Status Named(const absl::Status& status) {
  const RefusalDetails details{.metadata = {{"problem", std::string(status.message())}}};
  switch (status.code()) {
    case absl::StatusCode::kAborted:
      return Refuse(ops::v1::BACKUP_UNDER_WAY, details);
    case absl::StatusCode::kResourceExhausted:
      return Refuse(ops::v1::BACKUP_NO_ROOM, details);
    default:
      return Refuse(ops::v1::BACKUP_NOT_MADE, details);
  }
}

}  // namespace

absl::StatusOr<std::string> BackupDirectory(const std::string& directory, const std::string& root) {
  std::error_code error;
  const fs::path allowed = fs::weakly_canonical(fs::absolute(root, error), error);
  const fs::path wanted = error ? fs::path() : fs::weakly_canonical(directory, error);
  const fs::path below = error ? fs::path() : wanted.lexically_relative(allowed);
  const bool inside = !below.empty() && *below.begin() != "..";
  if (fs::path(directory).is_absolute() && inside) return wanted.string();
  return Refuse(ops::v1::BACKUP_DIRECTORY_REFUSED, {.metadata = {{"backup_root", allowed.string()}}});
}

BackupService::BackupService(eventlog::EventLog& log, LogEvidence* evidence, Data data, BackupRules rules,
                             rpc::Gate& gate)
    : Service(*ops::v1::CreateBackupRequest::descriptor()->file()->FindServiceByName("BackupService"), gate),
      log_(log),
      evidence_(evidence),
      data_(std::move(data)),
      rules_(std::move(rules)) {
  ServerStream<ops::v1::CreateBackupRequest, ops::v1::CreateBackupResponse>(
      "CreateBackup",
      [this](const rpc::CallContext&, ops::v1::CreateBackupRequest&& request)
          -> absl::StatusOr<std::unique_ptr<rpc::StreamSource<ops::v1::CreateBackupResponse>>> {
        ASSIGN_OR_RETURN(std::shared_ptr<BackupWork> work, Start(request.directory()));
        return std::make_unique<BackupSource>(std::move(work));
      });
}

BackupService::~BackupService() {
  std::thread worker;
  {
    MutexLock lock(mutex_);
    if (work_ != nullptr) work_->Stop();
    worker = std::move(worker_);
  }
  if (worker.joinable()) worker.join();
}

absl::StatusOr<std::shared_ptr<BackupWork>> BackupService::Start(const std::string& asked) {
  if (evidence_ == nullptr) return Named(absl::UnimplementedError("the log is in memory"));
  const std::string root =
      rules_.root.empty() ? fs::path(data_.data_dir + "/../backups").lexically_normal().string() : rules_.root;
  ASSIGN_OR_RETURN(std::string directory, BackupDirectory(asked, root));
  MutexLock lock(mutex_);
  if (busy_) return Refuse(ops::v1::BACKUP_UNDER_WAY);
  busy_ = true;
  if (worker_.joinable()) worker_.join();  // No longer busy, it needs no lock any more.
  work_ = std::make_shared<BackupWork>();
  worker_ = std::thread([this, work = work_, directory = std::move(directory)] {
    auto made = Make(directory, *work);
    {
      MutexLock done_lock(mutex_);
      busy_ = false;
    }
    work->End(std::move(made));
  });
  return work_;
}

absl::StatusOr<ops::v1::ServiceBackup> BackupService::Make(const std::string& directory, BackupWork& work) {
  const auto checkpoint_of = [this](uint64_t size) { return evidence_->CheckpointOf(size); };
  const absl::StatusOr<backup::Part> made = backup::MakePart(
      log_, checkpoint_of,
      {.service = data_.service,
       .data_dir = data_.data_dir,
       .directory = directory,
       .bytes_per_second = rules_.bytes_per_second,
       .progress = [&work](uint64_t copied, uint64_t expected) { return work.Tell(copied, expected); }});
  if (!made.ok()) return Named(made.status());
  return backup::ToMessage(*made);
}

}  // namespace anamnesis::service
