#include "services/cli/data_dir.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace anamnesis::cli {
namespace {

std::string DefaultDir() {
  const char* data_home = std::getenv("XDG_DATA_HOME");
  if (data_home != nullptr && data_home[0] == '/') return absl::StrCat(data_home, "/anamnesis");
  const char* home = std::getenv("HOME");
  return home == nullptr || home[0] != '/' ? "" : absl::StrCat(home, "/.local/share/anamnesis");
}

std::string PidPath(const std::string& dir) {
  return dir + "/up.pid";
}

absl::Status Failed(const std::string& what) {
  return absl::UnavailableError(absl::StrCat("cannot ", what, ": ", strerror(errno)));
}

// A lock on the whole file. A lock of this kind belongs to one process and says which.
struct flock WholeFile() {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

// 0 where nobody holds it.
absl::StatusOr<pid_t> Holder(const Fd& file) {
  struct flock lock = WholeFile();
  if (fcntl(file.get(), F_GETLK, &lock) != 0) return Failed("ask who holds up.pid");
  return lock.l_type == F_UNLCK ? 0 : lock.l_pid;
}

absl::Status MakePrivateDir(const std::string& dir) {
  if (mkdir(dir.c_str(), 0700) == 0 || errno == EEXIST) return absl::OkStatus();
  return Failed("make " + dir);
}

}  // namespace

void AddDataOption(CLI::App& command, std::string& dir) {
  dir = DefaultDir();
  command.add_option("--data", dir, "Directory of all data; made if it does not exist")
      ->capture_default_str()
      ->required(dir.empty());
}

std::string LogPath(const std::string& dir, const std::string& program) {
  return absl::StrCat(dir, "/logs/", program, ".log");
}

absl::Status CheckHoldsRecord(const std::string& dir) {
  std::error_code error;
  for (const char* service : kLogOwners) {
    if (std::filesystem::is_directory(absl::StrCat(dir, "/", service, "/log"), error)) return absl::OkStatus();
  }
  return absl::NotFoundError(
      absl::StrCat("there is no record in ", dir, ": no service has a log there; correct --data"));
}

absl::Status MakeDataDir(const std::string& dir) {
  std::error_code error;  // What cannot be made is said by the next line.
  std::filesystem::create_directories(std::filesystem::path(dir).parent_path(), error);
  RETURN_IF_ERROR(MakePrivateDir(dir));
  return MakePrivateDir(dir + "/logs");
}

absl::StatusOr<Fd> LockDataDir(const std::string& dir) {
  Fd file(open(PidPath(dir).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file.valid()) return Failed("open " + PidPath(dir));
  struct flock lock = WholeFile();
  if (fcntl(file.get(), F_SETLK, &lock) != 0) {
    if (errno != EACCES && errno != EAGAIN) return Failed("lock " + PidPath(dir));
    ASSIGN_OR_RETURN(const pid_t holder, Holder(file));
    return absl::AlreadyExistsError(absl::StrCat("process ", holder, " already runs the servers of ", dir,
                                                 "; `anamnesis down --data ", dir, "` stops them"));
  }
  // For people who look; programs ask the lock.
  const std::string pid = absl::StrCat(getpid(), "\n");
  if (ftruncate(file.get(), 0) != 0 || write(file.get(), pid.data(), pid.size()) != static_cast<ssize_t>(pid.size())) {
    return Failed("write " + PidPath(dir));
  }
  return file;
}

absl::StatusOr<pid_t> RunningOn(const std::string& dir) {
  const Fd file(open(PidPath(dir).c_str(), O_RDONLY | O_CLOEXEC));
  if (file.valid()) return Holder(file);
  if (errno == ENOENT || errno == ENOTDIR) return 0;
  return Failed("open " + PidPath(dir));
}

}  // namespace anamnesis::cli
