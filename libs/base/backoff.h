// How long to wait before trying again: doubles from a first wait up to a last.
#pragma once

#include <algorithm>
#include <chrono>

namespace anamnesis {

class Backoff {
 public:
  Backoff(std::chrono::milliseconds first, std::chrono::milliseconds last) : first_(first), last_(last), next_(first) {}

  std::chrono::milliseconds Next() {
    const auto wait = next_;
    next_ = std::min(next_ * 2, last_);
    return wait;
  }
  void Reset() { next_ = first_; }

 private:
  const std::chrono::milliseconds first_;
  const std::chrono::milliseconds last_;
  std::chrono::milliseconds next_;
};

}  // namespace anamnesis
