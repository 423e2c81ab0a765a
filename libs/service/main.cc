#include "service/main.h"

#include <map>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "service/flags.h"

ABSL_FLAG(std::string, data_dir, "", "Directory of the service's data; made if it does not exist. Required.");
ABSL_FLAG(std::string, listen, "", "Address to serve gRPC on; loopback and the service's own port by default.");
ABSL_FLAG(std::string, metrics_listen, "",
          "Address to serve Prometheus metrics on over HTTP; the port 1000 above the service's by default.");
ABSL_FLAG(std::string, readmodel, "127.0.0.1:7110",
          "Address of the read model to publish views to; empty: do not publish.");
ABSL_FLAG(std::vector<std::string>, witness, {},
          "Services that cosign this one's checkpoints, as name=address, separated by commas: "
          "encounter=127.0.0.1:7102. Each remembers how far this log went, so that none can be cut or replaced alone.");
ABSL_FLAG(std::string, roles_file, "", "File that says which role has which permission; a built-in table by default.");
ABSL_FLAG(std::string, kek_file, "",
          "File of mode 0600 with the key-encryption keys, the current one first; made for a new log. By default "
          "log.kek in the data directory: move it to another disk, or let --kek_command fetch it.");
ABSL_FLAG(std::string, kek_command, "", "Shell command that prints what a key file holds, in the place of one.");
ABSL_FLAG(std::string, backup_root, "",
          "Directory below which backups may be written; `backups` beside the data directory by default. Choose one on "
          "another disk.");
ABSL_FLAG(uint64_t, backup_bytes_per_second, 0, "How fast a backup may copy; 0: as fast as it goes.");
ABSL_FLAG(int, state_cache_mb, 64, "Memory for the states of recently used streams, in MiB.");
ABSL_FLAG(int, max_commands, 4096, "Commands in flight before further ones are refused with RESOURCE_EXHAUSTED.");

namespace anamnesis::service {
namespace {

constexpr int kMetricsOffset = 1000;

std::string Loopback(int port) {
  return absl::StrCat("127.0.0.1:", port);
}

// Ends the process where one is malformed.
std::map<std::string, std::string> Witnesses(const std::string& program) {
  std::map<std::string, std::string> witnesses;
  for (const std::string& one : absl::GetFlag(FLAGS_witness)) {
    const size_t sign = one.find('=');
    if (sign == std::string::npos || sign == 0 || sign + 1 == one.size()) {
      std::fprintf(stderr, "%s: --witness has '%s', which is not name=address; see --help\n", program.c_str(),
                   one.c_str());
      std::exit(EXIT_FAILURE);
    }
    witnesses[one.substr(0, sign)] = one.substr(sign + 1);
  }
  return witnesses;
}

std::string Or(const std::string& given, const std::string& otherwise) {
  return given.empty() ? otherwise : given;
}

}  // namespace

WriteServiceOptions OptionsFromFlags(int argc, char** argv, const std::string& program, const std::string& description,
                                     int default_port) {
  const std::vector<char*> rest =
      ParseFlags(argc, argv, program,
                 absl::StrCat(description, "\n\n  ", program, " --data_dir=DIR [--listen=", Loopback(default_port),
                              "] [--readmodel=ADDRESS]\n\nStops in order on SIGTERM."));
  if (rest.size() > 1) {
    std::fprintf(stderr, "%s: unexpected argument '%s'; see --help\n", program.c_str(), rest[1]);
    std::exit(EXIT_FAILURE);
  }
  WriteServiceOptions options;
  options.data_dir = absl::GetFlag(FLAGS_data_dir);
  if (options.data_dir.empty()) {
    std::fprintf(stderr, "%s: --data_dir is required: the directory to keep the record in; see --help\n",
                 program.c_str());
    std::exit(EXIT_FAILURE);
  }
  options.listen = Or(absl::GetFlag(FLAGS_listen), Loopback(default_port));
  options.metrics_listen = Or(absl::GetFlag(FLAGS_metrics_listen), Loopback(default_port + kMetricsOffset));
  options.readmodel = absl::GetFlag(FLAGS_readmodel);
  options.witnesses = Witnesses(program);
  options.roles_file = absl::GetFlag(FLAGS_roles_file);
  options.log.kek_file = absl::GetFlag(FLAGS_kek_file);
  options.log.kek_command = absl::GetFlag(FLAGS_kek_command);
  options.backups.root = absl::GetFlag(FLAGS_backup_root);
  options.backups.bytes_per_second = absl::GetFlag(FLAGS_backup_bytes_per_second);
  options.runner.cache_bytes = static_cast<size_t>(absl::GetFlag(FLAGS_state_cache_mb)) << 20;
  options.runner.max_in_flight = static_cast<size_t>(absl::GetFlag(FLAGS_max_commands));
  return options;
}

}  // namespace anamnesis::service
