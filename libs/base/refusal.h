// Named refusals. The catalogue is the error enums of the contracts: each value carries its gRPC code, cause and remedy
// as an option (anamnesis/rpc/v1/options.proto), so what is documented is what is sent.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/generated_enum_reflection.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace anamnesis {

// What a refusal says beyond its name; all optional, never patient data.
struct RefusalDetails {
  std::map<std::string, std::string> metadata;  // For ErrorInfo.
  std::vector<google::rpc::BadRequest::FieldViolation> fields;
  std::vector<google::rpc::PreconditionFailure::Violation> preconditions;
  int64_t retry_after_millis = 0;  // 0: not said.
};

// The status for a value of an error enum, with its details as payloads. Prefer Refuse.
absl::Status RefusalStatus(const google::protobuf::EnumValueDescriptor& error, const RefusalDetails& details);

// The status for an error: `Refuse(v1::ORDER_NOT_FOUND)`.
template <class ErrorEnum>
absl::Status Refuse(ErrorEnum error, const RefusalDetails& details = {}) {
  return RefusalStatus(*google::protobuf::GetEnumDescriptor<ErrorEnum>()->FindValueByNumber(error), details);
}

// The ErrorInfo of a status; empty where it carries none.
google::rpc::ErrorInfo RefusalInfo(const absl::Status& status);

// What a status says, with the metadata of its ErrorInfo: for logs and operators.
std::string RefusalText(const absl::Status& status);

// Between absl::Status with payloads and the form that travels.
google::rpc::Status ToRpcStatus(const absl::Status& status);
absl::Status FromRpcStatus(const google::rpc::Status& status);

}  // namespace anamnesis
