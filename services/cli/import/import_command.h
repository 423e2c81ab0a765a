// `anamnesis import PATH…`.
#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <ostream>
#include <string>

#include "services/cli/import/engine.h"

namespace anamnesis::importer {

struct ImportOptions {
  EngineOptions engine;
  bool json = false;
  bool progress = false;  // A bar on `err`, which is a terminal.
};

// Exit codes.
inline constexpr int kAllSettled = 0;
inline constexpr int kCouldNotRun = 1;
inline constexpr int kNotAllInRecord = 2;  // Something was rejected, or is there with other content.

// Imports, and prints the summary on `out`, everything else on `err`. SIGINT and SIGTERM stop it in order while it
// runs.
int RunImport(const ImportOptions& options, const Services& services, std::ostream& out, std::ostream& err);

// Adds the sub-command. `connect` is called once, when the sub-command runs. A failure is CLI::RuntimeError with the
// exit code.
void AddImportCommand(CLI::App& app, std::function<Services()> connect);

}  // namespace anamnesis::importer
