#include "eventlog/record_walk.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "eventlog/append_run.h"

namespace anamnesis::eventlog {
namespace {

constexpr Version kIndexRowsAtOnce = 256;

// Positions to walk, both included; empty where first > last.
struct Range {
  Position first;
  Position last;
};

Range RangeOf(Position from, Position tail, Direction direction) {
  if (direction == Direction::kForwards) return {from + 1, tail};
  return {1, from == 0 ? tail : std::min(from - 1, tail)};
}

// What both walks share: the record in hand and how the walk ended.
class WalkBase : public RecordWalk {
 public:
  WalkBase(const PayloadKeys* keys, const Filter& filter)
      : keys_(keys), wanted_([filter](const Record& record) { return filter.Matches(record); }) {}
  bool Valid() const final { return valid_; }
  const Record& record() const final { return record_; }
  Record Take() final { return std::exchange(record_, Record()); }
  absl::Status status() const final { return status_; }

 protected:
  void End(absl::Status status = absl::OkStatus()) {
    valid_ = false;
    status_ = std::move(status);
  }
  void Show(std::string_view bytes, Position position) {
    absl::Status status = DecodeRecordInto(bytes, *keys_, record_, wanted_);
    if (status.ok() && record_.position != position) status = absl::DataLossError("record in another's place");
    if (!status.ok()) return End(absl::DataLossError(absl::StrCat("position ", position, ": ", status.message())));
    valid_ = true;
  }

 private:
  const PayloadKeys* const keys_;
  const std::function<bool(const Record&)> wanted_;
  bool valid_ = false;
  Record record_;
  absl::Status status_;
};

// Every position of a range; one that is missing is DATA_LOSS.
class WholeWalk final : public WalkBase {
 public:
  WholeWalk(const CommitLog& engine, const PayloadKeys& keys, const Filter& filter, Range range, Direction direction)
      : WalkBase(&keys, filter),
        direction_(direction),
        left_(range.last < range.first ? 0 : range.last - range.first + 1) {
    if (left_ == 0) return;
    expected_ = direction == Direction::kForwards ? range.first : range.last;
    scan_ = engine.Scan(expected_, direction);
    ShowNext();
  }

  void Next() override {
    if (--left_ == 0) return End();
    expected_ += direction_ == Direction::kForwards ? 1 : -1;
    scan_->Next();
    ShowNext();
  }

 private:
  void ShowNext() {
    if (scan_->Valid() && scan_->position() == expected_) return Show(scan_->bytes(), expected_);
    absl::Status status = scan_->status();
    if (status.ok()) status = absl::DataLossError(absl::StrCat("no record at position ", expected_));
    End(std::move(status));
  }

  const Direction direction_;
  Position left_;
  Position expected_ = 0;
  std::unique_ptr<RecordScan> scan_;
};

// The positions of one stream in a range, a few index rows at a time.
class StreamPositions {
 public:
  StreamPositions(const CommitLog& engine, std::string stream, Direction direction)
      : engine_(&engine), stream_(std::move(stream)), direction_(direction) {}

  absl::Status Seek(Range range) {
    if (range.last < range.first) return absl::OkStatus();
    ASSIGN_OR_RETURN(const Version before, CountUpTo(range.first - 1));
    ASSIGN_OR_RETURN(last_, CountUpTo(range.last));
    first_ = before + 1;
    return Fill();
  }
  bool Valid() const { return !ready_.empty(); }
  Position position() const { return ready_.front(); }
  const std::string& stream() const { return stream_; }
  Version version() const {
    return direction_ == Direction::kForwards ? first_ - ready_.size() : last_ + ready_.size();
  }
  absl::Status Next() {
    ready_.pop_front();
    return ready_.empty() ? Fill() : absl::OkStatus();
  }

 private:
  // How many of the stream's events are at or before a position: by bisection, since positions ascend with versions.
  absl::StatusOr<Version> CountUpTo(Position position) const {
    if (position == 0) return 0;
    ASSIGN_OR_RETURN(const StreamHead head, engine_->Head(stream_));
    if (head.position <= position) return head.version;
    Version low = 0;
    Version high = head.version;  // Its position is beyond, that of `low` is not.
    while (high - low > 1) {
      const Version middle = low + (high - low) / 2;
      ASSIGN_OR_RETURN(const std::vector<Position> at, engine_->Positions(stream_, middle, middle));
      (at.front() <= position ? low : high) = middle;
    }
    return low;
  }

  // Reads the index rows that are next, and takes them off the versions that are left.
  absl::Status Fill() {
    if (first_ > last_) return absl::OkStatus();
    const Version count = std::min(kIndexRowsAtOnce, last_ - first_ + 1);
    const bool forwards = direction_ == Direction::kForwards;
    const Version from = forwards ? first_ : last_ - count + 1;
    ASSIGN_OR_RETURN(const std::vector<Position> rows, engine_->Positions(stream_, from, from + count - 1));
    if (forwards) {
      ready_.assign(rows.begin(), rows.end());
      first_ += count;
    } else {
      ready_.assign(rows.rbegin(), rows.rend());
      last_ -= count;
    }
    return absl::OkStatus();
  }

  const CommitLog* engine_;
  std::string stream_;
  Direction direction_;
  Version first_ = 1;
  Version last_ = 0;
  std::deque<Position> ready_;
};

// A few streams, merged by position.
class StreamsWalk final : public WalkBase {
 public:
  StreamsWalk(const CommitLog& engine, const PayloadKeys& keys, const Filter& filter,
              const std::vector<std::string>& streams, Range range, Direction direction)
      : WalkBase(&keys, filter), engine_(engine), direction_(direction) {
    for (const std::string& stream : streams) {
      StreamPositions positions(engine, stream, direction);
      absl::Status status = positions.Seek(range);
      if (!status.ok()) {
        End(std::move(status));
        return;
      }
      if (positions.Valid()) streams_.push_back(std::move(positions));
    }
    ShowNext();
  }

  void Next() override {
    absl::Status status = next_->Next();
    if (!status.ok()) return End(std::move(status));
    if (!next_->Valid()) streams_.erase(next_);
    ShowNext();
  }

 private:
  void ShowNext() {
    next_ = std::min_element(streams_.begin(), streams_.end(), [this](const auto& a, const auto& b) {
      return direction_ == Direction::kForwards ? a.position() < b.position() : a.position() > b.position();
    });
    if (next_ == streams_.end()) return End();
    const absl::StatusOr<std::string> bytes = engine_.RecordAt(next_->position());
    if (!bytes.ok()) return End(bytes.status());
    Show(*bytes, next_->position());
    if (Valid() && (record().stream != next_->stream() || record().version != next_->version())) {
      End(absl::DataLossError(
          absl::StrCat("the index of streams has position ", next_->position(), " in the place of another event")));
    }
  }

  const CommitLog& engine_;
  const Direction direction_;
  std::vector<StreamPositions> streams_;  // Those with something left.
  std::vector<StreamPositions>::iterator next_;
};

class FailedWalk final : public WalkBase {
 public:
  explicit FailedWalk(absl::Status status) : WalkBase(nullptr, {}) { End(std::move(status)); }
  void Next() override {}
};

// The streams that a filter names by stream and entity, not all of which need exist.
absl::StatusOr<std::vector<std::string>> StreamsOf(const CommitLog& engine, const Filter& filter) {
  std::vector<std::string> names{filter.stream};
  if (filter.stream.empty()) {
    ASSIGN_OR_RETURN(names, engine.Categories());
    for (std::string& name : names) name.append("-").append(filter.entity);
  }
  std::erase_if(names, [&](const std::string& name) { return !filter.WantsStream(name); });
  return names;
}

}  // namespace

std::unique_ptr<RecordWalk> WalkRecords(const CommitLog& engine, const PayloadKeys& keys, const Filter& filter,
                                        Position from, Position tail, Direction direction) {
  const Range range = RangeOf(from, tail, direction);
  if (filter.stream.empty() && filter.entity.empty())
    return std::make_unique<WholeWalk>(engine, keys, filter, range, direction);
  const auto streams = StreamsOf(engine, filter);
  if (!streams.ok()) return std::make_unique<FailedWalk>(streams.status());
  return std::make_unique<StreamsWalk>(engine, keys, filter, *streams, range, direction);
}

absl::StatusOr<Chunk> ReadChunk(RecordWalk& walk, const Filter& filter, const PageBounds& bounds) {
  Chunk chunk;
  // Before the append that is being read, of which nothing is given where a damaged record cuts it off.
  size_t whole_records = 0;
  Position whole_up_to = 0;
  size_t bytes = 0;
  AppendRun run;
  for (size_t looked_at = 0; walk.Valid(); walk.Next(), ++looked_at) {
    if (!run.Continues(MarkOf(walk.record()))) {
      const bool full = !chunk.records.empty() && (chunk.records.size() >= bounds.records || bytes >= bounds.bytes);
      if (full || looked_at >= kMaxLookedAt) return chunk;
      whole_records = chunk.records.size();
      whole_up_to = chunk.reached;
    }
    chunk.reached = walk.record().position;
    if (!filter.Matches(walk.record())) continue;
    chunk.records.push_back(std::make_shared<const Record>(walk.Take()));
    bytes += MemoryBytes(*chunk.records.back());
  }
  chunk.ended = walk.status().ok();
  if (chunk.ended) return chunk;
  if (whole_up_to == 0) return walk.status();
  chunk.records.resize(whole_records);
  chunk.reached = whole_up_to;
  return chunk;
}

}  // namespace anamnesis::eventlog
