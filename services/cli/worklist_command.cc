// `anamnesis worklist`: for whom something is to be done.
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/status.h"
#include "services/cli/commands.h"
#include "services/cli/format.h"
#include "services/cli/query.h"
#include "services/cli/table.h"

namespace anamnesis::cli {
namespace {

constexpr uint32_t kPage = 500;
constexpr char kPrefix[] = "WORKLIST_";

struct WorklistOptions {
  std::string name;
  std::string as_of;
  std::string recorded_by;
  std::string practitioner;
  bool json = false;
};

// `drug-tests` for WORKLIST_DRUG_TESTS, in the order of the contract.
std::vector<std::string> Names() {
  std::vector<std::string> names;
  const auto& type = *chart::v1::Worklist_descriptor();
  for (int i = 1; i < type.value_count(); ++i) {
    const std::string name = type.value(i)->name().substr(sizeof(kPrefix) - 1);
    names.push_back(absl::StrReplaceAll(absl::AsciiStrToLower(name), {
                                                                         {"_", "-"}
    }));
  }
  return names;
}

absl::StatusOr<chart::v1::Worklist> Named(const std::string& name) {
  const std::string value = kPrefix + absl::AsciiStrToUpper(absl::StrReplaceAll(name, {
                                                                                          {"-", "_"}
  }));
  chart::v1::Worklist worklist = chart::v1::WORKLIST_UNSPECIFIED;
  if (chart::v1::Worklist_Parse(value, &worklist) && worklist != chart::v1::WORKLIST_UNSPECIFIED) return worklist;
  return absl::InvalidArgumentError(
      absl::StrCat("there is no worklist '", name, "'; there are: ", absl::StrJoin(Names(), ", ")));
}

std::vector<std::string> Row(const chart::v1::WorkItem& item) {
  const auto& patient = item.patient();
  return {item.has_due() ? Day(item.due()) : "now",
          patient.demographics().names().empty() ? kUnknown : Name(patient.demographics().names(0)),
          patient.patient_id(), absl::StrCat(item.mme_at_least() ? "at least " : "", item.mme_per_day()),
          absl::StrJoin(item.about(), ", ")};
}

absl::Status Worklist(const Connection& connection, const WorklistOptions& options) {
  Query query(connection);
  chart::v1::ListWorkRequest request;
  ASSIGN_OR_RETURN(const chart::v1::Worklist worklist, Named(options.name));
  request.set_worklist(worklist);
  const std::string as_of =
      options.as_of.empty() ? absl::FormatTime(absl::RFC3339_full, absl::Now(), absl::UTCTimeZone()) : options.as_of;
  ASSIGN_OR_RETURN(*request.mutable_as_of(), ParseTime(as_of));
  if (!options.recorded_by.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_options()->mutable_as_of_recorded(), ParseTime(options.recorded_by));
  }
  request.set_practitioner_id(options.practitioner);
  request.set_page_size(kPage);
  Table table({"DUE", "PATIENT", "ID", "MME A DAY", "ABOUT"});
  do {
    ASSIGN_OR_RETURN(const auto page, query.Ask(&chart::v1::ChartService::Stub::ListWork, request));
    for (const auto& item : page.items()) {
      if (options.json) PrintJson(item);
      table.Add(Row(item));
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  if (!options.json) table.Print(std::cout, TerminalWidth(), "nobody is on this list");
  return absl::OkStatus();
}

}  // namespace

void AddWorklistCommand(CLI::App& app, Connection& connection) {
  auto options = std::make_shared<WorklistOptions>();
  CLI::App* command = app.add_subcommand("worklist", "Show for whom something is to be done");
  command->add_option("NAME", options->name, absl::StrCat("Which list: ", absl::StrJoin(Names(), ", ")))->required();
  command->add_option("--as-of", options->as_of, "The day or time as of which it is due (default: now)");
  command->add_option("--recorded-by", options->recorded_by,
                      "Look at what had been recorded by this time (default: all that is)");
  command->add_option("--practitioner", options->practitioner, "Only this practitioner's, by id");
  command->add_flag("--json", options->json, "Print one JSON object a line");
  command->footer(
      "A day of the past is judged by what is known of it now; with --recorded-by, by what was known "
      "then.\n\nExample:\n"
      "  anamnesis worklist pdmp --as-of 2027-01-31");
  command->callback([options, &connection] { Finish(Worklist(connection, *options)); });
}

}  // namespace anamnesis::cli
