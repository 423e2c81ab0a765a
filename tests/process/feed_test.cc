// Subscribers of the real feed: one that stands still does not hold up the others.
#include <gtest/gtest.h>

#include <thread>

#include "anamnesis/event/v1/feed_service.grpc.pb.h"
#include "rpc/client.h"
#include "tests/process/writer.h"
#include "tests/support/cluster.h"

namespace anamnesis {
namespace {

using testing_support::Cluster;

constexpr std::chrono::seconds kTimeout{60};
constexpr int kSubscribers = 100;
constexpr size_t kCommands = 300;

// A live subscription of its own.
struct Subscriber {
  explicit Subscriber(event::v1::EventFeedService::Stub& stub) {
    rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
    event::v1::SubscribeRequest request;
    request.set_follow(true);
    reader = stub.Subscribe(&context, request);
  }
  ~Subscriber() {
    context.TryCancel();
    reader->Finish();
  }
  // Reads on until the event at `position` has come, in order and without a gap; false if the stream ended before.
  bool ReadTo(uint64_t position) {
    event::v1::SubscribeResponse response;
    while (last < position && reader->Read(&response)) {
      for (const auto& event : response.batch().events()) {
        if (event.position() != ++last) return false;
      }
    }
    return last >= position;
  }
  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReader<event::v1::SubscribeResponse>> reader;
  uint64_t last = 0;
};

TEST(FeedTest, OneStoppedSubscriberOfAHundredDelaysNobody) {
  testing_support::TempDir dir;
  Cluster cluster(dir.path());
  cluster.Start("readmodel");
  cluster.Start("patient");
  const auto stub = event::v1::EventFeedService::NewStub(cluster.Channel("patient"));
  std::vector<std::unique_ptr<Subscriber>> subscribers;
  for (int i = 0; i < kSubscribers; ++i) subscribers.push_back(std::make_unique<Subscriber>(*stub));

  const std::vector<std::string> patients = RegisterPatients(cluster, 4);
  Writers writers(cluster, patients, 8);
  writers.Await(kCommands);
  const size_t written = writers.Stop().size();

  // The first one never reads. All others see everything while it stands still.
  std::vector<std::thread> readers;
  std::atomic<int> complete{0};
  for (int i = 1; i < kSubscribers; ++i) {
    readers.emplace_back(
        [&, i] { complete += subscribers[static_cast<size_t>(i)]->ReadTo(written + patients.size()); });
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(complete.load(), kSubscribers - 1);
  // And it has missed nothing when it goes on.
  EXPECT_TRUE(subscribers[0]->ReadTo(written + patients.size()));
}

}  // namespace
}  // namespace anamnesis
