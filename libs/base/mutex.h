// std::mutex with clang's thread-safety annotations. absl::Mutex is not used: Debian's Abseil is not instrumented, so
// the thread sanitizer reports falsely under it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define ANAMNESIS_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define ANAMNESIS_THREAD_ANNOTATION(x)
#endif

// Abseil's headers still define these two old names, to the same effect.
#undef GUARDED_BY
#undef NO_THREAD_SAFETY_ANALYSIS

#define CAPABILITY(x) ANAMNESIS_THREAD_ANNOTATION(capability(x))
#define SCOPED_CAPABILITY ANAMNESIS_THREAD_ANNOTATION(scoped_lockable)
#define GUARDED_BY(x) ANAMNESIS_THREAD_ANNOTATION(guarded_by(x))
#define REQUIRES(...) ANAMNESIS_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) ANAMNESIS_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))
#define ACQUIRE(...) ANAMNESIS_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define RELEASE(...) ANAMNESIS_THREAD_ANNOTATION(release_capability(__VA_ARGS__))
#define NO_THREAD_SAFETY_ANALYSIS ANAMNESIS_THREAD_ANNOTATION(no_thread_safety_analysis)

namespace anamnesis {

// A mutual-exclusion lock that the compiler can reason about.
class CAPABILITY("mutex") Mutex {
 public:
  void Lock() ACQUIRE() { mutex_.lock(); }
  void Unlock() RELEASE() { mutex_.unlock(); }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

// Holds a Mutex for its own lifetime.
class SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ACQUIRE(mutex) : mutex_(mutex) { mutex_.Lock(); }
  ~MutexLock() RELEASE() { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// A condition variable for Mutex. The waits take a predicate, so that a spurious wake-up cannot be forgotten.
class CondVar {
 public:
  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

  // Waits until `holds()`; it is called with the mutex held.
  template <class Predicate>
  void Wait(Mutex& mutex, Predicate holds) REQUIRES(mutex) NO_THREAD_SAFETY_ANALYSIS {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock, holds);
    lock.release();
  }

  // Waits until `holds()` or the timeout; returns whether it holds.
  template <class Predicate>
  bool WaitFor(Mutex& mutex, std::chrono::microseconds timeout, Predicate holds)
      REQUIRES(mutex) NO_THREAD_SAFETY_ANALYSIS {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    const bool held = condition_.wait_for(lock, timeout, holds);
    lock.release();
    return held;
  }

 private:
  std::condition_variable condition_;
};

}  // namespace anamnesis
