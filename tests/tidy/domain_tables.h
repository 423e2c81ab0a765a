// Each context keeps a table of the practice's concepts (services/<context>/*.md): which commands, events, rules, views
// and tests are each one's. The table and the code hold each other.
#pragma once

#include <string>
#include <vector>

#include "tests/tidy/tree.h"

namespace anamnesis::tidy {

// Complains of every name in a table that is not there, and of every RPC of the context's service (but Submit), event
// and rule that no table names. The columns are concept, commands, events, rules, asked by, tests; names stand in
// backticks: RPCs, fields of the event's oneof, rule ids (or refusals, which need not all be there), RPCs of the chart
// service, fields of its answers or of View, command lines, `Suite.Name` or `Suite`.
Complaints CheckDomainTables(const std::string& context, const std::vector<File>& files);

}  // namespace anamnesis::tidy
