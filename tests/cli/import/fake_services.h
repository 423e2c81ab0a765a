// Three Submit servers in this process that remember what they were sent and fail on demand.
#pragma once

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "anamnesis/encounter/v1/encounter_service.grpc.pb.h"
#include "anamnesis/medication/v1/medication_service.grpc.pb.h"
#include "anamnesis/patient/v1/errors.pb.h"
#include "anamnesis/patient/v1/patient_service.grpc.pb.h"
#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/mutex.h"
#include "base/refusal.h"
#include "services/cli/import/engine.h"

namespace anamnesis::importer::testing {

// How the servers behave; shared by the three. Thread-safe.
class FakeStore {
 public:
  // The stream breaks after each `n` answers, the last command done but not answered; 0: never.
  void BreakAfter(size_t n) { break_after_ = n; }
  // Every command is turned away as OVERLOADED when it is first seen.
  void OverloadOnce(bool on) { overload_once_ = on; }
  // Streams are refused with this status.
  void RefuseStreams(const grpc::Status& status) { refuse_streams_ = status; }

  const grpc::Status& refuse_streams() const { return refuse_streams_; }
  size_t break_after() const { return break_after_; }

  // Carries a command out; `duplicate` if it was carried out before. As a patient service would, it refuses what comes
  // before the patient.
  absl::Status Do(const google::protobuf::Message& command, bool* duplicate);

  size_t streams() const { return Locked(streams_); }
  std::vector<std::string> carried_out() const { return Locked(carried_out_); }
  void StreamOpened() {
    MutexLock lock(mutex_);
    ++streams_;
  }

 private:
  template <class T>
  T Locked(const T& value) const {
    MutexLock lock(mutex_);
    return value;
  }

  size_t break_after_ = 0;
  bool overload_once_ = false;
  grpc::Status refuse_streams_;

  mutable Mutex mutex_;
  size_t streams_ GUARDED_BY(mutex_) = 0;
  std::set<std::string> seen_ GUARDED_BY(mutex_);
  std::set<std::string> done_ GUARDED_BY(mutex_);
  std::set<std::string> patients_ GUARDED_BY(mutex_);
  std::vector<std::string> carried_out_ GUARDED_BY(mutex_);  // Request ids, in order.
};

// One service over the store.
template <class Base, class Request, class Response>
class FakeService final : public Base::Service {
 public:
  explicit FakeService(FakeStore& store) : store_(store) {}

  grpc::Status Submit(grpc::ServerContext*, grpc::ServerReaderWriter<Response, Request>* stream) override {
    store_.StreamOpened();
    if (!store_.refuse_streams().ok()) return store_.refuse_streams();
    Request request;
    size_t answered = 0;
    while (stream->Read(&request)) {
      Response response;
      if (!Answer(request, answered, response)) return Killed();
      for (const Request& further : request.more()) {
        if (!Answer(further, answered, *response.add_more())) return Killed();
      }
      stream->Write(response);
    }
    return grpc::Status::OK;
  }

 private:
  static grpc::Status Killed() { return grpc::Status(grpc::UNAVAILABLE, "the service was killed"); }

  // Carries one command out; false if the service is killed before it can answer.
  bool Answer(const Request& request, size_t& answered, Response& response) {
    bool duplicate = false;
    const absl::Status status = store_.Do(request.command(), &duplicate);
    if (store_.break_after() > 0 && answered == store_.break_after()) return false;
    ++answered;
    response.set_sequence(request.sequence());
    if (status.ok()) {
      response.mutable_outcome()->set_duplicate(duplicate);
    } else {
      *response.mutable_error() = ToRpcStatus(status);
    }
    return true;
  }

  FakeStore& store_;
};

// The servers, on a free port.
class FakeServices {
 public:
  FakeServices();
  ~FakeServices();

  FakeStore& store() { return store_; }
  Services streams() const;

 private:
  FakeStore store_;
  FakeService<patient::v1::PatientService, patient::v1::SubmitRequest, patient::v1::SubmitResponse> patient_{store_};
  FakeService<encounter::v1::EncounterService, encounter::v1::SubmitRequest, encounter::v1::SubmitResponse> encounter_{
      store_};
  FakeService<medication::v1::MedicationService, medication::v1::SubmitRequest, medication::v1::SubmitResponse>
      medication_{store_};
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace anamnesis::importer::testing
