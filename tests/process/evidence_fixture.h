// What the tests of evidence through the real programs share.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "tests/support/cluster.h"

namespace anamnesis {

// An installation, its `anamnesis verify`, and copies of directories that are put back later.
class EvidenceTest : public testing::Test {
 protected:
  // All four servers.
  void Start();
  std::string Kek() const { return dir_.path() + "/kek"; }

  // The command line tool on these servers; arguments follow.
  std::string Anamnesis() const;

  struct Answer {
    int exit_code;
    nlohmann::json json;
  };
  Answer Verify(const std::string& arguments);
  Answer Online() { return Verify(""); }
  Answer Offline() { return Verify("--offline --data '" + dir_.path() + "'"); }

  // Keeps a directory as it is, and puts it in the place of what it has become.
  void KeepCopy(const std::string& of) const;
  void PutBackCopy(const std::string& of) const;

  // What a service says that does not start.
  std::string StartingAlone(const std::string& name, const std::string& flags = "") const;

  // Returns when the read model and encounterd know the patient service's events up to there.
  void AwaitKnown(uint64_t position);

  void Record(int problems);

  testing_support::TempDir dir_;
  testing_support::Cluster cluster_{dir_.path()};
  std::vector<std::string> patients_;
};

}  // namespace anamnesis
