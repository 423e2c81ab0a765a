#include <cstdio>
#include <cstdlib>

#include "absl/flags/flag.h"
#include "rpc/log.h"
#include "rpc/signals.h"
#include "service/flags.h"
#include "services/readmodel/readmodel_module.h"

ABSL_FLAG(std::string, data_dir, "", "Directory of the views; made if it does not exist. Required.");
ABSL_FLAG(std::string, listen, "127.0.0.1:7110", "Address to serve gRPC on.");
ABSL_FLAG(std::string, metrics_listen, "127.0.0.1:8110", "Address to serve Prometheus metrics on; empty: none.");
ABSL_FLAG(std::string, roles_file, "", "File that says which role has which permission; a built-in table by default.");
ABSL_FLAG(int, chart_cache_mb, 32, "Memory for charts that are ready to send, in MiB.");

int main(int argc, char** argv) {
  using namespace anamnesis;  // NOLINT: a main is a parts list.
  rpc::BlockSignals();
  const std::vector<char*> rest =
      service::ParseFlags(argc, argv, "readmodeld",
                          "Answers questions about patients from the views that the services publish to it.\n\n"
                          "  readmodeld --data_dir=DIR [--listen=127.0.0.1:7110]\n\nStops in order on SIGTERM.");
  const readmodel::ReadModelOptions options{
      .data_dir = absl::GetFlag(FLAGS_data_dir),
      .listen = absl::GetFlag(FLAGS_listen),
      .metrics_listen = absl::GetFlag(FLAGS_metrics_listen),
      .roles_file = absl::GetFlag(FLAGS_roles_file),
      .chart_cache_bytes = static_cast<size_t>(absl::GetFlag(FLAGS_chart_cache_mb)) << 20};
  if (rest.size() > 1 || options.data_dir.empty()) {
    std::fprintf(stderr, rest.size() > 1 ? "readmodeld: unexpected argument; see --help\n"
                                         : "readmodeld: --data_dir is required: the directory to keep the views in\n");
    return EXIT_FAILURE;
  }
  rpc::InitLogging("readmodeld");
  auto model = readmodel::ReadModel::Start(options);
  if (!model.ok()) {
    rpc::Log(rpc::LogLevel::kError, "cannot start",
             {
                 {"error", std::string(model.status().message())}
    });
    return EXIT_FAILURE;
  }
  rpc::Log(rpc::LogLevel::kInfo, "serving",
           {
               {"port",     (*model)->port()},
               {"data_dir", options.data_dir}
  });
  return rpc::RunUntilSignalled([&model] {
    const bool orderly = (*model)->Drain();
    rpc::Log(rpc::LogLevel::kInfo, orderly ? "drained" : "drained, calls were cut off");
  });
}
