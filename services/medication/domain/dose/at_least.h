// Sums of which a part may be unknown.
#pragma once

#include <algorithm>
#include <optional>

#include "services/medication/domain/dose/exact.h"

namespace anamnesis::medication {

// What is known of a number: all of it, or a part, and the rest is unknown, never zero.
struct AtLeast {
  Exact known = 0;
  bool complete = true;

  static AtLeast Of(const std::optional<Exact>& number) { return number ? AtLeast{*number, true} : AtLeast{0, false}; }

  AtLeast& operator+=(const AtLeast& other) {
    known += other.known;
    complete = complete && other.complete;
    return *this;
  }

  // Whether the whole is sure to be that much or more.
  bool Reaches(const Exact& threshold) const { return known >= threshold; }
};

// The greater of two, of which an unknown part of either may make it more.
inline AtLeast Greater(const AtLeast& a, const AtLeast& b) {
  return {std::max(a.known, b.known), a.complete && b.complete};
}

}  // namespace anamnesis::medication
