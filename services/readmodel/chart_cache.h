// Charts that are serialized already.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"

namespace anamnesis::readmodel {

// Least recently used charts within a number of bytes. A chart is made from the rows of one or more subjects; each
// subject has a change count, and a chart is good while the counts are those from before it was made. So a change costs
// one increment, whoever is reading or making a chart meanwhile. Subjects share counts by hash: a chart may be made
// anew without need, never served stale. Thread-safe.
class ChartCache {
 public:
  explicit ChartCache(size_t max_bytes) : max_bytes_(max_bytes) {}

  // A chart's subjects with their counts.
  using Stamp = std::vector<std::pair<std::string, uint64_t>>;

  // To be taken before the rows are read.
  Stamp StampOf(const std::vector<std::string>& subjects) const;

  // The chart asked for by this id, null where there is none that is good.
  std::shared_ptr<const std::string> Find(const std::string& id) EXCLUDES(mutex_);
  void Insert(const std::string& id, Stamp stamp, std::shared_ptr<const std::string> chart) EXCLUDES(mutex_);

  void Changed(const std::set<std::string>& subjects);
  void AllChanged();

 private:
  struct Entry {
    std::string id;
    Stamp stamp;
    std::shared_ptr<const std::string> chart;
  };
  using Entries = std::list<Entry>;

  std::atomic<uint64_t>& CountOf(std::string_view subject) const;
  void Erase(Entries::iterator entry) REQUIRES(mutex_);

  const size_t max_bytes_;
  mutable std::array<std::atomic<uint64_t>, 1 << 16> counts_{};

  Mutex mutex_;
  size_t bytes_ GUARDED_BY(mutex_) = 0;
  Entries entries_ GUARDED_BY(mutex_);  // Most recently used first.
  std::unordered_map<std::string, Entries::iterator> by_id_ GUARDED_BY(mutex_);
};

}  // namespace anamnesis::readmodel
