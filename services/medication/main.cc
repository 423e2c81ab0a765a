#include "service/main.h"

#include <string>

#include "absl/flags/flag.h"
#include "rpc/signals.h"
#include "services/medication/medication_module.h"

ABSL_FLAG(std::string, patient, "127.0.0.1:7101",
          "Address of the patient service, whose events decisions take into account.");
ABSL_FLAG(std::string, encounter, "127.0.0.1:7102",
          "Address of the encounter service, whose events decisions take into account.");

int main(int argc, char** argv) {
  using namespace anamnesis;  // NOLINT: a main is a parts list.
  rpc::BlockSignals();
  service::WriteServiceOptions options = service::OptionsFromFlags(
      argc, argv, "medicationd", "Keeps what the patient is given: orders, dispenses, administrations.", 7103);
  options.follow["patient"] = absl::GetFlag(FLAGS_patient);
  options.follow["encounter"] = absl::GetFlag(FLAGS_encounter);
  return service::ServeUntilSignalled("medicationd", options, medication::StartMedicationService);
}
