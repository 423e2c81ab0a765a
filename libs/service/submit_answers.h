// How the answers to commands of a Submit stream come to be messages. A response is that of a domain's contract: see
// anamnesis.patient.v1.SubmitResponse.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>

#include "base/mutex.h"
#include "rpc/bidi_session.h"

namespace anamnesis::service {

// What a message of gathered answers is not to exceed, by more than its first answer.
inline constexpr size_t kMaxGatheredBytes = 64 << 10;

// The answers to the messages of one stream. Thread-safe.
template <class SubmitResponse>
class AnswerWriter {
 public:
  explicit AnswerWriter(rpc::BidiWriter<SubmitResponse> writer) : writer_(std::move(writer)) {}

  // A message of its own.
  void Write(const SubmitResponse& answer) { writer_.Write(answer); }

  // The answer to one command, at once, or with all others that come here while one of them is on its way.
  void Gather(SubmitResponse&& answer) {
    {
      MutexLock lock(mutex_);
      if (std::exchange(is_writing_, true)) {
        waiting_.push_back(std::move(answer));
        return;
      }
    }
    writer_.Write(answer);
  }

  // See BidiSession. Where it was a message of its own, those that are gathered leave early.
  void OnWritten() {
    SubmitResponse message;
    uint32_t answers = 0;
    {
      MutexLock lock(mutex_);
      is_writing_ = !waiting_.empty();
      if (!is_writing_) return;
      answers = Take(message);
    }
    writer_.Write(message, answers);
  }

 private:
  // Moves what goes in one message; returns how many answers that are.
  uint32_t Take(SubmitResponse& message) REQUIRES(mutex_) {
    message = std::move(waiting_.front());
    waiting_.pop_front();
    uint32_t answers = 1;
    for (size_t bytes = 0; !waiting_.empty(); ++answers) {
      bytes += waiting_.front().ByteSizeLong();
      if (bytes > kMaxGatheredBytes) break;
      *message.add_more() = std::move(waiting_.front());
      waiting_.pop_front();
    }
    return answers;
  }

  const rpc::BidiWriter<SubmitResponse> writer_;
  Mutex mutex_;
  bool is_writing_ GUARDED_BY(mutex_) = false;  // One is on its way.
  std::deque<SubmitResponse> waiting_ GUARDED_BY(mutex_);
};

// The answers to the commands of one Submit message, sent together when there is one to each.
template <class SubmitResponse>
class SubmitAnswers {
 public:
  SubmitAnswers(std::shared_ptr<AnswerWriter<SubmitResponse>> writer, int commands, bool may_gather)
      : writer_(std::move(writer)), may_gather_(may_gather && commands == 1), left_(commands) {
    for (int i = 1; i < commands; ++i) response_.add_more();
  }

  // Once for each command, from any thread, each into its own part: that of the message's first command is 0.
  void Set(int command, SubmitResponse&& answer) {
    if (command > 0) {
      *response_.mutable_more(command - 1) = std::move(answer);
    } else {
      response_.set_sequence(answer.sequence());
      if (answer.has_outcome()) *response_.mutable_outcome() = std::move(*answer.mutable_outcome());
      if (answer.has_error()) *response_.mutable_error() = std::move(*answer.mutable_error());
    }
    if (left_.fetch_sub(1) > 1) return;
    if (may_gather_) return writer_->Gather(std::move(response_));
    writer_->Write(response_);
  }

 private:
  const std::shared_ptr<AnswerWriter<SubmitResponse>> writer_;
  const bool may_gather_;
  std::atomic<int> left_;
  SubmitResponse response_;
};

}  // namespace anamnesis::service
