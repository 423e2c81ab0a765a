#include "tests/fault/history.h"

#include <algorithm>
#include <limits>
#include <list>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace anamnesis::fault {
namespace {

using Version = uint64_t;
constexpr uint64_t kNever = std::numeric_limits<uint64_t>::max();

// The object after the operation; nothing where it would not have answered so.
std::optional<Version> Apply(const Operation& operation, Version version) {
  const bool met = !operation.expected.has_value() || *operation.expected == version;
  const bool said = !operation.version.has_value();
  if (operation.kind == Operation::Kind::kRead) {
    return said || *operation.version == version ? std::optional(version) : std::nullopt;
  }
  if (operation.result == Operation::Result::kStale) {
    return !met && (said || *operation.version == version) ? std::optional(version) : std::nullopt;
  }
  const Version after = version + operation.adds;
  return met && (said || *operation.version == after) ? std::optional(after) : std::nullopt;
}

// The invocation of an operation, or its return.
struct Moment {
  uint64_t at;
  size_t operation;
  bool is_return;
};

// The search over one object's operations.
class Search {
 public:
  explicit Search(std::vector<Operation> operations) : operations_(std::move(operations)), done_(operations_.size()) {
    std::stable_sort(operations_.begin(), operations_.end(),
                     [](const Operation& a, const Operation& b) { return a.invoked < b.invoked; });
    std::vector<Moment> moments;
    for (size_t i = 0; i < operations_.size(); ++i) {
      const bool answered = operations_[i].result != Operation::Result::kUnknown;
      moments.push_back({operations_[i].invoked, i, false});
      moments.push_back({answered ? operations_[i].returned : kNever, i, true});
    }
    std::stable_sort(moments.begin(), moments.end(), [](const Moment& a, const Moment& b) { return a.at < b.at; });
    moments_.assign(moments.begin(), moments.end());
    returns_.resize(operations_.size());
    for (auto moment = moments_.begin(); moment != moments_.end(); ++moment) {
      if (moment->is_return) returns_[moment->operation] = moment;
    }
  }

  bool Run() {
    auto moment = moments_.begin();
    while (moment != moments_.end()) {
      if (moment->is_return) {
        if (moment->at == kNever) return true;  // Only what was never answered is left, and need not have been done.
        furthest_ = std::max(furthest_, moment->at);
        if (taken_.empty()) return false;
        moment = std::next(TakeBack());
        continue;
      }
      const std::optional<Version> after = Apply(operations_[moment->operation], version_);
      if (!after.has_value()) {
        ++moment;
        continue;
      }
      Take(moment, *after);
      moment = IsNew() ? moments_.begin() : std::next(TakeBack());
    }
    return true;
  }

  // The operation that nobody got behind.
  const Operation& Stuck() const {
    return *std::find_if(operations_.begin(), operations_.end(),
                         [this](const Operation& operation) { return operation.returned == furthest_; });
  }

 private:
  using Place = std::list<Moment>::iterator;
  // Moments out of the list, with what followed each; put back in the reverse order of taking, so that it follows
  // again.
  struct Taken {
    Place invocation;
    Place after_invocation;
    Place end;
    Place after_end;
    Version version;  // Before it.
  };

  // Whether it was not here before: with the same done, and the same version of the object.
  bool IsNew() {
    while (first_open_ < done_.size() && done_[first_open_]) ++first_open_;
    std::vector<size_t> done{first_open_};
    size_t beyond = taken_.size() - first_open_;
    for (size_t i = first_open_; beyond > 0; ++i) {
      if (!done_[i]) continue;
      done.push_back(i);
      --beyond;
    }
    return tried_.emplace(std::move(done), version_).second;
  }

  void Take(Place moment, Version after) {
    done_[moment->operation] = true;
    const Place end = returns_[moment->operation];
    const Place after_end = std::next(end);
    out_.splice(out_.end(), moments_, end);
    const Place after_invocation = std::next(moment);
    out_.splice(out_.end(), moments_, moment);
    taken_.push_back({moment, after_invocation, end, after_end, version_});
    version_ = after;
  }

  // Returns where the invocation stands again.
  Place TakeBack() {
    const Taken taken = taken_.back();
    taken_.pop_back();
    moments_.splice(taken.after_invocation, out_, taken.invocation);
    moments_.splice(taken.after_end, out_, taken.end);
    done_[taken.invocation->operation] = false;
    first_open_ = std::min(first_open_, taken.invocation->operation);
    version_ = taken.version;
    return taken.invocation;
  }

  std::vector<Operation> operations_;  // By the instant of invocation.
  std::list<Moment> moments_;          // What is not in the order yet.
  std::list<Moment> out_;
  std::vector<Place> returns_;
  std::vector<bool> done_;
  std::vector<Taken> taken_;
  // What was done when it was here: the first operation that was not, and those after it that were. Those overlap it,
  // so that they are few, however long the history is.
  std::set<std::pair<std::vector<size_t>, Version>> tried_;
  size_t first_open_ = 0;
  Version version_ = 0;
  uint64_t furthest_ = 0;
};

}  // namespace

uint64_t History::Now() {
  MutexLock lock(mutex_);
  return ++now_;
}

void History::Add(Operation operation) {
  MutexLock lock(mutex_);
  operations_.push_back(std::move(operation));
}

void History::Answered(const std::string& request_id, Answer answer) {
  MutexLock lock(mutex_);
  answers_[request_id].push_back(answer);
}

std::vector<Operation> History::operations() const {
  MutexLock lock(mutex_);
  return operations_;
}

std::map<std::string, std::vector<Answer>> History::answers() const {
  MutexLock lock(mutex_);
  return answers_;
}

absl::Status CheckLinearizable(const std::vector<Operation>& operations) {
  std::map<std::string, std::vector<Operation>> by_object;
  for (const Operation& operation : operations) by_object[operation.object].push_back(operation);
  for (auto& [object, of_object] : by_object) {
    Search search(std::move(of_object));
    if (search.Run()) continue;
    const Operation& stuck = search.Stuck();
    return absl::InternalError(absl::StrCat("no order of the operations of ", object,
                                            " explains the answer at instant ", stuck.returned, ": request '",
                                            stuck.request_id, "', version ", stuck.version.value_or(0)));
  }
  return absl::OkStatus();
}

absl::Status CheckExactlyOnce(const std::map<std::string, std::vector<Answer>>& answers,
                              const std::map<std::string, std::vector<uint64_t>>& recorded) {
  for (const auto& [request_id, positions] : recorded) {
    if (positions.size() == 1) continue;
    return absl::InternalError(absl::StrCat("request ", request_id, " is recorded ", positions.size(), " times"));
  }
  for (const auto& [request_id, given] : answers) {
    const auto found = recorded.find(request_id);
    if (found == recorded.end()) return absl::InternalError(absl::StrCat("request ", request_id, " is not recorded"));
    const auto first =
        std::count_if(given.begin(), given.end(), [](const Answer& answer) { return !answer.duplicate; });
    if (first > 1) return absl::InternalError(absl::StrCat("request ", request_id, " was done ", first, " times"));
    for (const Answer& answer : given) {
      if (answer.position == found->second.front()) continue;
      return absl::InternalError(absl::StrCat("request ", request_id, " is at ", found->second.front(),
                                              ", and somebody was told ", answer.position));
    }
  }
  return absl::OkStatus();
}

}  // namespace anamnesis::fault
