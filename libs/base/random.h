// Randomness that nobody can guess.
#pragma once

#include <cstddef>

namespace anamnesis {

// Fills `out` from OpenSSL's generator. Thread-safe. Ends the process where there is no randomness: no ids, no keys.
void RandomBytes(unsigned char* out, size_t size);

}  // namespace anamnesis
