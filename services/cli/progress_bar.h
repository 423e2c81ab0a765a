// Progress on a terminal.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/strings/str_format.h"
#include "base/mutex.h"

namespace anamnesis::cli {

// `[#####     ]`, of a fraction.
inline std::string Bar(double done) {
  constexpr int kWidth = 30;
  const int filled = std::clamp(static_cast<int>(done * kWidth), 0, kWidth);
  return absl::StrFormat("[%s%s]", std::string(filled, '#'), std::string(kWidth - filled, ' '));
}

// Draws a line again and again from a thread of its own, and removes it when it is destroyed.
class ProgressBar {
 public:
  // `line` is called by that thread.
  ProgressBar(std::function<std::string()> line, std::ostream& err)
      : thread_([this, line = std::move(line), &err] { Draw(line, err); }) {}
  ~ProgressBar() {
    {
      MutexLock lock(mutex_);
      done_ = true;
      changed_.NotifyAll();
    }
    thread_.join();
  }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

 private:
  static constexpr std::chrono::milliseconds kRedrawEvery{200};

  void Draw(const std::function<std::string()>& line, std::ostream& err) {
    MutexLock lock(mutex_);
    while (!changed_.WaitFor(mutex_, kRedrawEvery, [this]() REQUIRES(mutex_) { return done_; })) {
      err << "\r" << line() << "\033[K" << std::flush;
    }
    err << "\r\033[K" << std::flush;
  }

  Mutex mutex_;
  CondVar changed_;
  bool done_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

// What is being done and how far it is, from whoever does it to a ProgressBar. Thread-safe.
class ProgressLine {
 public:
  void Say(std::string_view what, uint64_t done, uint64_t all) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    line_ = absl::StrFormat("%s %d of %d %s", Bar(all == 0 ? 0 : static_cast<double>(done) / static_cast<double>(all)),
                            done, all, std::string(what));
  }
  std::string Text() const EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return line_;
  }

 private:
  mutable Mutex mutex_;
  std::string line_ GUARDED_BY(mutex_);
};

}  // namespace anamnesis::cli
