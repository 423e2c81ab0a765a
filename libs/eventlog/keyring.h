// The data keys of a log: each entity's payloads and snapshots are sealed with one of its own. Destroying it makes them
// unreadable for ever, wherever copies of them are.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "eventlog/commit_log.h"
#include "eventlog/record.h"
#include "vault/key_ring.h"

namespace anamnesis::eventlog {

// Thread-safe.
class Keyring final : public PayloadKeys {
 public:
  // FAILED_PRECONDITION where data keys are wrapped with a key-encryption key that is not given, naming it. Keeps the
  // keys of about `cached_entities` in memory. `engine` must outlive it.
  static absl::StatusOr<std::unique_ptr<Keyring>> Open(CommitLog& engine, std::shared_ptr<const vault::KeyRing> keks,
                                                       size_t cached_entities);

  // The key that the entity's next payload is sealed with. Where there is none it is made and added to `set`, to be
  // stored by the same commit as the first payload: once for each entity and commit. By one thread at a time.
  absl::StatusOr<PayloadKey> ForSealing(std::string_view entity, WriteSet& set);

  // A new key for the entity, added to `set` together with the destruction of all others, of which those that `set` has
  // so far are no exception; to be stored by CommitErasures. By the same thread as ForSealing.
  absl::StatusOr<PayloadKey> Renew(std::string_view entity, WriteSet& set);
  // Commits a set with erasures: when it returns, nobody is given a destroyed key any more.
  absl::Status CommitErasures(const WriteSet& set);

  // See PayloadKeys.
  absl::StatusOr<vault::SharedKey> Find(std::string_view entity, uint64_t number) const override;

  // Takes the keys of as many entities as are kept into memory, in one pass over all: for who will need nearly every
  // one. What cannot be read, or does not unwrap, is left to Find, which says so.
  void Preload();

  // New data keys are wrapped with the current key of `keks` from now on, but for those that ForSealing is making.
  // FAILED_PRECONDITION as Open, then nothing has changed.
  absl::Status Use(std::shared_ptr<const vault::KeyRing> keks);
  // Wraps every stored data key with the current key and forgets the other key-encryption keys, which open nothing in
  // any file then; returns how many were wrapped anew. Durable before it returns; cut short, it is done again. To be
  // called when what ForSealing made before Use is stored.
  absl::StatusOr<uint64_t> Rewrap();

 private:
  // The keys of one entity by number, which is counted from 1; destroyed ones are null.
  using EntityKeys = std::vector<vault::SharedKey>;
  struct Cached {
    std::string entity;
    EntityKeys keys;
  };

  Keyring(CommitLog& engine, std::shared_ptr<const vault::KeyRing> keks, size_t cached_entities)
      : engine_(engine), cached_entities_(cached_entities), keks_(std::move(keks)) {}

  std::shared_ptr<const vault::KeyRing> Keks() const;
  // What a wrapped key is bound to: this log, this entity, this number.
  std::string PurposeOf(std::string_view entity, uint64_t number) const;
  PayloadKey MakeKey(std::string_view entity, uint64_t number, WriteSet& set) const;
  struct Loaded {
    EntityKeys keys;
    uint64_t erasures;  // How many there had been before they were read.
  };
  absl::StatusOr<Loaded> Load(std::string_view entity) const;
  absl::StatusOr<EntityKeys> Unwrap(const vault::KeyRing& keks, std::string_view entity,
                                    const std::vector<std::string>& rows) const;
  // Wraps some keys anew, from those of an entity on.
  struct Page {
    uint64_t rewrapped = 0;
    std::optional<std::string> next;  // The entity to go on with; none: that was all.
  };
  absl::StatusOr<Page> RewrapPage(const vault::KeyRing& keks, const std::string& first);
  // The newest key, if it is not destroyed, or that of a number, from memory.
  std::optional<PayloadKey> CachedNewest(std::string_view entity) const;
  std::optional<vault::SharedKey> CachedKey(std::string_view entity, uint64_t number) const;
  // What is in memory of an entity, which is now the one used last; null if nothing is.
  const EntityKeys* CachedOf(std::string_view entity) const REQUIRES(mutex_);
  // Does nothing where there was an erasure since they were loaded.
  void Remember(std::string_view entity, Loaded loaded) const;

  CommitLog& engine_;
  const size_t cached_entities_;

  // Held while keys are destroyed or wrapped anew, so that no wrapped key comes back.
  Mutex rewriting_;

  mutable Mutex mutex_;
  uint64_t erasures_ GUARDED_BY(mutex_) = 0;
  std::shared_ptr<const vault::KeyRing> keks_ GUARDED_BY(mutex_);
  // The entities used last, the latest in front.
  mutable std::list<Cached> cache_ GUARDED_BY(mutex_);
  mutable std::unordered_map<std::string_view, std::list<Cached>::iterator> cache_of_ GUARDED_BY(mutex_);
};

}  // namespace anamnesis::eventlog
