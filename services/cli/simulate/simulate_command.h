// `anamnesis simulate`: writes the simulated clinic to files that `anamnesis import` reads.
#pragma once

#include <CLI/App.hpp>

namespace anamnesis::simulate {

// Adds the sub-command. It fails as CLI11 has it: a line on standard error and CLI::RuntimeError with the exit code.
void AddSimulateCommand(CLI::App& app);

}  // namespace anamnesis::simulate
