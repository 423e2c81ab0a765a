// A round of commands on one Submit stream.
#pragma once

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "tests/bench/load.h"
#include "tests/bench/patients.h"

namespace anamnesis::bench {

// Writes the messages in order, each when there is room for it, and reads until all their commands are answered. One
// lives for one stream, as long as gRPC holds it.
class SubmitRound final : public grpc::ClientBidiReactor<patient::v1::SubmitRequest, patient::v1::SubmitResponse> {
 public:
  // `messages` outlives it; another is sent while less than `in_flight` commands are not answered.
  SubmitRound(patient::v1::PatientService::Stub& stub, const std::vector<patient::v1::SubmitRequest>& messages,
              uint64_t in_flight)
      : messages_(messages), in_flight_(in_flight) {
    rpc::PrepareContext(context_, testing_support::Cluster::Tester(), kTimeout);
    stub.async()->Submit(&context_, this);
    StartRead(&response_);
    MutexLock lock(mutex_);
    Write();
    StartCall();
  }

  // Waits for the end of the stream; 0 if every command was carried out.
  uint64_t AwaitFailed() {
    MutexLock lock(mutex_);
    ended_.Wait(mutex_, [this]() NO_THREAD_SAFETY_ANALYSIS { return has_ended_; });
    for (; next_ < messages_.size(); ++next_) sent_ += Commands(messages_[next_]);  // As if they had been.
    return failed_ + sent_ - answered_;
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    {
      MutexLock lock(mutex_);
      answered_ += Commands(response_);
      failed_ += response_.has_outcome() ? 0 : 1;
      for (const patient::v1::SubmitResponse& further : response_.more()) failed_ += further.has_outcome() ? 0 : 1;
      Write();
    }
    StartRead(&response_);
  }

  void OnWriteDone(bool ok) override {
    MutexLock lock(mutex_);
    writing_ = false;
    if (ok) Write();
  }

  void OnDone(const grpc::Status& status) override {
    MutexLock lock(mutex_);
    if (!status.ok()) ++failed_;
    has_ended_ = true;
    ended_.NotifyAll();
  }

 private:
  // Of a message, or answers in one.
  template <class Message>
  static uint64_t Commands(const Message& message) {
    return 1 + static_cast<uint64_t>(message.more_size());
  }
  bool HasRoom() const REQUIRES(mutex_) { return sent_ - answered_ < in_flight_; }

  void Write() REQUIRES(mutex_) {
    if (writing_ || !HasRoom() || next_ > messages_.size()) return;
    if (next_ == messages_.size()) {
      ++next_;
      StartWritesDone();
      return;
    }
    writing_ = true;
    const patient::v1::SubmitRequest& message = messages_[next_++];
    sent_ += Commands(message);
    // Where more is to follow at once, both may go with one system call.
    grpc::WriteOptions options;
    if (next_ < messages_.size() && HasRoom()) options.set_buffer_hint();
    StartWrite(&message, options);
  }

  const std::vector<patient::v1::SubmitRequest>& messages_;
  const uint64_t in_flight_;
  grpc::ClientContext context_;
  patient::v1::SubmitResponse response_;  // Touched by gRPC and OnReadDone in turn.

  Mutex mutex_;
  CondVar ended_;
  bool writing_ GUARDED_BY(mutex_) = false;
  bool has_ended_ GUARDED_BY(mutex_) = false;
  uint64_t next_ GUARDED_BY(mutex_) = 0;  // Beyond the messages: the end was written.
  uint64_t sent_ GUARDED_BY(mutex_) = 0;  // Commands, as are those answered and failed.
  uint64_t answered_ GUARDED_BY(mutex_) = 0;
  uint64_t failed_ GUARDED_BY(mutex_) = 0;
};

// So many commands, so many of them in a message; `in_flight` counts commands and is a multiple of that.
inline Round RunSubmit(Patients& patients, uint64_t commands, uint64_t in_flight, uint64_t in_message,
                       bool gather_answers) {
  const std::vector<patient::v1::SubmitRequest> messages = patients.Messages(commands, in_message, gather_answers);
  const int64_t begin = MonotonicMicros();
  SubmitRound round(patients.stub(), messages, in_flight);
  const uint64_t failed = round.AwaitFailed();
  return {.per_second = static_cast<double>(commands) * 1e6 / static_cast<double>(MonotonicMicros() - begin),
          .failed = failed};
}

}  // namespace anamnesis::bench
