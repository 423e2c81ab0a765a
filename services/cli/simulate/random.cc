#include "services/cli/simulate/random.h"

#include <limits>

namespace anamnesis::simulate {
namespace {

// SplitMix64's finaliser: neighbouring seeds and streams start far apart.
uint64_t Mix(uint64_t value) {
  value += 0x9e3779b97f4a7c15u;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

}  // namespace

Random::Random(uint64_t seed, uint64_t stream) : generator_(Mix(Mix(seed) ^ stream)) {}

uint64_t Random::Below(uint64_t bound) {
  // Draws from the incomplete last range are thrown away; otherwise low results would be more likely.
  const uint64_t limit = std::numeric_limits<uint64_t>::max() - std::numeric_limits<uint64_t>::max() % bound;
  uint64_t draw;
  do {
    draw = generator_();
  } while (draw >= limit);
  return draw % bound;
}

int Random::Between(int low, int high) {
  return low + static_cast<int>(Below(static_cast<uint64_t>(high - low) + 1));
}

bool Random::Chance(int percent) {
  return Between(0, 99) < percent;
}

}  // namespace anamnesis::simulate
