#include "backup/numbers.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "backup/layout.h"
#include "base/status.h"

namespace anamnesis::backup {

absl::StatusOr<std::set<uint32_t>> NumbersIn(const std::string& directory, const std::string& suffix) {
  std::set<uint32_t> numbers;
  std::error_code error;
  if (!std::filesystem::exists(directory, error) && !error) return numbers;
  std::filesystem::directory_iterator entry(directory, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    uint32_t number = 0;
    if (name.ends_with(suffix) && absl::SimpleAtoi(name.substr(0, name.size() - suffix.size()), &number) &&
        name == absl::StrCat(number, suffix)) {
      numbers.insert(number);
    }
  }
  if (error) return absl::FailedPreconditionError(absl::StrCat("cannot read ", directory, ": ", error.message()));
  return numbers;
}

absl::StatusOr<std::set<uint32_t>> PartNumbers(const std::string& directory, const std::string& service) {
  std::set<uint32_t> numbers;
  for (const char* const holder : kNumberedDirectories) {
    ASSIGN_OR_RETURN(std::set<uint32_t> found, NumbersIn(PartDirectory(directory, service) + "/" + holder, ""));
    numbers.merge(found);
  }
  return numbers;
}

}  // namespace anamnesis::backup
