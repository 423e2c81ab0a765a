// Named steps at which a process can be made to die, so that tests show what survives a death there.
//
//   ANAMNESIS_FAILPOINTS=log.committed=kill@3,views.applied=kill patientd …
//
// The process kills itself (SIGKILL) when it comes to the step for the third time; without a number, for the first. The
// variable is read once, as the process begins: no flag, file or call arms a step later. A value that is not understood
// ends the process before it does anything. A step that is not armed costs one relaxed load.
//
// To add one: give it a value and a name here and put `Failpoint(Step::kMine);` where it is, once; tests/tidy holds the
// list to the code, and tests/fault/kill_test.cc dies at every step of the list.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <string_view>

namespace anamnesis {

enum class Step : size_t {
  kLogSequenced,         // Positions are given, nothing is written.
  kLogCommitting,        // The group is encoded, nothing is written.
  kLogCommitted,         // On disk; nobody knows.
  kLogPublished,         // The high water is raised; readers are told, no caller was.
  kLogAnswered,          // The handlers were told.
  kCallAnswering,        // The answer of a unary call is about to be sent.
  kStreamAnswering,      // A message of a stream in both directions is about to be sent.
  kHighWaterRaised,      // Written to the file.
  kEraseCommitted,       // The keys are destroyed, the files still hold them.
  kEraseFlushed,         // The write-ahead log no longer holds them.
  kEraseCompacted,       // No file holds them; the mark that it is to be done is still there.
  kKeysRewrapped,        // Data keys are wrapped anew; the old key-encryption key still counts as in use.
  kBackupCopied,         // The log's copy is whole; nothing beside it is written.
  kBackupStored,         // All of a service's backup is there; nobody was told.
  kTreeAppended,         // Leaves are in the tree.
  kCheckpointSigned,     // Not yet written.
  kFileWritten,          // A small file is whole beside the one it replaces.
  kFileRenamed,          // In its place; the directory is not synced.
  kPublishSent,          // A batch of views is on its way to the read model.
  kPublishAcknowledged,  // The read model has told that it is applied.
  kFactsApplied,         // A batch of another service's events is in the facts.
  kViewsApplying,        // A group of changes is ready to be written.
  kViewsApplied,         // On disk, not acknowledged.
  kViewsPurging,         // Rows of an erased subject are deleted; the files still hold them.
  kCount,
};

inline constexpr std::array<std::string_view, static_cast<size_t>(Step::kCount)> kStepNames = {
    "log.sequenced",     "log.committing",   "log.committed",     "log.published",   "log.answered",
    "call.answering",    "stream.answering", "high-water.raised", "erase.committed", "erase.flushed",
    "erase.compacted",   "keys.rewrapped",   "backup.copied",     "backup.stored",   "tree.appended",
    "checkpoint.signed", "file.written",     "file.renamed",      "publish.sent",    "publish.acked",
    "facts.applied",     "views.applying",   "views.applied",     "views.purging",
};

namespace failpoint_internal {
extern std::atomic<bool> armed;
void Arrive(Step step);
}  // namespace failpoint_internal

// Dies here if the step is armed and due.
inline void Failpoint(Step step) {
  if (failpoint_internal::armed.load(std::memory_order_relaxed)) failpoint_internal::Arrive(step);
}

}  // namespace anamnesis
