#include "service/main.h"

#include "rpc/signals.h"
#include "services/patient/patient_module.h"

int main(int argc, char** argv) {
  using namespace anamnesis;  // NOLINT: a main is a parts list.
  rpc::BlockSignals();
  const service::WriteServiceOptions options = service::OptionsFromFlags(
      argc, argv, "patientd", "Keeps who the patient is: registration, allergies, problems, plans and goals.", 7101);
  return service::ServeUntilSignalled("patientd", options, patient::StartPatientService);
}
