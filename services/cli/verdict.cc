#include "services/cli/verdict.h"

#include <algorithm>
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "evidence/encoding.h"
#include "services/cli/table.h"

namespace anamnesis::cli {
namespace {

void PrintAsJson(const std::vector<Verdict>& verdicts) {
  nlohmann::ordered_json json = {
      {"verified", AllVerified(verdicts)}
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

std::string Summary(const audit::VerifyOptions& how, const audit::LogVerdict& found) {
  std::string summary;
  for (const auto& [name, checkpoint] : how.checkpoints) {
    const bool is_read = found.unreadable.empty() || checkpoint.size < found.unreadable.front().first;
    absl::StrAppend(&summary, summary.empty() ? "" : ", ", is_read ? "" : "not ", name, " of ", checkpoint.size);
  }
  if (summary.empty()) summary = "no checkpoint, for there is none beside the log";
  absl::StrAppend(&summary, ", ", found.opened, " payloads opened");
  if (found.sealed > 0) absl::StrAppend(&summary, ", ", found.sealed, " left sealed");
  if (found.erased > 0) absl::StrAppend(&summary, ", ", found.erased, " erased");
  return summary;
}

}  // namespace

void AddLog(const audit::VerifyOptions& how, const audit::LogVerdict& log, Verdict& verdict) {
  verdict.events = log.events;
  verdict.evidence = Summary(how, log);
  verdict.details["log_id"] = log.log_id;
  verdict.details["opened"] = log.opened;
  verdict.details["sealed"] = log.sealed;
  verdict.details["erased"] = log.erased;
  if (log.unreadable.empty()) {
    verdict.details["root"] = evidence::ToBase64(evidence::BytesOf(log.root));
    return;
  }
  for (const auto& [first, last] : log.unreadable) {
    verdict.details["unreadable"].push_back({
        {"first", first},
        {"last",  last }
    });
  }
}

bool AllVerified(const std::vector<Verdict>& verdicts) {
  return std::all_of(verdicts.begin(), verdicts.end(), [](const Verdict& verdict) { return verdict.problems.empty(); });
}

void PrintVerdicts(const std::vector<Verdict>& verdicts, bool json) {
  json ? PrintAsJson(verdicts) : PrintForPeople(verdicts);
}

}  // namespace anamnesis::cli
