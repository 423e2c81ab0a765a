// Clients of the patient service over gRPC that repeat a request until it is answered, whoever dies meanwhile.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "anamnesis/event/v1/envelope.pb.h"
#include "anamnesis/event/v1/feed_service.grpc.pb.h"
#include "anamnesis/patient/v1/patient_service.grpc.pb.h"
#include "base/mutex.h"
#include "grpcpp/channel.h"
#include "rpc/call_context.h"
#include "tests/fault/history.h"

namespace anamnesis::fault {

// A channel that connects again within moments.
std::shared_ptr<grpc::Channel> QuickChannel(const std::string& address);

// Everybody in one: every role.
rpc::Caller Anybody();

// How commands are put into the messages of a Submit stream.
enum class SubmitShape {
  kOneEach,     // A message to each, and an answer to each.
  kGathered,    // A message to each; answers may share one.
  kOneMessage,  // All in one.
};
inline constexpr uint64_t kSubmitShapes = 3;

// One client, used by one thread. What it asked for and was answered goes into the history: of the patient's stream,
// and of the problem by its etag.
class PatientClient {
 public:
  PatientClient(const std::string& address, History& history);

  void Register(const std::string& patient_id);
  // A new entry of the problem list.
  void Record(const std::string& patient_id, const std::string& problem_id);
  // New entries, all sent on one stream without waiting for answers; what is not answered is sent again on another.
  void Submit(const std::string& patient_id, const std::vector<std::string>& problem_ids, SubmitShape shape);
  // Changes it if its etag is still the one that this client saw last.
  void Revise(const std::string& patient_id, const std::string& problem_id);
  // What version the patient's stream has.
  void Read(const std::string& patient_id);
  // OK as soon as it is done.
  void Erase(const std::string& patient_id);

 private:
  // A command of a stream that is not answered; kept by its sequence.
  struct Submitted {
    patient::v1::RecordProblemRequest request;
    uint64_t invoked = 0;
  };
  using Try = std::function<grpc::Status(grpc::ClientContext&, rpc::v1::CommandOutcome&)>;

  // Until it is answered for good: with an outcome or a refusal.
  absl::StatusOr<rpc::v1::CommandOutcome> Insist(const std::string& request_id, const Try& once);
  static std::vector<patient::v1::SubmitRequest> MessagesOf(const std::map<uint64_t, Submitted>& open,
                                                            SubmitShape shape);
  // Removes what is answered for good; adds the position of what was done on this stream and not before.
  void Take(const patient::v1::SubmitResponse& answer, std::map<uint64_t, Submitted>& open,
            std::map<uint64_t, uint64_t>& positions);
  // The operation on the patient's stream, and that on the problem.
  void Note(const std::string& patient_id, const std::string& problem_id, std::optional<uint64_t> expected_etag,
            uint64_t invoked, const std::string& request_id, const absl::StatusOr<rpc::v1::CommandOutcome>& outcome);

  const std::unique_ptr<patient::v1::PatientService::Stub> patients_;
  const std::unique_ptr<event::v1::EventFeedService::Stub> feed_;
  History& history_;
  std::map<std::string, uint64_t> etags_;
};

// Threads that record, revise and read until they are stopped. Whoever is in the middle of a request when it is stopped
// finishes it, so the service must be up then.
class PatientClients {
 public:
  PatientClients(const std::string& address, History& history, std::vector<std::string> patients,
                 std::mt19937_64 random, int threads);
  ~PatientClients() { Stop(); }
  void Stop();
  size_t operations() const { return operations_; }
  // Returns when so many more operations are done; false if they are not within half a minute.
  bool Await(size_t more);

 private:
  void Run(const std::string& address, std::mt19937_64 random);

  History& history_;
  const std::vector<std::string> patients_;  // Each has a problem of its own id.
  std::atomic<bool> stopping_{false};
  std::atomic<size_t> operations_{0};
  Mutex mutex_;
  CondVar changed_;
  std::vector<std::thread> threads_;
};

// Every event from the beginning, in order.
std::vector<event::v1::EventEnvelope> ReplayPatients(const std::string& address);

// The positions of each request's last event.
std::map<std::string, std::vector<uint64_t>> RecordedRequests(const std::vector<event::v1::EventEnvelope>& events);

}  // namespace anamnesis::fault
