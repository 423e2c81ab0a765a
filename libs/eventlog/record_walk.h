// Walks over stored records in the order of positions: all of them, or those of a few streams merged.
#pragma once

#include <memory>
#include <vector>

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
// it (0: from the end). The rest of the filter is left to the caller, who may want to stop between records that do not
// match; of those only the payload is missing.
std::unique_ptr<RecordWalk> WalkRecords(const CommitLog& engine, const PayloadKeys& keys, const Filter& filter,
                                        Position from, Position tail, Direction direction);

// What a walk gives next.
struct Chunk {
  std::vector<std::shared_ptr<const Record>> records;
  Position reached = 0;  // The last position that was looked at; 0 if none was.
  bool ended = false;    // There is nothing more.
};

// Matching records of whole appends, until a bound is reached or kMaxLookedAt are looked at. Where a damaged record
// ends the walk, what is whole before it is given first; the walk's status if that is nothing.
absl::StatusOr<Chunk> ReadChunk(RecordWalk& walk, const Filter& filter, const PageBounds& bounds);

}  // namespace anamnesis::eventlog
