// The last position that anybody may have been told of, in a small file beside a log: what shows that the log lost its
// end, also where it looks whole.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace anamnesis::evidence {

// What the file says.
struct HighWaterMark {
  std::string log_id;
  uint64_t position = 0;
};

// What the file holds; nothing where the text is something else.
std::optional<HighWaterMark> ParseHighWater(std::string_view text);

// None where there is no file; DATA_LOSS where it holds something else.
absl::StatusOr<std::optional<HighWaterMark>> ReadHighWater(const std::string& path);

// The file is one line, "<log id> <position, 20 digits>". One thread at a time.
class HighWater {
 public:
  // Makes the file if it is not there. DATA_LOSS where it holds something else or is of another log;
  // FAILED_PRECONDITION where it cannot be written.
  static absl::StatusOr<std::unique_ptr<HighWater>> Open(const std::string& path, const std::string& log_id,
                                                         uint64_t tail);
  ~HighWater();

  // What the file said before; the tail given to Open where there was none.
  uint64_t found() const { return found_; }

  // The log is durable up to `position`, and nobody has been told yet. Not synced: whatever the process dies of, it is
  // kept; a power cut may leave an older position, never one that the log does not have. INTERNAL where it cannot be
  // written.
  absl::Status Raise(uint64_t position);

 private:
  HighWater(int file, std::string log_id, uint64_t found) : file_(file), log_id_(std::move(log_id)), found_(found) {}

  const int file_;
  const std::string log_id_;
  const uint64_t found_;
};

}  // namespace anamnesis::evidence
