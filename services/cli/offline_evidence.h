// What stands in a data directory, checked without any server.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace anamnesis::cli {

// The services that own a log; each is a witness of the others.
inline constexpr const char* kLogOwners[] = {"patient", "encounter", "medication"};

// What was found of one service's history.
struct Verdict {
  std::string service;
  uint64_t events = 0;
  std::string evidence;  // What was compared with what, for people.
  std::vector<std::string> problems;
  nlohmann::ordered_json details = nlohmann::ordered_json::object();
};

struct OfflineOptions {
  std::string dir;       // Of the installation.
  std::string kek_file;  // Empty: `kek` in the directory.
  bool without_keys = false;
};

// Reads every record of a service's log, and holds it against its newest checkpoint, its high water, and what the
// witnesses in the same directory keep of it. An error is of reading, not of what was read.
absl::StatusOr<Verdict> VerifyOffline(const std::string& service, const OfflineOptions& options);

}  // namespace anamnesis::cli
