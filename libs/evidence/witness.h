// A witness: remembers the newest checkpoint of each log that is shown to it and vouches only for what continues it, so
// that whoever cuts, replaces or forks a log must deceive its witnesses as well.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "evidence/checkpoint.h"
#include "evidence/merkle.h"
#include "evidence/note_key.h"

namespace anamnesis::evidence {

inline constexpr size_t kMaxWitnessedLogs = 64;
inline constexpr size_t kMaxLogNameBytes = 32;

// What is remembered of a log: its key, which the first checkpoint brought, and a note that the key signed.
struct WitnessedLog {
  VerifierKey key;
  std::string note;
  Checkpoint checkpoint;  // What the note says.
};

// Reads the memory of one log, a file of two parts: the key on a line, then the note. None where there is no file;
// DATA_LOSS where it holds something else.
absl::StatusOr<std::optional<WitnessedLog>> ReadWitnessed(const std::string& path);

// A checkpoint as it is shown to a witness.
struct ShownCheckpoint {
  std::string log;  // A name of 1 to kMaxLogNameBytes lower-case letters.
  std::string note;
  std::string verifier_key;
  uint64_t old_size = 0;  // Of the checkpoint that the proof starts from; 0: the witness remembers none.
  Proof consistency;
};

struct WitnessVerdict {
  enum class Kind {
    kCosigned,         // `note` is the one shown, with a cosignature.
    kUnverified,       // `problem` says what is malformed or does not belong together; nothing was kept.
    kKnowsAnother,     // The proof starts elsewhere than at what is remembered, whose size is `known_size`.
    kNotContinuation,  // Another history than the one remembered: both are kept.
    kTooManyLogs,
  };
  Kind kind = Kind::kCosigned;
  std::string note;
  std::string problem;
  uint64_t known_size = 0;
};

// Keeps a file for each log in a directory, `<log>`, and `<log>.refused` for the first checkpoint of it that was
// refused as another history: evidence, which stays until somebody takes it away. Files are read each time, so what is
// taken away is forgotten. Thread-safe.
class Witness {
 public:
  // The key is in `<directory>.key`, made if it is not there, under the name `name`. Errors are those of the files.
  static absl::StatusOr<std::unique_ptr<Witness>> Open(const std::string& directory, const std::string& name,
                                                       const Clock& clock);

  // What is remembered is on disk when it returns. An error is of the disk.
  absl::StatusOr<WitnessVerdict> Add(const ShownCheckpoint& shown);

  // Nothing where none was shown, or `log` is no name.
  absl::StatusOr<std::optional<WitnessedLog>> Known(const std::string& log) const;
  absl::StatusOr<std::optional<WitnessedLog>> Refused(const std::string& log) const;
  // The logs of which something was refused.
  std::vector<std::string> RefusedLogs() const;

  const VerifierKey& verifier() const { return signer_.verifier(); }

 private:
  Witness(std::string directory, Signer signer, const Clock& clock)
      : directory_(std::move(directory)), signer_(std::move(signer)), clock_(clock) {}

  std::string PathOf(const std::string& log) const { return directory_ + "/" + log; }
  size_t LogCount() const;
  absl::Status Remember(const std::string& path, const WitnessedLog& log);
  absl::StatusOr<WitnessVerdict> Compare(const ShownCheckpoint& shown, const WitnessedLog& before,
                                         const WitnessedLog& now);
  absl::StatusOr<WitnessVerdict> Vouch(const ShownCheckpoint& shown, const WitnessedLog& now);

  const std::string directory_;
  const Signer signer_;
  const Clock& clock_;
  Mutex mutex_;  // Held while a checkpoint is compared with what is remembered and takes its place.
};

}  // namespace anamnesis::evidence
