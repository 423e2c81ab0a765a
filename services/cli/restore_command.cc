// `anamnesis restore`.
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "backup/restore.h"
#include "base/clock.h"
#include "base/status.h"
#include "google/protobuf/util/time_util.h"
#include "nlohmann/json.hpp"
#include "services/cli/backup_verdicts.h"
#include "services/cli/commands.h"
#include "services/cli/installation.h"
#include "services/cli/progress_bar.h"
#include "services/cli/table.h"

namespace anamnesis::cli {
namespace {

struct RestoreCommandOptions {
  std::string from;
  std::string data_dir;
  std::string kek_file;
  std::vector<std::string> to_positions;
  std::string to_time;
  uint32_t number = 0;
  bool without_keys = false;
  bool json = false;
};

absl::StatusOr<std::map<std::string, uint64_t>> ParsePositions(const std::vector<std::string>& texts) {
  std::map<std::string, uint64_t> positions;
  for (const std::string& text : texts) {
    const std::vector<std::string> parts = absl::StrSplit(text, '=');
    uint64_t position = 0;
    if (parts.size() != 2 || !absl::SimpleAtoi(parts[1], &position)) {
      return absl::InvalidArgumentError(absl::StrCat("'", text, "' is no position: write patient=1000"));
    }
    if (!positions.emplace(parts[0], position).second) {
      return absl::InvalidArgumentError(absl::StrCat("two positions are given for ", parts[0]));
    }
  }
  return positions;
}

absl::StatusOr<std::optional<int64_t>> ParseTime(const std::string& text) {
  if (text.empty()) return std::optional<int64_t>();
  google::protobuf::Timestamp time;
  if (google::protobuf::util::TimeUtil::FromString(text, &time)) return std::optional(ToMicros(time));
  return absl::InvalidArgumentError(absl::StrCat("'", text, "' is no time: write 2026-11-26T14:00:00Z"));
}

void Print(const std::vector<backup::RestoredPart>& restored, uint32_t number, bool json) {
  if (json) {
    nlohmann::ordered_json out = {
        {"backup", number}
    };
    for (const backup::RestoredPart& part : restored) {
      out["services"][part.service] = {
          {"log_id",    part.log_id   },
          {"position",  part.position },
          {"backed_up", part.backed_up},
          {"erased",    part.erased   }
      };
    }
    std::cout << out.dump() << "\n";
    return;
  }
  Table table({"service", "restored up to", "backup went to", "erased"});
  for (const backup::RestoredPart& part : restored) {
    table.Add(
        {part.service, std::to_string(part.position), std::to_string(part.backed_up), std::to_string(part.erased)});
  }
  table.Print(std::cout, TerminalWidth(), "");
}

absl::Status Restore(const RestoreCommandOptions& options) {
  if (options.kek_file.empty() && !options.without_keys) {
    return absl::InvalidArgumentError(
        "give the key file of the backup's time with --kek-file, so that what is restored is read and verified; or "
        "--without-keys");
  }
  backup::RestoreOptions how{.directory = std::filesystem::absolute(options.from).lexically_normal().string(),
                             .data_dir = options.data_dir};
  ASSIGN_OR_RETURN(how.to_positions, ParsePositions(options.to_positions));
  ASSIGN_OR_RETURN(how.to_micros, ParseTime(options.to_time));
  ASSIGN_OR_RETURN(how.keks, LoadKeks(options.kek_file, options.without_keys));
  ASSIGN_OR_RETURN(const backup::Manifest manifest, FindBackup(how.directory, options.number));
  std::vector<backup::RestoredPart> restored;
  {
    ProgressLine line;
    std::unique_ptr<ProgressBar> bar;
    if (isatty(STDERR_FILENO) != 0) {
      bar = std::make_unique<ProgressBar>([&line] { return line.Text(); }, std::cerr);
    }
    how.progress = [&line](std::string_view service, std::string_view what, uint64_t done, uint64_t all) {
      line.Say(absl::StrCat("(", std::string(what), " the ", std::string(service), " service)"), done, all);
    };
    ASSIGN_OR_RETURN(restored, backup::Restore(manifest, how));
  }
  Print(restored, manifest.number, options.json);
  if (!options.json) {
    std::cout << "Put the key file to " << KekPath(options.data_dir) << " (mode 600), then `anamnesis up --data "
              << options.data_dir << "`. The read model is built anew. Erase again who was erased since the backup.\n";
  }
  return absl::OkStatus();
}

}  // namespace

void AddRestoreCommand(CLI::App& app) {
  auto options = std::make_shared<RestoreCommandOptions>();
  CLI::App* command = app.add_subcommand("restore", "Restore a backup to a new data directory, verified");
  command->add_option("--from", options->from, "Directory of the backups")->required();
  command->add_option("--backup", options->number, "Which backup (default: the newest)");
  command->add_option("--data", options->data_dir, "The data directory to make; it must not be there or be empty")
      ->required();
  command->add_option("--kek-file", options->kek_file, "The key file of the backup's time; only read");
  command->add_flag("--without-keys", options->without_keys, "Restore the whole backup without opening the payloads");
  command
      ->add_option("--to-position", options->to_positions,
                   "How far to restore a service: patient=1000,encounter=900; one that is not named goes to its end")
      ->delimiter(',');
  command->add_option("--to-time", options->to_time, "Restore what was recorded by then: 2026-11-26T14:00:00Z");
  command->add_flag("--json", options->json, "Print one JSON object");
  command->footer(
      "Nothing stands in the data directory before all of it does, and has been read and verified. An earlier position "
      "or time is that of the last command before it: what was recorded together is never cut in two.");
  command->callback([options] { Finish(Restore(*options)); });
}

}  // namespace anamnesis::cli
