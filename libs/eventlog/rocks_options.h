// How RocksDB is set up for a log: the column families and why each option is as it is.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "eventlog/commit_log.h"
#include "eventlog/open.h"
#include "rocksdb/db.h"

namespace anamnesis::eventlog {

// The column families in the order of their handles. RocksDB insists on the first, which stays empty.
enum Family : size_t { kDefault, kEvents, kStreams, kRequests, kSnapshots, kMeta, kKeys, kFamilyCount };
inline constexpr std::array<const char*, kFamilyCount> kFamilyNames = {"default",   "events", "streams", "requests",
                                                                       "snapshots", "meta",   "keys"};

// `fatal` is told of every background error.
rocksdb::DBOptions MakeDbOptions(const LogOptions& options, const FatalHandler& fatal);
// Enough to read.
rocksdb::DBOptions MakeReadOptions(const LogOptions& options);
std::vector<rocksdb::ColumnFamilyDescriptor> MakeFamilies(const LogOptions& options);

}  // namespace anamnesis::eventlog
