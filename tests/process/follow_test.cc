// Followers of a real service that is killed again and again under load: each goes on from its bookmark, and in the end
// has what was recorded, whole, once and in order.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "anamnesis/event/v1/feed_service.grpc.pb.h"
#include "anamnesis/patient/v1/events.pb.h"
#include "base/uuid.h"
#include "feed/feed_checker.h"
#include "rpc/client.h"
#include "rpc/status.h"
#include "tests/process/writer.h"
#include "tests/support/cluster.h"

namespace anamnesis {
namespace {

using event::v1::SubscribeRequest;
using testing_support::Cluster;

constexpr std::chrono::seconds kTimeout{20};
constexpr std::chrono::seconds kPatience{300};  // Of one subscription.
constexpr int kKills = 3;
constexpr size_t kCommandsBetweenKills = 150;
constexpr uint32_t kMembers = 3;

// A system of somebody else that follows the feed, and keeps what came with the bookmark that came with it.
class System {
 public:
  explicit System(const std::function<void(SubscribeRequest&)>& choose = {}) {
    if (choose) choose(request_);
  }

  // Follows to the position, which may become known while it does; without one, to what is recorded now.
  void Follow(const std::string& address, const std::atomic<uint64_t>& end) {
    request_.set_follow(true);
    while (request_.after().position() < end && !testing::Test::HasFailure()) {
      EXPECT_EQ(Connect(address, end).error_code(), grpc::StatusCode::UNAVAILABLE) << "the service was killed";
    }
  }
  void Read(const std::string& address) {
    const std::atomic<uint64_t> end{std::numeric_limits<uint64_t>::max()};
    const grpc::Status status = Connect(address, end);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }

  // One batch is what one message brought.
  const std::vector<event::v1::EventBatch>& batches() const { return batches_; }
  // Where each event is, and which it is.
  std::vector<std::pair<uint64_t, std::string>> Events() const {
    std::vector<std::pair<uint64_t, std::string>> events;
    for (const auto& batch : batches_) {
      for (const auto& event : batch.events()) {
        events.emplace_back(event.position(), event.event_id() + event.payload());
      }
    }
    return events;
  }

 private:
  // UNAVAILABLE where the service went away, or is where the caller wants to be.
  grpc::Status Connect(const std::string& address, const std::atomic<uint64_t>& end) {
    grpc::ClientContext context;
    rpc::PrepareContext(context, Cluster::Tester(), kPatience);
    context.set_wait_for_ready(true);
    const auto stub = event::v1::EventFeedService::NewStub(rpc::Connect(address));
    const auto reader = stub->Subscribe(&context, request_);
    feed::FeedChecker checker(request_);
    event::v1::SubscribeResponse message;
    while (request_.after().position() < end && reader->Read(&message)) {
      const absl::Status promises = checker.Check(message);
      EXPECT_TRUE(promises.ok()) << promises;
      if (message.has_batch()) batches_.push_back(message.batch());
      *request_.mutable_after() = message.bookmark();
    }
    if (request_.after().position() < end) return reader->Finish();
    context.TryCancel();
    reader->Finish();
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "everything has come");
  }

  SubscribeRequest request_;
  std::vector<event::v1::EventBatch> batches_;
};

// Registers pairs of patients and joins them, each pair by one append to two streams; returns where the last event of
// each is that was acknowledged.
std::vector<uint64_t> MergeUntil(const std::string& address, const std::atomic<bool>& stopping) {
  const auto stub = patient::v1::PatientService::NewStub(rpc::Connect(address));
  std::vector<uint64_t> acknowledged;
  while (!stopping) {
    std::vector<std::string> ids;
    for (int i = 0; i < 2; ++i) {
      patient::v1::RegisterPatientRequest request;
      request.set_patient_id(NewUuid());
      request.mutable_demographics()->add_names()->set_family("Twin");
      grpc::ClientContext context;
      rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
      rpc::v1::CommandOutcome outcome;
      if (stub->RegisterPatient(&context, request, &outcome).ok()) ids.push_back(request.patient_id());
    }
    if (ids.size() < 2) continue;
    patient::v1::MergePatientsRequest request;
    request.mutable_context()->set_request_id(NewUuid());
    request.mutable_context()->set_reason("registered twice");
    request.set_survivor_id(ids[0]);
    request.set_duplicate_id(ids[1]);
    grpc::ClientContext context;
    rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
    rpc::v1::CommandOutcome outcome;
    if (stub->MergePatients(&context, request, &outcome).ok()) acknowledged.push_back(outcome.position());
  }
  return acknowledged;
}

// Both events of every merge came in one message; returns how many there were.
size_t WholeMerges(const System& system) {
  size_t merges = 0;
  const std::string merged = patient::v1::MergedInto::descriptor()->full_name();
  for (const auto& batch : system.batches()) {
    for (int i = 0; i < batch.events_size(); ++i) {
      if (batch.events(i).type() != merged) continue;
      ++merges;
      EXPECT_TRUE(i > 0 && batch.events(i).appended_with_previous()) << batch.events(i).position();
    }
  }
  return merges;
}

TEST(FollowTest, AServiceThatIsKilledUnderLoadIsFollowedWholeOnceAndInOrder) {
  testing_support::TempDir dir;
  Cluster cluster(dir.path());
  cluster.Start("readmodel");
  cluster.Start("patient");
  const std::string address = cluster.address("patient");
  const std::vector<std::string> patients = RegisterPatients(cluster, 8);

  std::vector<System> systems(3);
  systems[1] = System([](SubscribeRequest& request) { request.mutable_filter()->set_category("patient"); });
  systems[2] = System([](SubscribeRequest& request) {
    request.mutable_filter()->set_type_prefix(patient::v1::MergedInto::descriptor()->full_name());
  });
  for (uint32_t index = 0; index < kMembers; ++index) {
    systems.emplace_back([&](SubscribeRequest& request) {
      request.mutable_group()->set_size(kMembers);
      request.mutable_group()->set_index(index);
    });
  }
  std::atomic<uint64_t> end{std::numeric_limits<uint64_t>::max()};
  std::vector<std::thread> followers;
  for (System& system : systems) followers.emplace_back([&] { system.Follow(address, end); });

  Writers writers(cluster, patients, 4);
  std::atomic<bool> stopping{false};
  std::vector<uint64_t> merges;
  std::thread merger([&] { merges = MergeUntil(address, stopping); });
  for (int kill = 1; kill <= kKills; ++kill) {
    writers.Await(static_cast<size_t>(kill) * kCommandsBetweenKills);
    cluster.Kill("patient");
    cluster.Start("patient");
  }
  writers.Await((kKills + 1) * kCommandsBetweenKills);
  const std::vector<Acknowledged> acknowledged = writers.Stop();
  stopping = true;
  merger.join();

  System before;
  before.Read(address);
  end = before.Events().size() + 1;
  RegisterPatients(cluster, 1);  // Whoever had everything before it knew where to stop reads that.
  for (std::thread& follower : followers) follower.join();

  System recorded;
  recorded.Read(address);
  const auto expected = recorded.Events();
  ASSERT_EQ(expected.size(), end);
  for (size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(expected[i].first, i + 1) << "without a gap";
  const auto was_recorded = [&](uint64_t position) { return position >= 1 && position < end; };
  for (const Acknowledged& command : acknowledged) EXPECT_TRUE(was_recorded(command.position));
  for (const uint64_t merge : merges) EXPECT_TRUE(was_recorded(merge));
  // What they were given while the service died is what was recorded in the end, not only as much.
  EXPECT_TRUE(systems[0].Events() == expected);
  EXPECT_TRUE(systems[1].Events() == expected) << "every stream here is a patient's";
  EXPECT_GE(WholeMerges(systems[0]), std::max<size_t>(merges.size(), 1));
  EXPECT_EQ(systems[2].Events().size(), WholeMerges(systems[0]));
  std::vector<std::pair<uint64_t, std::string>> shared;
  for (size_t member = 3; member < systems.size(); ++member) {
    const auto own = systems[member].Events();
    EXPECT_TRUE(std::is_sorted(own.begin(), own.end()));
    shared.insert(shared.end(), own.begin(), own.end());
  }
  std::sort(shared.begin(), shared.end());
  EXPECT_TRUE(shared == expected);
}

}  // namespace
}  // namespace anamnesis
