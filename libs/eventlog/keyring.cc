#include "eventlog/keyring.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "eventlog/rows.h"

namespace anamnesis::eventlog {
namespace {

constexpr size_t kRewrapAtOnce = 1000;

absl::Status CheckKnown(const std::vector<std::string>& used, const vault::KeyRing& keks) {
  for (const std::string& id : used) {
    if (keks.Knows(id)) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("data keys of the event log are wrapped with the key-encryption key ", id,
                     ", which is not among those given; add it to the key file"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Keyring>> Keyring::Open(CommitLog& engine, std::shared_ptr<const vault::KeyRing> keks,
                                                       size_t cached_entities) {
  ASSIGN_OR_RETURN(const std::vector<std::string> used, engine.KekIds());
  RETURN_IF_ERROR(CheckKnown(used, *keks));
  return std::unique_ptr<Keyring>(new Keyring(engine, std::move(keks), cached_entities));
}

std::shared_ptr<const vault::KeyRing> Keyring::Keks() const {
  MutexLock lock(mutex_);
  return keks_;
}

std::string Keyring::PurposeOf(std::string_view entity, uint64_t number) const {
  std::string purpose = "anamnesis data key";
  purpose.append(1, '\0').append(engine_.LogId()).append(1, '\0').append(entity).append(1, '\0');
  purpose.append(std::to_string(number));
  return purpose;
}

absl::StatusOr<PayloadKey> Keyring::ForSealing(std::string_view entity, WriteSet& set) {
  if (std::optional<PayloadKey> known = CachedNewest(entity)) return *std::move(known);
  ASSIGN_OR_RETURN(EntityKeys keys, Load(entity));
  if (keys.empty() || keys.back() == nullptr) {
    keys.push_back(std::make_shared<const vault::Key>(vault::Key::Random()));
    const std::string wrapped = Keks()->Wrap(*keys.back(), PurposeOf(entity, keys.size()));
    set.keys.push_back({std::string(entity), keys.size(), EncodeKeyRow(wrapped), vault::KeyRing::WrappedBy(wrapped)});
  }
  PayloadKey newest{keys.size(), keys.back()};
  Remember(entity, std::move(keys));
  return newest;
}

absl::StatusOr<std::optional<PayloadKey>> Keyring::Newest(std::string_view entity) const {
  if (std::optional<PayloadKey> known = CachedNewest(entity)) return known;
  ASSIGN_OR_RETURN(EntityKeys keys, Load(entity));
  if (keys.empty() || keys.back() == nullptr) return std::nullopt;
  PayloadKey newest{keys.size(), keys.back()};
  Remember(entity, std::move(keys));
  return newest;
}

absl::StatusOr<vault::SharedKey> Keyring::Find(std::string_view entity, uint64_t number) const {
  if (auto known = CachedKey(entity, number)) return *std::move(known);
  ASSIGN_OR_RETURN(EntityKeys keys, Load(entity));
  if (number == 0 || number > keys.size()) {
    return absl::DataLossError(absl::StrCat("there is no data key number ", number, " of the entity"));
  }
  vault::SharedKey key = keys[number - 1];
  Remember(entity, std::move(keys));
  return key;
}

absl::StatusOr<Keyring::EntityKeys> Keyring::Load(std::string_view entity) const {
  ASSIGN_OR_RETURN(const std::vector<std::string> rows, engine_.KeysOf(std::string(entity)));
  const std::shared_ptr<const vault::KeyRing> keks = Keks();
  EntityKeys keys;
  for (const std::string& bytes : rows) {
    ASSIGN_OR_RETURN(const std::string wrapped, DecodeKeyRow(bytes));
    if (wrapped.empty()) {
      keys.emplace_back();
      continue;
    }
    ASSIGN_OR_RETURN(vault::Key key, keks->Unwrap(wrapped, PurposeOf(entity, keys.size() + 1)));
    keys.push_back(std::make_shared<const vault::Key>(std::move(key)));
  }
  return keys;
}

const Keyring::EntityKeys* Keyring::CachedOf(std::string_view entity) const {
  if (!cache_.empty() && cache_.front().entity == entity) return &cache_.front().keys;
  const auto found = cache_of_.find(entity);
  if (found == cache_of_.end()) return nullptr;
  cache_.splice(cache_.begin(), cache_, found->second);
  return &found->second->keys;
}

std::optional<PayloadKey> Keyring::CachedNewest(std::string_view entity) const {
  MutexLock lock(mutex_);
  const EntityKeys* const keys = CachedOf(entity);
  if (keys == nullptr || keys->empty() || keys->back() == nullptr) return std::nullopt;
  return PayloadKey{keys->size(), keys->back()};
}

std::optional<vault::SharedKey> Keyring::CachedKey(std::string_view entity, uint64_t number) const {
  MutexLock lock(mutex_);
  const EntityKeys* const keys = CachedOf(entity);
  if (keys == nullptr || number == 0 || number > keys->size()) return std::nullopt;
  return (*keys)[number - 1];
}

void Keyring::Remember(std::string_view entity, EntityKeys keys) const {
  MutexLock lock(mutex_);
  if (const auto found = cache_of_.find(entity); found != cache_of_.end()) {
    // Whoever looked longer ago may know less: a key that was made since then is not forgotten.
    if (keys.size() >= found->second->keys.size()) found->second->keys = std::move(keys);
    return;
  }
  cache_.push_front({std::string(entity), std::move(keys)});
  cache_of_[cache_.front().entity] = cache_.begin();
  if (cache_.size() <= cached_entities_) return;
  cache_of_.erase(cache_.back().entity);
  cache_.pop_back();
}

absl::Status Keyring::Use(std::shared_ptr<const vault::KeyRing> keks) {
  ASSIGN_OR_RETURN(const std::vector<std::string> used, engine_.KekIds());
  MutexLock lock(mutex_);
  // One that a key is being wrapped with may not be among those in use yet.
  RETURN_IF_ERROR(CheckKnown({keks_->current()}, *keks));
  RETURN_IF_ERROR(CheckKnown(used, *keks));
  keks_ = std::move(keks);
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> Keyring::Rewrap() {
  const std::shared_ptr<const vault::KeyRing> keks = Keks();
  uint64_t rewrapped = 0;
  std::vector<WriteSet::Key> batch;
  const auto store = [&]() -> absl::Status {
    rewrapped += batch.size();
    RETURN_IF_ERROR(engine_.ReplaceKeys(batch));
    batch.clear();
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(
      engine_.ForEachKey([&](const std::string& entity, uint64_t number, std::string_view bytes) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string wrapped, DecodeKeyRow(bytes));
        if (wrapped.empty() || vault::KeyRing::WrappedBy(wrapped) == keks->current()) return absl::OkStatus();
        const std::string purpose = PurposeOf(entity, number);
        ASSIGN_OR_RETURN(const vault::Key key, keks->Unwrap(wrapped, purpose));
        batch.push_back({entity, number, EncodeKeyRow(keks->Wrap(key, purpose)), keks->current()});
        return batch.size() < kRewrapAtOnce ? absl::OkStatus() : store();
      }));
  RETURN_IF_ERROR(store());
  RETURN_IF_ERROR(engine_.ForgetKeksBut(keks->current()));
  return rewrapped;
}

}  // namespace anamnesis::eventlog
