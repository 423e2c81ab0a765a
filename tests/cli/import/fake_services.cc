#include "tests/cli/import/fake_services.h"

#include "rpc/client.h"

namespace anamnesis::importer::testing {

absl::Status FakeStore::Do(const google::protobuf::Message& command, bool* duplicate) {
  const auto* reflection = command.GetReflection();
  const auto* which = reflection->GetOneofFieldDescriptor(command, command.GetDescriptor()->oneof_decl(0));
  const google::protobuf::Message& request = reflection->GetMessage(command, which);
  const auto* context_field = request.GetDescriptor()->FindFieldByName("context");
  const auto& context =
      static_cast<const rpc::v1::CommandContext&>(request.GetReflection()->GetMessage(request, context_field));
  const auto* patient_field = request.GetDescriptor()->FindFieldByName("patient_id");
  const std::string patient_id =
      patient_field != nullptr ? request.GetReflection()->GetString(request, patient_field) : "";

  MutexLock lock(mutex_);
  if (overload_once_ && seen_.insert(context.request_id()).second) {
    return Refuse(rpc::v1::OVERLOADED, {.retry_after_millis = 1});
  }
  *duplicate = done_.contains(context.request_id());
  if (*duplicate) return absl::OkStatus();
  if (command.GetDescriptor()->name() == "PatientCommand") {
    const bool registers = which->name() == "register_patient";
    const bool known = patients_.contains(patient_id);
    if (registers && known) return Refuse(patient::v1::PATIENT_ALREADY_EXISTS);
    if (!registers && !known) return Refuse(patient::v1::PATIENT_NOT_FOUND);
    patients_.insert(patient_id);
  }
  done_.insert(context.request_id());
  carried_out_.push_back(context.request_id());
  return absl::OkStatus();
}

FakeServices::FakeServices() {
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&patient_);
  builder.RegisterService(&encounter_);
  builder.RegisterService(&medication_);
  server_ = builder.BuildAndStart();
  channel_ = rpc::Connect("127.0.0.1:" + std::to_string(port));
}

FakeServices::~FakeServices() {
  server_->Shutdown(std::chrono::system_clock::now());
}

Services FakeServices::streams() const {
  const rpc::Caller caller{.actor = "importer", .roles = {"importer"}};
  return {PatientStreams(channel_, caller), EncounterStreams(channel_, caller), MedicationStreams(channel_, caller)};
}

}  // namespace anamnesis::importer::testing
