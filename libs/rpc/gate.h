// The one gate that every call passes: who calls, may it, is the request sound, is the server open; then counted and
// logged.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/mutex.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "rpc/access_policy.h"
#include "rpc/call_context.h"
#include "rpc/metrics.h"

namespace anamnesis::rpc {

struct MessagePlan;

// The limits of one server.
struct GateOptions {
  // Largest request that is decoded.
  size_t max_request_bytes = size_t{4} << 20;
  // How long a unary call may take where the caller set no deadline.
  std::chrono::milliseconds max_unary_time{60'000};
  // A call that takes longer is logged.
  std::chrono::milliseconds slow_unary_time{1'000};
};

// A stream that can be asked to end.
class Drainable {
 public:
  virtual ~Drainable() = default;
  // Ends the call with SHUTTING_DOWN as soon as it is sound to. Any thread.
  virtual void Drain() = 0;
};

// What all methods of a server share. Thread-safe. Outlives every service and call.
class Gate {
 public:
  // `metrics` must outlive the gate.
  Gate(AccessPolicy policy, Metrics& metrics, GateOptions options = {});

  // From now on new calls are refused with SHUTTING_DOWN, and streams are asked to end.
  void Close();
  bool closed() const { return closed_.load(std::memory_order_acquire); }

  // Waits until every call is over and every handler has answered; false if that took longer than `timeout`.
  bool WaitUntilIdle(std::chrono::milliseconds timeout);

  const GateOptions& options() const { return options_; }
  const AccessPolicy& policy() const { return policy_; }
  Metrics& metrics() { return metrics_; }

  // For calls: every call enters when it starts and leaves when it is over.
  void Enter();
  void Leave();
  // For streams, to be asked to end by Close; one that is tracked too late is asked at once.
  void Track(const std::shared_ptr<Drainable>& stream);
  void Untrack(const std::weak_ptr<Drainable>& stream);

 private:
  const AccessPolicy policy_;
  Metrics& metrics_;
  const GateOptions options_;
  std::atomic<bool> closed_{false};

  Mutex mutex_;
  CondVar idle_;
  int64_t calls_ GUARDED_BY(mutex_) = 0;
  std::set<std::weak_ptr<Drainable>, std::owner_less<>> streams_ GUARDED_BY(mutex_);
};

// One method as the gate sees it; everything that a call needs is looked up when it is made. Immutable but for its
// counts.
class GatedMethod {
 public:
  // Ends the process where the method carries no permission: no such server may start. `gate` must outlive this object.
  GatedMethod(Gate& gate, const google::protobuf::MethodDescriptor& contract);

  // Fills the context as far as the call tells, then answers CALLER_UNKNOWN, PERMISSION_REQUIRED or OK.
  absl::Status Admit(const grpc::ServerContextBase& call, CallContext& context) const;

  // PERMISSION_REQUIRED, or OK.
  absl::Status CheckCaller(const Caller& caller) const;

  // MALFORMED_MESSAGE, MESSAGE_TOO_LARGE, or OK. Nothing too large is decoded.
  absl::Status Decode(const grpc::ByteBuffer& bytes, google::protobuf::Message& request) const;

  // INVALID_FIELDS or OK.
  absl::Status CheckFields(const google::protobuf::Message& request) const;

  // SHUTTING_DOWN or OK.
  absl::Status CheckOpen() const;

  // The three of them, in this order.
  absl::Status Receive(const grpc::ByteBuffer& bytes, google::protobuf::Message& request) const;

  // `anamnesis.patient.v1.PatientService/RegisterPatient`, and the same after a `/`, as gRPC has it.
  const std::string& path() const { return path_; }
  const std::string& grpc_path() const { return grpc_path_; }
  // The one that the method requires: `patient.write`.
  const std::string& permission() const { return permission_; }
  Gate& gate() const { return gate_; }
  MethodMetrics& metrics() const { return metrics_; }

 private:
  Gate& gate_;
  const std::string path_;
  const std::string grpc_path_;
  const std::string permission_;
  const std::vector<std::string>& allowed_roles_;
  const MessagePlan& request_plan_;
  mutable MethodMetrics metrics_;
};

}  // namespace anamnesis::rpc
