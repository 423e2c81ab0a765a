// What every call keeps from its start to its end. Internal.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/status.h"
#include "rpc/call_context.h"
#include "rpc/gate.h"

namespace anamnesis::rpc {

// One call in the books of its gate: entered when made, left when destroyed. Not thread-safe; Admit comes first, End
// once.
class CallScope {
 public:
  enum class Kind { kUnary, kStream };

  CallScope(const GatedMethod& method, Kind kind);
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;

  // As GatedMethod::Admit; a unary call without a deadline is given one.
  absl::Status Admit(const grpc::ServerContextBase& call);

  // DEADLINE_PASSED where that is why a call was cancelled, CANCELLED otherwise.
  absl::Status WhyCancelled() const;

  // Counts the call, logs it where it failed, was slow or is one of power over the record, and makes the status that is
  // sent, as ToSend does.
  grpc::Status End(const absl::Status& status);

  // The server no longer waits for this call, which must not touch the gate or the method from now on.
  void Leave() { gate_.Leave(); }

  const CallContext& context() const { return context_; }
  // Whether the deadline is ours to watch, because the caller set none.
  bool has_own_deadline() const { return has_own_deadline_; }

 private:
  void LogEnd(std::string_view event, const absl::Status& status, double seconds) const;

  const GatedMethod& method_;
  Gate& gate_;  // Outlives the method.
  const Kind kind_;
  const int64_t start_micros_;
  CallContext context_;
  bool has_own_deadline_ = false;
};

}  // namespace anamnesis::rpc
