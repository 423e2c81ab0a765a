#include "services/readmodel/chart_cache.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace anamnesis::readmodel {
namespace {

// What an entry takes beside its chart, about.
constexpr size_t kEntryBytes = 256;

}  // namespace

std::atomic<uint64_t>& ChartCache::CountOf(std::string_view subject) const {
  return counts_[std::hash<std::string_view>()(subject) % counts_.size()];
}

ChartCache::Stamp ChartCache::StampOf(const std::vector<std::string>& subjects) const {
  Stamp stamp;
  for (const std::string& subject : subjects) stamp.emplace_back(subject, CountOf(subject).load());
  return stamp;
}

std::shared_ptr<const std::string> ChartCache::Find(const std::string& id) {
  MutexLock lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return nullptr;
  const Entries::iterator entry = found->second;
  const bool good = std::all_of(entry->stamp.begin(), entry->stamp.end(),
                                [this](const auto& part) { return CountOf(part.first).load() == part.second; });
  if (!good) {
    Erase(entry);
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, entry);
  return entry->chart;
}

void ChartCache::Insert(const std::string& id, Stamp stamp, std::shared_ptr<const std::string> chart) {
  MutexLock lock(mutex_);
  const auto found = by_id_.find(id);
  if (found != by_id_.end()) Erase(found->second);
  bytes_ += chart->size() + kEntryBytes;
  entries_.push_front({id, std::move(stamp), std::move(chart)});
  by_id_[id] = entries_.begin();
  while (bytes_ > max_bytes_ && !entries_.empty()) Erase(std::prev(entries_.end()));
}

void ChartCache::Erase(Entries::iterator entry) {
  bytes_ -= entry->chart->size() + kEntryBytes;
  by_id_.erase(entry->id);
  entries_.erase(entry);
}

void ChartCache::Changed(const std::set<std::string>& subjects) {
  for (const std::string& subject : subjects) CountOf(subject).fetch_add(1);
}

void ChartCache::AllChanged() {
  for (std::atomic<uint64_t>& count : counts_) count.fetch_add(1);
}

}  // namespace anamnesis::readmodel
