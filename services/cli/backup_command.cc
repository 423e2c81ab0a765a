// `anamnesis backup`.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "anamnesis/ops/v1/backup_service.grpc.pb.h"
#include "backup/manifest.h"
#include "backup/numbers.h"
#include "backup/part_message.h"
#include "base/clock.h"
#include "base/status.h"
#include "google/protobuf/util/time_util.h"
#include "nlohmann/json.hpp"
#include "services/cli/backup_verdicts.h"
#include "services/cli/commands.h"
#include "services/cli/data_dir.h"
#include "services/cli/format.h"
#include "services/cli/installation.h"
#include "services/cli/progress_bar.h"
#include "services/cli/table.h"

namespace anamnesis::cli {
namespace {

using google::protobuf::util::TimeUtil;

struct BackupOptions {
  std::string dir;
  std::string to;
  std::string kek_file;
  uint32_t number = 0;
  bool list = false;
  bool verify = false;
  bool without_keys = false;
  bool json = false;
};

absl::StatusOr<backup::Part> BackupOf(const Connection& connection, const std::string& service,
                                      const std::string& directory, ProgressLine& line) {
  const auto stub = ops::v1::BackupService::NewStub(connection.Channel(service));
  grpc::ClientContext context;
  connection.PrepareStream(context);  // It lasts as long as there is something to copy.
  ops::v1::CreateBackupRequest request;
  request.set_directory(directory);
  const auto reader = stub->CreateBackup(&context, request);
  ops::v1::CreateBackupResponse response;
  ops::v1::ServiceBackup made;
  while (reader->Read(&response)) {
    if (response.has_made()) made = response.made();
    line.Say(absl::StrCat("bytes of the ", service, " service"), response.progress().copied_bytes(),
             response.progress().expected_bytes());
  }
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return connection.Explain(service, status);
  if (made.service() == service) return backup::PartFromMessage(made);
  return absl::InternalError(absl::StrCat("the ", service, " service ended the backup without saying what it made"));
}

// Who follows is backed up before whom he follows, which is the reverse of the order in which they start: so every
// position that a decision in the backup knew of another service is in that one's backup.
absl::StatusOr<backup::Manifest> Make(const Connection& connection, const std::string& directory) {
  ProgressLine line;
  std::unique_ptr<ProgressBar> bar;
  if (isatty(STDERR_FILENO) != 0) {
    bar = std::make_unique<ProgressBar>([&line] { return line.Text(); }, std::cerr);
  }
  backup::Manifest manifest{.made_micros = SystemClock().NowMicros()};
  for (auto server = std::rbegin(kServers); server != std::rend(kServers); ++server) {
    if (std::string_view(server->name) == "readmodel") continue;  // Made anew from the logs.
    ASSIGN_OR_RETURN(manifest.parts.emplace_back(), BackupOf(connection, server->name, directory, line));
  }
  ASSIGN_OR_RETURN(manifest.number, backup::WriteManifest(directory, manifest));
  return manifest;
}

nlohmann::ordered_json ToJson(const backup::Manifest& manifest) {
  nlohmann::ordered_json json = {
      {"backup", manifest.number                                      },
      {"made",   TimeUtil::ToString(ToTimestamp(manifest.made_micros))}
  };
  for (const backup::Part& part : manifest.parts) {
    json["services"][part.service] = {
        {"log_id",       part.log_id      },
        {"log_backup",   part.log_backup  },
        {"position",     part.position    },
        {"new_bytes",    part.new_bytes   },
        {"shared_bytes", part.shared_bytes},
        {"kek_ids",      part.kek_ids     }
    };
  }
  return json;
}

void AddRows(const backup::Manifest& manifest, Table& table) {
  for (const backup::Part& part : manifest.parts) {
    table.Add({std::to_string(manifest.number), Minute(ToTimestamp(manifest.made_micros)), part.service,
               std::to_string(part.position), std::to_string(part.new_bytes), std::to_string(part.shared_bytes),
               absl::StrJoin(part.kek_ids, " ")});
  }
}

Table BackupTable() {
  return Table({"backup", "made", "service", "position", "bytes copied", "bytes shared", "needs key"});
}

// Numbers of backups of logs, by service.
using LogBackups = std::map<std::string, std::set<uint32_t>>;

// Whoever destroys backups has to know of these, too.
void PrintUnnamed(const LogBackups& unnamed) {
  for (const auto& [service, numbers] : unnamed) {
    std::cout << "Of the " << service << " service no manifest that can be read names these backups of the log: "
              << absl::StrJoin(numbers, ", ") << ". They were cut short, or are being made, and hold data keys.\n";
  }
}

// What a directory of backups holds.
struct Found {
  std::vector<backup::Manifest> backups;
  LogBackups unnamed;   // Those that no manifest names; only of services that have any.
  absl::Status status;  // The first of what is damaged or cannot be read.
};

absl::StatusOr<Found> Look(const std::string& directory) {
  Found found;
  // Before the manifests are read: one that is written meanwhile names what was there.
  for (const std::string service : kLogOwners) {
    const absl::StatusOr<std::set<uint32_t>> numbers = backup::PartNumbers(directory, service);
    found.status.Update(numbers.status());
    if (numbers.ok()) found.unnamed[service] = *numbers;
  }
  ASSIGN_OR_RETURN(const std::vector<uint32_t> manifests, backup::ListManifests(directory));
  for (const uint32_t number : manifests) {
    absl::StatusOr<backup::Manifest> manifest = backup::ReadManifest(directory, number);
    found.status.Update(manifest.status());
    if (!manifest.ok()) continue;
    for (const backup::Part& part : manifest->parts) found.unnamed[part.service].erase(part.log_backup);
    found.backups.push_back(*std::move(manifest));
  }
  std::erase_if(found.unnamed, [](const auto& service) { return service.second.empty(); });
  return found;
}

absl::Status List(const std::string& directory, bool json) {
  ASSIGN_OR_RETURN(const Found found, Look(directory));
  if (json) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const backup::Manifest& manifest : found.backups) all.push_back(ToJson(manifest));
    if (!found.unnamed.empty()) all.emplace_back()["unnamed"] = found.unnamed;
    std::cout << all.dump() << "\n";
    return found.status;
  }
  Table table = BackupTable();
  for (const backup::Manifest& manifest : found.backups) AddRows(manifest, table);
  table.Print(std::cout, TerminalWidth(), absl::StrCat("there is no backup in ", directory, "\n"));
  PrintUnnamed(found.unnamed);
  return found.status;
}

absl::Status Verify(const std::string& directory, const BackupOptions& options) {
  ASSIGN_OR_RETURN(const backup::Manifest manifest, FindBackup(directory, options.number));
  const std::string kek = options.kek_file.empty() ? KekPath(std::filesystem::absolute(options.dir)) : options.kek_file;
  ASSIGN_OR_RETURN(const auto keks, LoadKeks(kek, options.without_keys));
  ASSIGN_OR_RETURN(const std::vector<Verdict> verdicts, VerifyBackup(directory, manifest, keks));
  PrintVerdicts(verdicts, options.json);
  if (AllVerified(verdicts)) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("the backup ", manifest.number,
                                          " does not verify; keep it as it is, and back up to another directory"));
}

absl::Status Backup(const Connection& connection, const BackupOptions& options) {
  const std::filesystem::path to = options.to.empty() ? BackupsPath(options.dir) : options.to;
  const std::string directory = std::filesystem::absolute(to).lexically_normal().string();
  if (options.list) return List(directory, options.json);
  if (options.verify) return Verify(directory, options);
  ASSIGN_OR_RETURN(const backup::Manifest manifest, Make(connection, directory));
  if (options.json) {
    std::cout << ToJson(manifest).dump() << "\n";
    return absl::OkStatus();
  }
  Table table = BackupTable();
  AddRows(manifest, table);
  table.Print(std::cout, TerminalWidth(), "");
  std::cout << "backup " << manifest.number << " is in " << directory
            << ". Without the key-encryption keys named, which are not in it, nobody can read it.\n";
  return absl::OkStatus();
}

}  // namespace

void AddBackupCommand(CLI::App& app, Connection& connection) {
  auto options = std::make_shared<BackupOptions>();
  CLI::App* command = app.add_subcommand("backup", "Back up the logs of all services while they serve");
  AddDataOption(*command, options->dir);
  command->add_option("--to", options->to, "Directory of the backups (default: `backups` in the data)");
  CLI::Option* list =
      command->add_flag("--list", options->list, "Show the backups that are there instead of making one");
  command->add_flag("--verify", options->verify, "Read everything of a backup instead of making one")->excludes(list);
  command->add_option("--backup", options->number, "The backup to verify (default: the newest)");
  command->add_option("--kek-file", options->kek_file, "To verify: the key file (default: `kek` in the data)");
  command->add_flag("--without-keys", options->without_keys, "To verify: hash the payloads without opening them");
  command->add_flag("--json", options->json, "Print JSON");
  command->footer(
      "What an earlier backup in the same directory has is not copied again. Everything acknowledged before the "
      "command began is in it. The directory must be one that the servers may write to (their --backup_root) and that "
      "this command reaches by the same path. Restored by `anamnesis restore`. --list shows what a backup that was cut "
      "short left, too: with --json in a last object, {\"unnamed\": {service: [number of the backup of its log]}}.");
  command->callback([options, &connection] { Finish(Backup(connection, *options)); });
}

}  // namespace anamnesis::cli
