#include "eventlog/keyring.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/failpoint.h"
#include "base/status.h"
#include "eventlog/rows.h"

namespace anamnesis::eventlog {
namespace {

constexpr size_t kRewrapAtOnce = 1000;  // Rows; an entity's are not divided.

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

PayloadKey Keyring::MakeKey(std::string_view entity, uint64_t number, WriteSet& set) const {
  auto key = std::make_shared<const vault::Key>(vault::Key::Random());
  const std::string wrapped = Keks()->Wrap(*key, PurposeOf(entity, number));
  set.keys.push_back({std::string(entity), number, EncodeKeyRow(wrapped), vault::KeyRing::WrappedBy(wrapped)});
  return {number, std::move(key)};
}

absl::StatusOr<PayloadKey> Keyring::ForSealing(std::string_view entity, WriteSet& set) {
  if (std::optional<PayloadKey> known = CachedNewest(entity)) return *std::move(known);
  ASSIGN_OR_RETURN(Loaded loaded, Load(entity));
  if (loaded.keys.empty() || loaded.keys.back() == nullptr) {
    loaded.keys.push_back(MakeKey(entity, loaded.keys.size() + 1, set).key);
  }
  PayloadKey newest{loaded.keys.size(), loaded.keys.back()};
  Remember(entity, std::move(loaded));
  return newest;
}

absl::StatusOr<PayloadKey> Keyring::Renew(std::string_view entity, WriteSet& set) {
  ASSIGN_OR_RETURN(const std::vector<std::string> stored, engine_.KeysOf(std::string(entity)));
  uint64_t last = stored.size();
  for (const WriteSet::Key& made : set.keys) {
    if (made.entity == entity) last = std::max(last, made.number);
  }
  std::erase_if(set.keys, [&](const WriteSet::Key& made) { return made.entity == entity; });
  for (uint64_t number = 1; number <= last; ++number) {
    set.keys.push_back({std::string(entity), number, EncodeKeyRow(""), ""});
  }
  set.erased.emplace_back(entity);
  return MakeKey(entity, last + 1, set);
}

absl::Status Keyring::CommitErasures(const WriteSet& set) {
  MutexLock rewriting(rewriting_);
  RETURN_IF_ERROR(engine_.Commit(set));
  MutexLock lock(mutex_);
  ++erasures_;
  for (const std::string& entity : set.erased) {
    const auto found = cache_of_.find(entity);
    if (found == cache_of_.end()) continue;
    const auto cached = found->second;
    cache_of_.erase(found);
    cache_.erase(cached);
  }
  return absl::OkStatus();
}

absl::StatusOr<vault::SharedKey> Keyring::Find(std::string_view entity, uint64_t number) const {
  if (auto known = CachedKey(entity, number)) return *std::move(known);
  ASSIGN_OR_RETURN(Loaded loaded, Load(entity));
  if (number == 0 || number > loaded.keys.size()) {
    return absl::DataLossError(absl::StrCat("there is no data key number ", number, " of the entity"));
  }
  vault::SharedKey key = loaded.keys[number - 1];
  Remember(entity, std::move(loaded));
  return key;
}

void Keyring::Preload() {
  uint64_t erasures = 0;
  std::shared_ptr<const vault::KeyRing> keks;
  {
    MutexLock lock(mutex_);
    erasures = erasures_;
    keks = keks_;
  }
  std::string entity;
  std::vector<std::string> rows;
  bool gap = false;
  const auto remember = [&] {
    if (gap || rows.empty()) return;
    absl::StatusOr<EntityKeys> keys = Unwrap(*keks, entity, rows);
    if (keys.ok()) Remember(entity, {*std::move(keys), erasures});
  };
  const absl::Status read = engine_.ForEachKey("", [&](const std::string& of, uint64_t number, std::string_view row) {
    if (of != entity) {
      remember();
      entity = of;
      rows.clear();
      gap = false;
    }
    gap = gap || number != rows.size() + 1;
    rows.emplace_back(row);
    return absl::OkStatus();
  });
  if (read.ok()) remember();  // Else the last one's may not be all.
}

// While keys are wrapped anew, rows may be read that the key-encryption keys of a moment ago do not open: then again,
// with those of now.
absl::StatusOr<Keyring::Loaded> Keyring::Load(std::string_view entity) const {
  while (true) {
    Loaded loaded;
    std::shared_ptr<const vault::KeyRing> keks;
    {
      MutexLock lock(mutex_);
      loaded.erasures = erasures_;
      keks = keks_;
    }
    ASSIGN_OR_RETURN(const std::vector<std::string> rows, engine_.KeysOf(std::string(entity)));
    absl::StatusOr<EntityKeys> keys = Unwrap(*keks, entity, rows);
    if (absl::IsNotFound(keys.status()) && Keks() != keks) continue;
    RETURN_IF_ERROR(keys.status());
    loaded.keys = *std::move(keys);
    return loaded;
  }
}

absl::StatusOr<Keyring::EntityKeys> Keyring::Unwrap(const vault::KeyRing& keks, std::string_view entity,
                                                    const std::vector<std::string>& rows) const {
  EntityKeys keys;
  for (const std::string& bytes : rows) {
    ASSIGN_OR_RETURN(const std::string wrapped, DecodeKeyRow(bytes));
    if (wrapped.empty()) {
      keys.emplace_back();
      continue;
    }
    ASSIGN_OR_RETURN(vault::Key key, keks.Unwrap(wrapped, PurposeOf(entity, keys.size() + 1)));
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

void Keyring::Remember(std::string_view entity, Loaded loaded) const {
  MutexLock lock(mutex_);
  if (loaded.erasures != erasures_) return;
  if (const auto found = cache_of_.find(entity); found != cache_of_.end()) {
    // Whoever looked longer ago may know less: a key that was made since then is not forgotten.
    if (loaded.keys.size() >= found->second->keys.size()) found->second->keys = std::move(loaded.keys);
    return;
  }
  cache_.push_front({std::string(entity), std::move(loaded.keys)});
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
  std::optional<std::string> next = "";
  while (next.has_value()) {
    ASSIGN_OR_RETURN(Page page, RewrapPage(*keks, *next));
    rewrapped += page.rewrapped;
    next = std::move(page.next);
  }
  Failpoint(Step::kKeysRewrapped);
  RETURN_IF_ERROR(engine_.ForgetKeksBut(keks->current()));
  return rewrapped;
}

// No erasure meanwhile: what it destroys would come back, and RocksDB keeps files that are being read.
absl::StatusOr<Keyring::Page> Keyring::RewrapPage(const vault::KeyRing& keks, const std::string& first) {
  MutexLock rewriting(rewriting_);
  Page page;
  size_t rows = 0;
  std::vector<WriteSet::Key> keys;
  const absl::Status read = engine_.ForEachKey(
      first, [&](const std::string& entity, uint64_t number, std::string_view bytes) -> absl::Status {
        if (++rows > kRewrapAtOnce && number == 1) {
          page.next = entity;
          return absl::OutOfRangeError("the page is full");
        }
        ASSIGN_OR_RETURN(const std::string wrapped, DecodeKeyRow(bytes));
        if (wrapped.empty() || vault::KeyRing::WrappedBy(wrapped) == keks.current()) return absl::OkStatus();
        const std::string purpose = PurposeOf(entity, number);
        ASSIGN_OR_RETURN(const vault::Key key, keks.Unwrap(wrapped, purpose));
        keys.push_back({entity, number, EncodeKeyRow(keks.Wrap(key, purpose)), keks.current()});
        return absl::OkStatus();
      });
  if (!page.next.has_value()) RETURN_IF_ERROR(read);
  page.rewrapped = keys.size();
  RETURN_IF_ERROR(engine_.ReplaceKeys(keys));
  return page;
}

}  // namespace anamnesis::eventlog
