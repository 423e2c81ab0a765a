#include "base/directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace anamnesis {
namespace {

namespace fs = std::filesystem;

absl::Status Cannot(const char* what, const fs::path& path, const std::error_code& error) {
  return absl::FailedPreconditionError(absl::StrCat("cannot ", what, " ", path.string(), ": ", error.message()));
}

std::error_code LastError() {
  return {errno, std::generic_category()};
}

absl::Status Make(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return absl::OkStatus();
  RETURN_IF_ERROR(Make(path.parent_path()));
  if (mkdir(path.c_str(), S_IRWXU) != 0) {
    const std::error_code failure = LastError();
    if (!fs::is_directory(path, error)) return Cannot("create", path, failure);
  }
  return SyncDirectory(path.parent_path());
}

}  // namespace

absl::Status SyncDirectory(const std::string& directory) {
  const int fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return Cannot("open", directory, LastError());
  const absl::Status synced = fsync(fd) == 0 ? absl::OkStatus() : Cannot("sync", directory, LastError());
  close(fd);
  return synced;
}

absl::Status MakePrivateDirectory(const std::string& directory) {
  std::error_code error;
  fs::path path = fs::absolute(directory, error).lexically_normal();
  if (error) return Cannot("create", directory, error);
  if (!path.has_filename()) path = path.parent_path();  // "a/b/" is "a/b".
  return Make(path);
}

}  // namespace anamnesis
