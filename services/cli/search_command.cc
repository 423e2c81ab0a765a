#include <iostream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "services/cli/commands.h"
#include "services/cli/format.h"
#include "services/cli/query.h"
#include "services/cli/table.h"

namespace anamnesis::cli {
namespace {

struct SearchOptions {
  std::string name;
  std::string identifier;
  std::string born;
  uint32_t limit = 25;
  bool json = false;
};

absl::Status Search(const Connection& connection, const SearchOptions& options) {
  chart::v1::SearchPatientsRequest request;
  request.set_name(options.name);
  request.set_identifier_value(options.identifier);
  request.set_page_size(options.limit);
  if (!options.born.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_birth_date(), ParseBorn(options.born));
  }
  Query query(connection);
  ASSIGN_OR_RETURN(const auto found, query.Ask(&chart::v1::ChartService::Stub::SearchPatients, request));
  if (options.json) {
    PrintJson(found);
    return absl::OkStatus();
  }
  Table table({"PATIENT", "NAME", "SEX", "BORN", "IDENTIFIER"});
  for (const auto& match : found.matches()) {
    const auto& patient = match.patient();
    std::string identifier;
    for (const auto& candidate : patient.identifiers()) {
      if (identifier.empty() || (!candidate.type().codings().empty() && candidate.type().codings(0).code() == "MR")) {
        identifier = candidate.value();
      }
    }
    table.Add({patient.patient_id(),
               patient.demographics().names().empty() ? kUnknown : Name(patient.demographics().names(0)),
               Words(patient.demographics().sex()),
               absl::StrCat(Date(patient.demographics().birth_date()), patient.deceased() ? " †" : ""),
               match.views_failed() ? identifier + " (not as of now: its views failed)" : identifier});
  }
  table.Print(std::cout, TerminalWidth(), "no patient is found");
  if (found.info().failed_subjects() > 0) {
    std::cout << "the views of " << found.info().failed_subjects()
              << " records failed, so that one may be missing here; see `anamnesis status`\n";
  }
  if (!found.next_page_token().empty()) std::cout << "… more; narrow the search or raise --limit\n";
  return absl::OkStatus();
}

}  // namespace

void AddSearchCommand(CLI::App& app, Connection& connection) {
  auto options = std::make_shared<SearchOptions>();
  CLI::App* command = app.add_subcommand("search", "Find patients by name, identifier or date of birth");
  command->add_option("NAME", options->name, "Beginnings of names, in any order; accents and case do not matter");
  command->add_option("--id", options->identifier, "An identifier's value, in use or retired");
  command->add_option("--born", options->born, "Date of birth: 1966, 1966-04 or 1966-04-02");
  command->add_option("--limit", options->limit, "Most patients to show")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print one JSON object");
  command->footer(
      "Examples:\n  anamnesis search jose\n  anamnesis search --born 1966-04\n  anamnesis search --id 999-12-3456");
  command->callback([options, &connection] { Finish(Search(connection, *options)); });
}

}  // namespace anamnesis::cli
