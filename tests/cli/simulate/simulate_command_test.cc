#include "services/cli/simulate/simulate_command.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace anamnesis::simulate {
namespace {

namespace fs = std::filesystem;

class SimulateCommandTest : public ::testing::Test {
 protected:
  SimulateCommandTest()
      : directory_(fs::path(testing::TempDir()) / ("simulate-" + std::to_string(getpid()) + "-" +
                                                   testing::UnitTest::GetInstance()->current_test_info()->name())) {
    AddSimulateCommand(app_, [this](bool json, bool yes) {
      played_.push_back(json);
      said_yes_.push_back(yes);
      return absl::OkStatus();
    });
  }
  ~SimulateCommandTest() override { fs::remove_all(directory_); }

  // The exit code of `anamnesis simulate <arguments>`.
  int Run(const std::string& arguments) {
    try {
      app_.parse("simulate " + arguments, false);
    } catch (const CLI::Error& error) {
      return error.get_exit_code();
    }
    return 0;
  }

  CLI::App app_;
  std::vector<bool> played_;  // Whether JSON was asked for.
  std::vector<bool> said_yes_;
  const fs::path directory_;
};

TEST_F(SimulateCommandTest, WritesAFileForEachPatientAndTheClinic) {
  ASSERT_EQ(Run("--patients 2 --seed 5 --years 1 --out " + directory_.string()), 0);
  for (const char* name : {"clinic.json", "patient-0000001.json", "patient-0000002.json"}) {
    std::ifstream file(directory_ / name);
    const auto bundle = nlohmann::json::parse(file, nullptr, false);
    ASSERT_FALSE(bundle.is_discarded()) << name;
    EXPECT_EQ(bundle["type"], "transaction");
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_), {}), 3);
}

TEST_F(SimulateCommandTest, PlaysInsteadOfWriting) {
  EXPECT_EQ(Run("--play"), 0);
  EXPECT_EQ(Run("--play --json --yes"), 0);
  EXPECT_EQ(played_, (std::vector<bool>{false, true}));
  EXPECT_EQ(said_yes_, (std::vector<bool>{false, true}));
  EXPECT_NE(Run("--play --patients 2"), 0);
  EXPECT_NE(Run("--json"), 0);
}

TEST_F(SimulateCommandTest, RefusesWhatItCannotDo) {
  const std::string out = " --out " + directory_.string();
  for (const std::string& arguments :
       {"--patients 0" + out, "--years 0" + out, "--years 31" + out, "--from yesterday" + out, "--seed x" + out,
        std::string("--out /proc/no-such-place")}) {
    EXPECT_NE(Run(arguments), 0) << arguments;
  }
}

}  // namespace
}  // namespace anamnesis::simulate
