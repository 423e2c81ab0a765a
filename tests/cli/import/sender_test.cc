// The sender alone, over streams without a network.
#include "services/cli/import/sender.h"

#include <deque>

#include "gtest/gtest.h"

namespace anamnesis::importer {
namespace {

// A service that answers only when it is told to.
class ManualService {
 public:
  class Stream final : public SubmitStream {
   public:
    explicit Stream(ManualService& service) : service_(service) {}
    ~Stream() override {
      MutexLock lock(service_.mutex_);
      ++service_.streams_gone_;
      service_.changed_.NotifyAll();
    }
    bool Write(const std::vector<NumberedCommand>& commands) override {
      MutexLock lock(service_.mutex_);
      for (const NumberedCommand& command : commands) {
        service_.written_.push_back(command.sequence);
        if (service_.answers_at_once_) {
          service_.answers_.push_back({.sequence = command.sequence, .kind = AnswerKind::kRecorded});
        }
      }
      service_.messages_.push_back(commands.size());
      service_.changed_.NotifyAll();
      return true;
    }
    void WritesDone() override { End(); }
    bool Read(std::vector<importer::Answer>* answers) override {
      MutexLock lock(service_.mutex_);
      service_.changed_.Wait(service_.mutex_, [&] { return !service_.answers_.empty() || ended_ || service_.broken_; });
      if (service_.answers_.empty()) return false;
      *answers = {service_.answers_.front()};
      service_.answers_.pop_front();
      return true;
    }
    grpc::Status Finish() override { return grpc::Status::OK; }
    void Cancel() override { End(); }

   private:
    void End() {
      MutexLock lock(service_.mutex_);
      ended_ = true;
      service_.changed_.NotifyAll();
    }

    ManualService& service_;
    bool ended_ = false;  // Guarded by the service's mutex.
  };

  OpenStream open() {
    return [this] { return std::make_unique<Stream>(*this); };
  }
  void Answer(importer::Answer answer) {
    MutexLock lock(mutex_);
    answers_.push_back(std::move(answer));
    changed_.NotifyAll();
  }
  // Waits until so many writes have been seen in all.
  std::vector<uint64_t> AwaitWritten(size_t count) {
    MutexLock lock(mutex_);
    changed_.Wait(mutex_, [&] { return written_.size() >= count; });
    return written_;
  }
  // Every command is recorded when it is written.
  void AnswerAtOnce() { answers_at_once_ = true; }
  // Ends the stream, and waits until the sender has done with it. Streams that are opened later are whole.
  void Break() {
    MutexLock lock(mutex_);
    broken_ = true;
    changed_.NotifyAll();
    changed_.Wait(mutex_, [&] { return streams_gone_ > 0; });
    broken_ = false;
  }
  // How many commands each message had.
  std::vector<size_t> messages() {
    MutexLock lock(mutex_);
    return messages_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::vector<uint64_t> written_;
  std::vector<size_t> messages_;
  std::deque<importer::Answer> answers_;
  bool answers_at_once_ = false;  // Set before anything is sent.
  bool broken_ = false;
  size_t streams_gone_ = 0;
};

class SenderTest : public ::testing::Test {
 protected:
  std::unique_ptr<Sender> MakeSender(const SenderOptions& options) {
    return std::make_unique<Sender>("test service", service_.open(), options, [this](Ticket&, const Answer& answer) {
      MutexLock lock(mutex_);
      answered_.push_back(answer.sequence);
      changed_.NotifyAll();
    });
  }
  static void SendMany(Sender& sender, int count) {
    for (int i = 0; i < count; ++i) ASSERT_TRUE(sender.Send(patient::v1::PatientCommand(), std::make_shared<Ticket>()));
  }

  void AwaitAnswered(size_t count) {
    MutexLock lock(mutex_);
    changed_.Wait(mutex_, [&] { return answered_.size() >= count; });
  }

  ManualService service_;
  Mutex mutex_;
  CondVar changed_;
  std::vector<uint64_t> answered_;
};

TEST_F(SenderTest, NeverHasMoreUnderWayThanTheWindow) {
  auto sender = MakeSender({.window = 3, .batch = 1});
  SendMany(*sender, 6);
  EXPECT_EQ(service_.AwaitWritten(3), (std::vector<uint64_t>{1, 2, 3}));
  service_.Answer({.sequence = 2, .kind = AnswerKind::kRecorded});
  EXPECT_EQ(service_.AwaitWritten(4), (std::vector<uint64_t>{1, 2, 3, 4}));
  for (const uint64_t sequence : {1, 3, 4}) service_.Answer({.sequence = sequence, .kind = AnswerKind::kRecorded});
  service_.AwaitWritten(6);
  for (const uint64_t sequence : {6, 5}) service_.Answer({.sequence = sequence, .kind = AnswerKind::kRecorded});
  EXPECT_TRUE(sender->Finish().ok());
  EXPECT_EQ(answered_, (std::vector<uint64_t>{2, 1, 3, 4, 6, 5}));
}

TEST_F(SenderTest, SendsAgainInOrderWhatWasTurnedAwayAndWhatWasRefusedBehindIt) {
  auto sender = MakeSender({.window = 3, .batch = 1});
  SendMany(*sender, 3);
  service_.AwaitWritten(3);
  service_.Answer({.sequence = 1, .kind = AnswerKind::kTryAgain, .retry_after_millis = 1});
  service_.Answer({.sequence = 3, .kind = AnswerKind::kRefused});
  service_.Answer({.sequence = 2, .kind = AnswerKind::kDuplicate});
  EXPECT_EQ(service_.AwaitWritten(5), (std::vector<uint64_t>{1, 2, 3, 1, 3}));
  service_.Answer({.sequence = 1, .kind = AnswerKind::kRecorded});
  service_.Answer({.sequence = 3, .kind = AnswerKind::kRefused});
  EXPECT_TRUE(sender->Finish().ok());
  EXPECT_EQ(answered_, (std::vector<uint64_t>{2, 1, 3}));
}

TEST_F(SenderTest, WhileSomethingIsUnderWayMessagesAreFull) {
  auto sender = MakeSender({.window = 8, .batch = 3});
  SendMany(*sender, 1);
  service_.AwaitWritten(1);  // Nothing was under way.
  SendMany(*sender, 7);
  service_.AwaitWritten(7);
  EXPECT_EQ(service_.messages(), (std::vector<size_t>{1, 3, 3}));
  for (uint64_t sequence = 1; sequence <= 7; ++sequence) {
    service_.Answer({.sequence = sequence, .kind = AnswerKind::kRecorded});
  }
  service_.AwaitWritten(8);  // Nothing is under way any more.
  service_.Answer({.sequence = 8, .kind = AnswerKind::kRecorded});
  EXPECT_TRUE(sender->Finish().ok());
  EXPECT_EQ(service_.messages(), (std::vector<size_t>{1, 3, 3, 1}));
}

TEST_F(SenderTest, AMessageIsNeverTooLarge) {
  patient::v1::PatientCommand large;
  large.mutable_record_death()->mutable_context()->set_reason(std::string(600 << 10, 'x'));
  auto sender = MakeSender({});
  SendMany(*sender, 1);
  service_.AwaitWritten(1);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(sender->Send(large, std::make_shared<Ticket>()));
  SendMany(*sender, 2);
  service_.Answer({.sequence = 1, .kind = AnswerKind::kRecorded});
  for (uint64_t sequence = 2; sequence <= 7; ++sequence) {
    service_.AwaitWritten(sequence);
    service_.Answer({.sequence = sequence, .kind = AnswerKind::kRecorded});
  }
  EXPECT_TRUE(sender->Finish().ok());
  for (size_t commands : service_.messages()) EXPECT_LE(commands, 3u);
}

TEST_F(SenderTest, AnAnswerToNothingIsIgnored) {
  auto sender = MakeSender({.window = 1});
  SendMany(*sender, 1);
  service_.AwaitWritten(1);
  service_.Answer({.sequence = 77, .kind = AnswerKind::kRecorded});
  service_.Answer({.sequence = 1, .kind = AnswerKind::kRecorded});
  EXPECT_TRUE(sender->Finish().ok());
  EXPECT_EQ(answered_, (std::vector<uint64_t>{1}));
}

TEST_F(SenderTest, ASilentServiceIsGivenUp) {
  auto sender = MakeSender({.window = 1, .retry_for = std::chrono::milliseconds(20)});
  SendMany(*sender, 1);
  const absl::Status status = sender->Finish();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_FALSE(sender->Send(patient::v1::PatientCommand(), std::make_shared<Ticket>()));
}

TEST_F(SenderTest, WhoHadNothingToDoForLongIsNotGivenUpWhenTheStreamBreaks) {
  service_.AnswerAtOnce();
  auto sender = MakeSender({.retry_for = std::chrono::milliseconds(0)});  // Any time without an answer is long.
  SendMany(*sender, 1);
  AwaitAnswered(1);
  service_.Break();
  SendMany(*sender, 1);
  EXPECT_TRUE(sender->Finish().ok());
  EXPECT_EQ(answered_, (std::vector<uint64_t>{1, 2}));
}

TEST_F(SenderTest, NothingToSendOpensNoStream) {
  auto sender = MakeSender({});
  EXPECT_TRUE(sender->Finish().ok());
}

TEST_F(SenderTest, StopWaitsForWhatIsUnderWayAndDropsTheRest) {
  auto sender = MakeSender({.window = 1});
  SendMany(*sender, 2);
  service_.AwaitWritten(1);
  sender->Stop();
  EXPECT_FALSE(sender->Send(patient::v1::PatientCommand(), std::make_shared<Ticket>()));
  service_.Answer({.sequence = 1, .kind = AnswerKind::kRecorded});
  EXPECT_TRUE(absl::IsCancelled(sender->Finish()));
  EXPECT_EQ(answered_, (std::vector<uint64_t>{1}));
}

}  // namespace
}  // namespace anamnesis::importer
