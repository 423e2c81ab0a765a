#include "tests/process/writer.h"

#include <gtest/gtest.h>

#include "anamnesis/event/v1/feed_service.grpc.pb.h"
#include "anamnesis/patient/v1/events.pb.h"
#include "base/uuid.h"
#include "rpc/client.h"
#include "rpc/status.h"

namespace anamnesis {
namespace {

constexpr std::chrono::seconds kTimeout{20};

}  // namespace

std::vector<std::string> RegisterPatients(testing_support::Cluster& cluster, int patients) {
  const auto stub = patient::v1::PatientService::NewStub(cluster.Channel("patient"));
  std::vector<std::string> ids;
  for (int i = 0; i < patients; ++i) {
    ids.push_back(NewUuid());
    patient::v1::RegisterPatientRequest request;
    request.set_patient_id(ids.back());
    auto& name = *request.mutable_demographics()->add_names();
    name.set_family("Test");
    name.add_given("Number" + std::to_string(i));
    grpc::ClientContext context;
    rpc::PrepareContext(context, testing_support::Cluster::Tester(), kTimeout);
    rpc::v1::CommandOutcome outcome;
    const grpc::Status status = stub->RegisterPatient(&context, request, &outcome);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }
  return ids;
}

absl::StatusOr<Acknowledged> RecordProblem(patient::v1::PatientService::Stub& stub, const std::string& patient_id) {
  return RecordProblem(stub, patient_id, NewUuid(), "low back pain");
}

absl::StatusOr<Acknowledged> RecordProblem(patient::v1::PatientService::Stub& stub, const std::string& patient_id,
                                           const std::string& problem_id, const std::string& text) {
  patient::v1::RecordProblemRequest request;
  request.set_patient_id(patient_id);
  request.mutable_context()->set_request_id(NewUuid());
  request.mutable_problem()->set_id(problem_id);
  request.mutable_problem()->mutable_code()->set_text(text);
  grpc::ClientContext context;
  rpc::PrepareContext(context, testing_support::Cluster::Tester(), kTimeout);
  rpc::v1::CommandOutcome outcome;
  const grpc::Status status = stub.RecordProblem(&context, request, &outcome);
  if (!status.ok()) return rpc::FromGrpcStatus(status);
  return Acknowledged{patient_id, request.problem().id(), outcome.position()};
}

std::map<std::string, uint64_t> ReplayProblems(testing_support::Cluster& cluster) {
  const auto stub = event::v1::EventFeedService::NewStub(cluster.Channel("patient"));
  grpc::ClientContext context;
  rpc::PrepareContext(context, testing_support::Cluster::Tester(), kTimeout);
  const auto reader = stub->Subscribe(&context, event::v1::SubscribeRequest());
  std::map<std::string, uint64_t> problems;
  std::map<std::string, uint64_t> versions;
  uint64_t position = 0;
  event::v1::SubscribeResponse response;
  while (reader->Read(&response)) {
    for (const auto& event : response.batch().events()) {
      EXPECT_EQ(event.position(), ++position);
      EXPECT_EQ(event.version(), ++versions[event.stream()]);
      patient::v1::PatientEvent payload;
      EXPECT_TRUE(payload.ParseFromString(event.payload()));
      if (payload.has_problem_recorded()) problems[payload.problem_recorded().problem().id()] = event.position();
    }
  }
  EXPECT_TRUE(reader->Finish().ok());
  return problems;
}

Writers::Writers(testing_support::Cluster& cluster, std::vector<std::string> patient_ids, int threads)
    : cluster_(cluster), patient_ids_(std::move(patient_ids)) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this, i] { Run(static_cast<size_t>(i)); });
}

Writers::~Writers() {
  Stop();
}

void Writers::Run(size_t offset) {
  const auto stub = patient::v1::PatientService::NewStub(cluster_.Channel("patient"));
  for (size_t i = offset; !stopping_; ++i) {
    const std::string problem_id = NewUuid();
    {
      MutexLock lock(mutex_);
      issued_.insert(problem_id);
    }
    const auto outcome = RecordProblem(*stub, patient_ids_[i % patient_ids_.size()], problem_id, "low back pain");
    if (!outcome.ok()) continue;
    MutexLock lock(mutex_);
    acknowledged_.push_back(*outcome);
    changed_.NotifyAll();
  }
}

void Writers::Await(size_t acknowledged) {
  MutexLock lock(mutex_);
  changed_.Wait(mutex_, [&]() NO_THREAD_SAFETY_ANALYSIS { return acknowledged_.size() >= acknowledged; });
}

std::vector<Acknowledged> Writers::SoFar() {
  MutexLock lock(mutex_);
  return acknowledged_;
}

std::set<std::string> Writers::Issued() {
  MutexLock lock(mutex_);
  return issued_;
}

std::vector<Acknowledged> Writers::Stop() {
  stopping_ = true;
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  MutexLock lock(mutex_);
  return acknowledged_;
}

}  // namespace anamnesis
