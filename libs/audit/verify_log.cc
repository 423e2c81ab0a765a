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
    ASSIGN_OR_RETURN(const uint64_t tail, engine_.Tail());
    const auto scan = engine_.Scan(1, eventlog::Direction::kForwards);
    for (; scan->Valid(); scan->Next()) {
      ++verdict_.events;
      if (scan->position() != verdict_.events) {
        Problem(verdict_.events, "is missing");
        break;  // Every hash after it would be wrong: the gap is the finding.
      }
      Look(scan->position(), scan->bytes());
      if (options_.progress && verdict_.events % kProgressEvery == 0) options_.progress(verdict_.events, tail);
    }
    RETURN_IF_ERROR(scan->status());
    RETURN_IF_ERROR(CheckIndex());
    verdict_.root = frontier_.Root();
    CheckCheckpoints();
    if (options_.progress) options_.progress(verdict_.events, tail);
    return std::move(verdict_);
  }

 private:
  void Problem(uint64_t position, const std::string& what) {
    if (verdict_.problems.size() >= kMaxProblems) return;
    verdict_.problems.push_back(absl::StrCat("position ", position, " ", what));
  }

  void Look(uint64_t position, std::string_view bytes) {
    frontier_.Append(evidence::LeafHash(bytes), [](int, uint64_t, const evidence::Hash&) {});
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
    if (record.version != head.version + 1 || record.previous_position != head.position) {
      Problem(position, "does not continue its stream");
    }
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

  // The index of streams against the records.
  absl::Status CheckIndex() {
    Places in_index(in_records_.seed());
    const absl::Status read = engine_.ForEachIndexed(
        [&](std::string_view stream, Version version, Position position) { in_index.Add(stream, version, position); });
    if (!read.ok() && !absl::IsDataLoss(read)) return read;
    if (read.ok() && in_index == in_records_) return absl::OkStatus();
    return NameWhatTheIndexSays();
  }

  // Slow, and for a log that does not verify.
  absl::Status NameWhatTheIndexSays() {
    const auto scan = engine_.Scan(1, eventlog::Direction::kForwards);
    for (; scan->Valid() && verdict_.problems.size() < kMaxProblems; scan->Next()) {
      if (!eventlog::ParseRecord(scan->bytes(), stored_).ok()) continue;  // A problem already.
      const eventlog::Record& record = stored_.header;
      const auto indexed = engine_.Positions(record.stream, record.version, record.version);
      if (indexed.ok() && indexed->front() == scan->position()) continue;
      Problem(scan->position(), "is an event of its stream, but the index says otherwise");
    }
    RETURN_IF_ERROR(scan->status());
    if (verdict_.problems.empty()) {  // Records that are missing or damaged have their rows too.
      verdict_.problems.push_back("the index of streams has rows that are no event's");
    }
    return absl::OkStatus();
  }

  void CheckCheckpoints() {
    for (const auto& [name, checkpoint] : options_.checkpoints) {
      if (checkpoint.size > verdict_.events) {
        Problem(verdict_.events + 1, absl::StrCat("and later are missing: ", name, " covers ", checkpoint.size));
      } else if (checkpoint.size > 0 && roots_.at(checkpoint.size) != checkpoint.root) {
        Problem(checkpoint.size,
                absl::StrCat("or one before it is not what ", name, " commits to: the history was changed"));
      }
    }
  }

  eventlog::CommitLog& engine_;
  const eventlog::PayloadKeys* const keys_;
  const VerifyOptions& options_;
  LogVerdict verdict_;
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
  std::unique_ptr<eventlog::Keyring> keyring;
  if (options.keks != nullptr) {
    ASSIGN_OR_RETURN(keyring, eventlog::Keyring::Open(engine, options.keks, kCachedKeys));
    keyring->Preload();
  }
  return Pass(engine, keyring.get(), options).Run();
}

}  // namespace anamnesis::audit
