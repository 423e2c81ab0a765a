// Every source is built: a file that no CMakeLists.txt names would be forgotten without a word, and a test in it
// would never run.
#pragma once

#include "tests/tidy/tree.h"

namespace anamnesis::tidy {

// Complains of every .cc and .proto among `files` that no CMakeLists.txt or .cmake among them names.
Complaints CheckBuildLists(const std::vector<File>& files);

}  // namespace anamnesis::tidy
