// A wire between a client and a server that a test can cut.
#pragma once

#include <list>
#include <memory>
#include <string>
#include <thread>

#include "base/mutex.h"

namespace anamnesis::fault {

// Forwards TCP connections to an address, on a loopback port of its own. Used by one thread.
class CutProxy {
 public:
  explicit CutProxy(std::string target);
  ~CutProxy();

  std::string address() const { return address_; }

  // From now on what the server says is not brought to the client; what the client says is.
  void Mute() EXCLUDES(mutex_);
  // Ends every connection, and those that are made until Restore.
  void Cut() EXCLUDES(mutex_);
  void Restore() EXCLUDES(mutex_);

 private:
  struct Connection {
    int client;
    int server;
    std::thread to_server;
    std::thread to_client;
  };

  void Accept();
  int Dial() const;
  void Forward(int from, int to, bool is_answer);

  const std::string target_;
  std::string address_;
  int listener_ = -1;

  Mutex mutex_;
  CondVar changed_;
  bool muted_ GUARDED_BY(mutex_) = false;
  bool cut_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::list<Connection> connections_ GUARDED_BY(mutex_);  // Closed when the proxy ends.

  std::thread thread_;
};

}  // namespace anamnesis::fault
