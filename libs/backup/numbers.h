// What stands under a number in a directory of backups.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "absl/status/statusor.h"

namespace anamnesis::backup {

// The numbers of the entries of a directory that are named `<number><suffix>`; none where there is no such directory.
// FAILED_PRECONDITION where it cannot be read.
absl::StatusOr<std::set<uint32_t>> NumbersIn(const std::string& directory, const std::string& suffix);

// The numbers under which there is anything of a service: a backup of its log, whole or not, or files beside one. Those
// that no manifest names are of backups that were cut short, or of one that is being made. FAILED_PRECONDITION as
// above.
absl::StatusOr<std::set<uint32_t>> PartNumbers(const std::string& directory, const std::string& service);

}  // namespace anamnesis::backup
