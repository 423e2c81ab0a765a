// A witness that answers what it likes.
#include "service/cosigner.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/uuid.h"
#include "eventlog/open.h"
#include "evidence/note.h"
#include "evidence/signed_checkpoint.h"
#include "evidence/signing_key.h"
#include "rpc/client.h"

namespace anamnesis::service {
namespace {

namespace v1 = audit::v1;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class FakeWitness final : public v1::WitnessService::Service {
 public:
  grpc::Status GetWitnessed(grpc::ServerContext*, const v1::GetWitnessedRequest*,
                            v1::GetWitnessedResponse* response) override {
    ++asked;
    return on_get(*response);
  }
  grpc::Status AddCheckpoint(grpc::ServerContext*, const v1::AddCheckpointRequest* request,
                             v1::AddCheckpointResponse* response) override {
    ++shown;
    return on_add(*request, *response);
  }

  std::function<grpc::Status(v1::GetWitnessedResponse&)> on_get;
  std::function<grpc::Status(const v1::AddCheckpointRequest&, v1::AddCheckpointResponse&)> on_add;
  std::atomic<int> asked = 0;
  std::atomic<int> shown = 0;
};

class CosignerTest : public testing::Test {
 protected:
  CosignerTest() {
    EXPECT_TRUE(Append());
    auto evidence = LogEvidence::Open(directory_, "account", *log_);
    EXPECT_TRUE(evidence.ok()) << evidence.status();
    evidence_ = *std::move(evidence);
    witness_.on_get = [this](v1::GetWitnessedResponse& response) {
      response.set_witness_key(signer_.verifier().ToString());
      return grpc::Status::OK;
    };
    witness_.on_add = [this](const v1::AddCheckpointRequest& request, v1::AddCheckpointResponse& response) {
      response.set_cosigned(Cosigned(request.checkpoint()));
      return grpc::Status::OK;
    };
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&witness_);
    server_ = builder.BuildAndStart();
  }
  ~CosignerTest() override {
    cosigner_.reset();
    server_->Shutdown();
    evidence_.reset();
    std::filesystem::remove_all(directory_);
  }

  bool Append() {
    eventlog::AppendRequest request;
    request.streams.push_back(
        {.stream = "account-1", .events = {{.event_id = NewUuid(), .type = "t", .payload = "p"}}});
    return log_->AppendAndWait(std::move(request)).ok();
  }
  std::string Cosigned(const std::string& note) const { return *evidence::Cosign(note, signer_, 1); }

  void Start() {
    cosigner_ = std::make_unique<Cosigner>(
        Cosigner::Options{
            .log = "account",
            .witness = "friend",
            .channel = rpc::Connect("127.0.0.1:" + std::to_string(port_)),
            .caller = {.actor = "service:account",                                                      .roles = {"service"}},
            .contradicted = [this](const absl::Status&) { contradicted_ = true;                                                                               }
    },
        *evidence_);
    EXPECT_TRUE(cosigner_->CheckBeforeServing().ok());
    cosigner_->Start();
  }
  // The problem of the link, once it has one.
  std::string Problem() const {
    std::string problem;
    while (problem.empty() && !contradicted_) problem = cosigner_->state().problem;
    return problem;
  }

  static std::string NewDirectory() {
    std::string directory = testing::TempDir() + "cosigner-" + NewUuid();
    std::filesystem::create_directory(directory);
    return directory;
  }

  const std::string directory_ = NewDirectory();
  const evidence::Signer signer_ = *evidence::GenerateSigningKey(
      directory_ + "/witness.key", "anamnesis/witness/friend", evidence::SignatureType::kCosignature);
  const std::unique_ptr<eventlog::EventLog> log_ = eventlog::NewMemoryLog({});
  std::unique_ptr<LogEvidence> evidence_;
  FakeWitness witness_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  std::atomic<bool> contradicted_ = false;
  std::unique_ptr<Cosigner> cosigner_;
};

TEST_F(CosignerTest, AnHonestWitnessVouches) {
  Start();
  while (cosigner_->state().position < 1) {
  }
  EXPECT_THAT(evidence_->Cosigned(), SizeIs(1));
  EXPECT_FALSE(contradicted_);
}

// What no signature of this service says is a problem of the link, and no reason to end.
TEST_F(CosignerTest, AnAnswerOfDataLossIsNoContradiction) {
  witness_.on_get = [](v1::GetWitnessedResponse&) { return grpc::Status(grpc::StatusCode::DATA_LOSS, "so I say"); };
  Start();
  EXPECT_THAT(Problem(), HasSubstr("so I say"));
  EXPECT_FALSE(contradicted_);
}

TEST_F(CosignerTest, WhatWasNotShownIsNotTakenForVouchedFor) {
  const std::string old = *evidence_->CheckpointOf(1);
  witness_.on_add = [this, old](const v1::AddCheckpointRequest&, v1::AddCheckpointResponse& response) {
    response.set_cosigned(Cosigned(old));
    return grpc::Status::OK;
  };
  ASSERT_TRUE(Append());
  evidence_->Advance(2);
  Start();
  EXPECT_THAT(Problem(), HasSubstr("another checkpoint than it was shown"));
  EXPECT_THAT(evidence_->Cosigned(), IsEmpty());
}

TEST_F(CosignerTest, WhatTheWitnessDidNotSignIsNotTakenForVouchedFor) {
  witness_.on_add = [](const v1::AddCheckpointRequest& request, v1::AddCheckpointResponse& response) {
    response.set_cosigned(request.checkpoint());
    return grpc::Status::OK;
  };
  Start();
  EXPECT_NE(Problem(), "");
  EXPECT_THAT(evidence_->Cosigned(), IsEmpty());
}

// Two keys for one log: the witness hears of it.
TEST_F(CosignerTest, AnotherKeyOfTheSameLogIsShownToTheWitness) {
  const evidence::Signer other = *evidence::GenerateSigningKey(directory_ + "/other.key", evidence_->verifier().name(),
                                                               evidence::SignatureType::kNote);
  const std::string kept = *evidence::SignCheckpoint({.origin = evidence_->verifier().name(), .size = 1}, other);
  witness_.on_get = [this, kept](v1::GetWitnessedResponse& response) {
    response.set_witness_key(signer_.verifier().ToString());
    response.set_checkpoint(kept);
    return grpc::Status::OK;
  };
  witness_.on_add = [](const v1::AddCheckpointRequest&, v1::AddCheckpointResponse&) {
    return grpc::Status(grpc::StatusCode::FAILED_PRECONDITION, "refused");
  };
  Start();
  EXPECT_THAT(Problem(), HasSubstr("refused"));
  EXPECT_GE(witness_.shown, 1);
  EXPECT_FALSE(contradicted_);
}

}  // namespace
}  // namespace anamnesis::service
