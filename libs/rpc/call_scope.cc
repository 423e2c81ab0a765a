#include "rpc/call_scope.h"

#include <algorithm>
#include <array>
#include <string>

#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/clock.h"
#include "base/refusal.h"
#include "rpc/fault.h"
#include "rpc/identity.h"
#include "rpc/log.h"
#include "rpc/status.h"

namespace anamnesis::rpc {
namespace {

constexpr double kMicrosPerSecond = 1e6;
// What they allow is for the log also where it succeeds: copies of the record, changes of its keys, erasures.
constexpr std::array<std::string_view, 2> kLoggedPermissions = {"ops.admin", "patient.erase"};

}  // namespace

CallScope::CallScope(const GatedMethod& method, Kind kind)
    : method_(method), gate_(method.gate()), kind_(kind), start_micros_(MonotonicMicros()) {
  gate_.Enter();
}

absl::Status CallScope::Admit(const grpc::ServerContextBase& call) {
  absl::Status status = method_.Admit(call, context_);
  if (kind_ == Kind::kUnary && context_.deadline_micros == INT64_MAX) {
    has_own_deadline_ = true;
    const auto limit = std::chrono::microseconds(gate_.options().max_unary_time);
    context_.deadline_micros = SystemClock().NowMicros() + limit.count();
  }
  return status;
}

absl::Status CallScope::WhyCancelled() const {
  if (SystemClock().NowMicros() >= context_.deadline_micros) return Refuse(v1::DEADLINE_PASSED);
  return absl::CancelledError("the caller ended the call");
}

grpc::Status CallScope::End(const absl::Status& status) {
  const double seconds = static_cast<double>(MonotonicMicros() - start_micros_) / kMicrosPerSecond;
  method_.metrics().Handled(static_cast<grpc::StatusCode>(status.code()), seconds);
  if (status.ok()) {
    const std::chrono::duration<double> slow = gate_.options().slow_unary_time;
    if (std::ranges::count(kLoggedPermissions, method_.permission()) > 0) {
      LogEnd("logged_call", status, seconds);
    } else if (kind_ == Kind::kUnary && seconds >= slow.count()) {
      LogEnd("slow_call", status, seconds);
    }
    return grpc::Status::OK;
  }
  LogEnd("failed_call", status, seconds);
  return ToGrpcStatus(ToSend(status, context_));
}

void CallScope::LogEnd(std::string_view event, const absl::Status& status, double seconds) const {
  // The text of a named refusal is in the catalogue; that of a fault is ours and is needed to mend it.
  const std::string reason = RefusalInfo(status).reason();
  const std::string error = reason.empty() ? std::string(status.message()) : "";
  Log(IsFault(status) ? LogLevel::kError : LogLevel::kInfo, event,
      {
          {"method",      context_.method                        },
          {"code",        absl::StatusCodeToString(status.code())},
          {"reason",      reason                                 },
          {"error",       error                                  },
          {"duration_ms", seconds * 1000                         },
          {"trace_id",    TraceId(context_.traceparent)          },
          {"actor",       context_.caller.actor                  }
  });
}

}  // namespace anamnesis::rpc
