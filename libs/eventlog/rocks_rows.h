// Keys of rows that are numbered below a name, and what RocksDB says in our words.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "eventlog/coding.h"
#include "rocksdb/slice.h"
#include "rocksdb/status.h"

namespace anamnesis::eventlog {

inline absl::Status FromRocks(const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const std::string text = absl::StrCat("event log: ", status.ToString());
  return status.IsCorruption() ? absl::DataLossError(text) : absl::InternalError(text);
}

// <name> NUL <big-endian number>: the rows of a stream or entity stand together, in the order of versions or numbers.
inline std::string NumberedKey(const std::string& name, uint64_t number) {
  std::string key;
  key.reserve(name.size() + 1 + sizeof(number));
  key.append(name).push_back('\0');
  PutBigEndian64(key, number);
  return key;
}

inline bool IsRowOf(const std::string& name, const rocksdb::Slice& key) {
  return key.size() == name.size() + 1 + sizeof(uint64_t) && key.starts_with(name) && key[name.size()] == '\0';
}

inline bool IsNumbered(const rocksdb::Slice& key) {
  return key.size() > sizeof(uint64_t) && key[key.size() - sizeof(uint64_t) - 1] == '\0';
}

// Of a key that is numbered.
inline uint64_t NumberOf(const rocksdb::Slice& key) {
  return FromBigEndian64(key.ToStringView().substr(key.size() - sizeof(uint64_t)));
}

inline std::string NameOf(const rocksdb::Slice& key) {
  const std::string_view whole = key.ToStringView();
  return std::string(whole.substr(0, whole.find('\0')));
}

}  // namespace anamnesis::eventlog
