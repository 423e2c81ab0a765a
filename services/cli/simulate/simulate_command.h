// `anamnesis simulate`: writes a simulated clinic to files that `anamnesis import` reads, or plays the scripted one.
#pragma once

#include <CLI/App.hpp>
#include <functional>

#include "absl/status/status.h"

namespace anamnesis::simulate {

// Plays the scripted clinic against the running services and prints what came of it, as JSON if asked for; into a
// record of others only with `yes`.
using PlayClinic = std::function<absl::Status(bool json, bool yes)>;

// Adds the sub-command. It fails as CLI11 has it: a line on standard error and CLI::RuntimeError with the exit code.
void AddSimulateCommand(CLI::App& app, PlayClinic play_clinic);

}  // namespace anamnesis::simulate
