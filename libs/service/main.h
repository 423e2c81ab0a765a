// The common part of the write services' mains.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/status/statusor.h"
#include "rpc/log.h"
#include "rpc/signals.h"
#include "service/options.h"

namespace anamnesis::service {

// Parses the command line (Abseil flags; --help, --flagfile and --fromenv work) and gives the options it asks for. Ends
// the process with a message where a required flag is missing. `default_port` is where the service listens where no
// --listen is given; metrics are 1000 above.
WriteServiceOptions OptionsFromFlags(int argc, char** argv, const std::string& program, const std::string& description,
                                     int default_port);

// Starts a service, serves until SIGTERM or SIGINT, drains. `start` gives a StatusOr of a pointer to a service with
// port() and Drain(). The exit code of the process.
template <class Start>
int ServeUntilSignalled(const std::string& program, const WriteServiceOptions& options, Start start) {
  rpc::InitLogging(program);
  auto service = start(options);
  if (!service.ok()) {
    rpc::Log(rpc::LogLevel::kError, "cannot start",
             {
                 {"error", std::string(service.status().message())}
    });
    return EXIT_FAILURE;
  }
  rpc::Log(rpc::LogLevel::kInfo, "serving",
           {
               {"port",     (*service)->port()},
               {"data_dir", options.data_dir  }
  });
  const int exit_code = rpc::RunUntilSignalled([&] {
    const bool orderly = (*service)->Drain();
    rpc::Log(rpc::LogLevel::kInfo, orderly ? "drained" : "drained, calls were cut off");
  });
  service->reset();
  return exit_code;
}

}  // namespace anamnesis::service
