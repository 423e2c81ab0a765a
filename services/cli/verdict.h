// What a verification found of one service, and how it is shown.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "audit/verify_log.h"
#include "nlohmann/json.hpp"

namespace anamnesis::cli {

struct Verdict {
  std::string service;
  uint64_t events = 0;
  std::string evidence;  // What was compared with what, for people.
  std::vector<std::string> problems;
  nlohmann::ordered_json details = nlohmann::ordered_json::object();
};

// Adds what was read of a log, and the checkpoints that it was compared with.
void AddLog(const audit::VerifyOptions& how, const audit::LogVerdict& log, Verdict& verdict);

bool AllVerified(const std::vector<Verdict>& verdicts);
// One JSON object, or a table and a line for each problem.
void PrintVerdicts(const std::vector<Verdict>& verdicts, bool json);

}  // namespace anamnesis::cli
