#include "base/refusal.h"

#include <array>
#include <cstdlib>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "anamnesis/rpc/v1/options.pb.h"

namespace anamnesis {
namespace {

constexpr char kTypeUrlPrefix[] = "type.googleapis.com/";

constexpr std::array<std::pair<const char*, absl::StatusCode>, 16> kCodes = {
    {
     {"CANCELLED", absl::StatusCode::kCancelled},
     {"UNKNOWN", absl::StatusCode::kUnknown},
     {"INVALID_ARGUMENT", absl::StatusCode::kInvalidArgument},
     {"DEADLINE_EXCEEDED", absl::StatusCode::kDeadlineExceeded},
     {"NOT_FOUND", absl::StatusCode::kNotFound},
     {"ALREADY_EXISTS", absl::StatusCode::kAlreadyExists},
     {"PERMISSION_DENIED", absl::StatusCode::kPermissionDenied},
     {"RESOURCE_EXHAUSTED", absl::StatusCode::kResourceExhausted},
     {"FAILED_PRECONDITION", absl::StatusCode::kFailedPrecondition},
     {"ABORTED", absl::StatusCode::kAborted},
     {"OUT_OF_RANGE", absl::StatusCode::kOutOfRange},
     {"UNIMPLEMENTED", absl::StatusCode::kUnimplemented},
     {"INTERNAL", absl::StatusCode::kInternal},
     {"UNAVAILABLE", absl::StatusCode::kUnavailable},
     {"DATA_LOSS", absl::StatusCode::kDataLoss},
     {"UNAUTHENTICATED", absl::StatusCode::kUnauthenticated},
     }
};

absl::StatusCode CodeNamed(const std::string& name) {
  for (const auto& [known, code] : kCodes) {
    if (name == known) return code;
  }
  std::abort();  // A catalogue entry without a known code: tests/contract loads every entry.
}

template <class Message>
void Attach(const Message& message, absl::Status& status) {
  status.SetPayload(absl::StrCat(kTypeUrlPrefix, message.GetDescriptor()->full_name()),
                    absl::Cord(message.SerializeAsString()));
}

}  // namespace

absl::Status RefusalStatus(const google::protobuf::EnumValueDescriptor& error, const RefusalDetails& details) {
  const rpc::v1::Refusal& refusal = error.options().GetExtension(rpc::v1::refusal);
  absl::Status status(CodeNamed(refusal.code()), absl::StrCat(refusal.cause(), "; ", refusal.remedy()));

  google::rpc::ErrorInfo info;
  info.set_reason(error.name());
  info.set_domain(error.type()->options().GetExtension(rpc::v1::error_domain));
  info.mutable_metadata()->insert(details.metadata.begin(), details.metadata.end());
  Attach(info, status);

  if (!details.fields.empty()) {
    google::rpc::BadRequest bad_request;
    bad_request.mutable_field_violations()->Assign(details.fields.begin(), details.fields.end());
    Attach(bad_request, status);
  }
  if (!details.preconditions.empty()) {
    google::rpc::PreconditionFailure failure;
    failure.mutable_violations()->Assign(details.preconditions.begin(), details.preconditions.end());
    Attach(failure, status);
  }
  if (details.retry_after_millis > 0) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(details.retry_after_millis / 1000);
    retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(details.retry_after_millis % 1000) * 1'000'000);
    Attach(retry, status);
  }
  return status;
}

google::rpc::ErrorInfo RefusalInfo(const absl::Status& status) {
  google::rpc::ErrorInfo info;
  const auto payload = status.GetPayload(absl::StrCat(kTypeUrlPrefix, info.GetDescriptor()->full_name()));
  if (payload.has_value() && !info.ParseFromString(std::string(*payload))) info.Clear();
  return info;
}

std::string RefusalText(const absl::Status& status) {
  std::string text(status.message());
  const google::rpc::ErrorInfo info = RefusalInfo(status);
  const std::map<std::string, std::string> sorted(info.metadata().begin(), info.metadata().end());
  for (const auto& [key, value] : sorted) absl::StrAppend(&text, " (", key, ": ", value, ")");
  return text;
}

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  google::rpc::Status result;
  result.set_code(static_cast<int>(status.code()));
  result.set_message(std::string(status.message()));
  status.ForEachPayload([&result](absl::string_view type_url, const absl::Cord& payload) {
    google::protobuf::Any* detail = result.add_details();
    detail->set_type_url(std::string(type_url));
    detail->set_value(std::string(payload));
  });
  return result;
}

absl::Status FromRpcStatus(const google::rpc::Status& status) {
  absl::Status result(static_cast<absl::StatusCode>(status.code()), status.message());
  for (const google::protobuf::Any& detail : status.details()) {
    result.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return result;
}

}  // namespace anamnesis
