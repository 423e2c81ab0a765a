// Turns a service's log into views and sends them to the read model, for as long as it lives.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "anamnesis/projection/v1/projection_service.grpc.pb.h"
#include "base/link_state.h"
#include "base/mutex.h"
#include "eventlog/event_log.h"
#include "grpcpp/channel.h"
#include "projection/projection.h"
#include "rpc/call_context.h"

namespace anamnesis::projection {

struct PublisherOptions {
  std::string service;  // `patient`, `encounter` …
  uint32_t projection_version = 1;
  rpc::Caller caller;
  size_t batch_bytes = 256 << 10;  // Of event payloads in one batch, about.
};

// Connects to the read model, asks where it stands, goes on from there and connects again with back-off whenever the
// stream ends. Two threads: one sends, one reads acknowledgements. Sends no more unacknowledged batches than the read
// model allows. The destructor stops it. Thread-safe. The log outlives it.
class Publisher {
 public:
  Publisher(eventlog::EventLog& log, Project project, std::shared_ptr<grpc::Channel> channel, PublisherOptions options);
  ~Publisher();

  // The problem of a connection is kept until the next one makes progress.
  LinkState state() const;

 private:
  using Stream = grpc::ClientReaderWriter<v1::PublishRequest, v1::PublishResponse>;

  // The flow of one connection.
  struct Flow {
    uint32_t window = 1;                // Batches that may be unacknowledged.
    std::deque<uint64_t> unacked_ends;  // The last position of each batch that is.
    bool ended = false;                 // The read model closed the stream.
    bool ready = false;                 // The subscription has something.
  };

  // What both threads share with the log, whose wake-up may come after this object is gone.
  struct Shared {
    Mutex mutex;
    CondVar changed;
    bool stopping GUARDED_BY(mutex) = false;
    grpc::ClientContext* call GUARDED_BY(mutex) = nullptr;  // The one under way, to be cancelled.
    Flow flow GUARDED_BY(mutex);
  };

  void Run();
  // One connection, until it ends.
  absl::Status PublishOnce();
  absl::Status SendBatches(Stream& stream, uint64_t after);
  absl::Status SendEvents(Stream& stream, const eventlog::SubscriptionItem& item, uint64_t& after);
  absl::StatusOr<std::vector<v1::ViewChange>> ChangesBy(const eventlog::Record& record) const;
  // Waits until a batch of what comes after a position may be sent; false if the connection is over. What is not many
  // events is sent at once only where nothing is under way, so that batches grow with the load.
  bool AwaitWindow(uint64_t after);
  void ReadAcks(Stream& stream);

  eventlog::EventLog& log_;
  const Project project_;
  const PublisherOptions options_;
  const std::unique_ptr<v1::ProjectionService::Stub> stub_;
  LinkTracker tracker_;
  const std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
  std::thread thread_;
};

}  // namespace anamnesis::projection
