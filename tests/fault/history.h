// Histories of what several clients asked for and were answered, and whether they can be those of one object after the
// other. An object is whatever has versions that count up from 0: a stream, or a resource by its etag.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/mutex.h"

namespace anamnesis::fault {

// One operation from its first try to its last answer: a request that is sent again is the same operation.
struct Operation {
  enum class Kind { kWrite, kRead };
  enum class Result {
    kUnknown,  // Never answered: it may have been done, then or later, or not at all.
    kDone,     // kWrite: the object has `version` after it. kRead: it had `version`.
    kStale,    // Refused, for the object was not at `expected` but at `version`, where that was said.
  };
  std::string object;
  Kind kind = Kind::kWrite;
  std::optional<uint64_t> expected;  // What the write demanded: 0, that there was none.
  uint64_t adds = 1;                 // By how much a write raises the version.
  std::string request_id;
  uint64_t invoked = 0;  // Instants of the History: whole numbers, each given once.
  uint64_t returned = 0;
  Result result = Result::kUnknown;
  std::optional<uint64_t> version;
};

// An answer to a try of a request: where its event is, and whether the server said that it had been done before.
struct Answer {
  uint64_t position = 0;
  bool duplicate = false;
  bool operator==(const Answer&) const = default;
};

// Collects from many threads.
class History {
 public:
  // The next instant.
  uint64_t Now() EXCLUDES(mutex_);
  void Add(Operation operation) EXCLUDES(mutex_);
  void Answered(const std::string& request_id, Answer answer) EXCLUDES(mutex_);

  std::vector<Operation> operations() const EXCLUDES(mutex_);
  std::map<std::string, std::vector<Answer>> answers() const EXCLUDES(mutex_);

 private:
  mutable Mutex mutex_;
  uint64_t now_ GUARDED_BY(mutex_) = 0;
  std::vector<Operation> operations_ GUARDED_BY(mutex_);
  std::map<std::string, std::vector<Answer>> answers_ GUARDED_BY(mutex_);
};

// OK if the operations of every object can be put into one order in which each takes effect between its invocation and
// its return, as a sequential object would answer it (Wing and Gong's search, with Lowe's memory of what was tried).
// Otherwise INTERNAL names the object and the operation behind which nobody gets.
absl::Status CheckLinearizable(const std::vector<Operation>& operations);

// OK if every request that was answered is recorded once, where each of its answers says, and all but the first of its
// answers, at most, say that it had been done before. `recorded` holds the positions of each request id in the log.
absl::Status CheckExactlyOnce(const std::map<std::string, std::vector<Answer>>& answers,
                              const std::map<std::string, std::vector<uint64_t>>& recorded);

}  // namespace anamnesis::fault
