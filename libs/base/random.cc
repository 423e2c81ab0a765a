#include "base/random.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace anamnesis {
namespace {

constexpr size_t kPoolSize = 4096;

void Generate(unsigned char* out, size_t size) {
  if (RAND_bytes(out, static_cast<int>(size)) != 1) std::abort();
}

}  // namespace

// From a pool per thread, because asking the generator for 16 bytes costs as much as for a page. What was given is
// wiped, so that no key stays behind.
void RandomBytes(unsigned char* out, size_t size) {
  if (size > kPoolSize / 4) return Generate(out, size);
  thread_local std::array<unsigned char, kPoolSize> pool;
  thread_local size_t used = kPoolSize;
  if (used + size > pool.size()) {
    Generate(pool.data(), pool.size());
    used = 0;
  }
  std::copy_n(pool.data() + used, size, out);
  std::fill_n(pool.data() + used, size, static_cast<unsigned char>(0));
  used += size;
}

}  // namespace anamnesis
