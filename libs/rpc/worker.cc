#include "rpc/worker.h"

#include <utility>

#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/refusal.h"

namespace anamnesis::rpc {

Worker::Worker() : thread_([this] { Run(); }) {}

Worker::~Worker() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyOne();
  }
  thread_.join();
}

bool Worker::Do(std::function<void()> task) {
  MutexLock lock(mutex_);
  if (tasks_.size() >= kMaxQueued) return false;
  tasks_.push_back(std::move(task));
  changed_.NotifyOne();
  return true;
}

absl::Status Worker::Refusal() {
  return Refuse(v1::OVERLOADED, {.retry_after_millis = 1000});
}

void Worker::Run() {
  for (;;) {
    std::function<void()> task;
    {
      MutexLock lock(mutex_);
      changed_.Wait(mutex_, [this] { return stopping_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

}  // namespace anamnesis::rpc
