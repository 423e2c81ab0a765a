// Ending the process over a fault in the program itself. Internal.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace anamnesis::rpc {

// Says why on stderr and aborts.
[[noreturn]] inline void Die(const std::string& why) {
  std::fprintf(stderr, "anamnesis: %s\n", why.c_str());
  std::abort();
}

}  // namespace anamnesis::rpc
