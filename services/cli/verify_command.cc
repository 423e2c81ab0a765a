// `anamnesis verify`.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "nlohmann/json.hpp"
#include "services/cli/backup_verdicts.h"
#include "services/cli/commands.h"
#include "services/cli/data_dir.h"
#include "services/cli/installation.h"
#include "services/cli/offline_evidence.h"
#include "services/cli/online_evidence.h"
#include "services/cli/traces.h"
#include "services/cli/verdict.h"

namespace anamnesis::cli {
namespace {

struct VerifyOptions {
  OfflineOptions disk;
  uint32_t backup = 0;
  std::string known;
  bool known_given = false;
  bool offline = false;
  bool repair_report = false;
  bool json = false;
};

absl::StatusOr<Verdict> VerifyOnline(const Connection& connection, const std::string& service,
                                     KnownCheckpoints& known) {
  ASSIGN_OR_RETURN(const OnlineVerdict found, CheckOnline(connection, service, known));
  return Verdict{
      .service = service,
      .events = found.size,
      .evidence = found.evidence,
      .problems = found.problems,
      .details = {{"verifier_key", found.verifier_key}, {"proved", found.proved}, {"witnessed", found.witnessed}}
  };
}

bool HoldsLogs(const std::string& directory) {
  std::error_code error;
  return std::ranges::any_of(kLogOwners, [&](const std::string& service) {
    return std::filesystem::exists(absl::StrCat(directory, "/", service, "/log/CURRENT"), error);
  });
}

absl::StatusOr<std::vector<Verdict>> VerifyBackupIn(const VerifyOptions& options) {
  ASSIGN_OR_RETURN(const backup::Manifest manifest, FindBackup(options.disk.dir, options.backup));
  const std::string kek = options.disk.kek_file.empty() ? KekPath(options.disk.dir) : options.disk.kek_file;
  ASSIGN_OR_RETURN(const auto keks, LoadKeks(kek, options.disk.without_keys));
  return VerifyBackup(options.disk.dir, manifest, keks);
}

// Who else knows of a stretch of events that a log lost or cannot read.
nlohmann::ordered_json ElsewhereOf(const std::vector<Trace>& traces, uint64_t first, uint64_t last) {
  auto elsewhere = nlohmann::ordered_json::array();
  for (const Trace& trace : traces) {
    const uint64_t known = trace.position >= first ? std::min(trace.position, last) - first + 1 : 0;
    elsewhere.push_back({
        {"where",        trace.where   },
        {"as",           trace.what    },
        {"up_to",        trace.position},
        {"of_the_lost",  known         },
        {"not_answered", trace.problem }
    });
  }
  return elsewhere;
}

// Of a log that lost its end, or of which something cannot be read: which events, and who else knows of them.
void AddRepairReport(const Connection& connection, Verdict& verdict) {
  uint64_t reached =
      std::max(verdict.details.value("high_water", uint64_t{0}), verdict.details.value("checkpoint_size", uint64_t{0}));
  if (verdict.details.contains("witnessed")) {
    for (const auto& [witness, size] : verdict.details["witnessed"].items()) {
      reached = std::max(reached, size.get<uint64_t>());
    }
  }
  const bool unreadable = verdict.details.contains("unreadable");
  if (reached <= verdict.events && !unreadable) return;
  const std::vector<Trace> traces = TracesOf(connection, verdict.service);
  if (unreadable) {
    for (auto& stretch : verdict.details["unreadable"]) {
      stretch["elsewhere"] = ElsewhereOf(traces, stretch["first"], stretch["last"]);
    }
  }
  if (reached <= verdict.events) return;
  nlohmann::ordered_json lost = {
      {"first", verdict.events + 1},
      {"last",  reached           }
  };
  lost["elsewhere"] = ElsewhereOf(traces, verdict.events + 1, reached);
  verdict.details["lost"] = std::move(lost);
}

void PrintStretch(const Verdict& verdict, const nlohmann::ordered_json& stretch, const char* what) {
  std::cout << verdict.service << ": the events " << stretch["first"] << " to " << stretch["last"] << " " << what
            << "\n";
  for (const auto& trace : stretch["elsewhere"]) {
    std::cout << "  " << trace["where"].get<std::string>() << ": ";
    if (const std::string problem = trace["not_answered"]; !problem.empty()) {
      std::cout << problem << "\n";
    } else {
      std::cout << "has come to " << trace["up_to"] << ", and holds " << trace["of_the_lost"] << " of them as "
                << trace["as"].get<std::string>() << "\n";
    }
  }
}

void PrintRepairReport(const Verdict& verdict) {
  if (verdict.details.contains("unreadable")) {
    for (const auto& stretch : verdict.details["unreadable"]) PrintStretch(verdict, stretch, "cannot be read");
  }
  if (verdict.details.contains("lost")) return PrintStretch(verdict, verdict.details["lost"], "are missing");
  if (verdict.details.contains("log_id")) {
    std::cout << verdict.service << ": nothing is missing at the end\n";
  } else {
    std::cout << verdict.service << ": nothing of the log can be read\n";
  }
}

absl::Status Verify(const Connection& connection, const VerifyOptions& options) {
  if (options.repair_report && !options.offline) {
    return absl::InvalidArgumentError("--repair-report needs --offline: it is of what is on disk");
  }
  std::vector<Verdict> verdicts;
  KnownCheckpoints known(options.known, /*makes_directory=*/!options.known_given);
  if (!options.offline) RETURN_IF_ERROR(known.Load());
  const bool of_backups = options.offline && HoldsBackups(options.disk.dir);
  if (options.offline && !of_backups) RETURN_IF_ERROR(CheckHoldsRecord(options.disk.dir));
  if (options.offline && !of_backups && options.backup > 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--backup is of a directory of backups, which ", options.disk.dir, " is not"));
  }
  if (of_backups && HoldsLogs(options.disk.dir)) {
    return absl::FailedPreconditionError(
        absl::StrCat(options.disk.dir, " holds backups beside the logs of services, and one must not be taken for the ",
                     "other: find out who put them there, and move the backups away"));
  }
  if (of_backups && options.repair_report) {
    return absl::InvalidArgumentError("--repair-report is of a data directory, not of backups");
  }
  if (of_backups) {
    ASSIGN_OR_RETURN(verdicts, VerifyBackupIn(options));
  } else {
    for (const char* service : kLogOwners) {
      ASSIGN_OR_RETURN(verdicts.emplace_back(), options.offline ? VerifyOffline(service, options.disk)
                                                                : VerifyOnline(connection, service, known));
      if (options.repair_report) AddRepairReport(connection, verdicts.back());
    }
  }
  PrintVerdicts(verdicts, options.json);
  for (const Verdict& verdict : verdicts) {
    if (options.repair_report && !options.json) PrintRepairReport(verdict);
  }
  if (!AllVerified(verdicts))
    return absl::DataLossError("the history does not verify; keep the data as it is and find out who wrote");
  return options.offline ? absl::OkStatus() : known.Save();
}

}  // namespace

void AddVerifyCommand(CLI::App& app, Connection& connection) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* command = app.add_subcommand("verify", "Prove that the recorded history was not rewritten");
  AddDataOption(*command, options->disk.dir);
  CLI::Option* offline = command->add_flag(
      "--offline", options->offline,
      "Read every record of the data directory instead of asking the servers; they may be running or not. Of a "
      "directory of backups, the newest backup");
  command->add_option("--backup", options->backup, "Offline: of a directory of backups, the one of this number")
      ->needs(offline);
  command->add_option("--kek-file", options->disk.kek_file, "Offline: the key file (default: `kek` in the data)")
      ->needs(offline);
  command->add_flag("--without-keys", options->disk.without_keys, "Offline: hash the payloads without opening them")
      ->needs(offline);
  command->add_flag("--repair-report", options->repair_report,
                    "Offline: which events a log lost at its end, and what the read model and the services that follow "
                    "it, as far as they answer, know of them");
  CLI::Option* known = command
                           ->add_option("--known", options->known,
                                        "Online: file that remembers the keys and checkpoints that were verified")
                           ->default_val(KnownCheckpoints::DefaultPath())
                           ->excludes(offline);
  command->add_flag("--json", options->json, "Print one JSON object");
  command->footer(
      "Online, each server's signed checkpoint must continue the one that was verified last, and records spread over "
      "the\n"
      "history are proved to be in it. Ends with 0 only when everything verifies.");
  command->callback([options, known, &connection] {
    options->known_given = known->count() > 0;
    Finish(Verify(connection, *options));
  });
}

}  // namespace anamnesis::cli
