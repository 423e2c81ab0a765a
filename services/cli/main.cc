#include <CLI/CLI.hpp>
#include <iostream>
#include <string>
#include <vector>

#include "base/version.h"
#include "services/cli/clinic/play.h"
#include "services/cli/commands.h"
#include "services/cli/connection.h"
#include "services/cli/import/import_command.h"
#include "services/cli/simulate/simulate_command.h"

namespace {

// Of words that no command knows, where CLI11 only says what it misses; empty: there is none.
std::string UnknownWord(CLI::App& app) {
  const std::vector<std::string> unknown = app.remaining(/*recurse=*/true);
  if (unknown.empty()) return "";
  std::string command = "anamnesis";
  for (const CLI::App* at = &app; !at->get_subcommands().empty();) {
    at = at->get_subcommands().front();
    command += " " + at->get_name();
  }
  return "anamnesis: '" + command + "' knows no '" + unknown.front() + "'; `" + command + " --help` says what it knows\n";
}

}  // namespace

int main(int argc, char** argv) {
  using namespace anamnesis;  // NOLINT: a main is a parts list.
  CLI::App app("Anamnesis, an event-sourced clinical record for pain medicine.", "anamnesis");
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", kVersion);
  app.footer("`anamnesis COMMAND --help` says more of a command.");
  cli::Connection connection;
  connection.AddOptions(app);

  cli::AddUpCommand(app, connection);
  cli::AddDownCommand(app);
  cli::AddStatusCommand(app, connection);
  importer::AddImportCommand(app, [&connection] {
    return importer::Services{
        .patient = importer::PatientStreams(connection.Channel("patient"), connection.Caller()),
        .encounter = importer::EncounterStreams(connection.Channel("encounter"), connection.Caller()),
        .medication = importer::MedicationStreams(connection.Channel("medication"), connection.Caller())};
  });
  simulate::AddSimulateCommand(
      app, [&connection](bool json, bool yes) { return clinic::PlayClinic(connection, json, yes); });
  cli::AddSearchCommand(app, connection);
  cli::AddChartCommand(app, connection);
  cli::AddCallCommand(app, connection);
  cli::AddTimelineCommand(app, connection);
  cli::AddMedsCommand(app, connection);
  cli::AddOrderCommands(app, connection);
  cli::AddAcknowledgeCommand(app, connection);
  cli::AddOpioidsCommand(app, connection);
  cli::AddWorklistCommand(app, connection);
  cli::AddReplayCommand(app, connection);
  cli::AddDigestCommand(app, connection);
  cli::AddRebuildCommand(app, connection);
  cli::AddVerifyCommand(app, connection);
  cli::AddKeysCommand(app, connection);
  cli::AddBackupCommand(app, connection);
  cli::AddRestoreCommand(app);
  cli::AddEraseCommand(app, connection);
  cli::AddRulesCommand(app, connection);
  cli::AddExplainCommand(app, connection);
  cli::AddWhatifCommand(app, connection);
  cli::AddProceduresCommand(app, connection);
  int exit_code = 0;
  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    const std::string unknown = UnknownWord(app);
    if (unknown.empty()) app.exit(error);
    std::cerr << unknown;
    exit_code = cli::kFailed;
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error);
    if (exit_code > cli::kUnhealthy) exit_code = cli::kFailed;  // CLI11 has a number for each way to misuse an option.
  }
  if (!std::cout.flush()) {
    std::cerr << "anamnesis: standard output cannot be written; what it holds is not whole\n";
    return cli::kFailed;
  }
  return exit_code;
}
