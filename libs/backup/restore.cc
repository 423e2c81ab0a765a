#include "backup/restore.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/verify_log.h"
#include "backup/layout.h"
#include "backup/verify.h"
#include "base/directory.h"
#include "base/durable_file.h"
#include "base/status.h"
#include "eventlog/cut_log.h"
#include "eventlog/log_backups.h"
#include "evidence/high_water.h"
#include "evidence/signed_checkpoint.h"
#include "evidence/signing_key.h"

namespace anamnesis::backup {
namespace {

namespace fs = std::filesystem;

// Where everything is put together before it gets its name; gone with the object unless it got it.
class Scaffold {
 public:
  static absl::StatusOr<std::unique_ptr<Scaffold>> Make(const std::string& data_dir) {
    std::error_code error;
    const fs::path target = fs::absolute(data_dir, error).lexically_normal();
    const std::string name = (target.has_filename() ? target : target.parent_path()).string();
    if (fs::exists(name, error) && !fs::is_empty(name, error)) {
      return absl::AlreadyExistsError(absl::StrCat(name, " is not empty: restore to a new directory"));
    }
    std::unique_ptr<Scaffold> scaffold(new Scaffold(name));
    if (fs::exists(scaffold->path_, error)) {
      return absl::AlreadyExistsError(absl::StrCat(scaffold->path_, " is there: a restore that was cut short, or one ",
                                                   "that is under way; if it is not, remove it and restore again"));
    }
    RETURN_IF_ERROR(MakePrivateDirectory(scaffold->path_));
    scaffold->made_ = true;
    return scaffold;
  }
  ~Scaffold() {
    std::error_code ignored;  // What is left says by its name what it is.
    if (made_) fs::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }

  absl::Status Finish() {
    RETURN_IF_ERROR(SyncDirectory(path_));
    if (std::rename(path_.c_str(), target_.c_str()) != 0) {
      return absl::FailedPreconditionError(
          absl::StrCat("cannot rename ", path_, " to ", target_, ": ", std::strerror(errno)));
    }
    made_ = false;
    return SyncDirectory(fs::path(target_).parent_path().string());
  }

 private:
  explicit Scaffold(std::string target) : target_(std::move(target)), path_(target_ + ".restoring") {}

  const std::string target_;
  const std::string path_;
  bool made_ = false;
};

// Restores one service into a directory of its own.
class PartRestore {
 public:
  PartRestore(const Part& part, const RestoreOptions& options, const std::string& into)
      : part_(part), options_(options), dir_(into + "/" + part.service) {}

  absl::StatusOr<Reached> Run() {
    const std::vector<std::string> problems = VerifyFiles(options_.directory, part_);
    if (!problems.empty()) return DoesNotVerify(problems);
    ASSIGN_OR_RETURN(const std::unique_ptr<eventlog::LogBackups> backups,
                     eventlog::LogBackups::Open(LogDirectory(options_.directory, part_.service)));
    ASSIGN_OR_RETURN(target_, Target(*backups));
    RETURN_IF_ERROR(backups->CopyTo(part_.log_backup, dir_ + "/log", Told("copying")));
    RETURN_IF_ERROR(CopyFiles());
    ASSIGN_OR_RETURN(const evidence::Checkpoint checkpoint, CheckpointOfPart(options_.directory, part_));
    ASSIGN_OR_RETURN(audit::LogVerdict verdict, Verify(checkpoint, part_.position));
    if (target_ < part_.position) {
      ASSIGN_OR_RETURN(verdict, Cut(checkpoint.origin));
    }
    // What others were given at positions that are lost, or will be given anew, is not taken for the same.
    RETURN_IF_ERROR(eventlog::RenewFeedId(dir_ + "/log"));
    ASSIGN_OR_RETURN(const auto high_water, evidence::HighWater::Open(dir_ + "/high-water", part_.log_id, target_));
    restored_ = {.service = part_.service,
                 .log_id = part_.log_id,
                 .position = target_,
                 .backed_up = part_.position,
                 .erased = verdict.erased};
    RETURN_IF_ERROR(SyncDirectory(dir_));
    return Reached{part_.service, target_, verdict.decided_against};
  }

  const RestoredPart& restored() const { return restored_; }

 private:
  std::function<void(uint64_t, uint64_t)> Told(const char* what) const {
    if (!options_.progress) return nullptr;
    return [this, what](uint64_t done, uint64_t all) { options_.progress(part_.service, what, done, all); };
  }

  absl::Status DoesNotVerify(const std::vector<std::string>& problems) const {
    return absl::DataLossError(absl::StrCat("the backup of the ", part_.service,
                                            " service does not verify: ", problems.front(), "; nothing is restored"));
  }

  // Where the log is to end.
  absl::StatusOr<uint64_t> Target(const eventlog::LogBackups& backups) const {
    const auto asked = options_.to_positions.find(part_.service);
    const bool by_position = asked != options_.to_positions.end();
    if (!by_position && !options_.to_micros.has_value()) return part_.position;
    ASSIGN_OR_RETURN(const std::unique_ptr<eventlog::CommitLog> log, backups.OpenForReading(part_.log_backup));
    uint64_t wanted = part_.position;
    if (by_position) {
      wanted = asked->second;
      if (wanted > part_.position) {
        return absl::OutOfRangeError(absl::StrCat("the backup of the ", part_.service, " service ends at position ",
                                                  part_.position, ", before ", wanted));
      }
    }
    if (options_.to_micros.has_value()) {
      ASSIGN_OR_RETURN(const uint64_t by_then, eventlog::LastRecordedBy(*log, *options_.to_micros));
      wanted = std::min(wanted, by_then);
    }
    return eventlog::EndOfAppendUpTo(*log, wanted);
  }

  // The files beside the log, under the names that they had; the checkpoint only where it is that of the target.
  absl::Status CopyFiles() const {
    const std::string beside = FilesName(part_.log_backup) + "/";
    for (const StoredFile& file : part_.files) {
      if (!file.name.starts_with(beside)) continue;
      const std::string name = file.name.substr(beside.size());
      if (name == "checkpoint" && target_ < part_.position) continue;
      ASSIGN_OR_RETURN(const std::string content,
                       ReadFile(PartDirectory(options_.directory, part_.service) + "/" + file.name, kMaxFileBytes));
      RETURN_IF_ERROR(Store(dir_, name, content).status());
    }
    return absl::OkStatus();
  }

  absl::StatusOr<audit::LogVerdict> Verify(const std::optional<evidence::Checkpoint>& checkpoint,
                                           uint64_t events) const {
    audit::VerifyOptions how{.keks = options_.keks, .progress = Told("verifying")};
    if (checkpoint.has_value()) how.checkpoints.push_back({"the checkpoint", *checkpoint});
    ASSIGN_OR_RETURN(audit::LogVerdict verdict, audit::VerifyLog(dir_ + "/log", how));
    if (!verdict.problems.empty()) return DoesNotVerify(verdict.problems);
    if (verdict.events == events && verdict.log_id == part_.log_id) return verdict;
    return DoesNotVerify({"the log is not the one in the manifest"});
  }

  // Cuts the log off after the target and signs what it is now.
  absl::StatusOr<audit::LogVerdict> Cut(const std::string& origin) const {
    if (options_.progress) options_.progress(part_.service, "cutting", 0, 0);
    RETURN_IF_ERROR(eventlog::CutLog(dir_ + "/log", target_, options_.keks));
    ASSIGN_OR_RETURN(audit::LogVerdict verdict, Verify(std::nullopt, target_));
    ASSIGN_OR_RETURN(const evidence::Signer signer, evidence::LoadSigningKey(dir_ + "/signing.key"));
    ASSIGN_OR_RETURN(const std::string note,
                     evidence::SignCheckpoint({.origin = origin, .size = target_, .root = verdict.root}, signer));
    RETURN_IF_ERROR(Store(dir_, "checkpoint", note).status());
    return verdict;
  }

  const Part& part_;
  const RestoreOptions& options_;
  const std::string dir_;
  uint64_t target_ = 0;
  RestoredPart restored_;
};

absl::Status CheckAsked(const Manifest& manifest, const RestoreOptions& options) {
  for (const auto& [service, position] : options.to_positions) {
    const bool known = std::ranges::find(manifest.parts, service, &Part::service) != manifest.parts.end();
    if (!known) return absl::InvalidArgumentError(absl::StrCat("there is no service '", service, "' in the backup"));
  }
  if (options.keks != nullptr || (options.to_positions.empty() && !options.to_micros.has_value())) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      "restoring to a position or a time needs the key file: which requests are to be forgotten is sealed");
}

}  // namespace

absl::StatusOr<std::vector<RestoredPart>> Restore(const Manifest& manifest, const RestoreOptions& options) {
  RETURN_IF_ERROR(CheckAsked(manifest, options));
  ASSIGN_OR_RETURN(const std::unique_ptr<Scaffold> scaffold, Scaffold::Make(options.data_dir));
  std::vector<RestoredPart> restored;
  std::vector<Reached> reached;
  for (const Part& part : manifest.parts) {
    PartRestore restore(part, options, scaffold->path());
    ASSIGN_OR_RETURN(reached.emplace_back(), restore.Run());
    restored.push_back(restore.restored());
  }
  const std::vector<std::string> problems = VerifyTogether(reached);
  if (!problems.empty()) {
    return absl::FailedPreconditionError(absl::StrCat("the positions do not go together: ", problems.front(),
                                                      "; restore that one further, or this one less far"));
  }
  RETURN_IF_ERROR(scaffold->Finish());
  return restored;
}

}  // namespace anamnesis::backup
