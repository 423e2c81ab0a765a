// What a network may do to requests and answers: lose an answer after the commit, bring a request twice, bring requests
// in another order.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/uuid.h"
#include "rpc/client.h"
#include "rpc/status.h"
#include "tests/fault/cut_proxy.h"
#include "tests/fault/patients.h"
#include "tests/fault/suite.h"
#include "tests/support/cluster.h"

namespace anamnesis::fault {
namespace {

using patient::v1::RecordProblemRequest;
using patient::v1::SubmitRequest;
using patient::v1::SubmitResponse;
using rpc::v1::CommandOutcome;
using testing_support::Cluster;

constexpr std::chrono::seconds kTimeout{60};

class WireTest : public testing::Test {
 protected:
  WireTest() {
    cluster_.Start("readmodel");
    cluster_.Start("patient");
    stub_ = patient::v1::PatientService::NewStub(QuickChannel(address()));
    PatientClient(address(), history_).Register(patient_);
  }

  std::string address() const { return cluster_.address("patient"); }

  RecordProblemRequest NewRequest() const {
    RecordProblemRequest request;
    request.mutable_context()->set_request_id(NewUuid());
    request.set_patient_id(patient_);
    request.mutable_problem()->set_id(NewUuid());
    request.mutable_problem()->mutable_code()->set_text("low back pain");
    return request;
  }

  static grpc::Status Send(patient::v1::PatientService::Stub& stub, const RecordProblemRequest& request,
                           CommandOutcome& outcome) {
    grpc::ClientContext context;
    rpc::PrepareContext(context, Anybody(), kTimeout);
    return stub.RecordProblem(&context, request, &outcome);
  }
  void SendAndNote(const RecordProblemRequest& request) {
    CommandOutcome outcome;
    const grpc::Status status = Send(*stub_, request, outcome);
    ASSERT_TRUE(status.ok()) << status.error_message();
    history_.Answered(request.context().request_id(), {outcome.position(), outcome.duplicate()});
  }

  // Sends all on one stream, without waiting for answers; then reads them.
  void SubmitAndNote(const std::vector<RecordProblemRequest>& requests) {
    grpc::ClientContext context;
    rpc::PrepareContext(context, Anybody(), kTimeout);
    const auto stream = stub_->Submit(&context);
    for (size_t i = 0; i < requests.size(); ++i) ASSERT_TRUE(stream->Write(Numbered(requests, i)));
    stream->WritesDone();
    SubmitResponse response;
    size_t answers = 0;
    for (; stream->Read(&response); ++answers) {
      ASSERT_TRUE(response.has_outcome()) << response.error().message();
      history_.Answered(requests[response.sequence()].context().request_id(),
                        {response.outcome().position(), response.outcome().duplicate()});
    }
    EXPECT_TRUE(stream->Finish().ok());
    EXPECT_EQ(answers, requests.size());
  }
  static SubmitRequest Numbered(const std::vector<RecordProblemRequest>& requests, size_t i) {
    SubmitRequest request;
    request.set_sequence(i);
    *request.mutable_command()->mutable_record_problem() = requests[i];
    return request;
  }

  // Returns when the log has so many events.
  void AwaitTail(size_t events) {
    const auto give_up = std::chrono::steady_clock::now() + kTimeout;
    while (ReplayPatients(address()).size() < events) ASSERT_LT(std::chrono::steady_clock::now(), give_up);
  }

  void CheckOnce(const std::string& kind, uint64_t faults) {
    const absl::Status once = CheckExactlyOnce(history_.answers(), RecordedRequests(ReplayPatients(address())));
    EXPECT_TRUE(once.ok()) << once;
    CountInjected(kind, faults);
    once.ok() ? CountSurvived(kind, faults) : CountLost(kind, 1);
  }

  testing_support::TempDir dir_;
  Cluster cluster_{dir_.path()};
  History history_;
  const std::string patient_ = NewUuid();
  std::unique_ptr<patient::v1::PatientService::Stub> stub_;
};

TEST_F(WireTest, AnAnswerThatIsCutOffAfterTheCommitIsGivenAgain) {
  const std::string kind = "gRPC cut after commit before ack";
  CutProxy proxy(address());
  const auto behind = patient::v1::PatientService::NewStub(QuickChannel(proxy.address()));
  CommandOutcome first;
  ASSERT_TRUE(Send(*behind, NewRequest(), first).ok()) << "the wire is whole before it is cut";
  uint64_t events = first.position();
  for (int round = 0; round < Rounds(10); ++round) {
    proxy.Mute();
    const RecordProblemRequest request = NewRequest();
    grpc::Status status;
    std::thread caller([&] {
      CommandOutcome unheard;
      grpc::ClientContext context;
      rpc::PrepareContext(context, Anybody(), kTimeout);
      context.set_wait_for_ready(true);
      status = behind->RecordProblem(&context, request, &unheard);
    });
    AwaitTail(++events);
    proxy.Cut();
    caller.join();
    ASSERT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << status.error_message();
    proxy.Restore();
    CommandOutcome again;
    grpc::Status answered;
    do {  // A connection that was being made when the wire was cut may still break.
      grpc::ClientContext context;
      rpc::PrepareContext(context, Anybody(), kTimeout);
      context.set_wait_for_ready(true);
      answered = behind->RecordProblem(&context, request, &again);
    } while (answered.error_code() == grpc::StatusCode::UNAVAILABLE);
    ASSERT_TRUE(answered.ok()) << answered.error_message();
    EXPECT_TRUE(again.duplicate());
    EXPECT_EQ(again.position(), events);
    EXPECT_EQ(again.resource_id(), request.problem().id());
    history_.Answered(request.context().request_id(), {again.position(), again.duplicate()});
  }
  CheckOnce(kind, static_cast<uint64_t>(Rounds(10)));
}

TEST_F(WireTest, AStreamThatIsCutOffIsGoneOnWith) {
  const std::string kind = "Submit cut after commit before ack";
  CutProxy proxy(address());
  const auto behind = patient::v1::PatientService::NewStub(QuickChannel(proxy.address()));
  CommandOutcome first;
  ASSERT_TRUE(Send(*behind, NewRequest(), first).ok());
  std::vector<RecordProblemRequest> requests(40);
  std::generate(requests.begin(), requests.end(), [this] { return NewRequest(); });
  grpc::ClientContext context;
  rpc::PrepareContext(context, Anybody(), kTimeout);
  const auto stream = behind->Submit(&context);
  SubmitResponse response;
  ASSERT_TRUE(stream->Write(Numbered(requests, 0)));
  ASSERT_TRUE(stream->Read(&response) && response.has_outcome());
  proxy.Mute();
  for (size_t i = 1; i < requests.size(); ++i) ASSERT_TRUE(stream->Write(Numbered(requests, i)));
  AwaitTail(first.position() + requests.size());
  proxy.Cut();
  while (stream->Read(&response)) continue;
  EXPECT_FALSE(stream->Finish().ok());
  // Sent again in another order, some of them twice.
  std::mt19937_64 random = RandomFor(kind, 0);
  std::vector<RecordProblemRequest> again = requests;
  again.insert(again.end(), requests.begin(), requests.begin() + 10);
  std::shuffle(again.begin(), again.end(), random);
  SubmitAndNote(again);
  for (const auto& [request, answers] : history_.answers()) {
    if (answers.front().position <= first.position()) continue;
    for (const Answer& answer : answers) EXPECT_TRUE(answer.duplicate) << "it was done before the cut";
  }
  CheckOnce(kind, requests.size() - 1);
}

TEST_F(WireTest, DuplicatedAndReorderedRequestsAreDoneOnce) {
  const std::string kind = "duplicated and re-ordered requests";
  uint64_t sent = 0;
  for (int round = 0; round < Rounds(3); ++round) {
    std::mt19937_64 random = RandomFor(kind, round);
    std::vector<RecordProblemRequest> requests(60);
    std::generate(requests.begin(), requests.end(), [this] { return NewRequest(); });
    // Each is sent by four callers, two of them on streams, in an order of their own.
    std::vector<std::thread> callers;
    for (int caller = 0; caller < 4; ++caller) {
      std::vector<RecordProblemRequest> own = requests;
      std::shuffle(own.begin(), own.end(), random);
      sent += own.size();
      callers.emplace_back([this, caller, own = std::move(own)] {
        if (caller % 2 == 0) return SubmitAndNote(own);
        for (const RecordProblemRequest& request : own) SendAndNote(request);
      });
    }
    for (std::thread& caller : callers) caller.join();
  }
  const auto answers = history_.answers();
  for (const auto& [request, given] : answers) {
    if (given.size() < 4) continue;  // The registration.
    EXPECT_EQ(std::count_if(given.begin(), given.end(), [](const Answer& answer) { return !answer.duplicate; }), 1);
  }
  CheckOnce(kind, sent);
}

}  // namespace
}  // namespace anamnesis::fault
