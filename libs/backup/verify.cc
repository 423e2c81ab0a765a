#include "backup/verify.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "backup/layout.h"
#include "base/durable_file.h"
#include "base/status.h"
#include "eventlog/log_backups.h"
#include "evidence/note.h"
#include "evidence/note_key.h"
#include "evidence/signed_checkpoint.h"

namespace anamnesis::backup {
namespace {

// The log of a part: its files, then its records. Adds what is wrong to the verdict.
absl::Status VerifyLogOf(const std::string& directory, const Part& part, const VerifyOptions& options,
                         PartVerdict& verdict) {
  ASSIGN_OR_RETURN(const std::unique_ptr<eventlog::LogBackups> backups,
                   eventlog::LogBackups::Open(LogDirectory(directory, part.service)));
  const absl::Status files = backups->VerifyFiles(part.log_backup);
  if (!files.ok()) verdict.problems.emplace_back(files.message());
  ASSIGN_OR_RETURN(const std::unique_ptr<eventlog::CommitLog> log, backups->OpenForReading(part.log_backup));
  audit::VerifyOptions how{.keks = options.keks, .progress = options.progress};
  if (verdict.checkpoint.has_value()) how.checkpoints.push_back({"the checkpoint", *verdict.checkpoint});
  ASSIGN_OR_RETURN(verdict.log, audit::VerifyLog(*log, how));
  verdict.problems.insert(verdict.problems.end(), verdict.log.problems.begin(), verdict.log.problems.end());
  if (verdict.log.log_id != part.log_id) verdict.problems.emplace_back("the log is not the one in the manifest");
  if (verdict.log.events != part.position) {
    verdict.problems.push_back(
        absl::StrCat("the log has ", verdict.log.events, " events, the manifest says ", part.position));
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string> VerifyFiles(const std::string& directory, const Part& part) {
  std::vector<std::string> problems;
  const std::string own = PartDirectory(directory, part.service);
  for (const StoredFile& file : part.files) {
    const absl::StatusOr<StoredFile> found = Describe(own, file.name);
    if (!found.ok()) {
      problems.emplace_back(found.status().message());
    } else if (*found != file) {
      problems.push_back(absl::StrCat(own, "/", file.name, " is not what was stored: its checksum or size is another"));
    }
  }
  return problems;
}

absl::StatusOr<evidence::Checkpoint> CheckpointOfPart(const std::string& directory, const Part& part) {
  const std::string beside = PartDirectory(directory, part.service) + "/" + FilesName(part.log_backup);
  ASSIGN_OR_RETURN(const std::string note, ReadFile(beside + "/checkpoint", evidence::kMaxNoteBytes));
  ASSIGN_OR_RETURN(const std::string key, ReadFile(beside + "/signing.key.pub", evidence::kMaxNoteBytes));
  ASSIGN_OR_RETURN(const evidence::VerifierKey verifier, evidence::VerifierKey::Parse(key.substr(0, key.find('\n'))));
  ASSIGN_OR_RETURN(evidence::Checkpoint checkpoint, evidence::VerifiedCheckpoint(note, verifier));
  if (checkpoint.size == part.position) return checkpoint;
  return absl::DataLossError(absl::StrCat("it covers ", checkpoint.size, " events, the backup has ", part.position));
}

absl::StatusOr<PartVerdict> VerifyPart(const std::string& directory, const Part& part, const VerifyOptions& options) {
  if (options.keks != nullptr) {
    for (const std::string& id : part.kek_ids) {
      if (options.keks->Knows(id)) continue;
      return absl::FailedPreconditionError(absl::StrCat("the backup of the ", part.service,
                                                        " service needs the key-encryption key ", id,
                                                        ", which is not in the key file: give that of its time"));
    }
  }
  PartVerdict verdict{.problems = VerifyFiles(directory, part)};
  const absl::StatusOr<evidence::Checkpoint> checkpoint = CheckpointOfPart(directory, part);
  if (checkpoint.ok()) {
    verdict.checkpoint = *checkpoint;
  } else {
    verdict.problems.push_back(absl::StrCat("the checkpoint: ", checkpoint.status().message()));
  }
  const absl::Status log = VerifyLogOf(directory, part, options, verdict);
  if (!log.ok()) verdict.problems.emplace_back(log.message());
  return verdict;
}

std::vector<std::string> VerifyTogether(const std::vector<Reached>& parts) {
  std::vector<std::string> problems;
  for (const Reached& part : parts) {
    for (const auto& [followed, known] : part.decided_against) {
      const auto other = std::ranges::find(parts, followed, &Reached::service);
      if (other != parts.end() && other->position >= known) continue;
      problems.push_back(absl::StrCat("a decision of the ", part.service, " service up to position ", part.position,
                                      " knew position ", known, " of the ", followed, " service, which ends at ",
                                      other == parts.end() ? 0 : other->position));
    }
  }
  return problems;
}

}  // namespace anamnesis::backup
