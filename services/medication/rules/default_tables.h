// The rule tables that a new record begins with: the JSON files of this folder, as they were when the program was
// built.
#pragma once

#include <string>
#include <vector>

namespace anamnesis::medication {

struct TableFile {
  std::string name;
  std::string json;
};

// By name.
const std::vector<TableFile>& DefaultTableFiles();

}  // namespace anamnesis::medication
