// Sends the commands of one service in order, many at a time, until each has its answer: through broken streams,
// restarted services and full queues. Safe because every command carries a request id.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "base/mutex.h"
#include "services/cli/import/ledger.h"
#include "services/cli/import/submit_stream.h"

namespace anamnesis::importer {

struct SenderOptions {
  // Most commands sent and not yet answered, which is what a service reads ahead; as many again may wait.
  size_t window = 512;
  // Most commands in one message. While some are under way, others wait until a message is full: fewer, larger messages
  // cost both sides less, and an answer is never long in coming.
  size_t batch = 64;
  // How long to go on without a single answer.
  std::chrono::milliseconds retry_for{30000};
  // The first pause before a new stream; doubled after each failure up to a second.
  std::chrono::milliseconds first_pause{50};
};

// Called once for each item, from the sender's threads; never with kTryAgain.
using OnAnswer = std::function<void(Ticket&, const Answer&)>;

// Send and Finish are for one thread, Stop for any. Owns two threads while it lives: one writes and keeps the stream,
// one reads.
class Sender {
 public:
  Sender(std::string service, OpenStream open, const SenderOptions& options, OnAnswer on_answer);
  // Stops.
  ~Sender();

  // Waits while too many wait already. False once stopped or failed.
  bool Send(fhir::Command command, std::shared_ptr<Ticket> ticket);

  // Waits until everything sent is answered. The failure that made it give up, or CANCELLED if it was stopped before.
  absl::Status Finish();

  // Sends nothing more and waits for what is under way, but not for long.
  void Stop();

 private:
  struct Item {
    std::shared_ptr<const fhir::Command> command;
    size_t bytes;
    std::shared_ptr<Ticket> ticket;
  };
  // By the order of sending, which a second sending keeps.
  using Items = std::map<uint64_t, Item>;

  void Run();
  // Writes until all is done or the stream is of no more use.
  void Write(SubmitStream& stream);
  void Read(SubmitStream& stream);
  void Take(const std::vector<Answer>& answers) EXCLUDES(mutex_);
  // Takes out what the answer settles; empty where it settles nothing.
  Items::node_type SettledBy(const Answer& answer) REQUIRES(mutex_);
  // Waits for something to write; empty where there is nothing more to write on this stream. It is in flight from then
  // on.
  std::vector<NumberedCommand> NextToWrite() EXCLUDES(mutex_);
  // True if it is right to open another stream; waits before.
  bool PrepareAnother(const grpc::Status& status) EXCLUDES(mutex_);
  void SendAgain(Items& items) REQUIRES(mutex_);
  bool MayWrite() const REQUIRES(mutex_);
  // The next message, at least one command.
  std::vector<NumberedCommand> TakeBatch() REQUIRES(mutex_);
  bool IsIdle() const REQUIRES(mutex_);
  bool IsDone() const REQUIRES(mutex_) { return (finishing_ || stopping_) && IsIdle(); }
  // How much longer to wait for any answer.
  std::chrono::microseconds PatienceLeft() const REQUIRES(mutex_);

  const std::string service_;
  const OpenStream open_;
  const SenderOptions options_;
  const OnAnswer on_answer_;

  Mutex mutex_;
  CondVar changed_;
  Items waiting_ GUARDED_BY(mutex_);
  Items in_flight_ GUARDED_BY(mutex_);
  // Answered with "try again", and whatever was refused behind them, which may have needed them.
  Items again_ GUARDED_BY(mutex_);
  std::chrono::milliseconds again_after_ GUARDED_BY(mutex_){0};
  uint64_t last_sequence_ GUARDED_BY(mutex_) = 0;
  int64_t last_answer_micros_ GUARDED_BY(mutex_) = 0;
  size_t failures_ GUARDED_BY(mutex_) = 0;  // Since the last answer.
  bool stream_ended_ GUARDED_BY(mutex_) = false;
  bool finishing_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool ended_ GUARDED_BY(mutex_) = false;
  absl::Status failure_ GUARDED_BY(mutex_);  // OK unless it gave up.

  std::thread thread_;  // Last: it uses everything above.
};

}  // namespace anamnesis::importer
