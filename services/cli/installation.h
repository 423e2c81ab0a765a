// The programs of an installation and what has to be there before they start.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "services/cli/connection.h"
#include "services/cli/supervisor.h"

namespace anamnesis::cli {

// Where a server shows its metrics over HTTP.
std::string MetricsAddress(const Connection& connection, const ServerName& server);

// Where an installation keeps its key-encryption keys.
std::string KekPath(const std::string& dir);
// Where the backups of an installation are unless it is said otherwise.
std::string BackupsPath(const std::string& dir);

// The server as a program to run on the directory, from the file beside this process's own. It is in a layer above all
// those that it links to: what it publishes while it stops still reaches the read model, and the end of its log its
// witnesses, but for those that link to it.
// Backups may be written below `backup_root`; below BackupsPath where it is empty.
Program ServerProgram(const Connection& connection, const ServerName& server, const std::string& dir,
                      const std::string& backup_root);

// UNAVAILABLE names a program that is not there or a port that is taken.
absl::Status CheckInstallation(const Connection& connection);

}  // namespace anamnesis::cli
