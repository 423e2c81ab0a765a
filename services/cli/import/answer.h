// What a service said to one command, as far as an import needs to know.
#pragma once

#include <cstdint>
#include <string>

#include "google/rpc/status.pb.h"

namespace anamnesis::importer {

enum class AnswerKind {
  kRecorded,
  kDuplicate,       // What it asks for was done before.
  kAlreadyPresent,  // Something with this id is there, and differs.
  kTryAgain,        // Nothing was decided; `retry_after_millis` says when.
  kRefused,
};

struct Answer {
  uint64_t sequence = 0;
  AnswerKind kind = AnswerKind::kRefused;
  std::string field;   // Of the request, where a field is at fault.
  std::string reason;  // The refusal's name and cause; never a value.
  int64_t retry_after_millis = 0;
};

// The answer that a refusal means.
Answer AnswerFromError(uint64_t sequence, const google::rpc::Status& error);

}  // namespace anamnesis::importer
