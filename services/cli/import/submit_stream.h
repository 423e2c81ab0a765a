// One Submit stream of one service, without its type.
#pragma once

#include <functional>
#include <memory>

#include "fhir/mapping.h"
#include "grpcpp/channel.h"
#include "grpcpp/support/status.h"
#include "rpc/call_context.h"
#include "services/cli/import/answer.h"

namespace anamnesis::importer {

// One thread writes, one reads; Cancel from any.
class SubmitStream {
 public:
  virtual ~SubmitStream() = default;
  // False when the stream is broken.
  virtual bool Write(uint64_t sequence, const fhir::Command& command) = 0;
  virtual void WritesDone() = 0;
  // False when no more answers come.
  virtual bool Read(Answer* answer) = 0;
  // How it ended; after Read returned false, by the thread that writes.
  virtual grpc::Status Finish() = 0;
  virtual void Cancel() = 0;
};

using OpenStream = std::function<std::unique_ptr<SubmitStream>()>;

// Each opens streams for the commands of its service; a command of another ends the process.
OpenStream PatientStreams(std::shared_ptr<grpc::Channel> channel, const rpc::Caller& caller);
OpenStream EncounterStreams(std::shared_ptr<grpc::Channel> channel, const rpc::Caller& caller);
OpenStream MedicationStreams(std::shared_ptr<grpc::Channel> channel, const rpc::Caller& caller);

}  // namespace anamnesis::importer
