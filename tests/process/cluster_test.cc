// What the tests of whole processes rely on.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "tests/support/cluster.h"

namespace anamnesis {
namespace {

// 0, or why nobody could bind the port.
int BindError(int port) {
  const int other = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  const int error = bind(other, reinterpret_cast<struct sockaddr*>(&address), sizeof(address)) == 0 ? 0 : errno;
  close(other);
  return error;
}

TEST(ClusterTest, TheAddressOfAServerStaysItsOwn) {
  testing_support::TempDir dir;
  testing_support::Cluster cluster(dir.path());
  cluster.Start("readmodel");
  const std::string address = cluster.address("readmodel");
  const int port = std::stoi(address.substr(address.find(':') + 1));
  EXPECT_EQ(cluster.Stop("readmodel"), 0);
  EXPECT_EQ(BindError(port), EADDRINUSE) << "somebody else may have it while the server is down";
  cluster.Start("readmodel");
  EXPECT_EQ(cluster.address("readmodel"), address);
}

}  // namespace
}  // namespace anamnesis
