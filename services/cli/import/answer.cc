#include "services/cli/import/answer.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"

namespace anamnesis::importer {
namespace {

// A death is a fact of which there is one: another time of it is other content, not a refusal of this record.
constexpr char kDeathAlreadyRecorded[] = "DEATH_ALREADY_RECORDED";
// The only resources that an import changes are those that it takes back: one that was taken back before is what it
// should be.
constexpr char kTakenBack[] = "RESOURCE_RETRACTED";

AnswerKind KindOf(int code, const std::string& reason) {
  switch (static_cast<absl::StatusCode>(code)) {
    case absl::StatusCode::kAlreadyExists:
      return AnswerKind::kAlreadyPresent;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kAborted:
      return AnswerKind::kTryAgain;
    case absl::StatusCode::kResourceExhausted:
      return reason == "OVERLOADED" ? AnswerKind::kTryAgain : AnswerKind::kRefused;
    default:
      if (reason == kTakenBack) return AnswerKind::kDuplicate;
      return reason == kDeathAlreadyRecorded ? AnswerKind::kAlreadyPresent : AnswerKind::kRefused;
  }
}

}  // namespace

Answer AnswerFromError(uint64_t sequence, const google::rpc::Status& error) {
  Answer answer{.sequence = sequence};
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad_request;
  google::rpc::RetryInfo retry;
  for (const google::protobuf::Any& detail : error.details()) {
    if (detail.UnpackTo(&info) || detail.UnpackTo(&bad_request)) continue;
    if (detail.UnpackTo(&retry)) {
      answer.retry_after_millis = retry.retry_delay().seconds() * 1000 + retry.retry_delay().nanos() / 1000000;
    }
  }
  answer.kind = KindOf(error.code(), info.reason());
  answer.reason = info.reason().empty() ? error.message() : absl::StrCat(info.reason(), ": ", error.message());
  for (const auto& violation : bad_request.field_violations()) {
    absl::StrAppend(&answer.field, answer.field.empty() ? "" : ", ", violation.field());
  }
  return answer;
}

}  // namespace anamnesis::importer
