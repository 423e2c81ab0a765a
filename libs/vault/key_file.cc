#include "vault/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "base/directory.h"
#include "base/durable_file.h"
#include "base/status.h"

namespace anamnesis::vault {
namespace {

constexpr size_t kMaxFileBytes = 64 << 10;

absl::Status Cannot(const char* what, const std::string& path) {
  return absl::FailedPreconditionError(
      absl::StrCat("cannot ", what, " the key file ", path, ": ", std::generic_category().message(errno)));
}

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

absl::StatusOr<KeyRing> ParseFrom(const std::string& place, const std::string& text) {
  absl::StatusOr<KeyRing> ring = KeyRing::Parse(text);
  if (ring.ok()) return ring;
  return absl::InvalidArgumentError(absl::StrCat(place, ": ", ring.status().message()));
}

}  // namespace

absl::StatusOr<KeyRing> LoadKeyFile(const std::string& path) {
  const File file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd() < 0) {
    if (errno != ENOENT) return Cannot("open", path);
    return absl::NotFoundError(absl::StrCat(
        "there is no key file ", path, "; put back the copy that you keep: nothing sealed can be read ", "without it"));
  }
  struct stat info {};
  if (fstat(file.fd(), &info) != 0) return Cannot("look at", path);
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("the key file ", path, " can be read by others than its owner; chmod 600 ", path));
  }
  std::string text(kMaxFileBytes, '\0');
  const ssize_t size = read(file.fd(), text.data(), text.size());
  if (size < 0) return Cannot("read", path);
  text.resize(static_cast<size_t>(size));
  return ParseFrom(absl::StrCat("the key file ", path), text);
}

absl::StatusOr<KeyRing> LoadFromCommand(const std::string& command) {
  std::FILE* const pipe = popen(command.c_str(), "re");
  if (pipe == nullptr) return absl::FailedPreconditionError("the key command cannot be started");
  std::string text;
  std::array<char, 4096> part;
  for (size_t size = 0; (size = fread(part.data(), 1, part.size(), pipe)) > 0 && text.size() < kMaxFileBytes;) {
    text.append(part.data(), size);
  }
  const int status = pclose(pipe);
  if (status != 0) {
    return absl::FailedPreconditionError(absl::StrCat("the key command failed with status ", status,
                                                      "; it must print the content of a key file and exit with 0"));
  }
  return ParseFrom("what the key command printed", text);
}

absl::Status CreateKeyFile(const std::string& path) {
  RETURN_IF_ERROR(MakePrivateDirectory(std::filesystem::absolute(path).parent_path()));
  return CreateFileDurably(path, KeyRing::Random().Text());
}

absl::Status ReplaceKeyFile(const std::string& path, const KeyRing& ring) {
  return ReplaceFileDurably(path, ring.Text());
}

}  // namespace anamnesis::vault
