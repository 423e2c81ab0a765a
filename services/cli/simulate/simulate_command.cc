#include "services/cli/simulate/simulate_command.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status.h"
#include "services/cli/simulate/simulate.h"

namespace anamnesis::simulate {
namespace {

constexpr uint64_t kMaxPatients = 1'000'000;

struct Arguments {
  uint64_t patients = 10;
  uint64_t seed = 1;
  std::string out = "simulated-clinic";
  std::string from = "2020-01-01";
  int years = 3;
  bool play = false;
  bool json = false;
  bool yes = false;
};

absl::Status WriteBundle(const std::filesystem::path& path, const Json& bundle) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << bundle.dump(1) << '\n';
  file.close();
  if (!file) return absl::UnavailableError(absl::StrCat("cannot write ", path.string()));
  return absl::OkStatus();
}

absl::Status Run(const Arguments& arguments) {
  const std::optional<Day> from = ParseDate(arguments.from);
  if (!from) return absl::InvalidArgumentError("--from must be a day from 1900 to 2200, as YYYY-MM-DD");
  const Options options = {.from = *from, .years = arguments.years};

  std::error_code error;
  std::filesystem::create_directories(arguments.out, error);
  if (error) return absl::UnavailableError(absl::StrCat("cannot make ", arguments.out, ": ", error.message()));
  const std::filesystem::path out(arguments.out);

  RETURN_IF_ERROR(WriteBundle(out / "clinic.json", MakeClinicBundle(arguments.seed)));
  for (uint64_t index = 1; index <= arguments.patients; ++index) {
    RETURN_IF_ERROR(WriteBundle(out / absl::StrFormat("patient-%07u.json", index),
                                MakePatientBundle(arguments.seed, index, options)));
  }
  std::cout << "wrote " << arguments.patients << " synthetic patients and their clinic to " << arguments.out << "\n"
            << "next: anamnesis import " << arguments.out << "\n";
  return absl::OkStatus();
}

}  // namespace

void AddSimulateCommand(CLI::App& app, PlayClinic play_clinic) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "simulate", "Write FHIR bundles of a synthetic pain clinic, or play one against the running services");
  CLI::Option_group* bundles = command->add_option_group("Bundles", "What is written");
  bundles->add_option("--patients", arguments->patients, "How many patients")
      ->check(CLI::Range(uint64_t{1}, kMaxPatients))
      ->capture_default_str();
  bundles->add_option("--seed", arguments->seed, "The same seed writes the same bytes")->capture_default_str();
  bundles->add_option("--out", arguments->out, "Directory to write to")->capture_default_str();
  bundles->add_option("--from", arguments->from, "First day of care, YYYY-MM-DD")->capture_default_str();
  bundles->add_option("--years", arguments->years, "Years of care")->check(CLI::Range(1, 30))->capture_default_str();
  CLI::Option* play = command->add_flag(
      "--play", arguments->play, "Write nothing: play the stories of the scripted clinic, which give every command");
  command->add_flag("--json", arguments->json, "With --play: print what came of each step for programs")->needs(play);
  command->add_flag("--yes", arguments->yes, "With --play: also into a record that holds something else")->needs(play);
  bundles->excludes(play);
  command->footer(
      "--play sends each step of its stories to the services, compares the answer with what is to come of it, and "
      "fails\n"
      "where anything is otherwise. What was played before is not played again. What is played stays in the record for "
      "ever: its people, its rule tables and its erasures.");
  command->callback([arguments, play_clinic = std::move(play_clinic)] {
    const absl::Status status = arguments->play ? play_clinic(arguments->json, arguments->yes) : Run(*arguments);
    if (status.ok()) return;
    std::cerr << "anamnesis simulate: " << status.message() << "\n";
    throw CLI::RuntimeError(1);
  });
}

}  // namespace anamnesis::simulate
