#include "feed/facts_store.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/directory.h"
#include "base/failpoint.h"
#include "base/rocks_damage.h"
#include "base/rocks_purge.h"
#include "base/status.h"
#include "eventlog/record.h"
#include "rocksdb/snapshot.h"
#include "rocksdb/write_batch.h"

namespace anamnesis::feed {
namespace {

// Keys: "f" entity → facts; "p" source → position in decimal; "l" source → the followed log's id; and the version of
// the folds, in decimal; "x" where the files may still hold facts that were deleted.
constexpr char kVersionKey[] = "v";
constexpr char kForgetsKey[] = "x";
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

absl::StatusOr<std::string> ReadOrEmpty(rocksdb::DB& db, const std::string& key,
                                        const rocksdb::ReadOptions& options = {}) {
  std::string value;
  const rocksdb::Status status = db.Get(options, key, &value);
  if (status.IsNotFound()) return std::string();
  RETURN_IF_ERROR(FromRocks(status));
  return value;
}

// Removes from every file what was deleted, also what a crash left. Readers hold their snapshots for moments.
absl::Status Forget(rocksdb::DB& db) {
  constexpr std::chrono::seconds kPatience{60};
  std::string marked;
  const rocksdb::Status found = db.Get({}, kForgetsKey, &marked);
  if (found.IsNotFound()) return absl::OkStatus();
  RETURN_IF_ERROR(FromRocks(found));
  RETURN_IF_ERROR(FromRocks(PurgeFiles(db, {db.DefaultColumnFamily()}, kPatience)));
  return FromRocks(db.Delete(rocksdb::WriteOptions(), kForgetsKey));
}

absl::StatusOr<std::unique_ptr<rocksdb::DB>> OpenDb(const std::string& directory) {
  RETURN_IF_ERROR(MakePrivateDirectory(directory));
  rocksdb::Options options;
  options.create_if_missing = true;
  options.keep_log_file_num = 2;
  options.listeners.push_back(CheckBeforeCompaction(
      nullptr, ExitDamaged("what is known of other services, in " + directory,
                           "remove that directory and start again: it is made anew from the followed services")));
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
    struct Facts {
      std::string stored;
      bool changed = false;
    };
    MutexLock lock(store_.write_mutex_);
    std::map<std::string, Facts> touched;
    bool forgets = false;
    for (const event::v1::EventEnvelope& event : batch.events()) {
      if (event.erased()) continue;  // What it once changed goes with the event that says so.
      const std::string entity(eventlog::EntityOf(event.stream()));
      const auto [facts, is_new] = touched.try_emplace(entity);
      if (is_new) {
        ASSIGN_OR_RETURN(facts->second.stored, ReadOrEmpty(*store_.db_, FactsKey(entity)));
      }
      ASSIGN_OR_RETURN(const Change change, fold_(facts->second.stored, event));
      facts->second.changed |= change != Change::kNone;
      forgets |= change == Change::kErased;
    }
    rocksdb::WriteBatch write;
    for (const auto& [entity, facts] : touched) {
      if (!facts.changed) continue;
      RETURN_IF_ERROR(
          FromRocks(facts.stored.empty() ? write.Delete(FactsKey(entity)) : write.Put(FactsKey(entity), facts.stored)));
    }
    if (forgets) RETURN_IF_ERROR(FromRocks(write.Put(kForgetsKey, "")));
    const std::string position = absl::StrCat(batch.events().rbegin()->position());
    RETURN_IF_ERROR(FromRocks(write.Put(PositionKey(source_), position)));
    // Not synced: after a power cut the facts and their position go back together and are followed again.
    RETURN_IF_ERROR(FromRocks(store_.db_->Write(rocksdb::WriteOptions(), &write)));
    Failpoint(Step::kFactsApplied);
    return forgets ? Forget(*store_.db_) : absl::OkStatus();
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
  RETURN_IF_ERROR(Forget(*db));
  return std::unique_ptr<FactsStore>(new FactsStore(std::move(db), std::move(sources)));
}

FactsStore::FactsStore(std::unique_ptr<rocksdb::DB> db, std::vector<std::string> sources)
    : db_(std::move(db)), sources_(std::move(sources)) {}

FactsStore::~FactsStore() = default;

absl::StatusOr<FactsStore::Known> FactsStore::Get(const std::string& entity, const LinksOf& links) const {
  rocksdb::ManagedSnapshot snapshot(db_.get());  // One instant for all that is read.
  rocksdb::ReadOptions options;
  options.snapshot = snapshot.snapshot();
  Known known;
  for (const std::string& source : sources_) {
    std::string text;
    const rocksdb::Status read = db_->Get(options, PositionKey(source), &text);
    ASSIGN_OR_RETURN(const uint64_t position, ParsePosition(read, text));
    known.positions.push_back(position);
  }
  ASSIGN_OR_RETURN(known.facts, WithAbsorbed(entity, links, [&](const std::string& one) {
                     return ReadOrEmpty(*db_, FactsKey(one), options);
                   }));
  return known;
}

absl::StatusOr<std::vector<FactsStore::OfEntity>> WithAbsorbed(
    const std::string& entity, const FactsStore::LinksOf& links,
    const std::function<absl::StatusOr<std::string>(const std::string& entity)>& read) {
  ASSIGN_OR_RETURN(std::string own, read(entity));
  std::vector<FactsStore::OfEntity> known = {
      {entity, std::move(own)}
  };
  for (size_t i = 0; links != nullptr && i < known.size(); ++i) {
    const std::string by = known[i].entity;
    ASSIGN_OR_RETURN(const FactsStore::Links of_one, links(known[i].facts));
    for (const std::string& other : of_one.absorbed) {
      if (std::ranges::find(known, other, &FactsStore::OfEntity::entity) != known.end()) continue;
      ASSIGN_OR_RETURN(std::string facts, read(other));
      ASSIGN_OR_RETURN(const FactsStore::Links of_other, links(facts));
      if (of_other.survivor == by) known.push_back({other, std::move(facts)});
    }
  }
  return known;
}

FollowSink& FactsStore::SinkFor(const std::string& source, Fold fold) {
  sinks_.push_back(std::make_unique<Sink>(*this, source, std::move(fold)));
  return *sinks_.back();
}

}  // namespace anamnesis::feed
