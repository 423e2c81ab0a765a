#include "base/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "base/directory.h"
#include "base/failpoint.h"
#include "base/status.h"
#include "base/uuid.h"

namespace anamnesis {
namespace {

absl::Status Cannot(const char* what, const std::string& path) {
  return absl::FailedPreconditionError(
      absl::StrCat("cannot ", what, " ", path, ": ", std::generic_category().message(errno)));
}

class File {
 public:
  File(const std::string& path, int flags, mode_t mode) : fd_(open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

absl::Status WriteAndSync(int fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Cannot("write", path);
    text.remove_prefix(static_cast<size_t>(written));
  }
  return fsync(fd) == 0 ? absl::OkStatus() : Cannot("sync", path);
}

std::string DirectoryOf(const std::string& path) {
  const std::string directory = std::filesystem::path(path).parent_path().string();
  return directory.empty() ? "." : directory;
}

// A file beside the one that is meant, whole and synced; gone with the object.
class Beside {
 public:
  explicit Beside(const std::string& path) : path_(absl::StrCat(path, ".", NewUuid())) {}
  ~Beside() { unlink(path_.c_str()); }
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;

  absl::Status Write(std::string_view text, mode_t mode) const {
    const File file(path_, O_WRONLY | O_CREAT | O_EXCL, kPrivateMode);
    if (file.fd() < 0) return Cannot("create", path_);
    if (fchmod(file.fd(), mode) != 0) return Cannot("set the mode of", path_);
    return WriteAndSync(file.fd(), text, path_);
  }
  const char* path() const { return path_.c_str(); }

 private:
  const std::string path_;
};

absl::Status CheckIsPrivate(int fd, const std::string& path) {
  constexpr mode_t kOthers = 07177;  // Everything but reading and writing by the owner.
  struct stat info {};
  if (fstat(fd, &info) != 0) return Cannot("look at", path);
  if (!S_ISREG(info.st_mode)) return absl::FailedPreconditionError(absl::StrCat(path, " is not a regular file"));
  if (info.st_uid != geteuid()) {
    return absl::FailedPreconditionError(absl::StrCat(path, " belongs to user ", info.st_uid,
                                                      " and this process is user ", geteuid(),
                                                      ": chown it, or run as its owner"));
  }
  if ((info.st_mode & kOthers) == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      path, " is not for its owner alone: chmod 600 it, and make a new key if others could read this one"));
}

// The beginning of a file that `check` finds good.
absl::StatusOr<std::string> Read(const std::string& path, size_t max_bytes,
                                 absl::Status (*check)(int fd, const std::string& path)) {
  const File file(path, O_RDONLY | O_NONBLOCK, 0);  // Not to wait where it is a pipe.
  if (file.fd() < 0 && errno == ENOENT) return absl::NotFoundError(absl::StrCat("there is no file ", path));
  if (file.fd() < 0) return Cannot("open", path);
  RETURN_IF_ERROR(check(file.fd(), path));
  std::string content;
  char piece[64 << 10];
  ssize_t size = 1;
  while (size != 0 && content.size() < max_bytes) {
    size = read(file.fd(), piece, std::min(sizeof(piece), max_bytes - content.size()));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return Cannot("read", path);
    content.append(piece, static_cast<size_t>(size));
  }
  return content;
}

}  // namespace

absl::Status CreateFileDurably(const std::string& path, std::string_view text, mode_t mode) {
  const Beside whole(path);
  RETURN_IF_ERROR(whole.Write(text, mode));
  if (link(whole.path(), path.c_str()) != 0) {
    return errno == EEXIST ? absl::AlreadyExistsError(absl::StrCat("there is a file ", path, " already"))
                           : Cannot("create", path);
  }
  return SyncDirectory(DirectoryOf(path));
}

absl::Status ReplaceFileDurably(const std::string& path, std::string_view text) {
  const Beside whole(path);
  RETURN_IF_ERROR(whole.Write(text, kPrivateMode));
  Failpoint(Step::kFileWritten);
  if (std::rename(whole.path(), path.c_str()) != 0) return Cannot("replace", path);
  Failpoint(Step::kFileRenamed);
  return SyncDirectory(DirectoryOf(path));
}

absl::Status RemoveLeftBeside(const std::string& path) {
  const std::string directory = DirectoryOf(path);
  const std::string prefix = std::filesystem::path(path).filename().string() + ".";
  std::error_code error;
  std::filesystem::directory_iterator entry(directory, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(prefix) || !IsUuid(name.substr(prefix.size()))) continue;
    if (unlink(entry->path().c_str()) != 0) return Cannot("remove", entry->path().string());
  }
  if (error) return absl::FailedPreconditionError(absl::StrCat("cannot read ", directory, ": ", error.message()));
  return SyncDirectory(directory);
}

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes) {
  return Read(path, max_bytes, [](int, const std::string&) { return absl::OkStatus(); });
}

absl::StatusOr<std::string> ReadPrivateFile(const std::string& path, size_t max_bytes) {
  return Read(path, max_bytes, CheckIsPrivate);
}

}  // namespace anamnesis
