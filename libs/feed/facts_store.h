// What a service keeps of other services' events: one small message per entity, with the positions it is made of.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "feed/follower.h"
#include "rocksdb/db.h"

namespace anamnesis::feed {

// Facts of entities in a RocksDB of its own; derived data, rebuilt by following from the beginning if it is deleted.
// Thread-safe: one follower thread per source writes, any thread reads. A read sees facts and positions of one instant.
class FactsStore {
 public:
  // What an event did to facts: what they were before an erasure is removed from every file, whatever is left of them.
  enum class Change { kNone, kChanged, kErased };

  // Changes the stored facts (empty at first) by one event that is not erased. Must be pure.
  using Fold = std::function<absl::StatusOr<Change>(std::string& facts, const event::v1::EventEnvelope& event)>;

  // Which other entities' facts hold for an entity as well, from its own: of records that were merged into it. Pure.
  using Others = std::function<absl::StatusOr<std::vector<std::string>>(const std::string& facts)>;

  // Facts of one entity as known now.
  struct Known {
    std::vector<std::string> facts;   // Its own first, then those of others.
    std::vector<uint64_t> positions;  // In the order of the sources.
  };

  // `version` is that of the folds: what others have folded is thrown away, to be followed anew. FAILED_PRECONDITION
  // where the directory cannot be made or opened, saying why and what to do.
  static absl::StatusOr<std::unique_ptr<FactsStore>> Open(const std::string& directory,
                                                          std::vector<std::string> sources, uint32_t version);
  ~FactsStore();

  // The entity is what follows the first '-' of a stream's name. With `others`, their facts and those of their others
  // are read too.
  absl::StatusOr<Known> Get(const std::string& entity, const Others& others = nullptr) const;

  // The sink for one of the sources. Lives as long as the store.
  FollowSink& SinkFor(const std::string& source, Fold fold);

  const std::vector<std::string>& sources() const { return sources_; }

 private:
  class Sink;

  FactsStore(std::unique_ptr<rocksdb::DB> db, std::vector<std::string> sources);

  const std::unique_ptr<rocksdb::DB> db_;
  const std::vector<std::string> sources_;
  Mutex write_mutex_;  // Two sources may change the facts of one entity.
  std::vector<std::unique_ptr<Sink>> sinks_;
};

// The facts of the entity, then those of its others and of theirs, each as `read` once.
absl::StatusOr<std::vector<std::string>> WithOthers(
    const std::string& entity, const FactsStore::Others& others,
    const std::function<absl::StatusOr<std::string>(const std::string& entity)>& read);

}  // namespace anamnesis::feed
