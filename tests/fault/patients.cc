#include "tests/fault/patients.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/refusal.h"
#include "base/uuid.h"
#include "grpcpp/create_channel.h"
#include "rpc/client.h"
#include "rpc/status.h"
#include "tests/fault/suite.h"

namespace anamnesis::fault {
namespace {

using patient::v1::RecordProblemRequest;
using patient::v1::SubmitRequest;
using patient::v1::SubmitResponse;
using rpc::v1::CommandOutcome;

constexpr std::chrono::seconds kTry{10};
constexpr std::chrono::seconds kReplay{60};
constexpr std::chrono::seconds kPatience{30};

uint64_t EtagOf(const std::string& text) {
  uint64_t etag = 0;
  EXPECT_TRUE(absl::SimpleAtoi(text, &etag)) << text;
  return etag;
}

// Whether nobody knows what became of the try.
bool IsInDoubt(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsCancelled(status) ||
         absl::IsResourceExhausted(status);
}

RecordProblemRequest NewProblem(const std::string& patient_id, const std::string& problem_id) {
  RecordProblemRequest request;
  request.mutable_context()->set_request_id(NewUuid());
  request.set_patient_id(patient_id);
  request.mutable_problem()->set_id(problem_id);
  request.mutable_problem()->mutable_code()->set_text("low back pain");
  return request;
}

}  // namespace

std::shared_ptr<grpc::Channel> QuickChannel(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
  // This is also how long an attempt to connect may take, and the machine may be busy.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 10'000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

rpc::Caller Anybody() {
  return {
      .actor = "user:tester", .roles = {"clinician", "auditor", "operator", "importer", "privacy-officer"}
  };
}

PatientClient::PatientClient(const std::string& address, History& history)
    : patients_(patient::v1::PatientService::NewStub(QuickChannel(address))),
      feed_(event::v1::EventFeedService::NewStub(QuickChannel(address))),
      history_(history) {}

absl::StatusOr<CommandOutcome> PatientClient::Insist(const std::string& request_id, const Try& once) {
  while (true) {
    grpc::ClientContext context;
    rpc::PrepareContext(context, Anybody(), kTry);
    context.set_wait_for_ready(true);
    CommandOutcome outcome;
    const absl::Status status = rpc::FromGrpcStatus(once(context, outcome));
    if (status.ok()) {
      history_.Answered(request_id, {outcome.position(), outcome.duplicate()});
      return outcome;
    }
    if (!IsInDoubt(status)) return status;
  }
}

void PatientClient::Note(const std::string& patient_id, const std::string& problem_id,
                         std::optional<uint64_t> expected_etag, uint64_t invoked, const std::string& request_id,
                         const absl::StatusOr<CommandOutcome>& outcome) {
  Operation of_stream{.object = "patient " + patient_id, .request_id = request_id, .invoked = invoked};
  Operation of_problem{
      .object = "problem " + problem_id, .expected = expected_etag, .request_id = request_id, .invoked = invoked};
  of_stream.returned = of_problem.returned = history_.Now();
  if (outcome.ok()) {
    of_stream.result = of_problem.result = Operation::Result::kDone;
    of_stream.version = outcome->stream_version();
    of_problem.version = etags_[problem_id] = EtagOf(outcome->etag());
    history_.Add(of_stream);
  } else {
    const auto info = RefusalInfo(outcome.status());
    EXPECT_EQ(info.reason(), "ETAG_MISMATCH") << outcome.status();
    of_problem.result = Operation::Result::kStale;
    of_problem.version = etags_[problem_id] = EtagOf(info.metadata().at("etag"));
  }
  if (!problem_id.empty()) history_.Add(of_problem);
}

void PatientClient::Register(const std::string& patient_id) {
  patient::v1::RegisterPatientRequest request;
  request.mutable_context()->set_request_id(NewUuid());
  request.set_patient_id(patient_id);
  request.mutable_demographics()->add_names()->set_family("Fault");
  const uint64_t invoked = history_.Now();
  const auto outcome =
      Insist(request.context().request_id(), [&](grpc::ClientContext& context, CommandOutcome& answer) {
        return patients_->RegisterPatient(&context, request, &answer);
      });
  Note(patient_id, "", std::nullopt, invoked, request.context().request_id(), outcome);
}

void PatientClient::Record(const std::string& patient_id, const std::string& problem_id) {
  const RecordProblemRequest request = NewProblem(patient_id, problem_id);
  const uint64_t invoked = history_.Now();
  const auto outcome =
      Insist(request.context().request_id(), [&](grpc::ClientContext& context, CommandOutcome& answer) {
        return patients_->RecordProblem(&context, request, &answer);
      });
  Note(patient_id, problem_id, 0, invoked, request.context().request_id(), outcome);
}

void PatientClient::Submit(const std::string& patient_id, const std::vector<std::string>& problem_ids,
                           SubmitShape shape) {
  std::map<uint64_t, Submitted> open;
  for (const std::string& problem_id : problem_ids) {
    open[open.size()] = {.request = NewProblem(patient_id, problem_id), .invoked = history_.Now()};
  }
  while (!open.empty()) {
    grpc::ClientContext context;
    rpc::PrepareContext(context, Anybody(), kTry);
    context.set_wait_for_ready(true);
    const auto stream = patients_->Submit(&context);
    for (const SubmitRequest& message : MessagesOf(open, shape)) {
      if (!stream->Write(message)) break;  // It is over: Finish says why.
    }
    stream->WritesDone();
    const size_t sent = open.size();
    size_t answered = 0;
    std::map<uint64_t, uint64_t> positions;
    SubmitResponse answers;
    while (stream->Read(&answers)) {
      answered += 1 + static_cast<size_t>(answers.more_size());
      Take(answers, open, positions);
      for (const SubmitResponse& further : answers.more()) Take(further, open, positions);
    }
    uint64_t before = 0;
    for (const auto& [sequence, position] : positions) {
      EXPECT_GT(position, std::exchange(before, position)) << "commands on one patient are not done in order";
    }
    const absl::Status end = rpc::FromGrpcStatus(stream->Finish());
    if (!end.ok() && IsInDoubt(end)) continue;
    ASSERT_TRUE(end.ok()) << end;
    EXPECT_EQ(answered, sent) << "a stream that ends well answers each command once";
  }
}

std::vector<SubmitRequest> PatientClient::MessagesOf(const std::map<uint64_t, Submitted>& open, SubmitShape shape) {
  std::vector<SubmitRequest> messages;
  for (const auto& [sequence, submitted] : open) {
    const bool joins = shape == SubmitShape::kOneMessage && !messages.empty();
    SubmitRequest& message = joins ? *messages.front().add_more() : messages.emplace_back();
    message.set_sequence(sequence);
    message.set_gather_answer(shape == SubmitShape::kGathered);
    *message.mutable_command()->mutable_record_problem() = submitted.request;
  }
  return messages;
}

void PatientClient::Take(const SubmitResponse& answer, std::map<uint64_t, Submitted>& open,
                         std::map<uint64_t, uint64_t>& positions) {
  const auto submitted = open.find(answer.sequence());
  ASSERT_NE(submitted, open.end()) << "an answer to no command of the stream";
  const auto& [request, invoked] = submitted->second;
  const std::string& request_id = request.context().request_id();
  absl::StatusOr<CommandOutcome> outcome = answer.outcome();
  if (answer.has_error()) outcome = FromRpcStatus(answer.error());
  if (outcome.ok()) {
    history_.Answered(request_id, {outcome->position(), outcome->duplicate()});
    if (!outcome->duplicate()) positions[answer.sequence()] = outcome->position();
  } else if (IsInDoubt(outcome.status())) {
    return;
  }
  Note(request.patient_id(), request.problem().id(), 0, invoked, request_id, outcome);
  open.erase(submitted);
}

void PatientClient::Revise(const std::string& patient_id, const std::string& problem_id) {
  const uint64_t etag = std::max<uint64_t>(1, etags_[problem_id]);
  patient::v1::ReviseProblemRequest request;
  request.mutable_context()->set_request_id(NewUuid());
  request.mutable_context()->set_etag(absl::StrCat(etag));
  request.set_patient_id(patient_id);
  request.mutable_problem()->set_id(problem_id);
  request.mutable_problem()->mutable_code()->set_text(absl::StrCat("revised after ", etag));
  const uint64_t invoked = history_.Now();
  const auto outcome =
      Insist(request.context().request_id(), [&](grpc::ClientContext& context, CommandOutcome& answer) {
        return patients_->ReviseProblem(&context, request, &answer);
      });
  Note(patient_id, problem_id, etag, invoked, request.context().request_id(), outcome);
}

void PatientClient::Read(const std::string& patient_id) {
  event::v1::ReadEventsRequest request;
  request.mutable_filter()->set_stream("patient-" + patient_id);
  request.set_backwards(true);
  request.set_page_size(1);
  Operation read{.object = "patient " + patient_id, .kind = Operation::Kind::kRead, .invoked = history_.Now()};
  grpc::ClientContext context;
  rpc::PrepareContext(context, Anybody(), kTry);
  event::v1::ReadEventsResponse response;
  if (!feed_->ReadEvents(&context, request, &response).ok()) return;  // A read that failed says nothing.
  read.returned = history_.Now();
  read.result = Operation::Result::kDone;
  read.version = response.events().empty() ? 0 : response.events(0).version();
  history_.Add(read);
}

void PatientClient::Erase(const std::string& patient_id) {
  patient::v1::ErasePatientRequest request;
  request.mutable_context()->set_request_id(NewUuid());
  request.mutable_context()->set_reason("as asked");
  request.set_patient_id(patient_id);
  request.set_approved_by("user:officer");
  const auto outcome =
      Insist(request.context().request_id(), [&](grpc::ClientContext& context, CommandOutcome& answer) {
        return patients_->ErasePatient(&context, request, &answer);
      });
  EXPECT_TRUE(outcome.ok()) << outcome.status();
}

PatientClients::PatientClients(const std::string& address, History& history, std::vector<std::string> patients,
                               std::mt19937_64 random, int threads)
    : history_(history), patients_(std::move(patients)) {
  for (int i = 0; i < threads; ++i) {
    threads_.emplace_back([this, address, own = std::mt19937_64(random())] { Run(address, own); });
  }
}

void PatientClients::Run(const std::string& address, std::mt19937_64 random) {
  PatientClient client(address, history_);
  while (!stopping_) {
    const std::string& patient = patients_[Below(random, patients_.size())];
    switch (Below(random, 8)) {
      case 0:
        client.Read(patient);
        break;
      case 1:
      case 2:
      case 3:
        client.Revise(patient, patient);
        break;
      case 4:
      case 5: {
        std::vector<std::string> problems(1 + Below(random, 6));
        std::generate(problems.begin(), problems.end(), NewUuid);
        client.Submit(patient, problems, static_cast<SubmitShape>(Below(random, kSubmitShapes)));
        break;
      }
      default:
        client.Record(patient, NewUuid());
    }
    ++operations_;
    MutexLock lock(mutex_);
    changed_.NotifyAll();
  }
}

bool PatientClients::Await(size_t more) {
  const size_t enough = operations_ + more;
  MutexLock lock(mutex_);
  return changed_.WaitFor(mutex_, kPatience, [&] { return operations_ >= enough; });
}

void PatientClients::Stop() {
  stopping_ = true;
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

std::vector<event::v1::EventEnvelope> ReplayPatients(const std::string& address) {
  const auto stub = event::v1::EventFeedService::NewStub(QuickChannel(address));
  grpc::ClientContext context;
  rpc::PrepareContext(context, Anybody(), kReplay);
  context.set_wait_for_ready(true);  // On a busy machine a connection may need more than one attempt.
  const auto reader = stub->Subscribe(&context, event::v1::SubscribeRequest());
  std::vector<event::v1::EventEnvelope> events;
  event::v1::SubscribeResponse response;
  while (reader->Read(&response)) {
    for (auto& event : *response.mutable_batch()->mutable_events()) events.push_back(std::move(event));
  }
  const grpc::Status status = reader->Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();
  return events;
}

std::map<std::string, std::vector<uint64_t>> RecordedRequests(const std::vector<event::v1::EventEnvelope>& events) {
  std::map<std::string, std::vector<uint64_t>> recorded;
  std::string before;
  for (const auto& event : events) {
    const std::string& request = event.causation_id();
    if (request.empty()) continue;
    auto& positions = recorded[request];
    if (request == before) positions.pop_back();  // The events of one request stand together.
    positions.push_back(event.position());
    before = request;
  }
  return recorded;
}

}  // namespace anamnesis::fault
