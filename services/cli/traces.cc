#include "services/cli/traces.h"

#include "absl/strings/str_cat.h"
#include "services/cli/query.h"
#include "services/cli/server_status.h"

namespace anamnesis::cli {
namespace {

Trace ViewsOf(const Connection& connection, const std::string& service) {
  Trace trace{.where = "readmodel", .what = "views"};
  const auto status =
      Query(connection)
          .Ask(&chart::v1::ChartService::Stub::GetProjectionStatus, chart::v1::GetProjectionStatusRequest());
  if (!status.ok()) trace.problem = std::string(status.status().message());
  if (!status.ok()) return trace;
  for (const auto& views : status->services()) {
    if (views.service() == service) trace.position = views.applied_position();
  }
  return trace;
}

}  // namespace

std::vector<Trace> TracesOf(const Connection& connection, const std::string& service) {
  std::vector<Trace> traces = {ViewsOf(connection, service)};
  for (const std::string follower : {"encounter", "medication"}) {
    const std::string link_name = absl::StrCat("follow:", service);
    const auto status = AskStatus(connection, follower);
    if (!status.ok()) {
      traces.push_back({.where = follower, .what = "facts", .problem = std::string(status.status().message())});
      continue;
    }
    for (const auto& link : status->links()) {
      if (link.name() == link_name) traces.push_back({.where = follower, .what = "facts", .position = link.position()});
    }
  }
  return traces;
}

}  // namespace anamnesis::cli
