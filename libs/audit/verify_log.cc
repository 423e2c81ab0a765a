#include "audit/verify_log.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/random.h"
#include "base/status.h"
#include "eventlog/commit_log.h"
#include "eventlog/keyring.h"
#include "eventlog/open.h"
#include "evidence/merkle.h"

namespace anamnesis::audit {
namespace {

using eventlog::Position;
using eventlog::StreamHead;
using eventlog::Version;

constexpr uint64_t kProgressEvery = 20'000;
constexpr size_t kCachedKeys = 1 << 20;
// After damage: so many records in a row that can be read one by one, then it is tried to read on as before.
constexpr uint64_t kOneByOne = 1000;
constexpr uint64_t kFarthest = uint64_t{1} << 62;  // Where no log ends.

// Whether the status is of what is stored, or of the disk that it is on.
bool IsOfReading(const absl::Status& status) {
  return absl::IsDataLoss(status) || absl::IsInternal(status);
}

bool IsBeyond(const eventlog::CommitLog& engine, Position position) {
  const auto scan = engine.Scan(position, eventlog::Direction::kForwards);
  return !scan->Valid() && scan->status().ok();
}

// The last position, also where it cannot be read itself.
absl::StatusOr<Position> FindTail(const eventlog::CommitLog& engine) {
  absl::StatusOr<Position> tail = engine.Tail();
  if (tail.ok() || !IsOfReading(tail.status())) return tail;
  Position beyond = 1;
  while (beyond < kFarthest && !IsBeyond(engine, beyond)) beyond *= 2;
  if (beyond >= kFarthest) return tail;
  for (Position before = beyond / 2; before + 1 < beyond;) {
    const Position middle = before + (beyond - before) / 2;
    (IsBeyond(engine, middle) ? beyond : before) = middle;
  }
  return beyond - 1;
}

// Which event of which stream stands where, whatever the order in which it is said: a number of events, and a sum that
// who does not know the seed cannot keep while he changes one.
class Places {
 public:
  Places() { RandomBytes(reinterpret_cast<unsigned char*>(&seed_), sizeof(seed_)); }
  explicit Places(uint64_t seed) : seed_(seed) {}

  void Add(std::string_view stream, Version version, Position position) {
    sum_ += absl::HashOf(seed_, absl::string_view(stream.data(), stream.size()), version, position);
    ++count_;
  }
  uint64_t seed() const { return seed_; }
  friend bool operator==(const Places&, const Places&) = default;

 private:
  uint64_t seed_ = 0;
  uint64_t sum_ = 0;
  uint64_t count_ = 0;
};

// One pass over a log.
class Pass {
 public:
  Pass(eventlog::CommitLog& engine, const eventlog::PayloadKeys* keys, const VerifyOptions& options)
      : engine_(engine), keys_(keys), options_(options) {
    for (const KeptCheckpoint& kept : options.checkpoints) {
      if (kept.checkpoint.size > 0) roots_[kept.checkpoint.size] = {};
    }
    next_root_ = roots_.begin();
  }

  absl::StatusOr<LogVerdict> Run() {
    verdict_.log_id = engine_.LogId();
    ASSIGN_OR_RETURN(tail_, FindTail(engine_));
    while (verdict_.events < tail_ && !ends_in_a_gap_ && !ReadOn()) ReadOneByOne();
    if (verdict_.events < tail_ && !ends_in_a_gap_) Problem(verdict_.events + 1, "is missing");
    SayWhatIsUnreadable();
    CheckIndex();
    if (verdict_.unreadable.empty()) verdict_.root = frontier_.Root();
    CheckCheckpoints();
    if (options_.progress) options_.progress(verdict_.events, tail_);
    return std::move(verdict_);
  }

 private:
  // Reads what follows; false where the scan cannot go on.
  bool ReadOn() {
    const auto scan = engine_.Scan(verdict_.events + 1, eventlog::Direction::kForwards);
    for (; scan->Valid() && !ends_in_a_gap_; scan->Next()) Take(scan->position(), scan->bytes());
    return ends_in_a_gap_ || scan->status().ok();
  }

  // A single record is found without what stands before and after it in other blocks.
  void ReadOneByOne() {
    for (uint64_t whole = 0; whole < kOneByOne && verdict_.events < tail_ && !ends_in_a_gap_;) {
      const Position position = verdict_.events + 1;
      const absl::StatusOr<std::string> record = engine_.RecordAt(position);
      if (record.ok()) {
        Take(position, *record);
        ++whole;
      } else {
        AddUnreadable(position, record.status());
        whole = 0;
      }
    }
  }

  void Take(Position position, std::string_view bytes) {
    ++verdict_.events;
    if (position != verdict_.events) {
      Problem(verdict_.events, "is missing");
      ends_in_a_gap_ = true;  // Every hash after it would be wrong: the gap is the finding.
      return;
    }
    Look(position, bytes);
    if (options_.progress && verdict_.events % kProgressEvery == 0) options_.progress(verdict_.events, tail_);
  }

  void AddUnreadable(Position position, const absl::Status& why) {
    verdict_.events = position;
    std::vector<Stretch>& all = verdict_.unreadable;
    if (!all.empty() && all.back().last + 1 == position) {
      all.back().last = position;
      return;
    }
    all.push_back({position, position});
    why_unreadable_.emplace_back(why.message());
  }

  bool IsUnreadable(Position position) const {
    const auto after = std::ranges::upper_bound(verdict_.unreadable, position, {}, &Stretch::first);
    return after != verdict_.unreadable.begin() && position <= std::prev(after)->last;
  }

  // Before all else that was found.
  void SayWhatIsUnreadable() {
    std::vector<std::string> said;
    for (size_t i = 0; i < verdict_.unreadable.size() && said.size() < kMaxProblems; ++i) {
      const auto& [first, last] = verdict_.unreadable[i];
      const std::string which =
          first == last ? absl::StrCat("position ", first) : absl::StrCat("positions ", first, " to ", last);
      said.push_back(absl::StrCat("the log is damaged: ", which, " cannot be read (", why_unreadable_[i],
                                  "): keep a copy of it and restore a backup"));
    }
    verdict_.problems.insert(verdict_.problems.begin(), said.begin(), said.end());
    verdict_.problems.resize(std::min(verdict_.problems.size(), kMaxProblems));
  }

  void Problem(uint64_t position, const std::string& what) {
    if (verdict_.problems.size() >= kMaxProblems) return;
    verdict_.problems.push_back(absl::StrCat("position ", position, " ", what));
  }

  void Look(uint64_t position, std::string_view bytes) {
    if (verdict_.unreadable.empty()) {
      frontier_.Append(evidence::LeafHash(bytes), [](int, uint64_t, const evidence::Hash&) {});
    }
    for (; next_root_ != roots_.end() && next_root_->first == frontier_.size(); ++next_root_) {
      next_root_->second = frontier_.Root();
    }
    const absl::Status parsed = eventlog::ParseRecord(bytes, stored_);
    if (!parsed.ok()) return Problem(position, std::string(parsed.message()));
    CheckPlace(position);
    CheckPayload(position);
  }

  void CheckPlace(uint64_t position) {
    const eventlog::Record& record = stored_.header;
    if (record.position != position) Problem(position, "holds the record of another position");
    if (record.recorded_micros <= last_recorded_micros_) Problem(position, "was recorded before the one before it");
    last_recorded_micros_ = record.recorded_micros;
    for (const eventlog::DecidedAgainst& known : record.metadata.decided_against) {
      uint64_t& newest = verdict_.decided_against[known.log];
      newest = std::max(newest, known.position);
    }
    if (last_ == nullptr || last_->first != record.stream) last_ = &*heads_.try_emplace(record.stream).first;
    StreamHead& head = last_->second;
    // What comes before an event may be what cannot be read.
    const bool continues = IsUnreadable(record.previous_position)
                               ? record.version > head.version + 1
                               : record.version == head.version + 1 && record.previous_position == head.position;
    if (!continues) Problem(position, "does not continue its stream");
    head = {record.version, position};
    in_records_.Add(record.stream, record.version, position);
  }

  void CheckPayload(uint64_t position) {
    if (stored_.key_number > 0 && keys_ == nullptr) {
      ++verdict_.sealed;
      return;
    }
    const absl::StatusOr<bool> opened = eventlog::OpenPayload(stored_, keys_, payload_);
    if (!opened.ok()) return Problem(position, std::string(opened.status().message()));
    ++(*opened ? verdict_.opened : verdict_.erased);
  }

  // The index of streams against the records that could be read.
  void CheckIndex() {
    Places in_index(in_records_.seed());
    const absl::Status read = engine_.ForEachIndexed([&](std::string_view stream, Version version, Position position) {
      if (!IsUnreadable(position)) in_index.Add(stream, version, position);
    });
    if (!read.ok()) {
      verdict_.problems.push_back(absl::StrCat("the index of streams cannot be read whole (",
                                               std::string(read.message()),
                                               "): keep a copy of the log and restore a backup"));
      return;
    }
    if (in_index == in_records_) return;
    if (!verdict_.unreadable.empty()) {
      verdict_.problems.push_back("the index of streams says otherwise than the records that can be read");
      return;
    }
    NameWhatTheIndexSays();
    if (verdict_.problems.empty()) {  // Records that are missing or damaged have their rows too.
      verdict_.problems.push_back("the index of streams has rows that are no event's");
    }
  }

  // Slow, and for a log that does not verify.
  void NameWhatTheIndexSays() {
    const auto scan = engine_.Scan(1, eventlog::Direction::kForwards);
    for (; scan->Valid() && verdict_.problems.size() < kMaxProblems; scan->Next()) {
      if (!eventlog::ParseRecord(scan->bytes(), stored_).ok()) continue;  // A problem already.
      const eventlog::Record& record = stored_.header;
      const auto indexed = engine_.Positions(record.stream, record.version, record.version);
      if (indexed.ok() && indexed->front() == scan->position()) continue;
      Problem(scan->position(), "is an event of its stream, but the index says otherwise");
    }
  }

  void CheckCheckpoints() {
    for (const auto& [name, checkpoint] : options_.checkpoints) {
      const bool is_read = verdict_.unreadable.empty() || checkpoint.size < verdict_.unreadable.front().first;
      if (checkpoint.size > verdict_.events) {
        Problem(verdict_.events + 1, absl::StrCat("and later are missing: ", name, " covers ", checkpoint.size));
      } else if (is_read && checkpoint.size > 0 && roots_.at(checkpoint.size) != checkpoint.root) {
        Problem(checkpoint.size,
                absl::StrCat("or one before it is not what ", name, " commits to: the history was changed"));
      }
    }
  }

  eventlog::CommitLog& engine_;
  const eventlog::PayloadKeys* const keys_;
  const VerifyOptions& options_;
  LogVerdict verdict_;
  Position tail_ = 0;  // When it began.
  bool ends_in_a_gap_ = false;
  std::vector<std::string> why_unreadable_;  // Of each stretch.
  evidence::Frontier frontier_;
  std::map<uint64_t, evidence::Hash> roots_;  // At the sizes of the checkpoints.
  std::map<uint64_t, evidence::Hash>::iterator next_root_;
  eventlog::StoredRecord stored_;
  std::string payload_;
  int64_t last_recorded_micros_ = INT64_MIN;
  Places in_records_;
  std::unordered_map<std::string, StreamHead> heads_;
  std::pair<const std::string, StreamHead>* last_ = nullptr;  // Of the record before: often that of the next.
};

}  // namespace

absl::StatusOr<LogVerdict> VerifyLog(const std::string& directory, const VerifyOptions& options) {
  ASSIGN_OR_RETURN(const std::unique_ptr<eventlog::CommitLog> engine, eventlog::OpenForReading(directory));
  return VerifyLog(*engine, options);
}

absl::StatusOr<LogVerdict> VerifyLog(eventlog::CommitLog& engine, const VerifyOptions& options) {
  if (options.keks == nullptr) return Pass(engine, nullptr, options).Run();
  const auto keyring = eventlog::Keyring::Open(engine, options.keks, kCachedKeys);
  if (keyring.ok()) {
    (*keyring)->Preload();
    return Pass(engine, keyring->get(), options).Run();
  }
  if (!IsOfReading(keyring.status())) return keyring.status();
  ASSIGN_OR_RETURN(LogVerdict verdict, Pass(engine, nullptr, options).Run());
  verdict.problems.push_back(absl::StrCat("the data keys cannot be read (", std::string(keyring.status().message()),
                                          "): keep a copy of the log and restore a backup"));
  return verdict;
}

}  // namespace anamnesis::audit
