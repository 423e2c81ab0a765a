// States of streams, the most recently used ones, bounded by bytes.
#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>
#include <utility>

#include "eventlog/record.h"

namespace anamnesis::decider {

// A stream's state and what is needed to keep it right.
template <class State>
struct CachedState {
  State state;
  eventlog::Version version = 0;           // Of the last event evolved.
  eventlog::Version snapshot_version = 0;  // Of the newest snapshot that was saved or asked for.
  size_t bytes = 0;                        // About what it costs to keep.
  size_t measured_bytes = 0;               // What it cost when that was last measured.
};

// How much a state may seem to grow before it is measured again: so that measuring costs little for each event, however
// large a state is, and what is kept of an event costs what it does.
inline constexpr double kGrowthUnmeasured = 1.25;

// Not thread-safe: each strand has its own.
template <class State>
class StateCache {
 public:
  explicit StateCache(size_t max_bytes) : max_bytes_(max_bytes) {}

  // The stream's entry, now the most recently used; nullptr if it is not kept. Stays valid until the stream's next Put
  // or Drop, or any Trim.
  CachedState<State>* Find(const std::string& stream) {
    const auto found = index_.find(stream);
    if (found == index_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &entries_.front().second;
  }

  CachedState<State>* Put(const std::string& stream, CachedState<State> entry) {
    Drop(stream);
    bytes_ += entry.bytes;
    entries_.emplace_front(stream, std::move(entry));
    index_[stream] = entries_.begin();
    return &entries_.front().second;
  }

  void Drop(const std::string& stream) {
    const auto found = index_.find(stream);
    if (found == index_.end()) return;
    bytes_ -= found->second->second.bytes;
    entries_.erase(found->second);
    index_.erase(found);
  }

  // Says that an entry that Find or Put returned has grown by about so much.
  void Grow(CachedState<State>& entry, size_t bytes) {
    bytes_ -= entry.bytes;
    entry.bytes += bytes;
    if (static_cast<double>(entry.bytes) > kGrowthUnmeasured * static_cast<double>(entry.measured_bytes)) {
      entry.bytes = entry.measured_bytes = entry.state.SpaceUsedLong();
    }
    bytes_ += entry.bytes;
  }

  // Gives up the least recently used entries until the rest fits; the most recent one always stays.
  void Trim() {
    while (bytes_ > max_bytes_ && entries_.size() > 1) {
      const std::string stream = entries_.back().first;
      Drop(stream);
    }
  }

  size_t bytes() const { return bytes_; }

 private:
  using Entries = std::list<std::pair<std::string, CachedState<State>>>;

  const size_t max_bytes_;
  size_t bytes_ = 0;
  Entries entries_;  // Most recently used first.
  std::unordered_map<std::string, typename Entries::iterator> index_;
};

}  // namespace anamnesis::decider
