#include "eventlog/memory_commit_log.h"

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/uuid.h"

namespace anamnesis::eventlog {

class MemoryCommitLog::MemoryScan final : public RecordScan {
 public:
  MemoryScan(const MemoryCommitLog& log, Position from, Direction direction)
      : log_(log), direction_(direction), position_(from), bytes_(log.Find(from)) {}

  bool Valid() const override { return bytes_ != nullptr; }
  void Next() override {
    position_ += direction_ == Direction::kForwards ? 1 : -1;
    bytes_ = log_.Find(position_);
  }
  Position position() const override { return position_; }
  std::string_view bytes() const override { return *bytes_; }
  absl::Status status() const override { return absl::OkStatus(); }

 private:
  const MemoryCommitLog& log_;
  const Direction direction_;
  Position position_;
  const std::string* bytes_;
};

MemoryCommitLog::MemoryCommitLog() : log_id_(NewUuid()) {}

absl::Status MemoryCommitLog::Commit(const WriteSet& set) {
  MutexLock lock(mutex_);
  for (const WriteSet::Event& event : set.events) {
    records_.push_back(event.bytes);
    streams_[event.record->stream].push_back(event.record->position);
  }
  for (const WriteSet::Request& request : set.requests) requests_[request.id] = request.row;
  PutKeys(set.keys);
  return absl::OkStatus();
}

absl::StatusOr<Position> MemoryCommitLog::Tail() const {
  MutexLock lock(mutex_);
  return records_.size();
}

absl::StatusOr<StreamHead> MemoryCommitLog::Head(const std::string& stream) const {
  MutexLock lock(mutex_);
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return StreamHead{};
  return StreamHead{found->second.size(), found->second.back()};
}

absl::Status MemoryCommitLog::ForEachIndexed(
    const std::function<void(std::string_view stream, Version version, Position position)>& use) const {
  MutexLock lock(mutex_);
  for (const auto& [stream, positions] : streams_) {
    for (size_t i = 0; i < positions.size(); ++i) use(stream, i + 1, positions[i]);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Position>> MemoryCommitLog::Positions(const std::string& stream, Version first,
                                                                 Version last) const {
  MutexLock lock(mutex_);
  const auto found = streams_.find(stream);
  if (found == streams_.end() || first == 0 || last > found->second.size()) {
    return absl::DataLossError(absl::StrCat("no versions ", first, " to ", last, " in the index of streams"));
  }
  return std::vector<Position>(found->second.begin() + static_cast<ptrdiff_t>(first - 1),
                               found->second.begin() + static_cast<ptrdiff_t>(last));
}

const std::string* MemoryCommitLog::Find(Position position) const {
  MutexLock lock(mutex_);
  return position == 0 || position > records_.size() ? nullptr : &records_[position - 1];
}

absl::StatusOr<std::string> MemoryCommitLog::RecordAt(Position position) const {
  const std::string* bytes = Find(position);
  if (bytes == nullptr) return absl::DataLossError(absl::StrCat("no record at position ", position));
  return *bytes;
}

absl::StatusOr<std::vector<std::string>> MemoryCommitLog::RecordsAt(const std::vector<Position>& positions) const {
  std::vector<std::string> records;
  for (const Position position : positions) {
    ASSIGN_OR_RETURN(records.emplace_back(), RecordAt(position));
  }
  return records;
}

std::unique_ptr<RecordScan> MemoryCommitLog::Scan(Position from, Direction direction) const {
  return std::make_unique<MemoryScan>(*this, from, direction);
}

absl::StatusOr<std::vector<std::string>> MemoryCommitLog::Categories() const {
  MutexLock lock(mutex_);
  std::vector<std::string> categories;
  for (auto stream = streams_.begin(); stream != streams_.end();) {
    std::string category = stream->first.substr(0, stream->first.find('-'));
    stream = streams_.lower_bound(category + static_cast<char>('-' + 1));
    categories.push_back(std::move(category));
  }
  return categories;
}

absl::StatusOr<std::optional<std::string>> MemoryCommitLog::FindRequest(const std::string& id) const {
  MutexLock lock(mutex_);
  const auto found = requests_.find(id);
  return found == requests_.end() ? std::nullopt : std::optional(found->second);
}

void MemoryCommitLog::PutKeys(const std::vector<WriteSet::Key>& keys) {
  for (const WriteSet::Key& key : keys) {
    std::vector<std::string>& rows = keys_[key.entity];
    if (rows.size() < key.number) rows.resize(key.number);
    rows[key.number - 1] = key.row;
    if (!key.kek_id.empty()) kek_ids_.insert(key.kek_id);
  }
}

absl::StatusOr<std::vector<std::string>> MemoryCommitLog::KeysOf(const std::string& entity) const {
  MutexLock lock(mutex_);
  const auto found = keys_.find(entity);
  return found == keys_.end() ? std::vector<std::string>() : found->second;
}

absl::Status MemoryCommitLog::ForEachKey(
    const std::string& first,
    const std::function<absl::Status(const std::string& entity, uint64_t number, std::string_view row)>& use) const {
  std::map<std::string, std::vector<std::string>> keys;
  {
    MutexLock lock(mutex_);
    keys = {keys_.lower_bound(first), keys_.end()};
  }
  for (const auto& [entity, rows] : keys) {
    for (size_t i = 0; i < rows.size(); ++i) RETURN_IF_ERROR(use(entity, i + 1, rows[i]));
  }
  return absl::OkStatus();
}

absl::Status MemoryCommitLog::ReplaceKeys(const std::vector<WriteSet::Key>& keys) {
  MutexLock lock(mutex_);
  PutKeys(keys);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> MemoryCommitLog::KekIds() const {
  MutexLock lock(mutex_);
  return std::vector<std::string>(kek_ids_.begin(), kek_ids_.end());
}

absl::Status MemoryCommitLog::ForgetKeksBut(const std::string& kek_id) {
  MutexLock lock(mutex_);
  std::erase_if(kek_ids_, [&](const std::string& id) { return id != kek_id; });
  return absl::OkStatus();
}

absl::Status MemoryCommitLog::SaveSnapshot(const std::string& stream, const std::string& bytes) {
  MutexLock lock(mutex_);
  snapshots_[stream] = bytes;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> MemoryCommitLog::FindSnapshot(const std::string& stream) const {
  MutexLock lock(mutex_);
  const auto found = snapshots_.find(stream);
  return found == snapshots_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace anamnesis::eventlog
