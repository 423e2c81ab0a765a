#include "service/main.h"

#include <string>

#include "absl/flags/flag.h"
#include "rpc/signals.h"
#include "services/encounter/encounter_module.h"

ABSL_FLAG(std::string, patient, "127.0.0.1:7101",
          "Address of the patient service, whose events decisions take into account.");

int main(int argc, char** argv) {
  using namespace anamnesis;  // NOLINT: a main is a parts list.
  rpc::BlockSignals();
  service::WriteServiceOptions options = service::OptionsFromFlags(
      argc, argv, "encounterd",
      "Keeps what happens with the patient: encounters, observations, procedures, reports, notes.", 7102);
  options.follow["patient"] = absl::GetFlag(FLAGS_patient);
  return service::ServeUntilSignalled("encounterd", options, encounter::StartEncounterService);
}
