// All of CLI11, once: the other files include the parts whose names they use, and those alone do not link.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <iostream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/cli/commands.h"

namespace anamnesis::cli {

void Finish(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << "anamnesis: " << std::string(status.message()) << "\n";
  const bool not_found = absl::IsNotFound(status) || absl::IsFailedPrecondition(status);
  throw CLI::RuntimeError(not_found ? kNotFound : kFailed);
}

std::string CheckPosition(const std::string& text) {
  uint64_t position = 0;
  const bool is_position = absl::SimpleAtoi(text, &position) && position > 0;
  return is_position ? "" : absl::StrCat("'", text, "' is no position: those are 1 and more");
}

}  // namespace anamnesis::cli
