// What the servers say of their histories, checked with nothing but their public keys and what was verified before.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "evidence/checkpoint.h"
#include "evidence/note_key.h"
#include "services/cli/connection.h"
#include "services/cli/witness_evidence.h"

namespace anamnesis::cli {

// The verifier keys and the newest verified checkpoints of services, in a file of their own. The key that is seen first
// is trusted from then on.
class KnownCheckpoints {
 public:
  struct Known {
    std::string verifier_key;
    std::string checkpoint;  // The signed note.
  };

  // Below the user's state directory.
  static std::string DefaultPath();

  // The directory of the default path is made when it is needed, that of another one must be there.
  explicit KnownCheckpoints(std::string path, bool makes_directory = true)
      : path_(std::move(path)), makes_directory_(makes_directory) {}
  // A file that is not there is empty. FAILED_PRECONDITION where it cannot be read or holds something else, NOT_FOUND
  // where the directory has to be there and is not.
  absl::Status Load();
  // What Load reads: FAILED_PRECONDITION where the text is not that of a file of checkpoints.
  absl::Status Parse(const std::string& text);
  absl::Status Save() const;

  // By address and service, so that installations are kept apart.
  std::map<std::string, Known>& entries() { return entries_; }

 private:
  const std::string path_;
  const bool makes_directory_;
  std::map<std::string, Known> entries_;
};

// A proof bundle of the records at these positions (ascending), for whoever has the key; and the key, which is to be
// compared with the service's signing.key.pub.
struct Bundle {
  std::string json;
  std::string verifier_key;
};
absl::StatusOr<Bundle> BundleOf(const Connection& connection, const std::string& service,
                                const std::vector<uint64_t>& positions);

// Asks for a checkpoint of everything that the log holds now, checks it against what is known, has records spread
// over the history proved, and asks the witnesses. What verifies becomes what is known.
absl::StatusOr<OnlineVerdict> CheckOnline(const Connection& connection, const std::string& service,
                                          KnownCheckpoints& known);

}  // namespace anamnesis::cli
