// An installation, and the real program that asks it, run as a person runs it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "anamnesis/medication/v1/types.pb.h"
#include "nlohmann/json.hpp"
#include "tests/support/child.h"
#include "tests/support/cluster.h"

namespace anamnesis::cli {

using Arguments = std::vector<std::string>;

// Nothing listens there.
inline constexpr char kNoServer[] = "127.0.0.1:1";

// What a command that ended has said.
struct Outcome {
  int exit_code;
  std::string out;
  std::string err;

  std::vector<std::string> lines() const;
  // Discarded where `out` is not one JSON value.
  nlohmann::json json() const;
};

// Three simulated patients, Ada Twining (T-1) with a problem and an order whose dose nobody said, and Ben Twining
// (T-2); shared by all tests.
class CommandsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();

  // Runs a command to its end. An address that `arguments` gives goes before the installation's.
  static Outcome Run(const Arguments& arguments);
  // Starts a command that lasts, with its standard output joined to what Child reads.
  static std::unique_ptr<testing_support::Child> Start(const Arguments& arguments);
  // Imports a file or directory, and returns when the read model shows it.
  static void Import(const std::string& path);
  // Records what became of a dose of Ada's order, and returns when the read model shows it.
  static void Administer(medication::v1::AdministrationStatus status);
  // Records of Ben who cares for him, what he decided and how his pain is, and returns when the read model shows it.
  static void RecordPeopleAndDecisions();
  // Returns when the read model shows all that is recorded.
  static void AwaitShown();
  static uint64_t Tail(const std::string& service);
  // A lone patient in FHIR.
  static std::string Patient(const std::string& mrn, const std::string& family, const std::string& given);
  // Expects that a command fails and says why in one line.
  static void ExpectFailure(const Arguments& arguments, int exit_code, const std::string& why);

  static inline std::unique_ptr<testing_support::TempDir> dir_;
  static inline std::unique_ptr<testing_support::Cluster> cluster_;
};

}  // namespace anamnesis::cli
