// Draws for the simulated clinic that are the same on every machine and compiler for ever. Only the generator comes
// from the standard library, whose numbers are specified; its distributions are not, so the mapping is ours and
// integer. A caller keeps to one draw a statement: the order in which C++ evaluates arguments is not specified.
#pragma once

#include <cstdint>
#include <iterator>
#include <random>

namespace anamnesis::simulate {

class Random {
 public:
  // Streams of one seed are independent, so that a patient does not depend on how many were drawn before.
  Random(uint64_t seed, uint64_t stream);

  // Uniform in [0, bound); `bound` must not be 0.
  uint64_t Below(uint64_t bound);
  // Uniform in [low, high].
  int Between(int low, int high);
  // True in `percent` of 100 draws.
  bool Chance(int percent);

  template <typename Table>
  const auto& Pick(const Table& table) {
    return std::begin(table)[Below(std::size(table))];
  }

 private:
  std::mt19937_64 generator_;
};

}  // namespace anamnesis::simulate
