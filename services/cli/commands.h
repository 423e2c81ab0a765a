// The sub-commands of `anamnesis`. Each adds itself to the program; when it runs it prints its answer on standard
// output and fails as `Finish` says.
#pragma once

#include <CLI/App.hpp>
#include <string>

#include "absl/status/status.h"
#include "services/cli/connection.h"

namespace anamnesis::cli {

// Exit codes; 0 is success.
inline constexpr int kFailed = 1;
inline constexpr int kNotFound = 2;   // Nothing, or more than one thing, is what was asked for.
inline constexpr int kUnhealthy = 3;  // `status` found a server that is not well.

// Ends a command: returns where the status is OK, else prints one line on standard error and throws CLI::RuntimeError
// with the exit code, as CLI11 has it.
void Finish(const absl::Status& status);

// Checks an option that is a position in a log: 1 or more.
std::string CheckPosition(const std::string& text);

void AddUpCommand(CLI::App& app, Connection& connection);
void AddDownCommand(CLI::App& app);
void AddSearchCommand(CLI::App& app, Connection& connection);
void AddChartCommand(CLI::App& app, Connection& connection);
void AddCallCommand(CLI::App& app, Connection& connection);
void AddTimelineCommand(CLI::App& app, Connection& connection);
void AddMedsCommand(CLI::App& app, Connection& connection);
void AddOrderCommands(CLI::App& app, Connection& connection);
void AddAcknowledgeCommand(CLI::App& app, Connection& connection);
void AddOpioidsCommand(CLI::App& app, Connection& connection);
void AddWorklistCommand(CLI::App& app, Connection& connection);
void AddReplayCommand(CLI::App& app, Connection& connection);
void AddStatusCommand(CLI::App& app, Connection& connection);
void AddDigestCommand(CLI::App& app, Connection& connection);
void AddVerifyCommand(CLI::App& app, Connection& connection);
void AddKeysCommand(CLI::App& app, Connection& connection);
void AddBackupCommand(CLI::App& app, Connection& connection);
void AddRestoreCommand(CLI::App& app);
void AddEraseCommand(CLI::App& app, Connection& connection);
void AddRebuildCommand(CLI::App& app, Connection& connection);
void AddRulesCommand(CLI::App& app, Connection& connection);
void AddExplainCommand(CLI::App& app, Connection& connection);
void AddWhatifCommand(CLI::App& app, Connection& connection);
void AddProceduresCommand(CLI::App& app, Connection& connection);

}  // namespace anamnesis::cli
