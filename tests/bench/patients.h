// Patients of a real service, for benchmarks: commands on them, and their log replayed.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "anamnesis/event/v1/feed_service.grpc.pb.h"
#include "anamnesis/patient/v1/events.pb.h"
#include "anamnesis/patient/v1/patient_service.grpc.pb.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "rpc/client.h"
#include "tests/bench/load.h"
#include "tests/support/cluster.h"

namespace anamnesis::bench {

inline constexpr std::chrono::seconds kTimeout{60};

inline void Check(bool ok, const std::string& what) {
  if (ok) return;
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(EXIT_FAILURE);
}

// One asynchronous call with everything it needs until it is answered.
template <class Request, class Response, class Method>
void Call(Method method, Request request, std::function<void(bool)> done, Response* keep = nullptr) {
  struct State {
    grpc::ClientContext context;
    Request request;
    Response response;
  };
  auto state = std::make_shared<State>();
  state->request = std::move(request);
  rpc::PrepareContext(state->context, testing_support::Cluster::Tester(), kTimeout);
  method(&state->context, &state->request, &state->response,
         [state, keep, done = std::move(done)](grpc::Status status) {
           if (!status.ok()) std::fprintf(stderr, "%s\n", status.error_message().c_str());
           if (keep != nullptr) *keep = state->response;
           done(status.ok());
         });
}

inline patient::v1::RecordProblemRequest Problem(const std::string& patient_id) {
  patient::v1::RecordProblemRequest request;
  request.mutable_context()->set_request_id(NewUuid());
  request.set_patient_id(patient_id);
  auto& problem = *request.mutable_problem();
  problem.set_id(NewUuid());
  auto& coding = *problem.mutable_code()->add_codings();
  coding.set_system("http://snomed.info/sct");
  coding.set_code("279039007");
  coding.set_display("Low back pain");
  problem.mutable_code()->set_text("Chronic low back pain with radiation into the left leg, worse on sitting");
  problem.set_clinical_status(patient::v1::CLINICAL_STATUS_ACTIVE);
  problem.set_verification(patient::v1::VERIFICATION_CONFIRMED);
  problem.set_laterality(patient::v1::LATERALITY_LEFT);
  return request;
}

// The payload of the event that is recorded for it.
inline std::string ProblemRecorded(const std::string& patient_id) {
  patient::v1::PatientEvent event;
  *event.mutable_problem_recorded()->mutable_problem() = Problem(patient_id).problem();
  event.mutable_problem_recorded()->set_revision(1);
  return event.SerializeAsString();
}

inline patient::v1::RegisterPatientRequest Registration(const std::string& id) {
  patient::v1::RegisterPatientRequest request;
  request.set_patient_id(id);
  auto& name = *request.mutable_demographics()->add_names();
  name.set_family("Bench");
  name.add_given("Patient");
  return request;
}

inline std::string PatientRegistered(const std::string& patient_id) {
  patient::v1::PatientEvent event;
  auto& registered = *event.mutable_patient_registered();
  registered.set_patient_id(patient_id);
  *registered.mutable_demographics() = Registration(patient_id).demographics();
  registered.set_revision(1);
  return event.SerializeAsString();
}

class Patients {
 public:
  // Those who are registered already.
  Patients(const std::shared_ptr<grpc::Channel>& channel, std::vector<std::string> ids)
      : stub_(patient::v1::PatientService::NewStub(channel)), ids_(std::move(ids)) {}
  // Registers as many.
  Patients(const std::shared_ptr<grpc::Channel>& channel, int count)
      : stub_(patient::v1::PatientService::NewStub(channel)) {
    for (int i = 0; i < count; ++i) ids_.push_back(NewUuid());
    const Round round = RunLoad(ids_.size(), 64, [this](uint64_t index, std::function<void(bool)> done) {
      Call<patient::v1::RegisterPatientRequest, rpc::v1::CommandOutcome>(
          [this](auto... arguments) { stub_->async()->RegisterPatient(arguments...); }, Registration(ids_[index]),
          std::move(done));
    });
    Check(round.failed == 0, "registering patients failed");
  }

  // So many commands, made before they are timed; each to be called once.
  StartCall Commands(uint64_t count) const {
    auto requests = std::make_shared<std::vector<patient::v1::RecordProblemRequest>>();
    for (uint64_t i = 0; i < count; ++i) requests->push_back(Problem(ids_[i % ids_.size()]));
    return [this, requests](uint64_t index, std::function<void(bool)> done) {
      Record(std::move((*requests)[index]), std::move(done));
    };
  }

  // As many messages as it takes for so many commands on one Submit stream.
  std::vector<patient::v1::SubmitRequest> Messages(uint64_t commands, uint64_t in_message, bool gather_answers) const {
    std::vector<patient::v1::SubmitRequest> messages;
    for (uint64_t sequence = 0; sequence < commands; ++sequence) {
      const bool first = sequence % in_message == 0;
      patient::v1::SubmitRequest& one = first ? messages.emplace_back() : *messages.back().add_more();
      one.set_sequence(sequence);
      one.set_gather_answer(gather_answers);
      *one.mutable_command()->mutable_record_problem() = Problem(ids_[sequence % ids_.size()]);
    }
    return messages;
  }

  patient::v1::PatientService::Stub& stub() { return *stub_; }

  void Record(patient::v1::RecordProblemRequest request, std::function<void(bool)> done,
              rpc::v1::CommandOutcome* outcome = nullptr) const {
    Call<patient::v1::RecordProblemRequest, rpc::v1::CommandOutcome>(
        [this](auto... arguments) { stub_->async()->RecordProblem(arguments...); }, std::move(request), std::move(done),
        outcome);
  }

  const std::string& id(size_t index) const { return ids_[index]; }

 private:
  const std::unique_ptr<patient::v1::PatientService::Stub> stub_;
  std::vector<std::string> ids_;
};

// Events per second of a whole replay, which must have that many.
inline double ReplayRate(const std::shared_ptr<grpc::Channel>& channel, uint64_t expected) {
  const auto stub = event::v1::EventFeedService::NewStub(channel);
  grpc::ClientContext context;
  rpc::PrepareContext(context, testing_support::Cluster::Tester(), rpc::kNoTimeout);
  const int64_t begin = MonotonicMicros();
  const auto reader = stub->Subscribe(&context, event::v1::SubscribeRequest());
  event::v1::SubscribeResponse response;
  uint64_t events = 0;
  while (reader->Read(&response)) events += static_cast<uint64_t>(response.batch().events_size());
  Check(reader->Finish().ok() && events == expected, "the replay was cut short");
  return static_cast<double>(events) * 1e6 / static_cast<double>(MonotonicMicros() - begin);
}

}  // namespace anamnesis::bench
