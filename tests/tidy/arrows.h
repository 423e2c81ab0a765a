// Which folder may include what: the arrows between the layers of the house.
#pragma once

#include "tests/tidy/tree.h"

namespace anamnesis::tidy {

// Complains of every #include that no arrow allows. Headers of other projects are judged only in domain folders.
Complaints CheckArrows(const File& file);

// Complains of whatever would make a decision depend on more than its arguments: clock, randomness, threads, I/O.
Complaints CheckPurity(const File& file);

}  // namespace anamnesis::tidy
