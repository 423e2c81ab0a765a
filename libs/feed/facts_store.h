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

  // How an entity's record hangs together with others.
  struct Links {
    std::vector<std::string> absorbed;  // Those that were merged into it.
    std::string survivor;               // What it was merged into; empty where it stands alone.
  };
  // From its own facts. Pure.
  using LinksOf = std::function<absl::StatusOr<Links>(const std::string& facts)>;

  struct OfEntity {
    std::string entity;
    std::string facts;
    friend bool operator==(const OfEntity&, const OfEntity&) = default;
  };

  // Facts of one entity as known now.
  struct Known {
    std::vector<OfEntity> facts;      // Its own first, then those of others that hold for it as well.
    std::vector<uint64_t> positions;  // In the order of the sources.
  };

  // `version` is that of the folds: what others have folded is thrown away, to be followed anew. FAILED_PRECONDITION
  // where the directory cannot be made or opened, saying why and what to do.
  static absl::StatusOr<std::unique_ptr<FactsStore>> Open(const std::string& directory,
                                                          std::vector<std::string> sources, uint32_t version);
  ~FactsStore();

  // The entity is what follows the first '-' of a stream's name. With `links`, see WithAbsorbed.
  absl::StatusOr<Known> Get(const std::string& entity, const LinksOf& links = nullptr) const;

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

// The facts of the entity, then those of what it absorbed and of what those did, each as `read` once. One that was
// absorbed and does not point back to what absorbed it was erased since, and whatever is registered under its id now
// stands alone.
absl::StatusOr<std::vector<FactsStore::OfEntity>> WithAbsorbed(
    const std::string& entity, const FactsStore::LinksOf& links,
    const std::function<absl::StatusOr<std::string>(const std::string& entity)>& read);

}  // namespace anamnesis::feed
