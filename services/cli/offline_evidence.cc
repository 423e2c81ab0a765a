#include "services/cli/offline_evidence.h"

#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "audit/verify_log.h"
#include "base/durable_file.h"
#include "base/status.h"
#include "evidence/high_water.h"
#include "evidence/note.h"
#include "evidence/signed_checkpoint.h"
#include "evidence/witness.h"
#include "services/cli/backup_verdicts.h"
#include "services/cli/data_dir.h"
#include "services/cli/installation.h"

namespace anamnesis::cli {
namespace {

std::string FirstLine(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

// The newest checkpoint of a service, verified with the public key beside it; none where there is none.
absl::StatusOr<std::optional<evidence::Checkpoint>> StoredCheckpoint(const std::string& dir) {
  const absl::StatusOr<std::string> note = ReadFile(dir + "/checkpoint", evidence::kMaxNoteBytes);
  if (absl::IsNotFound(note.status())) return std::optional<evidence::Checkpoint>();
  RETURN_IF_ERROR(note.status());
  ASSIGN_OR_RETURN(const std::string key, ReadFile(dir + "/signing.key.pub", evidence::kMaxNoteBytes));
  ASSIGN_OR_RETURN(const evidence::VerifierKey verifier, evidence::VerifierKey::Parse(FirstLine(key)));
  ASSIGN_OR_RETURN(evidence::Checkpoint checkpoint, evidence::VerifiedCheckpoint(*note, verifier));
  return std::optional(std::move(checkpoint));
}

// What the other services of the installation keep of this one's log. A witness that refused something of it, or whose
// memory cannot be read, is a problem.
std::vector<audit::KeptCheckpoint> Witnessed(const std::string& root, Verdict& verdict) {
  std::vector<audit::KeptCheckpoint> kept;
  for (const std::string witness : kLogOwners) {
    if (witness == verdict.service) continue;
    const std::string path = absl::StrCat(root, "/", witness, "/witness/", verdict.service);
    const auto known = evidence::ReadWitnessed(path);
    if (!known.ok()) verdict.problems.push_back(absl::StrCat("a witness: ", known.status().message()));
    if (known.ok() && known->has_value()) {
      kept.push_back({absl::StrCat("the checkpoint that ", witness, " keeps"), (*known)->checkpoint});
      verdict.details["witnessed"][witness] = (*known)->checkpoint.size;
    }
    std::error_code error;
    if (std::filesystem::exists(path + ".refused", error)) {
      verdict.problems.push_back(
          absl::StrCat(witness, " refused a checkpoint of it as another history: ", path, ".refused"));
    }
  }
  return kept;
}

void CheckHighWater(const absl::StatusOr<std::optional<evidence::HighWaterMark>>& high_water,
                    const audit::LogVerdict& found, Verdict& verdict) {
  if (!high_water.ok()) {
    verdict.problems.push_back(absl::StrCat("the high water: ", high_water.status().message()));
    return;
  }
  if (!high_water->has_value()) return;
  const evidence::HighWaterMark& mark = **high_water;
  verdict.details["high_water"] = mark.position;
  if (mark.log_id != found.log_id) verdict.problems.push_back("the high water is of another log");
  if (mark.position > found.events) {
    verdict.problems.push_back(absl::StrCat("positions ", found.events + 1, " to ", mark.position,
                                            " are missing: the log was durable up to there"));
  }
}

// Whether it is of one log, so that the others are still to be looked at: it is gone, damaged, or on a disk that fails.
bool IsDamage(const absl::Status& status) {
  return absl::IsDataLoss(status) || absl::IsInternal(status) || absl::IsNotFound(status);
}

std::string AsDamage(const std::string& path, const absl::Status& status) {
  const std::string what(status.message());
  if (absl::IsNotFound(status) || absl::StrContains(what, "is damaged")) return what;
  return absl::StrCat("the event log in ", path, " is damaged: nothing of it can be read (", what,
                      "): keep a copy of it and restore a backup");
}

}  // namespace

absl::StatusOr<Verdict> VerifyOffline(const std::string& service, const OfflineOptions& options) {
  const std::string root = std::filesystem::absolute(options.dir).string();
  const std::string dir = root + "/" + service;
  Verdict verdict{.service = service};
  audit::VerifyOptions how;
  ASSIGN_OR_RETURN(how.keks,
                   LoadKeks(options.kek_file.empty() ? KekPath(root) : options.kek_file, options.without_keys));
  // Before the log is read: what it is raised by meanwhile does not count.
  const auto high_water = evidence::ReadHighWater(dir + "/high-water");
  how.checkpoints = Witnessed(root, verdict);
  const absl::StatusOr<std::optional<evidence::Checkpoint>> checkpoint = StoredCheckpoint(dir);
  if (!checkpoint.ok()) {
    verdict.problems.push_back(absl::StrCat("the checkpoint: ", checkpoint.status().message()));
  } else if (checkpoint->has_value()) {
    how.checkpoints.push_back({"the checkpoint", **checkpoint});
    verdict.details["checkpoint_size"] = (*checkpoint)->size;
  }
  if (isatty(STDERR_FILENO) != 0) {
    how.progress = [&](uint64_t done, uint64_t all) {
      std::cerr << "\r" << service << ": " << done << " of " << all << " events ";
      if (done >= all) std::cerr << "\n";
    };
  }
  const absl::StatusOr<audit::LogVerdict> read = audit::VerifyLog(dir + "/log", how);
  if (IsDamage(read.status())) {
    verdict.evidence = "nothing: the log cannot be read";
    verdict.problems.push_back(AsDamage(dir + "/log", read.status()));
    return verdict;
  }
  RETURN_IF_ERROR(read.status());
  const audit::LogVerdict& found = *read;
  CheckHighWater(high_water, found, verdict);
  verdict.problems.insert(verdict.problems.end(), found.problems.begin(), found.problems.end());
  AddLog(how, found, verdict);
  return verdict;
}

}  // namespace anamnesis::cli
