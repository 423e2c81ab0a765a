// What a service's data directory holds, and what a backup does with it: the one list.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace anamnesis::backup {

enum class InBackup {
  kByEngine,       // What EventLog::Backup copies.
  kCopied,         // A file, as it is.
  kCopiedIfThere,  // The same of what a service may do without.
  kMadeForIt,      // Made so that it agrees with the last position that is backed up or restored.
  kDerived,        // Not in it: made anew.
  kNever,          // Not in it: it opens what is.
};

struct DataFile {
  const char* name;
  InBackup what;
};

// In the order of their names. A file that is not here is not backed up.
std::span<const DataFile> DataFiles();

// A file of a backup.
struct StoredFile {
  std::string name;  // Relative, with '/' between its parts.
  uint64_t bytes = 0;
  std::string sha256;  // In hexadecimal.
  friend bool operator==(const StoredFile&, const StoredFile&) = default;
};

// Reads a file below a directory. NOT_FOUND, FAILED_PRECONDITION as ReadFile.
absl::StatusOr<StoredFile> Describe(const std::string& directory, const std::string& name);

// Writes a file below a directory, for its owner only but for one ending in `.pub`, durably. ALREADY_EXISTS where it is
// there.
absl::StatusOr<StoredFile> Store(const std::string& directory, const std::string& name, const std::string& content);

// The names of the files of a data directory that are copied as they are, sorted. FAILED_PRECONDITION where it cannot
// be seen whether one is there.
absl::StatusOr<std::vector<std::string>> NamesToCopy(const std::string& data_dir);

}  // namespace anamnesis::backup
