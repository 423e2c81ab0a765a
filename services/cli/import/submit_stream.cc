#include "services/cli/import/submit_stream.h"

#include "anamnesis/encounter/v1/encounter_service.grpc.pb.h"
#include "anamnesis/medication/v1/medication_service.grpc.pb.h"
#include "anamnesis/patient/v1/patient_service.grpc.pb.h"
#include "rpc/client.h"

namespace anamnesis::importer {
namespace {

template <class Service, class ServiceCommand, class Request, class Response>
class TypedStream final : public SubmitStream {
 public:
  TypedStream(std::shared_ptr<grpc::Channel> channel, const rpc::Caller& caller) : stub_(Service::NewStub(channel)) {
    grpc::experimental::ChannelResetConnectionBackoff(channel.get());  // The sender has its own pauses.
    rpc::PrepareContext(context_, caller, rpc::kNoTimeout);
    stream_ = stub_->Submit(&context_);
  }

  bool Write(const std::vector<NumberedCommand>& commands) override {
    Request request;
    Lend(request, commands.front());
    for (size_t i = 1; i < commands.size(); ++i) Lend(*request.add_more(), commands[i]);
    const bool written = stream_->Write(request);
    TakeBack(request);
    for (Request& further : *request.mutable_more()) TakeBack(further);
    return written;
  }

  void WritesDone() override { stream_->WritesDone(); }

  bool Read(std::vector<Answer>* answers) override {
    if (!stream_->Read(&response_)) return false;
    answers->clear();
    answers->push_back(AnswerIn(response_));
    for (const Response& further : response_.more()) answers->push_back(AnswerIn(further));
    return true;
  }

  grpc::Status Finish() override { return stream_->Finish(); }
  void Cancel() override { context_.TryCancel(); }

 private:
  // The sender keeps the command, to send it again; the message has it only while it is written, which changes nothing
  // of it.
  static void Lend(Request& request, const NumberedCommand& numbered) {
    request.set_sequence(numbered.sequence);
    request.unsafe_arena_set_allocated_command(
        const_cast<ServiceCommand*>(&std::get<ServiceCommand>(*numbered.command)));
  }
  static void TakeBack(Request& request) { (void)request.unsafe_arena_release_command(); }

  static Answer AnswerIn(const Response& response) {
    if (!response.has_outcome()) return AnswerFromError(response.sequence(), response.error());
    return {.sequence = response.sequence(),
            .kind = response.outcome().duplicate() ? AnswerKind::kDuplicate : AnswerKind::kRecorded};
  }

  // The stream ends before what it runs on.
  grpc::ClientContext context_;
  std::unique_ptr<typename Service::Stub> stub_;
  std::unique_ptr<grpc::ClientReaderWriter<Request, Response>> stream_;
  Response response_;  // Of the thread that reads.
};

template <class Stream>
OpenStream Streams(std::shared_ptr<grpc::Channel> channel, const rpc::Caller& caller) {
  return [channel, caller]() -> std::unique_ptr<SubmitStream> { return std::make_unique<Stream>(channel, caller); };
}

}  // namespace

OpenStream PatientStreams(std::shared_ptr<grpc::Channel> channel, const rpc::Caller& caller) {
  return Streams<TypedStream<patient::v1::PatientService, patient::v1::PatientCommand, patient::v1::SubmitRequest,
                             patient::v1::SubmitResponse>>(std::move(channel), caller);
}

OpenStream EncounterStreams(std::shared_ptr<grpc::Channel> channel, const rpc::Caller& caller) {
  return Streams<TypedStream<encounter::v1::EncounterService, encounter::v1::EncounterCommand,
                             encounter::v1::SubmitRequest, encounter::v1::SubmitResponse>>(std::move(channel), caller);
}

OpenStream MedicationStreams(std::shared_ptr<grpc::Channel> channel, const rpc::Caller& caller) {
  return Streams<TypedStream<medication::v1::MedicationService, medication::v1::MedicationCommand,
                             medication::v1::SubmitRequest, medication::v1::SubmitResponse>>(std::move(channel),
                                                                                             caller);
}

}  // namespace anamnesis::importer
