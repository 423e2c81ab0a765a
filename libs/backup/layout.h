// Where things are below a directory of backups, and how large they may be. FORMAT.md says what they hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"

namespace anamnesis::backup {

inline constexpr size_t kMaxFileBytes = 16 << 20;  // Of a file that is not the engine's.

inline std::string ManifestsDirectory(const std::string& directory) {
  return directory + "/manifests";
}
// What belongs to one service.
inline std::string PartDirectory(const std::string& directory, const std::string& service) {
  return directory + "/" + service;
}
// The backups of a service's log.
inline std::string LogDirectory(const std::string& directory, const std::string& service) {
  return PartDirectory(directory, service) + "/log";
}
// The files beside a backup of a log, below the service's directory.
inline std::string FilesName(uint32_t log_backup) {
  return absl::StrCat("files/", log_backup);
}
// The engine's account of a backup of a log, below the service's directory.
inline std::string AccountName(uint32_t log_backup) {
  return absl::StrCat("log/meta/", log_backup);
}
// Below the service's directory, where there is something under the number of each backup of the log, the engine's
// first. From the first file on that is copied there is something in the second.
inline constexpr const char* kNumberedDirectories[] = {"log/meta", "log/private", "files"};

}  // namespace anamnesis::backup
