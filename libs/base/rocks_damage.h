// Noticing damage that RocksDB itself passes over.
//
// Until release 8.5.1 (Debian 12 has 7.8.3) RocksDB takes a file for an empty one if its first block cannot be read and
// a scan or a compaction comes to it from another file of its level: all that the file holds is then missing from the
// answer, whose status is OK, and from the result of the compaction. So whatever scans takes ScanOptions, with which
// the error is told, and whatever opens a database that it writes has CheckBeforeCompaction among its listeners.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "rocksdb/env.h"
#include "rocksdb/listener.h"
#include "rocksdb/options.h"

namespace anamnesis {

// For iterators. What was deleted by DeleteRange is seen until it is compacted away: rows that somebody may still scan
// are deleted one by one.
rocksdb::ReadOptions ScanOptions();

// Reads the files of every compaction before it begins, and tells `damaged` of one that cannot be read, with its name
// and no content. `damaged` ends the process, else the compaction goes on. `env` null: the default one.
std::shared_ptr<rocksdb::EventListener> CheckBeforeCompaction(rocksdb::Env* env,
                                                              std::function<void(const absl::Status&)> damaged);

// For `damaged` of a database that is made anew from the logs: says what is damaged and that `remedy` helps, and ends
// the process with code 70.
std::function<void(const absl::Status&)> ExitDamaged(const std::string& what, const std::string& remedy);

}  // namespace anamnesis
