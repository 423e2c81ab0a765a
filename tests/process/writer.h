// Writes to a patient service from several threads and remembers what was acknowledged.
#pragma once

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "anamnesis/patient/v1/patient_service.grpc.pb.h"
#include "base/mutex.h"
#include "tests/support/cluster.h"

namespace anamnesis {

// An acknowledged command: the problem's id and where its event is.
struct Acknowledged {
  std::string patient_id;
  std::string problem_id;
  uint64_t position = 0;
};

// Registers `patients` patients; returns their ids.
std::vector<std::string> RegisterPatients(testing_support::Cluster& cluster, int patients);

// One synchronous RecordProblem; the answer's status, and where it is if it was acknowledged.
absl::StatusOr<Acknowledged> RecordProblem(patient::v1::PatientService::Stub& stub, const std::string& patient_id);

// Threads that record problems until they are stopped; failures are expected (a server is killed) and not retried.
class Writers {
 public:
  Writers(testing_support::Cluster& cluster, std::vector<std::string> patient_ids, int threads);
  ~Writers();

  // Returns when at least so many commands have been acknowledged in all.
  void Await(size_t acknowledged);
  // Stops and returns everything that was acknowledged.
  std::vector<Acknowledged> Stop();

 private:
  void Run(size_t offset);

  testing_support::Cluster& cluster_;
  const std::vector<std::string> patient_ids_;
  Mutex mutex_;
  CondVar changed_;
  std::vector<Acknowledged> acknowledged_ GUARDED_BY(mutex_);
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> threads_;
};

}  // namespace anamnesis
