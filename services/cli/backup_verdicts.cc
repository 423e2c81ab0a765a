#include "services/cli/backup_verdicts.h"

#include <unistd.h>

#include <iostream>
#include <iterator>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "backup/verify.h"
#include "base/status.h"
#include "services/cli/data_dir.h"
#include "services/cli/progress_bar.h"
#include "vault/key_file.h"

namespace anamnesis::cli {
namespace {

// What is restored of a backup is a whole installation.
absl::Status CheckServices(const backup::Manifest& manifest) {
  std::set<std::string> missing(std::begin(kLogOwners), std::end(kLogOwners));
  for (const backup::Part& part : manifest.parts) {
    if (missing.erase(part.service) > 0) continue;
    return absl::DataLossError(absl::StrCat("the manifest of the backup ", manifest.number, " has a service '",
                                            part.service, "', which owns no log"));
  }
  if (missing.empty()) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("the manifest of the backup ", manifest.number, " lacks the ", *missing.begin(), " service"));
}

}  // namespace

bool HoldsBackups(const std::string& directory) {
  const auto numbers = backup::ListManifests(directory);
  return numbers.ok() && !numbers->empty();
}

absl::StatusOr<backup::Manifest> FindBackup(const std::string& directory, uint32_t number) {
  if (number == 0) {
    ASSIGN_OR_RETURN(const std::vector<uint32_t> numbers, backup::ListManifests(directory));
    if (numbers.empty()) return absl::NotFoundError(absl::StrCat("there is no backup in ", directory));
    number = numbers.back();
  }
  ASSIGN_OR_RETURN(backup::Manifest manifest, backup::ReadManifest(directory, number));
  RETURN_IF_ERROR(CheckServices(manifest));
  return manifest;
}

absl::StatusOr<std::shared_ptr<const vault::KeyRing>> LoadKeks(const std::string& path, bool without_keys) {
  if (without_keys) return std::shared_ptr<const vault::KeyRing>();
  ASSIGN_OR_RETURN(vault::KeyRing keks, vault::LoadKeyFile(path));
  return std::make_shared<const vault::KeyRing>(std::move(keks));
}

absl::StatusOr<std::vector<Verdict>> VerifyBackup(const std::string& directory, const backup::Manifest& manifest,
                                                  const std::shared_ptr<const vault::KeyRing>& keks) {
  ProgressLine line;
  std::unique_ptr<ProgressBar> bar;
  if (isatty(STDERR_FILENO) != 0) {
    bar = std::make_unique<ProgressBar>([&line] { return line.Text(); }, std::cerr);
  }
  std::vector<Verdict> verdicts;
  std::vector<backup::Reached> reached;
  for (const backup::Part& part : manifest.parts) {
    line.Say(absl::StrCat("bytes of files of the ", part.service, " service"), 0, part.new_bytes + part.shared_bytes);
    ASSIGN_OR_RETURN(
        const backup::PartVerdict found,
        backup::VerifyPart(directory, part, {.keks = keks, .progress = [&](uint64_t done, uint64_t all) {
                                               line.Say(absl::StrCat("events of the ", part.service, " service"), done,
                                                        all);
                                             }}));
    Verdict& verdict = verdicts.emplace_back();
    verdict.service = part.service;
    verdict.problems = found.problems;
    audit::VerifyOptions compared;
    if (found.checkpoint.has_value()) {
      compared.checkpoints.push_back({"the checkpoint", *found.checkpoint});
      verdict.details["checkpoint_size"] = found.checkpoint->size;
    }
    AddLog(compared, found.log, verdict);
    verdict.evidence = absl::StrCat("backup ", manifest.number, ": ", verdict.evidence);
    verdict.details["backup"] = manifest.number;
    reached.push_back({part.service, part.position, found.log.decided_against});
  }
  for (const std::string& problem : backup::VerifyTogether(reached)) verdicts.front().problems.push_back(problem);
  return verdicts;
}

}  // namespace anamnesis::cli
