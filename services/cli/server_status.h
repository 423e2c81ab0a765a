// What a server says of itself.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "anamnesis/ops/v1/ops_service.pb.h"
#include "services/cli/connection.h"

namespace anamnesis::cli {

absl::StatusOr<ops::v1::GetStatusResponse> AskStatus(const Connection& connection, const std::string& server);

}  // namespace anamnesis::cli
