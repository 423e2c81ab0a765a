#include "base/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "base/directory.h"
#include "base/status.h"
#include "base/uuid.h"

namespace anamnesis {
namespace {

absl::Status Cannot(const char* what, const std::string& path) {
  return absl::FailedPreconditionError(
      absl::StrCat("cannot ", what, " ", path, ": ", std::generic_category().message(errno)));
}

absl::Status WriteAndSync(int fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
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

  absl::Status Write(std::string_view text) const {
    const int fd = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0) return Cannot("create", path_);
    const absl::Status written = WriteAndSync(fd, text, path_);
    return close(fd) == 0 || !written.ok() ? written : Cannot("close", path_);
  }
  const char* path() const { return path_.c_str(); }

 private:
  const std::string path_;
};

}  // namespace

absl::Status CreateFileDurably(const std::string& path, std::string_view text) {
  const Beside whole(path);
  RETURN_IF_ERROR(whole.Write(text));
  if (link(whole.path(), path.c_str()) != 0) {
    return errno == EEXIST ? absl::AlreadyExistsError(absl::StrCat("there is a file ", path, " already"))
                           : Cannot("create", path);
  }
  return SyncDirectory(DirectoryOf(path));
}

absl::Status ReplaceFileDurably(const std::string& path, std::string_view text) {
  const Beside whole(path);
  RETURN_IF_ERROR(whole.Write(text));
  if (std::rename(whole.path(), path.c_str()) != 0) return Cannot("replace", path);
  return SyncDirectory(DirectoryOf(path));
}

}  // namespace anamnesis
