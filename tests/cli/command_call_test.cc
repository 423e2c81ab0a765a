// A command of which nobody can say what became of it.
#include "services/cli/command_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "anamnesis/patient/v1/patient_service.grpc.pb.h"
#include "base/mutex.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"

namespace anamnesis::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kId[] = "registration-4711";
constexpr auto kNever = grpc::StatusCode::DO_NOT_USE;  // It is not answered.

// Answers one call after the other as it is told to.
class ScriptedPatients final : public patient::v1::PatientService::Service {
 public:
  explicit ScriptedPatients(std::vector<grpc::StatusCode> answers) : answers_(std::move(answers)) {}

  grpc::Status RegisterPatient(grpc::ServerContext*, const patient::v1::RegisterPatientRequest* request,
                               rpc::v1::CommandOutcome*) override {
    const grpc::StatusCode answer = Take(request->context().request_id());
    if (answer == kNever) over_.wait();
    if (answer == grpc::StatusCode::OK) return grpc::Status::OK;
    return grpc::Status(answer == kNever ? grpc::StatusCode::CANCELLED : answer, "scripted");
  }

  // The request ids.
  std::vector<std::string> Asked() {
    MutexLock lock(mutex_);
    return asked_;
  }

  std::promise<void> over;  // Ends what is never answered.

 private:
  grpc::StatusCode Take(const std::string& id) {
    MutexLock lock(mutex_);
    asked_.push_back(id);
    return answers_.at(asked_.size() - 1);
  }

  Mutex mutex_;
  std::vector<std::string> asked_ GUARDED_BY(mutex_);
  const std::vector<grpc::StatusCode> answers_;
  const std::shared_future<void> over_ = over.get_future().share();
};

struct Told {
  absl::Status status;
  std::vector<std::string> asked;
};

// What comes of a command that a server answers like that.
Told Send(const std::vector<grpc::StatusCode>& answers, bool writes = true) {
  ScriptedPatients patients(answers);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&patients);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  CLI::App app;
  Connection connection;
  connection.AddOptions(app);
  app.parse(absl::StrCat("--timeout 0.3 --server patient=127.0.0.1:", port));
  patient::v1::RegisterPatientRequest request;
  request.mutable_context()->set_request_id(kId);
  rpc::v1::CommandOutcome outcome;
  const auto channel = connection.Channel("patient");
  const auto stub = patient::v1::PatientService::NewStub(channel);
  const CommandCall command{.server = "patient",
                            .request_id = kId,
                            .caller = connection.Caller(),
                            .repeat_with = WithRequestId(kId),
                            .writes = writes};
  const absl::Status status = SendCommand(connection, *channel, command, [&](grpc::ClientContext& context) {
    return stub->RegisterPatient(&context, request, &outcome);
  });
  patients.over.set_value();
  server->Shutdown();
  return {status, patients.Asked()};
}

TEST(CommandCallTest, WhatGotLostIsAskedForOnceMoreUnderTheSameId) {
  for (const auto lost : {grpc::StatusCode::UNAVAILABLE, kNever}) {
    const Told told = Send({lost, grpc::StatusCode::OK});
    EXPECT_TRUE(told.status.ok()) << told.status;
    EXPECT_THAT(told.asked, ElementsAre(kId, kId));
  }
}

TEST(CommandCallTest, WhatNobodyAnswersMayBeRecordedAndIsSaidHowToRepeat) {
  const Told told = Send({kNever, kNever});
  EXPECT_EQ(told.status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(told.status.message()),
              AllOf(HasSubstr("did not answer within 0.3 s (--timeout)"), HasSubstr("s were waited in all"),
                    HasSubstr("may be recorded"), HasSubstr("--request-id registration-4711")));
  EXPECT_THAT(told.asked, ElementsAre(kId, kId));
}

TEST(CommandCallTest, ARefusalSettlesItAnOverloadedServerDoesNot) {
  const Told refused = Send({kNever, grpc::StatusCode::FAILED_PRECONDITION});
  EXPECT_EQ(refused.status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.status.message()), Not(HasSubstr("may be recorded")));
  const Told overloaded = Send({kNever, grpc::StatusCode::RESOURCE_EXHAUSTED});
  EXPECT_THAT(std::string(overloaded.status.message()), HasSubstr("may be recorded"));
}

TEST(CommandCallTest, AnyOtherAnswerIsTheAnswer) {
  const Told told = Send({grpc::StatusCode::INTERNAL});
  EXPECT_EQ(told.status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(told.asked, ElementsAre(kId));
}

TEST(CommandCallTest, OfWhatIsOnlyValidatedNothingMayBeRecorded) {
  const Told told = Send({kNever, kNever}, /*writes=*/false);
  EXPECT_EQ(told.status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(told.status.message()), Not(HasSubstr("recorded")));
}

TEST(CommandCallTest, WhoIsNotThereIsSentNothing) {
  CLI::App app;
  Connection connection;
  connection.AddOptions(app);
  app.parse("--server patient=127.0.0.1:1");
  const auto channel = connection.Channel("patient");
  const absl::Status status = SendCommand(connection, *channel, {.server = "patient", .request_id = kId},
                                          [](grpc::ClientContext&) -> grpc::Status {
                                            ADD_FAILURE() << "it is sent";
                                            return grpc::Status::OK;
                                          });
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("no patient server answers at 127.0.0.1:1"), Not(HasSubstr("recorded"))));
}

}  // namespace
}  // namespace anamnesis::cli
