// Walks over stored records in the order of positions: all of them, or those of a few streams merged.
#pragma once

#include <memory>

#include "eventlog/commit_log.h"
#include "eventlog/event_log.h"

namespace anamnesis::eventlog {

// A Cursor whose records can be taken out. Not thread-safe; engine and keys must outlive it.
class RecordWalk : public Cursor {
 public:
  // Moves the record out, for who keeps it; then only Next() is left to do.
  virtual Record Take() = 0;
};

// Records up to `tail` that the filter's stream and entity choose: forwards those after `from`, backwards those before
// it (0: from the end). Its type_prefix is left to the caller, who may want to stop between records that do not match.
std::unique_ptr<RecordWalk> WalkRecords(const CommitLog& engine, const PayloadKeys& keys, const Filter& filter,
                                        Position from, Position tail, Direction direction);

}  // namespace anamnesis::eventlog
