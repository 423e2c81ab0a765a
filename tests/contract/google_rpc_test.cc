// Standard clients decode our error details because names, numbers and types are the published ones.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/contract/contract.h"

namespace anamnesis::contract {
namespace {

using google::protobuf::FieldDescriptor;

// google/rpc/{status,error_details}.proto as published by googleapis, the parts that we have.
const std::map<std::string, std::string>& Published() {
  static const auto* fields = new std::map<std::string, std::string>{
      {"google.rpc.Status.code",                               "1 int32"                                            },
      {"google.rpc.Status.message",                            "2 string"                                           },
      {"google.rpc.Status.details",                            "3 repeated google.protobuf.Any"                     },
      {"google.rpc.ErrorInfo.reason",                          "1 string"                                           },
      {"google.rpc.ErrorInfo.domain",                          "2 string"                                           },
      {"google.rpc.ErrorInfo.metadata",                        "3 map string string"                                },
      {"google.rpc.RetryInfo.retry_delay",                     "1 google.protobuf.Duration"                         },
      {"google.rpc.PreconditionFailure.violations",            "1 repeated google.rpc.PreconditionFailure.Violation"},
      {"google.rpc.PreconditionFailure.Violation.type",        "1 string"                                           },
      {"google.rpc.PreconditionFailure.Violation.subject",     "2 string"                                           },
      {"google.rpc.PreconditionFailure.Violation.description", "3 string"                                           },
      {"google.rpc.BadRequest.field_violations",               "1 repeated google.rpc.BadRequest.FieldViolation"    },
      {"google.rpc.BadRequest.FieldViolation.field",           "1 string"                                           },
      {"google.rpc.BadRequest.FieldViolation.description",     "2 string"                                           },
  };
  return *fields;
}

std::string TypeOf(const FieldDescriptor& field) {
  if (field.is_map()) {
    return absl::StrCat("map ", field.message_type()->map_key()->type_name(), " ",
                        field.message_type()->map_value()->type_name());
  }
  return absl::StrCat(field.is_repeated() ? "repeated " : "",
                      field.message_type() == nullptr ? field.type_name() : field.message_type()->full_name());
}

TEST(GoogleRpcTest, IsAsPublished) {
  std::map<std::string, std::string> ours;
  for (const auto* message : Messages()) {
    if (message->file()->package() != "google.rpc") continue;
    for (int i = 0; i < message->field_count(); ++i) {
      const FieldDescriptor& field = *message->field(i);
      ours[field.full_name()] = absl::StrCat(field.number(), " ", TypeOf(field));
    }
  }
  EXPECT_EQ(ours, Published());
}

}  // namespace
}  // namespace anamnesis::contract
