#include "backup/make.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "backup/layout.h"
#include "base/directory.h"
#include "base/durable_file.h"
#include "base/failpoint.h"
#include "base/status.h"

namespace anamnesis::backup {
namespace {

// Keeps others from making or removing backups of the same service; the system lets go of it if this process dies.
class DirectoryLock {
 public:
  static absl::StatusOr<std::unique_ptr<DirectoryLock>> Take(const std::string& directory) {
    const std::string path = directory + "/lock";
    const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kPrivateMode);
    if (fd < 0) return absl::FailedPreconditionError(absl::StrCat("cannot open ", path, ": ", std::strerror(errno)));
    std::unique_ptr<DirectoryLock> lock(new DirectoryLock(fd));
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return lock;
    return absl::AbortedError(absl::StrCat("another process is making a backup in ", directory, "; wait for it"));
  }
  ~DirectoryLock() { close(fd_); }

 private:
  explicit DirectoryLock(int fd) : fd_(fd) {}

  const int fd_;
};

}  // namespace

absl::StatusOr<Part> MakePart(eventlog::EventLog& log, const CheckpointOf& checkpoint_of, const MakeOptions& options) {
  const std::string directory = PartDirectory(options.directory, options.service);
  RETURN_IF_ERROR(MakePrivateDirectory(directory));
  ASSIGN_OR_RETURN(const std::unique_ptr<DirectoryLock> lock, DirectoryLock::Take(directory));
  ASSIGN_OR_RETURN(eventlog::BackupMade made, log.Backup({.directory = LogDirectory(options.directory, options.service),
                                                          .bytes_per_second = options.bytes_per_second,
                                                          .spare_bytes = options.spare_bytes,
                                                          .progress = options.progress}));
  Failpoint(Step::kBackupCopied);
  Part part{.service = options.service,
            .log_id = log.LogId(),
            .log_backup = made.number,
            .position = made.tail,
            .recorded_micros = made.recorded_micros,
            .new_bytes = made.new_bytes,
            .shared_bytes = made.shared_bytes,
            .kek_ids = std::move(made.kek_ids)};
  // The engine's own account of the backup, which it gives no checksum.
  ASSIGN_OR_RETURN(part.files.emplace_back(), Describe(directory, AccountName(made.number)));
  const std::string beside = FilesName(made.number) + "/";
  ASSIGN_OR_RETURN(const std::string checkpoint, checkpoint_of(made.tail));
  ASSIGN_OR_RETURN(part.files.emplace_back(), Store(directory, beside + "checkpoint", checkpoint));
  ASSIGN_OR_RETURN(const std::vector<std::string> names, NamesToCopy(options.data_dir));
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(const std::string content, ReadFile(options.data_dir + "/" + name, kMaxFileBytes));
    ASSIGN_OR_RETURN(part.files.emplace_back(), Store(directory, beside + name, content));
  }
  Failpoint(Step::kBackupStored);
  return part;
}

}  // namespace anamnesis::backup
