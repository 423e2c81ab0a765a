// What others know of events that a log may have lost.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "services/cli/connection.h"

namespace anamnesis::cli {

// How far one of them had come in a service's log.
struct Trace {
  std::string where;  // `readmodel`, or the service that follows.
  std::string what;   // What it made of the events: `views`, `facts`.
  uint64_t position = 0;
  std::string problem;  // Why it cannot be said; empty where it can.
};

// Of the read model and of every service that follows this one; the service itself need not run.
std::vector<Trace> TracesOf(const Connection& connection, const std::string& service);

}  // namespace anamnesis::cli
