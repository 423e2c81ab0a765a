#include "decider/strand.h"

#include <utility>

namespace anamnesis::decider {

void Strand::Post(std::function<void()> task) {
  {
    MutexLock lock(mutex_);
    if (running_) {
      tasks_.push_back(std::move(task));
      return;
    }
    running_ = true;
  }
  while (task) {
    task();
    task = nullptr;  // What it holds is released before the next one runs.
    MutexLock lock(mutex_);
    if (tasks_.empty()) {
      running_ = false;
    } else {
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
  }
}

}  // namespace anamnesis::decider
