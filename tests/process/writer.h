// Writes to a patient service from several threads and remembers what was acknowledged.
#pragma once

#include <atomic>
#include <map>
#include <set>
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
// The same of a problem with this id and text.
absl::StatusOr<Acknowledged> RecordProblem(patient::v1::PatientService::Stub& stub, const std::string& patient_id,
                                           const std::string& problem_id, const std::string& text);

// Where each problem is in the history of the patient service, which is read from its beginning; positions and versions
// are checked to be without a gap.
std::map<std::string, uint64_t> ReplayProblems(testing_support::Cluster& cluster);

// Threads that record problems until they are stopped; failures are expected (a server is killed) and not retried.
class Writers {
 public:
  Writers(testing_support::Cluster& cluster, std::vector<std::string> patient_ids, int threads);
  ~Writers();

  // Returns when at least so many commands have been acknowledged in all.
  void Await(size_t acknowledged);
  // What has been acknowledged so far, and the ids of all problems that were sent, acknowledged or not.
  std::vector<Acknowledged> SoFar();
  std::set<std::string> Issued();
  // Stops and returns everything that was acknowledged.
  std::vector<Acknowledged> Stop();

 private:
  void Run(size_t offset);

  testing_support::Cluster& cluster_;
  const std::vector<std::string> patient_ids_;
  Mutex mutex_;
  CondVar changed_;
  std::vector<Acknowledged> acknowledged_ GUARDED_BY(mutex_);
  std::set<std::string> issued_ GUARDED_BY(mutex_);
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> threads_;
};

}  // namespace anamnesis
