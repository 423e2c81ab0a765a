// The command line of a server.
#pragma once

#include <string>
#include <vector>

namespace anamnesis::service {

// Parses Abseil flags and gives what is left, the program's name first. `--help` prints the usage and our own flags,
// `--version` the name and the release; both end the process with 0. What is no flag ends it with a message, as Abseil
// has it; --helpfull, --flagfile and --fromenv are Abseil's.
std::vector<char*> ParseFlags(int argc, char** argv, const std::string& program, const std::string& usage);

}  // namespace anamnesis::service
