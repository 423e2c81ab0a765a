#include "rpc/gate.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "anamnesis/rpc/v1/errors.pb.h"
#include "anamnesis/rpc/v1/options.pb.h"
#include "base/refusal.h"
#include "base/status.h"
#include "rpc/codec.h"
#include "rpc/fatal.h"
#include "rpc/identity.h"
#include "rpc/validate_plan.h"

namespace anamnesis::rpc {
namespace {

std::string RequiredPermission(const google::protobuf::MethodDescriptor& contract) {
  std::string permission = contract.options().GetExtension(v1::permission);
  if (permission.empty()) {
    Die(absl::StrCat("the method ", contract.full_name(), " carries no (anamnesis.rpc.v1.permission)"));
  }
  return permission;
}

int64_t DeadlineMicros(const grpc::ServerContextBase& call) {
  const auto deadline = call.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return INT64_MAX;
  return std::chrono::duration_cast<std::chrono::microseconds>(deadline.time_since_epoch()).count();
}

}  // namespace

Gate::Gate(AccessPolicy policy, Metrics& metrics, GateOptions options)
    : policy_(std::move(policy)), metrics_(metrics), options_(options) {}

void Gate::Close() {
  std::vector<std::shared_ptr<Drainable>> streams;
  {
    MutexLock lock(mutex_);
    closed_.store(true, std::memory_order_release);
    for (const std::weak_ptr<Drainable>& stream : streams_) {
      if (auto alive = stream.lock()) streams.push_back(std::move(alive));
    }
  }
  for (const auto& stream : streams) stream->Drain();
}

bool Gate::WaitUntilIdle(std::chrono::milliseconds timeout) {
  MutexLock lock(mutex_);
  return idle_.WaitFor(mutex_, timeout, [this]() NO_THREAD_SAFETY_ANALYSIS { return calls_ == 0; });
}

void Gate::Enter() {
  MutexLock lock(mutex_);
  ++calls_;
}

void Gate::Leave() {
  MutexLock lock(mutex_);
  if (--calls_ == 0) idle_.NotifyAll();
}

void Gate::Track(const std::shared_ptr<Drainable>& stream) {
  {
    MutexLock lock(mutex_);
    if (!closed()) {
      streams_.insert(stream);
      return;
    }
  }
  stream->Drain();
}

void Gate::Untrack(const std::weak_ptr<Drainable>& stream) {
  MutexLock lock(mutex_);
  streams_.erase(stream);
}

GatedMethod::GatedMethod(Gate& gate, const google::protobuf::MethodDescriptor& contract)
    : gate_(gate),
      path_(absl::StrCat(contract.service()->full_name(), "/", contract.name())),
      grpc_path_(absl::StrCat("/", path_)),
      permission_(RequiredPermission(contract)),
      allowed_roles_(gate.policy().RolesWith(permission_)),
      request_plan_(PlanOf(*contract.input_type())),
      metrics_(gate.metrics(), contract.service()->full_name(), contract.name()) {}

absl::Status GatedMethod::Admit(const grpc::ServerContextBase& call, CallContext& context) const {
  context.method = path_;
  context.deadline_micros = DeadlineMicros(call);
  if (!ReadIdentity(call.client_metadata(), context)) return Refuse(v1::CALLER_UNKNOWN);
  return CheckCaller(context.caller);
}

absl::Status GatedMethod::CheckCaller(const Caller& caller) const {
  for (const std::string& role : caller.roles) {
    if (std::binary_search(allowed_roles_.begin(), allowed_roles_.end(), role)) return absl::OkStatus();
  }
  return Refuse(v1::PERMISSION_REQUIRED, {.metadata = {{"permission", permission_}}});
}

absl::Status GatedMethod::Decode(const grpc::ByteBuffer& bytes, google::protobuf::Message& request) const {
  if (bytes.Length() > gate_.options().max_request_bytes) {
    return Refuse(v1::MESSAGE_TOO_LARGE,
                  {.metadata = {{"max_bytes", std::to_string(gate_.options().max_request_bytes)}}});
  }
  return Parse(bytes, request);
}

absl::Status GatedMethod::CheckFields(const google::protobuf::Message& request) const {
  return rpc::CheckFields(request_plan_, request);
}

absl::Status GatedMethod::CheckOpen() const {
  return gate_.closed() ? Refuse(v1::SHUTTING_DOWN) : absl::OkStatus();
}

absl::Status GatedMethod::Receive(const grpc::ByteBuffer& bytes, google::protobuf::Message& request) const {
  RETURN_IF_ERROR(Decode(bytes, request));
  RETURN_IF_ERROR(CheckFields(request));
  return CheckOpen();
}

}  // namespace anamnesis::rpc
