// Asking the read model.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "anamnesis/chart/v1/chart_service.grpc.pb.h"
#include "services/cli/connection.h"

namespace anamnesis::cli {

// A query of the read model as one function call. Used by one thread.
class Query {
 public:
  explicit Query(const Connection& connection)
      : connection_(connection), stub_(chart::v1::ChartService::NewStub(connection.Channel("readmodel"))) {}

  // Calls `method` of the stub: `Ask(&Stub::GetChart, request)`.
  template <class Request, class Response>
  absl::StatusOr<Response> Ask(grpc::Status (chart::v1::ChartService::Stub::*method)(grpc::ClientContext*,
                                                                                     const Request&, Response*),
                               const Request& request) {
    grpc::ClientContext context;
    connection_.Prepare(context);
    Response response;
    const grpc::Status status = (stub_.get()->*method)(&context, request, &response);
    if (!status.ok()) return connection_.Explain("readmodel", status);
    return response;
  }

  // The id of the patient that `text` means: a UUID, or a name or identifier that only one patient has.
  // FAILED_PRECONDITION lists the candidates where there are several.
  absl::StatusOr<std::string> ResolvePatient(const std::string& text);

 private:
  const Connection& connection_;
  const std::unique_ptr<chart::v1::ChartService::Stub> stub_;
};

// A time from the command line: RFC 3339, or a date, which begins at midnight UTC. INVALID_ARGUMENT where the text is
// none between the years 1 and 9999.
absl::StatusOr<google::protobuf::Timestamp> ParseTime(const std::string& text);

// A date of birth to search for: a year, a month or a day. INVALID_ARGUMENT where the text is none of them; whether
// there is such a day is the server's to say.
absl::StatusOr<clinical::v1::PartialDate> ParseBorn(const std::string& text);

// What an answer is made from: options that commands share.
struct AsOf {
  std::string recorded;  // RFC 3339 or a date; empty: now.
  std::string clinical;
  void AddOptions(CLI::App& command);
  // INVALID_ARGUMENT where a text is no time.
  absl::Status Fill(chart::v1::ReadOptions& options) const;
};

// Prints a message as JSON on standard output, one object.
void PrintJson(const google::protobuf::Message& message);

}  // namespace anamnesis::cli
