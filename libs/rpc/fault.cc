#include "rpc/fault.h"

#include <string>

#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/refusal.h"
#include "rpc/identity.h"
#include "rpc/log.h"

namespace anamnesis::rpc {

bool IsFault(const absl::Status& status) {
  return status.code() == absl::StatusCode::kInternal || status.code() == absl::StatusCode::kUnknown ||
         status.code() == absl::StatusCode::kDataLoss;
}

absl::Status ToSend(const absl::Status& status, const CallContext& context) {
  if (!IsFault(status)) return status;
  const std::string reason = RefusalInfo(status).reason();
  if (!reason.empty() && reason != v1::RpcError_Name(v1::INTERNAL_FAULT)) return status;
  return Refuse(v1::INTERNAL_FAULT, {.metadata = {{"trace_id", std::string(TraceId(context.traceparent))}}});
}

void LogFault(const absl::Status& fault, const CallContext& context) {
  Log(LogLevel::kError, "failed_message",
      {
          {"method",   context.method                        },
          {"code",     absl::StatusCodeToString(fault.code())},
          {"error",    std::string(fault.message())          },
          {"trace_id", TraceId(context.traceparent)          },
          {"actor",    context.caller.actor                  }
  });
}

}  // namespace anamnesis::rpc
