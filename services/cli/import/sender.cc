#include "services/cli/import/sender.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/clock.h"

namespace anamnesis::importer {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr milliseconds kMaxPause{1000};
// How long a stop waits for answers to what is under way, and a finished stream for its end.
constexpr milliseconds kStopPatience{5000};
constexpr milliseconds kClosePatience{1000};
// Most bytes of several commands in one message; one alone may have more. Far below what a service takes.
constexpr size_t kBatchBytes = size_t{1} << 20;
// A service that says "later" without saying when.
constexpr milliseconds kDefaultRetryAfter{50};

// Ends that another attempt will meet again.
bool IsPermanent(grpc::StatusCode code) {
  switch (code) {
    case grpc::UNAUTHENTICATED:
    case grpc::PERMISSION_DENIED:
    case grpc::UNIMPLEMENTED:
    case grpc::INVALID_ARGUMENT:
    case grpc::FAILED_PRECONDITION:
    case grpc::NOT_FOUND:
      return true;
    default:
      return false;
  }
}

}  // namespace

Sender::Sender(std::string service, OpenStream open, const SenderOptions& options, OnAnswer on_answer)
    : service_(std::move(service)),
      open_(std::move(open)),
      options_(options),
      on_answer_(std::move(on_answer)),
      thread_([this] { Run(); }) {}

Sender::~Sender() {
  Stop();
  thread_.join();
}

bool Sender::Send(fhir::Command command, std::shared_ptr<Ticket> ticket) {
  const size_t bytes = std::visit([](const auto& typed) { return typed.ByteSizeLong(); }, command);
  Item item{std::make_shared<const fhir::Command>(std::move(command)), bytes, std::move(ticket)};
  MutexLock lock(mutex_);
  changed_.Wait(mutex_, [this]() REQUIRES(mutex_) { return waiting_.size() < options_.window || stopping_ || ended_; });
  if (stopping_ || ended_) return false;
  if (IsIdle()) last_answer_micros_ = MonotonicMicros();
  waiting_.emplace(++last_sequence_, std::move(item));
  if (MayWrite()) changed_.NotifyAll();
  return true;
}

absl::Status Sender::Finish() {
  MutexLock lock(mutex_);
  finishing_ = true;
  changed_.NotifyAll();
  changed_.Wait(mutex_, [this]() REQUIRES(mutex_) { return ended_; });
  if (!failure_.ok()) return failure_;
  return stopping_ ? absl::CancelledError("stopped") : absl::OkStatus();
}

void Sender::Stop() {
  MutexLock lock(mutex_);
  if (stopping_) return;
  stopping_ = true;
  waiting_.clear();
  again_.clear();
  last_answer_micros_ = MonotonicMicros();
  changed_.NotifyAll();
}

void Sender::Run() {
  for (;;) {
    {
      MutexLock lock(mutex_);
      changed_.Wait(mutex_, [this]() REQUIRES(mutex_) { return !waiting_.empty() || IsDone(); });
      if (IsDone()) break;
      stream_ended_ = false;
    }
    const std::unique_ptr<SubmitStream> stream = open_();
    std::thread reader([this, &stream] { Read(*stream); });
    Write(*stream);
    reader.join();
    if (!PrepareAnother(stream->Finish())) break;
  }
  MutexLock lock(mutex_);
  ended_ = true;
  changed_.NotifyAll();
}

void Sender::Write(SubmitStream& stream) {
  for (;;) {
    const std::vector<NumberedCommand> batch = NextToWrite();
    if (batch.empty() || !stream.Write(batch)) break;
  }
  MutexLock lock(mutex_);
  if (IsDone()) {
    stream.WritesDone();
    changed_.WaitFor(mutex_, kClosePatience, [this]() REQUIRES(mutex_) { return stream_ended_; });
  }
  if (!stream_ended_) stream.Cancel();
}

void Sender::Read(SubmitStream& stream) {
  std::vector<Answer> answers;
  while (stream.Read(&answers)) Take(answers);
  MutexLock lock(mutex_);
  stream_ended_ = true;
  changed_.NotifyAll();
}

void Sender::Take(const std::vector<Answer>& answers) {
  std::vector<Items::node_type> settled;  // Destroyed without the lock.
  settled.reserve(answers.size());
  {
    MutexLock lock(mutex_);
    for (const Answer& answer : answers) settled.push_back(SettledBy(answer));
    changed_.NotifyAll();
  }
  for (size_t i = 0; i < answers.size(); ++i) {
    if (!settled[i].empty()) on_answer_(*settled[i].mapped().ticket, answers[i]);
  }
}

Sender::Items::node_type Sender::SettledBy(const Answer& answer) {
  auto item = in_flight_.extract(answer.sequence);
  if (item.empty()) return {};  // Not ours, or given up.
  const bool try_again = answer.kind == AnswerKind::kTryAgain;
  if (try_again || (answer.kind == AnswerKind::kRefused && !again_.empty())) {
    if (try_again) {
      const milliseconds hint(answer.retry_after_millis);
      again_after_ = std::max(again_after_, hint > milliseconds(0) ? hint : kDefaultRetryAfter);
    }
    if (!stopping_) again_.insert(std::move(item));
    return {};
  }
  last_answer_micros_ = MonotonicMicros();
  failures_ = 0;
  return item;
}

std::vector<NumberedCommand> Sender::NextToWrite() {
  MutexLock lock(mutex_);
  for (;;) {
    if (stream_ended_ || IsDone()) return {};
    if (!again_.empty() && in_flight_.empty()) {
      const milliseconds pause = std::min<milliseconds>(std::exchange(again_after_, milliseconds(0)), kMaxPause);
      changed_.WaitFor(mutex_, pause, [this]() REQUIRES(mutex_) { return stopping_ || stream_ended_; });
      if (PatienceLeft() <= microseconds(0)) return {};
      SendAgain(again_);
      continue;
    }
    if (MayWrite()) return TakeBatch();
    const auto has_work = [this]() REQUIRES(mutex_) {
      return stream_ended_ || IsDone() || MayWrite() || (!again_.empty() && in_flight_.empty());
    };
    if (IsIdle()) {
      changed_.Wait(mutex_, has_work);
    } else if (!changed_.WaitFor(mutex_, PatienceLeft(), has_work) && PatienceLeft() <= microseconds(0)) {
      return {};
    }
  }
}

std::vector<NumberedCommand> Sender::TakeBatch() {
  std::vector<NumberedCommand> batch;
  size_t bytes = 0;
  while (!waiting_.empty() && batch.size() < options_.batch && in_flight_.size() < options_.window) {
    const Item& next = waiting_.begin()->second;
    bytes += next.bytes;
    if (!batch.empty() && bytes > kBatchBytes) break;
    batch.push_back({.sequence = waiting_.begin()->first, .command = next.command});
    in_flight_.insert(waiting_.extract(waiting_.begin()));
  }
  changed_.NotifyAll();
  return batch;
}

bool Sender::PrepareAnother(const grpc::Status& status) {
  MutexLock lock(mutex_);
  if (IsDone() || stopping_) return false;
  SendAgain(in_flight_);
  SendAgain(again_);
  if (IsPermanent(status.error_code())) {
    failure_ = absl::FailedPreconditionError(absl::StrCat(service_, ": ", status.error_message()));
    return false;
  }
  if (IsIdle()) return true;  // However long ago the last answer was: nobody waits for one.
  if (PatienceLeft() <= microseconds(0)) {
    failure_ = absl::UnavailableError(absl::StrCat(service_, " has not answered for ",
                                                   options_.retry_for.count() / 1000, " s: ", status.error_message()));
    return false;
  }
  const milliseconds pause = std::min(options_.first_pause * (1 << std::min<size_t>(failures_++, 10)), kMaxPause);
  changed_.WaitFor(mutex_, pause, [this]() REQUIRES(mutex_) { return stopping_; });
  return !stopping_;
}

void Sender::SendAgain(Items& items) {
  waiting_.merge(items);
  items.clear();
}

bool Sender::MayWrite() const {
  if (stopping_ || !again_.empty() || waiting_.empty() || in_flight_.size() >= options_.window) return false;
  return in_flight_.empty() || waiting_.size() >= options_.batch;
}

bool Sender::IsIdle() const {
  return waiting_.empty() && in_flight_.empty() && again_.empty();
}

microseconds Sender::PatienceLeft() const {
  const milliseconds patience = stopping_ ? std::min(kStopPatience, options_.retry_for) : options_.retry_for;
  return microseconds(last_answer_micros_ - MonotonicMicros()) + patience;
}

}  // namespace anamnesis::importer
