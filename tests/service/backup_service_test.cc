// Where backups may be written, and how a call watches one.
#include "service/backup_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "account_domain.h"
#include "account_service.grpc.pb.h"
#include "anamnesis/ops/v1/backup_service.grpc.pb.h"
#include "base/refusal.h"
#include "base/uuid.h"
#include "rpc/status.h"
#include "service/write_service.h"
#include "tests/service/account_client.h"

namespace anamnesis::service {
namespace {

namespace fs = std::filesystem;
namespace v1 = test::account::v1;

TEST(BackupDirectoryTest, ItIsBelowTheRoot) {
  const std::string root = fs::weakly_canonical(testing::TempDir() + "backups-" + NewUuid()).string();
  fs::create_directories(root + "/inside");
  fs::create_directory_symlink("/tmp", root + "/out");
  for (const std::string good : {"", "/new", "/new/er", "/inside/../new", "/inside"}) {
    const auto directory = BackupDirectory(root + good, root);
    ASSERT_TRUE(directory.ok()) << good << directory.status();
    EXPECT_EQ(*directory, fs::path(root + good).lexically_normal().string());
  }
  for (const std::string& bad : {std::string("backups"), std::string("../backups"), std::string("/"), root + "/..",
                                 root + "/../other", root + "-other", root + "/out", root + "/out/there"}) {
    const auto refused = BackupDirectory(bad, root);
    EXPECT_EQ(RefusalInfo(refused.status()).reason(), "BACKUP_DIRECTORY_REFUSED") << bad;
    EXPECT_EQ(RefusalInfo(refused.status()).metadata().at("backup_root"), root);
  }
  fs::remove_all(root);
}

ops::v1::CreateBackupResponse Message(BackupWork::Step step) {
  return std::get<ops::v1::CreateBackupResponse>(std::move(step));
}

TEST(BackupWorkTest, ASlowReaderIsToldTheNewestAndThenTheEnd) {
  BackupWork work;
  int woken = 0;
  EXPECT_TRUE(std::holds_alternative<rpc::Pending>(*work.Next()));
  work.WhenReady([&] { ++woken; });
  EXPECT_TRUE(work.Tell(1, 9));
  EXPECT_TRUE(work.Tell(2, 9));
  EXPECT_EQ(woken, 1) << "once for each asking";
  EXPECT_EQ(Message(*work.Next()).progress().copied_bytes(), 2u);
  EXPECT_TRUE(std::holds_alternative<rpc::Pending>(*work.Next()));
  work.WhenReady([&] { ++woken; });
  ops::v1::ServiceBackup made;
  made.set_position(7);
  work.End(made);
  EXPECT_EQ(woken, 2);
  EXPECT_EQ(Message(*work.Next()).made().position(), 7u);
  work.WhenReady([&] { ++woken; });
  EXPECT_EQ(woken, 3) << "there is something to say at once";
  EXPECT_TRUE(std::holds_alternative<rpc::End>(*work.Next()));
}

TEST(BackupWorkTest, WhoGoesAwayStopsIt) {
  const auto work = std::make_shared<BackupWork>();
  { const BackupSource source(work); }
  EXPECT_FALSE(work->Tell(1, 9));
}

TEST(BackupWorkTest, AFailureEndsTheCall) {
  BackupWork work;
  work.Tell(1, 9);
  work.End(absl::FailedPreconditionError("no"));
  EXPECT_EQ(work.Next().status().code(), absl::StatusCode::kFailedPrecondition) << "and no progress before it";
}

TEST(BackupServiceTest, ALogInMemoryIsNotBackedUp) {
  auto started =
      WriteService<decider::AccountDomain, v1::SubmitRequest, v1::SubmitResponse>::Start({.name = "account"}, {});
  ASSERT_TRUE(started.ok()) << started.status();
  const auto stub = ops::v1::BackupService::NewStub(rpc::Connect("127.0.0.1:" + std::to_string((*started)->port())));
  ops::v1::CreateBackupRequest request;
  request.set_directory("/tmp/backups");
  const auto context = NewContext();
  const auto reader = stub->CreateBackup(context.get(), request);
  ops::v1::CreateBackupResponse response;
  EXPECT_FALSE(reader->Read(&response));
  const auto info = RefusalInfo(rpc::FromGrpcStatus(reader->Finish()));
  EXPECT_EQ(info.reason(), "BACKUP_NOT_MADE");
  EXPECT_EQ(info.metadata().at("problem"), "the log is in memory");
}

}  // namespace
}  // namespace anamnesis::service
