#include "base/failpoint.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace anamnesis {
namespace {

constexpr char kVariable[] = "ANAMNESIS_FAILPOINTS";

// How many arrivals at each step are left until it is due; 0 where it is not armed.
std::array<std::atomic<int64_t>, kStepNames.size()> left{};

// `name=kill` or `name=kill@N`.
bool ArmOne(absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(text, absl::MaxSplits('=', 1));
  const auto name =
      std::find(kStepNames.begin(), kStepNames.end(), std::string_view(parts.first.data(), parts.first.size()));
  const std::pair<absl::string_view, absl::string_view> action = absl::StrSplit(parts.second, absl::MaxSplits('@', 1));
  int64_t arrivals = 1;
  const bool counted = action.second.data() != nullptr && !action.second.empty();
  if (name == kStepNames.end() || action.first != "kill") return false;
  if (counted && (!absl::SimpleAtoi(action.second, &arrivals) || arrivals < 1)) return false;
  left[static_cast<size_t>(name - kStepNames.begin())] = arrivals;
  return true;
}

bool ArmFromEnvironment() {
  const char* const value = std::getenv(kVariable);
  if (value == nullptr) return false;
  for (const absl::string_view one : absl::StrSplit(value, ',', absl::SkipEmpty())) {
    if (ArmOne(one)) continue;
    std::fprintf(stderr, "%s: '%s' is not STEP=kill or STEP=kill@N; the steps are in libs/base/failpoint.h\n",
                 kVariable, std::string(one).c_str());
    std::exit(EXIT_FAILURE);
  }
  return true;
}

}  // namespace

namespace failpoint_internal {

std::atomic<bool> armed{ArmFromEnvironment()};

void Arrive(Step step) {
  if (left[static_cast<size_t>(step)].fetch_sub(1) != 1) return;
  kill(getpid(), SIGKILL);
  while (true) pause();
}

}  // namespace failpoint_internal
}  // namespace anamnesis
