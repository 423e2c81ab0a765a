#include "feed/facts_store.h"

#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/directory.h"
#include "base/status.h"
#include "rocksdb/write_batch.h"

namespace anamnesis::feed {
namespace {

// Keys: "f" entity → facts; "p" source → position in decimal; "l" source → the followed log's id; and the version of
// the folds, in decimal.
constexpr char kVersionKey[] = "v";
std::string FactsKey(const std::string& entity) {
  return absl::StrCat("f", entity);
}
std::string PositionKey(const std::string& source) {
  return absl::StrCat("p", source);
}
std::string LogIdKey(const std::string& source) {
  return absl::StrCat("l", source);
}

absl::Status FromRocks(const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("the store of followed facts failed: ", status.ToString()));
}

absl::StatusOr<uint64_t> ParsePosition(const rocksdb::Status& read, const std::string& text) {
  if (read.IsNotFound()) return 0;
  RETURN_IF_ERROR(FromRocks(read));
  uint64_t position = 0;
  if (!absl::SimpleAtoi(text, &position)) return absl::DataLossError("a followed position is not a number");
  return position;
}

absl::StatusOr<std::string> ReadOrEmpty(rocksdb::DB& db, const std::string& key) {
  std::string value;
  const rocksdb::Status status = db.Get(rocksdb::ReadOptions(), key, &value);
  if (status.IsNotFound()) return std::string();
  RETURN_IF_ERROR(FromRocks(status));
  return value;
}

absl::StatusOr<std::unique_ptr<rocksdb::DB>> OpenDb(const std::string& directory) {
  RETURN_IF_ERROR(MakePrivateDirectory(directory));
  rocksdb::Options options;
  options.create_if_missing = true;
  options.keep_log_file_num = 2;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status opened = rocksdb::DB::Open(options, directory, &db);
  if (opened.ok()) return std::unique_ptr<rocksdb::DB>(db);
  return absl::FailedPreconditionError(
      absl::StrCat("cannot open ", directory, ": stop another process that has it open; if it is damaged, remove it, ",
                   "and it is made anew from the followed services (", opened.ToString(), ")"));
}

}  // namespace

class FactsStore::Sink final : public FollowSink {
 public:
  Sink(FactsStore& store, std::string source, Fold fold)
      : store_(store), source_(std::move(source)), fold_(std::move(fold)) {}

  absl::StatusOr<uint64_t> Resume(const std::string& log_id) override {
    ASSIGN_OR_RETURN(const std::string known, ReadOrEmpty(*store_.db_, LogIdKey(source_)));
    if (known.empty()) {
      RETURN_IF_ERROR(FromRocks(store_.db_->Put(rocksdb::WriteOptions(), LogIdKey(source_), log_id)));
    } else if (known != log_id) {
      return absl::FailedPreconditionError(
          absl::StrCat("the '", source_,
                       "' service now has another log than the one followed before; if that is meant, "
                       "stop this service, remove its 'facts' directory and start it again"));
    }
    std::string text;
    const rocksdb::Status read = store_.db_->Get(rocksdb::ReadOptions(), PositionKey(source_), &text);
    return ParsePosition(read, text);
  }

  absl::Status Apply(const event::v1::EventBatch& batch) override {
    MutexLock lock(store_.write_mutex_);
    std::map<std::string, std::string> changed;
    for (const event::v1::EventEnvelope& event : batch.events()) {
      const std::string entity = EntityOf(event.stream());
      auto facts = changed.find(entity);
      if (facts == changed.end()) {
        ASSIGN_OR_RETURN(std::string stored, ReadOrEmpty(*store_.db_, FactsKey(entity)));
        facts = changed.emplace(entity, std::move(stored)).first;
      }
      RETURN_IF_ERROR(fold_(facts->second, event).status());
    }
    rocksdb::WriteBatch write;
    for (const auto& [entity, facts] : changed) {
      if (!facts.empty()) RETURN_IF_ERROR(FromRocks(write.Put(FactsKey(entity), facts)));
    }
    const std::string position = absl::StrCat(batch.events().rbegin()->position());
    RETURN_IF_ERROR(FromRocks(write.Put(PositionKey(source_), position)));
    // Not synced: after a power cut the facts and their position go back together and are followed again.
    return FromRocks(store_.db_->Write(rocksdb::WriteOptions(), &write));
  }

  const std::string& source() const { return source_; }

 private:
  FactsStore& store_;
  const std::string source_;
  const Fold fold_;
};

absl::StatusOr<std::unique_ptr<FactsStore>> FactsStore::Open(const std::string& directory,
                                                             std::vector<std::string> sources, uint32_t version) {
  ASSIGN_OR_RETURN(std::unique_ptr<rocksdb::DB> db, OpenDb(directory));
  ASSIGN_OR_RETURN(const std::string folded_by, ReadOrEmpty(*db, kVersionKey));
  if (folded_by != std::to_string(version)) {
    db.reset();
    RETURN_IF_ERROR(FromRocks(rocksdb::DestroyDB(directory, rocksdb::Options())));
    ASSIGN_OR_RETURN(db, OpenDb(directory));
    RETURN_IF_ERROR(FromRocks(db->Put(rocksdb::WriteOptions(), kVersionKey, std::to_string(version))));
  }
  return std::unique_ptr<FactsStore>(new FactsStore(std::move(db), std::move(sources)));
}

FactsStore::FactsStore(std::unique_ptr<rocksdb::DB> db, std::vector<std::string> sources)
    : db_(std::move(db)), sources_(std::move(sources)) {}

FactsStore::~FactsStore() = default;

absl::StatusOr<FactsStore::Known> FactsStore::Get(const std::string& entity) const {
  std::vector<std::string> keys = {FactsKey(entity)};
  for (const std::string& source : sources_) keys.push_back(PositionKey(source));
  const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<std::string> values;
  // One MultiGet reads one instant of the database.
  const std::vector<rocksdb::Status> statuses = db_->MultiGet(rocksdb::ReadOptions(), slices, &values);
  Known known;
  if (!statuses[0].IsNotFound()) {
    RETURN_IF_ERROR(FromRocks(statuses[0]));
    known.facts = std::move(values[0]);
  }
  for (size_t i = 1; i < keys.size(); ++i) {
    ASSIGN_OR_RETURN(const uint64_t position, ParsePosition(statuses[i], values[i]));
    known.positions.push_back(position);
  }
  return known;
}

FollowSink& FactsStore::SinkFor(const std::string& source, Fold fold) {
  sinks_.push_back(std::make_unique<Sink>(*this, source, std::move(fold)));
  return *sinks_.back();
}

std::string EntityOf(const std::string& stream) {
  const size_t hyphen = stream.find('-');
  return hyphen == std::string::npos ? stream : stream.substr(hyphen + 1);
}

}  // namespace anamnesis::feed
