// An installation of the real binaries on one data directory, for tests and benchmarks.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "grpcpp/channel.h"
#include "rpc/call_context.h"
#include "tests/support/child.h"

namespace anamnesis::testing_support {

// The directory with the binaries that are under test: $ANAMNESIS_BIN_DIR.
std::string BinDir();

// A new directory below the temporary one, removed with this object.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A free port of 127.0.0.1 that a server may listen on, and nobody else is given, while this lives: not even when the
// server is down, when the system would hand it out to the next connection.
class ReservedPort {
 public:
  ReservedPort();
  ~ReservedPort();
  ReservedPort(const ReservedPort&) = delete;
  ReservedPort& operator=(const ReservedPort&) = delete;
  int port() const { return port_; }

 private:
  int socket_ = -1;
  int port_ = 0;
};

// The four servers as child processes on free ports; a server that is started again listens where it did before. Used
// by one thread.
class Cluster {
 public:
  // Servers in the order in which they start.
  static const std::vector<std::string>& Names();  // readmodel, patient, encounter, medication

  explicit Cluster(std::string data_dir);

  // All four, healthy and linked.
  void StartAll();
  // Starts one and returns when it serves. More flags go to the program as they are, more of its environment is given
  // as NAME=VALUE.
  void Start(const std::string& name, const std::vector<std::string>& flags = {},
             const std::vector<std::string>& environment = {});
  // The same for one that may end before it serves; false if it does.
  bool TryStart(const std::string& name, const std::vector<std::string>& flags = {},
                const std::vector<std::string>& environment = {});
  // Returns when everything that the server links to is linked; health says so.
  void AwaitHealthy(const std::string& name);
  void Kill(const std::string& name);
  // Waits for one that ends by itself: the exit code, or 128 + the signal that ended it.
  int AwaitEnd(const std::string& name);
  // SIGTERM, and the exit code.
  int Stop(const std::string& name);
  bool Running(const std::string& name) const { return children_.count(name) > 0; }

  const std::string& address(const std::string& name) const { return addresses_.at(name); }
  std::shared_ptr<grpc::Channel> Channel(const std::string& name) const;
  Child& child(const std::string& name) { return *children_.at(name); }

  // What a shell runs to have `anamnesis` do something with these servers.
  std::string CommandLine(const std::string& arguments) const;

  // An identity with every role.
  static rpc::Caller Tester();

 private:
  const std::string data_dir_;
  std::map<std::string, ReservedPort> ports_;
  std::map<std::string, std::string> addresses_;  // Of those that have served.
  std::map<std::string, std::unique_ptr<Child>> children_;
};

}  // namespace anamnesis::testing_support
