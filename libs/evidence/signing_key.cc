#include "evidence/signing_key.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace anamnesis::evidence {
namespace {

constexpr mode_t kSecretMode = S_IRUSR | S_IWUSR;
constexpr mode_t kPublicMode = kSecretMode | S_IRGRP | S_IROTH;
constexpr mode_t kModeBits = 07777;
constexpr size_t kMaxKeyFileBytes = 1024;

absl::Status Cannot(const char* what, const std::string& path) {
  const std::string reason = std::generic_category().message(errno);
  return absl::FailedPreconditionError(absl::StrCat("cannot ", what, " ", path, ": ", reason));
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

absl::Status WriteAll(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Cannot("write", path);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

// Writes a file that is not there yet; none is there after an error.
absl::Status WriteNew(const std::string& path, std::string_view bytes, mode_t mode) {
  const File file(path, O_WRONLY | O_CREAT | O_EXCL, mode);
  if (file.fd() < 0 && errno == EEXIST) {
    return absl::AlreadyExistsError(absl::StrCat(path, " exists: move it away, or give another name"));
  }
  if (file.fd() < 0) return Cannot("create", path);
  absl::Status status = WriteAll(file.fd(), bytes, path);
  // Whatever the umask is.
  if (status.ok() && fchmod(file.fd(), mode) != 0) status = Cannot("set the mode of", path);
  if (status.ok() && fsync(file.fd()) != 0) status = Cannot("sync", path);
  if (!status.ok()) unlink(path.c_str());
  return status;
}

absl::Status SyncDirectoryOf(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  const std::string directory = parent.empty() ? "." : parent;
  const File file(directory, O_RDONLY | O_DIRECTORY, 0);
  if (file.fd() < 0) return Cannot("open", directory);
  return fsync(file.fd()) == 0 ? absl::OkStatus() : Cannot("sync", directory);
}

absl::Status CheckIsPrivate(int fd, const std::string& path) {
  struct stat info;
  if (fstat(fd, &info) != 0) return Cannot("look at", path);
  if (!S_ISREG(info.st_mode)) return absl::FailedPreconditionError(absl::StrCat(path, " is not a regular file"));
  if (info.st_uid != geteuid()) {
    return absl::FailedPreconditionError(absl::StrCat(path, " belongs to user ", info.st_uid,
                                                      " and this process is user ", geteuid(),
                                                      ": chown it, or run as its owner"));
  }
  if ((info.st_mode & kModeBits) != kSecretMode) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " has not mode 0600: chmod 600 it, and make a new key if others could read this one"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Signer> GenerateSigningKey(const std::string& path, std::string name, SignatureType type) {
  ASSIGN_OR_RETURN(Signer signer, Signer::Create(std::move(name), type, Ed25519PrivateKey::Generate()));
  std::string secret = signer.ToSecretString() + "\n";
  absl::Status status = WriteNew(path, secret, kSecretMode);
  OPENSSL_cleanse(secret.data(), secret.size());
  RETURN_IF_ERROR(status);
  const std::string public_path = path + ".pub";
  status = WriteNew(public_path, signer.verifier().ToString() + "\n", kPublicMode);
  if (!status.ok()) {
    unlink(path.c_str());
    return status;
  }
  status = SyncDirectoryOf(path);
  if (!status.ok()) {
    unlink(path.c_str());
    unlink(public_path.c_str());
    return status;
  }
  return signer;
}

absl::StatusOr<Signer> LoadSigningKey(const std::string& path) {
  // Not to wait where it is a pipe.
  const File file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
  if (file.fd() < 0 && errno == ENOENT) return absl::NotFoundError(absl::StrCat("no signing key at ", path));
  if (file.fd() < 0) return Cannot("open", path);
  RETURN_IF_ERROR(CheckIsPrivate(file.fd(), path));
  std::array<char, kMaxKeyFileBytes> buffer;
  const ssize_t size = read(file.fd(), buffer.data(), buffer.size());
  if (size < 0) return Cannot("read", path);
  const std::string_view text(buffer.data(), static_cast<size_t>(size));
  const absl::Status damaged = absl::DataLossError(absl::StrCat(path, " does not hold a signing key: restore a copy"));
  absl::StatusOr<Signer> signer = damaged;
  if (text.ends_with('\n')) signer = Signer::Parse(text.substr(0, text.size() - 1));
  OPENSSL_cleanse(buffer.data(), buffer.size());
  if (!signer.ok()) return damaged;
  return signer;
}

}  // namespace anamnesis::evidence
