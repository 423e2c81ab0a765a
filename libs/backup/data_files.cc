#include "backup/data_files.h"

#include <array>
#include <filesystem>
#include <system_error>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "backup/layout.h"
#include "base/directory.h"
#include "base/durable_file.h"
#include "base/sha256.h"
#include "base/status.h"

namespace anamnesis::backup {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kPublicMode = 0644;  // What stands beside a key for everybody to verify with.

constexpr std::array kDataFiles = {
    DataFile{"checkpoint",      InBackup::kMadeForIt    },
    DataFile{"cosigned",        InBackup::kDerived      }, // The witnesses are asked again.
    DataFile{"facts",           InBackup::kDerived      },
    DataFile{"high-water",      InBackup::kMadeForIt    },
    DataFile{"log",             InBackup::kByEngine     },
    DataFile{"log.kek",         InBackup::kNever        },
    DataFile{"signing.key",     InBackup::kCopied       },
    DataFile{"signing.key.pub", InBackup::kCopied       },
    DataFile{"tree",            InBackup::kDerived      },
 // It may cover more of the others' logs than is restored of them: a restored installation begins to witness anew.
    DataFile{"witness",         InBackup::kDerived      },
    DataFile{"witness.key",     InBackup::kCopiedIfThere},
    DataFile{"witness.key.pub", InBackup::kCopiedIfThere},
};

StoredFile Described(const std::string& name, const std::string& content) {
  return {.name = name, .bytes = content.size(), .sha256 = absl::BytesToHexString(Sha256(content))};
}

}  // namespace

std::span<const DataFile> DataFiles() {
  return kDataFiles;
}

absl::StatusOr<StoredFile> Describe(const std::string& directory, const std::string& name) {
  ASSIGN_OR_RETURN(const std::string content, ReadFile(directory + "/" + name, kMaxFileBytes));
  return Described(name, content);
}

absl::StatusOr<StoredFile> Store(const std::string& directory, const std::string& name, const std::string& content) {
  const std::string path = directory + "/" + name;
  RETURN_IF_ERROR(MakePrivateDirectory(fs::path(path).parent_path().string()));
  RETURN_IF_ERROR(CreateFileDurably(path, content, name.ends_with(".pub") ? kPublicMode : kPrivateMode));
  return Described(name, content);
}

absl::StatusOr<std::vector<std::string>> NamesToCopy(const std::string& data_dir) {
  std::vector<std::string> names;
  for (const DataFile& file : kDataFiles) {
    if (file.what != InBackup::kCopied && file.what != InBackup::kCopiedIfThere) continue;
    const fs::path path = fs::path(data_dir) / file.name;
    std::error_code error;
    const bool there = file.what == InBackup::kCopied || fs::exists(path, error);
    if (error) return absl::FailedPreconditionError(absl::StrCat("cannot read ", path.string(), ": ", error.message()));
    if (there) names.emplace_back(file.name);
  }
  return names;
}

}  // namespace anamnesis::backup
