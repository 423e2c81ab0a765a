#include "vault/key_file.h"

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "base/directory.h"
#include "base/durable_file.h"
#include "base/status.h"

namespace anamnesis::vault {
namespace {

constexpr size_t kMaxFileBytes = 64 << 10;

absl::StatusOr<KeyRing> ParseFrom(const std::string& place, const std::string& text) {
  absl::StatusOr<KeyRing> ring = KeyRing::Parse(text);
  if (ring.ok()) return ring;
  return absl::InvalidArgumentError(absl::StrCat(place, ": ", ring.status().message()));
}

}  // namespace

absl::StatusOr<KeyRing> LoadKeyFile(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadPrivateFile(path, kMaxFileBytes);
  if (absl::IsNotFound(text.status())) {
    return absl::NotFoundError(absl::StrCat(
        "there is no key file ", path, "; put back the copy that you keep: nothing ", "sealed can be read without it"));
  }
  RETURN_IF_ERROR(text.status());
  return ParseFrom(absl::StrCat("the key file ", path), *text);
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
    const std::string how = WIFSIGNALED(status) ? absl::StrCat("signal ", WTERMSIG(status))
                                                : absl::StrCat("exit status ", WEXITSTATUS(status));
    return absl::FailedPreconditionError(
        absl::StrCat("the key command ended with ", how, "; it must print the content of a key file and exit with 0"));
  }
  return ParseFrom("what the key command printed", text);
}

absl::Status CreateKeyFile(const std::string& path) {
  RETURN_IF_ERROR(MakePrivateDirectory(std::filesystem::absolute(path).parent_path()));
  return CreateFileDurably(path, KeyRing::Random().Text());
}

absl::Status ReplaceKeyFile(const std::string& path, const KeyRing& ring) {
  RETURN_IF_ERROR(RemoveLeftBeside(path));
  return ReplaceFileDurably(path, ring.Text());
}

}  // namespace anamnesis::vault
