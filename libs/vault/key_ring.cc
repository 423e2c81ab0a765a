#include "vault/key_ring.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/sha256.h"

namespace anamnesis::vault {
namespace {

constexpr std::string_view kIdPrefix("anamnesis kek\0", 14);

}  // namespace

void KeyRing::Add(const Key& key) {
  const auto digest = Sha256Of({kIdPrefix, key.view()});
  const absl::string_view id(reinterpret_cast<const char*>(digest.data()), kKekIdBytes);
  keys_.push_back({absl::BytesToHexString(id), key});
}

absl::StatusOr<KeyRing> KeyRing::Parse(std::string_view text) {
  KeyRing ring;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(absl::string_view(text.data(), text.size()), '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    std::string bytes;
    if (!absl::Base64Unescape(line, &bytes) || bytes.size() != kKeyBytes) {
      return absl::InvalidArgumentError(absl::StrCat("line ", number, " is not a key of 32 bytes in base64"));
    }
    ring.Add(Key(bytes));
  }
  if (ring.keys_.empty()) return absl::InvalidArgumentError("there is no key in it");
  return ring;
}

KeyRing KeyRing::Random() {
  KeyRing ring;
  ring.Add(Key::Random());
  return ring;
}

KeyRing KeyRing::WithNewKey() const {
  KeyRing ring = Random();
  ring.keys_.insert(ring.keys_.end(), keys_.begin(), keys_.end());
  return ring;
}

KeyRing KeyRing::CurrentOnly() const {
  KeyRing ring;
  ring.keys_.push_back(keys_.front());
  return ring;
}

std::string KeyRing::Text() const {
  std::string text = "# Key-encryption keys of Anamnesis, the current one first. Keep a copy apart from the data.\n";
  for (const Kek& kek : keys_) {
    const absl::string_view bytes(kek.key.view().data(), kek.key.view().size());
    absl::StrAppend(&text, absl::Base64Escape(bytes), "  # ", kek.id, "\n");
  }
  return text;
}

std::vector<KekId> KeyRing::ids() const {
  std::vector<KekId> ids;
  for (const Kek& kek : keys_) ids.push_back(kek.id);
  return ids;
}

const KeyRing::Kek* KeyRing::Find(const KekId& id) const {
  const auto found = std::ranges::find(keys_, id, &Kek::id);
  return found == keys_.end() ? nullptr : &*found;
}

std::string KeyRing::Wrap(const Key& data_key, std::string_view purpose) const {
  return absl::HexStringToBytes(keys_.front().id) + Seal(keys_.front().key, data_key.view(), purpose);
}

absl::StatusOr<Key> KeyRing::Unwrap(std::string_view wrapped, std::string_view purpose) const {
  const KekId id = WrappedBy(wrapped);
  if (id.empty()) return absl::DataLossError("a wrapped data key has not the length of one");
  const Kek* const kek = Find(id);
  if (kek == nullptr) {
    return absl::NotFoundError(absl::StrCat("the key-encryption key ", id, " is not among those given"));
  }
  std::string bytes;
  if (!Open(kek->key, wrapped.substr(kKekIdBytes), purpose, bytes)) {
    return absl::DataLossError("a wrapped data key was altered or belongs elsewhere");
  }
  return Key(bytes);
}

KekId KeyRing::WrappedBy(std::string_view wrapped) {
  if (wrapped.size() != kKekIdBytes + kSealBytes + kKeyBytes) return "";
  return absl::BytesToHexString(absl::string_view(wrapped.data(), kKekIdBytes));
}

}  // namespace anamnesis::vault
