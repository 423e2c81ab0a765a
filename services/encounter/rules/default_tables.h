// The rule tables that a new record begins with: the JSON files of this folder, as they were when the program was
// built.
#pragma once

#include <vector>

#include "service/table_file.h"

namespace anamnesis::encounter {

// By name.
const std::vector<service::TableFile>& DefaultTableFiles();

}  // namespace anamnesis::encounter
