// One Submit stream of one service, without its type.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "fhir/mapping.h"
#include "grpcpp/channel.h"
#include "grpcpp/support/status.h"
#include "rpc/call_context.h"
#include "services/cli/import/answer.h"

namespace anamnesis::importer {

// A command to send, and the number that its answer will have.
struct NumberedCommand {
  uint64_t sequence = 0;
  std::shared_ptr<const fhir::Command> command;
};

// One thread writes, one reads; Cancel from any.
class SubmitStream {
 public:
  virtual ~SubmitStream() = default;
  // Sends at least one command, all in one message. False when the stream is broken.
  virtual bool Write(const std::vector<NumberedCommand>& commands) = 0;
  virtual void WritesDone() = 0;
  // The answers to all commands of a message. False when no more come.
  virtual bool Read(std::vector<Answer>* answers) = 0;
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
