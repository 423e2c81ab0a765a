#include "evidence/high_water.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/durable_file.h"
#include "base/failpoint.h"
#include "base/status.h"

namespace anamnesis::evidence {
namespace {

constexpr size_t kMaxBytes = 128;

// Always as long for one log, so that it is written over in one piece.
std::string Line(const std::string& log_id, uint64_t position) {
  return absl::StrFormat("%s %020d\n", log_id, position);
}

}  // namespace

std::optional<HighWaterMark> ParseHighWater(std::string_view text) {
  HighWaterMark mark{.log_id = std::string(text.substr(0, text.find(' ')))};
  const size_t number = mark.log_id.size() + 1;
  if (number >= text.size() || !absl::SimpleAtoi(std::string(text.substr(number)), &mark.position)) return std::nullopt;
  if (text != Line(mark.log_id, mark.position)) return std::nullopt;
  return mark;
}

absl::StatusOr<std::optional<HighWaterMark>> ReadHighWater(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadPrivateFile(path, kMaxBytes);
  if (absl::IsNotFound(text.status())) return std::optional<HighWaterMark>();
  RETURN_IF_ERROR(text.status());
  std::optional<HighWaterMark> mark = ParseHighWater(*text);
  if (mark.has_value()) return mark;
  return absl::DataLossError(
      absl::StrCat(path, " does not say how far the log went; find out who wrote it, then remove it"));
}

absl::StatusOr<std::unique_ptr<HighWater>> HighWater::Open(const std::string& path, const std::string& log_id,
                                                           uint64_t tail) {
  ASSIGN_OR_RETURN(const std::optional<HighWaterMark> mark, ReadHighWater(path));
  if (mark.has_value() && mark->log_id != log_id) {
    return absl::DataLossError(
        absl::StrCat(path, " is of another log; put back the log or the file that belong together"));
  }
  if (!mark.has_value()) RETURN_IF_ERROR(CreateFileDurably(path, Line(log_id, tail)));
  const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return absl::FailedPreconditionError(absl::StrCat("cannot write ", path, ": ", std::strerror(errno)));
  return std::unique_ptr<HighWater>(new HighWater(file, log_id, mark.has_value() ? mark->position : tail));
}

HighWater::~HighWater() {
  close(file_);
}

absl::Status HighWater::Raise(uint64_t position) {
  const std::string line = Line(log_id_, position);
  ssize_t written = -1;
  do {
    written = pwrite(file_, line.data(), line.size(), 0);
  } while (written < 0 && errno == EINTR);
  if (written != static_cast<ssize_t>(line.size())) {
    return absl::InternalError(absl::StrCat("cannot write how far the log is durable: ", std::strerror(errno)));
  }
  Failpoint(Step::kHighWaterRaised);
  return absl::OkStatus();
}

}  // namespace anamnesis::evidence
