#include "tests/fault/cut_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace anamnesis::fault {
namespace {

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

void End(int socket) {
  shutdown(socket, SHUT_RDWR);  // Wakes who reads; closed when its thread is gone.
}

}  // namespace

CutProxy::CutProxy(std::string target) : target_(std::move(target)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 16) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::abort();
  }
  address_ = absl::StrCat("127.0.0.1:", ntohs(address.sin_port));
  thread_ = std::thread([this] { Accept(); });
}

CutProxy::~CutProxy() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    for (const Connection& connection : connections_) {
      End(connection.client);
      End(connection.server);
    }
    changed_.NotifyAll();
  }
  End(listener_);
  thread_.join();
  std::list<Connection> connections;
  {
    MutexLock lock(mutex_);
    connections.swap(connections_);
  }
  for (Connection& connection : connections) {
    connection.to_server.join();
    connection.to_client.join();
    close(connection.client);
    close(connection.server);
  }
  close(listener_);
}

void CutProxy::Mute() {
  MutexLock lock(mutex_);
  muted_ = true;
}

void CutProxy::Cut() {
  MutexLock lock(mutex_);
  cut_ = true;
  for (const Connection& connection : connections_) {
    End(connection.client);
    End(connection.server);
  }
  changed_.NotifyAll();
}

void CutProxy::Restore() {
  MutexLock lock(mutex_);
  muted_ = cut_ = false;
  changed_.NotifyAll();
}

int CutProxy::Dial() const {
  int port = 0;
  if (!absl::SimpleAtoi(target_.substr(target_.rfind(':') + 1), &port)) std::abort();
  const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) std::abort();
  return server;
}

void CutProxy::Accept() {
  while (true) {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    MutexLock lock(mutex_);
    if (stopping_) {
      if (client >= 0) close(client);
      return;
    }
    if (client < 0) continue;
    if (cut_) {
      close(client);
      continue;
    }
    Connection& connection = connections_.emplace_back();
    connection.client = client;
    connection.server = Dial();
    connection.to_server = std::thread([this, from = client, to = connection.server] { Forward(from, to, false); });
    connection.to_client = std::thread([this, from = connection.server, to = client] { Forward(from, to, true); });
  }
}

void CutProxy::Forward(int from, int to, bool is_answer) {
  char buffer[16 << 10];
  ssize_t size;
  while ((size = read(from, buffer, sizeof(buffer))) > 0) {
    if (is_answer) {  // What is held back is not brought later: the connection is about to be cut.
      MutexLock lock(mutex_);
      changed_.Wait(mutex_, [this]() NO_THREAD_SAFETY_ANALYSIS { return !muted_ || cut_ || stopping_; });
      if (cut_ || stopping_) break;
    }
    if (send(to, buffer, static_cast<size_t>(size), MSG_NOSIGNAL) != size) break;
  }
  End(from);
  End(to);
}

}  // namespace anamnesis::fault
