// What the files under deploy/ say of the programs must be true of the programs.
#pragma once

#include "tests/tidy/tree.h"

namespace anamnesis::tidy {

// Complains of every metric and label of ours or gRPC's in a Prometheus file that no source makes.
Complaints CheckMetricNames(const File& prometheus, const std::vector<File>& sources);

// Complains of every --flag in a systemd unit that no source of the unit's program defines.
Complaints CheckFlags(const File& unit, const std::vector<File>& sources);

// Complains of every message in the first table of the runbook, but for what `…` stands for, that no source says.
Complaints CheckMessages(const File& runbook, const std::vector<File>& sources);

}  // namespace anamnesis::tidy
