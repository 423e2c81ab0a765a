// Random histories followed over gRPC: by readers with any filter, who go on from any of their bookmarks, while others
// write, the server goes away and the log is closed. Each is told the history whole, once and in order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "anamnesis/event/v1/feed_service.grpc.pb.h"
#include "feed/feed_checker.h"
#include "rpc/status.h"
#include "tests/eventlog/history.h"
#include "tests/eventlog/log_fixture.h"
#include "tests/feed/feed_server.h"

namespace anamnesis::feed {
namespace {

using eventlog::Engine;
using eventlog::History;
using eventlog::Pick;
using eventlog::Position;
using eventlog::Random;
using eventlog::Told;

constexpr std::chrono::seconds kTimeout{60};
constexpr size_t kReaders = 6;
constexpr size_t kWriters = 3;
constexpr int kAppendsOfEach = 40;
constexpr int kRestarts = 3;

// What all threads of a test share.
struct Scene {
  std::string address;
  std::string log_id;
  std::atomic<Position> end{std::numeric_limits<Position>::max()};  // Where readers stop, once it is known.
  CondVar end_known;
  Mutex mutex;

  void EndAt(Position position) {
    MutexLock lock(mutex);
    end = position;
    end_known.NotifyAll();
  }
  void AwaitEnd() {
    MutexLock lock(mutex);
    end_known.Wait(mutex, [this] { return end != std::numeric_limits<Position>::max(); });
  }
};

// One reader through all its subscriptions; used by one thread.
class Reader {
 public:
  Reader(Scene& scene, const History& history, uint64_t seed) : scene_(scene), random_(seed) {
    if (Pick(random_, 3) != 0) filter_ = history.SomeFilter(random_);
    after_ = Pick(random_, history.Tail() + 1);
  }

  void ReadToTheEnd(bool slow) {
    while (position() < scene_.end && !testing::Test::HasFailure()) {
      Session(slow);
      slow = false;
    }
  }

  std::string Complaint(const History& history) const { return history.Complaint(filter_, after_, told_); }
  // What was said of every two neighbours in a message is so.
  void ExpectTogetherness(const History& history) const {
    for (const Neighbours& said : neighbours_) {
      EXPECT_EQ(said.together, history.Together(said.one, said.other)) << said.one << " and " << said.other;
    }
  }
  Position position() const { return told_.empty() ? after_ : told_.back().position; }

 private:
  event::v1::SubscribeRequest Request() const {
    event::v1::SubscribeRequest request;
    request.set_follow(true);
    request.mutable_after()->set_log_id(scene_.log_id);
    request.mutable_after()->set_position(position());
    request.mutable_filter()->set_stream(filter_.stream);
    request.mutable_filter()->set_patient_id(filter_.entity);
    request.mutable_filter()->set_category(filter_.category);
    request.mutable_filter()->set_type_prefix(filter_.type_prefix);
    request.mutable_group()->set_size(filter_.group.size);
    request.mutable_group()->set_index(filter_.group.index);
    return request;
  }

  // Reads some messages, or until the server goes away; and then loses what it made of some of them.
  void Session(bool slow) {
    const event::v1::SubscribeRequest request = Request();
    FeedChecker checker(request);
    grpc::ClientContext context;
    rpc::PrepareContext(context, kFeedReader, kTimeout);
    context.set_wait_for_ready(true);
    const auto stub = event::v1::EventFeedService::NewStub(rpc::Connect(scene_.address));
    const auto reader = stub->Subscribe(&context, request);
    if (slow) scene_.AwaitEnd();
    event::v1::SubscribeResponse message;
    for (size_t left = 1 + Pick(random_, 60); left > 0 && position() < scene_.end && reader->Read(&message); --left) {
      const absl::Status promises = checker.Check(message);
      EXPECT_TRUE(promises.ok()) << promises;
      Told& told = told_.emplace_back();
      told.previous = message.previous_position();
      told.position = message.bookmark().position();
      for (const auto& event : message.batch().events()) {
        if (!told.events.empty()) {
          neighbours_.push_back({told.events.back(), event.position(), event.appended_with_previous()});
        }
        told.events.push_back(event.position());
      }
    }
    context.TryCancel();
    const grpc::StatusCode code = reader->Finish().error_code();
    EXPECT_TRUE(code == grpc::StatusCode::CANCELLED || code == grpc::StatusCode::UNAVAILABLE) << code;
    if (position() < scene_.end && Pick(random_, 2) == 0) told_.resize(told_.size() - Pick(random_, told_.size() + 1));
  }

  struct Neighbours {
    Position one;
    Position other;
    bool together;
  };

  Scene& scene_;
  Random random_;
  eventlog::Filter filter_;
  Position after_ = 0;
  std::vector<Told> told_;
  std::vector<Neighbours> neighbours_;
};

class ServedPropertiesTest : public testing::TestWithParam<Engine> {
 protected:
  void OpenLog() {
    log_.reset();
    if (GetParam() == Engine::kMemory) {
      log_ = eventlog::NewMemoryLog({.recent_bytes = 20'000});
      return;
    }
    auto log = eventlog::OpenRocksLog(directory_.path(), {.recent_bytes = 20'000});
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = *std::move(log);
  }

  void Append(History& history, Random& random) {
    const eventlog::AppendRequest request = history.SomeAppend(random);
    const auto result = log_->AppendAndWait(request);
    ASSERT_TRUE(result.ok()) << result.status();
    history.Add(request, *result);
  }

  // Writers write and readers read, while the server is started again and again; until everybody has everything.
  void Play(History& history, uint64_t seed) {
    auto server = std::make_unique<FeedServer>(*log_);
    Scene scene;
    scene.address = server->address();
    scene.log_id = log_->LogId();
    std::vector<std::unique_ptr<Reader>> readers;
    std::vector<std::thread> threads;
    for (size_t i = 0; i < kReaders; ++i) {
      readers.push_back(std::make_unique<Reader>(scene, history, seed + i));
      threads.emplace_back([&reader = *readers.back(), slow = i == 0] { reader.ReadToTheEnd(slow); });
    }
    std::vector<std::thread> writers;
    std::atomic<int> written{0};
    for (size_t i = 0; i < kWriters; ++i) {
      writers.emplace_back([&, i] {
        Random random(seed + kReaders + i);
        for (int append = 0; append < kAppendsOfEach; ++append, ++written) Append(history, random);
      });
    }
    for (int i = 1; i <= kRestarts; ++i) {
      while (written < i * kAppendsOfEach / 2) std::this_thread::yield();
      const int port = server->port();
      server.reset();
      server = std::make_unique<FeedServer>(*log_, "patient", port);
    }
    for (std::thread& writer : writers) writer.join();
    scene.EndAt(log_->Tail() + 1);
    eventlog::AppendRequest last = eventlog::One("patient-last");
    history.Add(last, *log_->AppendAndWait(last));
    for (std::thread& thread : threads) thread.join();
    for (const auto& reader : readers) {
      EXPECT_EQ(reader->Complaint(history), "");
      reader->ExpectTogetherness(history);
      EXPECT_EQ(reader->position(), log_->Tail()) << "not everything that was acknowledged came";
    }
  }

  const eventlog::TempDirectory directory_;
  std::unique_ptr<eventlog::EventLog> log_;
};
INSTANTIATE_FOR_BOTH_ENGINES(ServedPropertiesTest);

TEST_P(ServedPropertiesTest, EveryReaderIsToldTheHistoryWholeOnceAndInOrder) {
  const uint64_t seed = eventlog::TestSeed();
  SCOPED_TRACE("to repeat it: ANAMNESIS_SEED=" + std::to_string(seed));
  Random random(seed);
  History history(random);
  OpenLog();
  Play(history, seed);
  if (GetParam() == Engine::kMemory) return;  // Nothing of it survives.
  OpenLog();
  Play(history, seed + 1'000);
}

}  // namespace
}  // namespace anamnesis::feed
