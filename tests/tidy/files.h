// Rules that a file can be judged by on its own.
#pragma once

#include "tests/tidy/tree.h"

namespace anamnesis::tidy {

// No file is longer than this unless its first lines hold "Long because: <reason>".
inline constexpr size_t kMaxLines = 400;

Complaints CheckLength(const File& file);
// No notes to oneself: what is to be done is done or is an issue.
Complaints CheckNotes(const File& file);
// No test waits for time to pass: it is slow when it passes and fails when the machine is slow. A wait that cannot be
// avoided has "Waits because: <reason>" in the line before.
Complaints CheckSleeps(const File& file);
// Libraries and services write through rpc::Log only, whose keys are a closed list without clinical content. Printing
// is for the last words of a process, before it ends within kLastWords lines, and for the command line tool.
inline constexpr size_t kLastWords = 8;
Complaints CheckPrints(const File& file);

// The top level is the product's and does not grow: what a program leaves there must be named in .gitignore, whose text is
// `ignored`. Names with a dot in front are tools' own.
Complaints CheckTopLevel(const std::vector<std::string>& names, std::string_view ignored);

}  // namespace anamnesis::tidy
