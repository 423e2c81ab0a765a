// The directory in which an installation keeps everything: the data of each server in a directory of its name, what
// they print in `logs`, and `up.pid`, locked by the process that runs them.
#pragma once

#include <CLI/App.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "services/cli/fd.h"

namespace anamnesis::cli {

// The services that own a log; each is a witness of the others.
inline constexpr const char* kLogOwners[] = {"patient", "encounter", "medication"};

// Adds --data, which is $XDG_DATA_HOME/anamnesis or ~/.local/share/anamnesis where it is not given.
void AddDataOption(CLI::App& command, std::string& dir);

std::string LogPath(const std::string& dir, const std::string& program);

// NOT_FOUND where no service has a log below the directory: it is another one than was meant.
absl::Status CheckHoldsRecord(const std::string& dir);

// Makes the directory and its `logs`, for this user only, where they do not exist.
absl::Status MakeDataDir(const std::string& dir);

// Makes this process the one that runs the installation for as long as the descriptor is open; a fork does not inherit
// that. ALREADY_EXISTS names the process that runs it.
absl::StatusOr<Fd> LockDataDir(const std::string& dir);

// The process that runs the installation; 0: none. The system says so, thus the answer is never about a process that
// has died.
absl::StatusOr<pid_t> RunningOn(const std::string& dir);

}  // namespace anamnesis::cli
