// The files of a program as its death would leave them.
#pragma once

#include <string>

namespace anamnesis::testing_support {

// Copies a directory in which RocksDB has databases open, its subdirectories too, in the place of what `to` holds. As
// of one instant, if nobody writes to the databases: RocksDB may compact meanwhile, so that a file goes, or is copied
// half written; then everything is copied again. Throws where it cannot be copied.
void CopyRunning(const std::string& from, const std::string& to);

}  // namespace anamnesis::testing_support
