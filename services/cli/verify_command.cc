// `anamnesis verify`.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "audit/verify_log.h"
#include "base/status.h"
#include "evidence/encoding.h"
#include "evidence/high_water.h"
#include "evidence/note.h"
#include "nlohmann/json.hpp"
#include "services/cli/commands.h"
#include "services/cli/data_dir.h"
#include "services/cli/installation.h"
#include "services/cli/online_evidence.h"
#include "services/cli/table.h"
#include "services/cli/traces.h"
#include "vault/key_file.h"

namespace anamnesis::cli {
namespace {

constexpr const char* kWriters[] = {"patient", "encounter", "medication"};

struct VerifyOptions {
  std::string dir;
  std::string kek_file;
  std::string known;
  bool offline = false;
  bool without_keys = false;
  bool repair_report = false;
  bool json = false;
};

// One service's result, of either way.
struct Verdict {
  std::string service;
  uint64_t events = 0;
  std::string evidence;  // What was compared with what, for people.
  std::vector<std::string> problems;
  nlohmann::ordered_json details = nlohmann::ordered_json::object();
};

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error) && !error) return absl::NotFoundError(absl::StrCat("there is no ", path));
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::FailedPreconditionError(absl::StrCat("cannot read ", path));
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

std::string FirstLine(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

// The newest checkpoint of a data directory, verified with the public key beside it; none where there is none.
absl::StatusOr<std::optional<evidence::Checkpoint>> StoredCheckpoint(const std::string& dir) {
  const absl::StatusOr<std::string> note = ReadFile(dir + "/checkpoint");
  if (absl::IsNotFound(note.status())) return std::optional<evidence::Checkpoint>();
  RETURN_IF_ERROR(note.status());
  ASSIGN_OR_RETURN(const std::string key, ReadFile(dir + "/signing.key.pub"));
  ASSIGN_OR_RETURN(const evidence::VerifierKey verifier, evidence::VerifierKey::Parse(FirstLine(key)));
  ASSIGN_OR_RETURN(evidence::Checkpoint checkpoint, VerifiedCheckpoint(*note, verifier));
  return std::optional(std::move(checkpoint));
}

absl::StatusOr<Verdict> VerifyOffline(const std::string& service, const VerifyOptions& options) {
  const std::string dir = std::filesystem::absolute(options.dir).string() + "/" + service;
  Verdict verdict{.service = service};
  audit::VerifyOptions how;
  if (!options.without_keys) {
    const std::string path =
        options.kek_file.empty() ? KekPath(std::filesystem::absolute(options.dir)) : options.kek_file;
    ASSIGN_OR_RETURN(vault::KeyRing keks, vault::LoadKeyFile(path));
    how.keks = std::make_shared<const vault::KeyRing>(std::move(keks));
  }
  // Before the log is read: what it is raised by meanwhile does not count.
  const absl::StatusOr<std::optional<evidence::HighWaterMark>> high_water =
      evidence::ReadHighWater(dir + "/high-water");
  absl::StatusOr<std::optional<evidence::Checkpoint>> checkpoint = StoredCheckpoint(dir);
  if (checkpoint.ok()) {
    how.checkpoint = *std::move(checkpoint);
  } else {
    verdict.problems.push_back(absl::StrCat("the checkpoint: ", checkpoint.status().message()));
  }
  if (isatty(STDERR_FILENO) != 0) {
    how.progress = [&](uint64_t done, uint64_t all) {
      std::cerr << "\r" << service << ": " << done << " of " << all << " events ";
      if (done >= all) std::cerr << "\n";
    };
  }
  ASSIGN_OR_RETURN(const audit::LogVerdict found, audit::VerifyLog(dir + "/log", how));
  verdict.events = found.events;
  if (!high_water.ok()) {
    verdict.problems.push_back(absl::StrCat("the high water: ", high_water.status().message()));
  } else if (high_water->has_value()) {
    const evidence::HighWaterMark& mark = **high_water;
    verdict.details["high_water"] = mark.position;
    if (mark.log_id != found.log_id) verdict.problems.push_back("the high water is of another log");
    if (mark.position > found.events) {
      verdict.problems.push_back(absl::StrCat("positions ", found.events + 1, " to ", mark.position,
                                              " are missing: the log was durable up to there"));
    }
  }
  verdict.problems.insert(verdict.problems.end(), found.problems.begin(), found.problems.end());
  verdict.evidence = how.checkpoint.has_value() ? absl::StrCat("checkpoint of ", how.checkpoint->size)
                                                : "no checkpoint, for there is none beside the log";
  absl::StrAppend(&verdict.evidence, ", ", found.opened, " payloads opened");
  if (found.sealed > 0) absl::StrAppend(&verdict.evidence, ", ", found.sealed, " left sealed");
  if (found.erased > 0) absl::StrAppend(&verdict.evidence, ", ", found.erased, " erased");
  verdict.details["log_id"] = found.log_id;
  verdict.details["opened"] = found.opened;
  verdict.details["sealed"] = found.sealed;
  verdict.details["erased"] = found.erased;
  verdict.details["root"] = evidence::ToBase64(evidence::BytesOf(found.root));
  if (how.checkpoint.has_value()) verdict.details["checkpoint_size"] = how.checkpoint->size;
  return verdict;
}

absl::StatusOr<Verdict> VerifyOnline(const Connection& connection, const std::string& service,
                                     KnownCheckpoints& known) {
  ASSIGN_OR_RETURN(const OnlineVerdict found, CheckOnline(connection, service, known));
  return Verdict{
      .service = service,
      .events = found.size,
      .evidence = found.evidence,
      .problems = found.problems,
      .details = {{"verifier_key", found.verifier_key}, {"proved", found.proved}}
  };
}

void PrintAsJson(const std::vector<Verdict>& verdicts, bool verified) {
  nlohmann::ordered_json json = {
      {"verified", verified}
  };
  for (const Verdict& verdict : verdicts) {
    nlohmann::ordered_json entry = {
        {"events",   verdict.events  },
        {"problems", verdict.problems}
    };
    entry.update(verdict.details);
    json["services"][verdict.service] = std::move(entry);
  }
  std::cout << json.dump() << "\n";
}

void PrintForPeople(const std::vector<Verdict>& verdicts) {
  Table table({"service", "events", "compared with", "result"});
  for (const Verdict& verdict : verdicts) {
    table.Add({verdict.service, std::to_string(verdict.events), verdict.evidence,
               verdict.problems.empty() ? "verified" : absl::StrCat(verdict.problems.size(), " problems")});
  }
  table.Print(std::cout, TerminalWidth(), "");
  for (const Verdict& verdict : verdicts) {
    for (const std::string& problem : verdict.problems) std::cout << verdict.service << ": " << problem << "\n";
  }
}

// Of a log that lost its end: which events, and who else knows of them.
void AddRepairReport(const Connection& connection, Verdict& verdict) {
  const uint64_t reached =
      std::max(verdict.details.value("high_water", uint64_t{0}), verdict.details.value("checkpoint_size", uint64_t{0}));
  if (reached <= verdict.events) return;
  nlohmann::ordered_json lost = {
      {"first",     verdict.events + 1             },
      {"last",      reached                        },
      {"elsewhere", nlohmann::ordered_json::array()}
  };
  for (const Trace& trace : TracesOf(connection, verdict.service)) {
    const uint64_t known = trace.position > verdict.events ? std::min(trace.position, reached) - verdict.events : 0;
    lost["elsewhere"].push_back({
        {"where",        trace.where   },
        {"as",           trace.what    },
        {"up_to",        trace.position},
        {"of_the_lost",  known         },
        {"not_answered", trace.problem }
    });
  }
  verdict.details["lost"] = std::move(lost);
}

void PrintRepairReport(const Verdict& verdict) {
  if (!verdict.details.contains("lost")) {
    std::cout << verdict.service << ": nothing is missing at the end\n";
    return;
  }
  const auto& lost = verdict.details["lost"];
  std::cout << verdict.service << ": the events " << lost["first"] << " to " << lost["last"] << " are missing\n";
  for (const auto& trace : lost["elsewhere"]) {
    std::cout << "  " << trace["where"].get<std::string>() << ": ";
    if (const std::string problem = trace["not_answered"]; !problem.empty()) {
      std::cout << problem << "\n";
    } else {
      std::cout << "has come to " << trace["up_to"] << ", and holds " << trace["of_the_lost"] << " of them as "
                << trace["as"].get<std::string>() << "\n";
    }
  }
}

absl::Status Verify(const Connection& connection, const VerifyOptions& options) {
  if (options.repair_report && !options.offline) {
    return absl::InvalidArgumentError("--repair-report needs --offline: it is of what is on disk");
  }
  std::vector<Verdict> verdicts;
  KnownCheckpoints known(options.known);
  RETURN_IF_ERROR(known.Load());
  bool verified = true;
  for (const char* service : kWriters) {
    ASSIGN_OR_RETURN(verdicts.emplace_back(),
                     options.offline ? VerifyOffline(service, options) : VerifyOnline(connection, service, known));
    verified = verified && verdicts.back().problems.empty();
    if (options.repair_report) AddRepairReport(connection, verdicts.back());
  }
  if (options.json) {
    PrintAsJson(verdicts, verified);
  } else {
    PrintForPeople(verdicts);
    for (const Verdict& verdict : verdicts) {
      if (options.repair_report) PrintRepairReport(verdict);
    }
  }
  if (!verified)
    return absl::DataLossError("the history does not verify; keep the data as it is and find out who wrote");
  return options.offline ? absl::OkStatus() : known.Save();
}

}  // namespace

void AddVerifyCommand(CLI::App& app, Connection& connection) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* command = app.add_subcommand("verify", "Prove that the recorded history was not rewritten");
  AddDataOption(*command, options->dir);
  command->add_flag(
      "--offline", options->offline,
      "Read every record of the data directory instead of asking the servers; they may be running or not");
  command->add_option("--kek-file", options->kek_file, "Offline: the key file (default: `kek` in the data)");
  command->add_flag("--without-keys", options->without_keys, "Offline: hash the payloads without opening them");
  command->add_flag("--repair-report", options->repair_report,
                    "Offline: which events a log lost at its end, and what the read model and the services that follow "
                    "it, as far as they answer, know of them");
  command
      ->add_option("--known", options->known, "Online: file that remembers the keys and checkpoints that were verified")
      ->default_val(KnownCheckpoints::DefaultPath());
  command->add_flag("--json", options->json, "Print one JSON object");
  command->footer(
      "Online, each server's signed checkpoint must continue the one that was verified last, and records spread over "
      "the\n"
      "history are proved to be in it. Ends with 0 only when everything verifies.");
  command->callback([options, &connection] { Finish(Verify(connection, *options)); });
}

}  // namespace anamnesis::cli
