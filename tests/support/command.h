// `anamnesis` run to its end, and what it said.
#pragma once

#include <string>

#include "nlohmann/json.hpp"
#include "tests/support/cluster.h"

namespace anamnesis::testing_support {

struct Answer {
  int exit_code = 0;
  std::string text;  // Standard output.
  std::string said;  // Standard error.
  // Discarded where it is none.
  nlohmann::json json() const { return nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false); }
};

Answer Run(const Cluster& cluster, const std::string& arguments);

}  // namespace anamnesis::testing_support
