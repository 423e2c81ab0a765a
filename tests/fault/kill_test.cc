// Dies at every step of libs/base/failpoint.h, in the real programs and under load, and looks at what is left: what was
// acknowledged, what the history is, whether it can be that of one thing after the other, and what the read model
// shows.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "anamnesis/audit/v1/evidence_service.grpc.pb.h"
#include "anamnesis/chart/v1/chart_service.grpc.pb.h"
#include "anamnesis/ops/v1/backup_service.grpc.pb.h"
#include "anamnesis/ops/v1/key_service.grpc.pb.h"
#include "backup/part_message.h"
#include "backup/verify.h"
#include "base/failpoint.h"
#include "base/uuid.h"
#include "evidence/checkpoint.h"
#include "evidence/high_water.h"
#include "evidence/note.h"
#include "rpc/client.h"
#include "tests/fault/history.h"
#include "tests/fault/patients.h"
#include "tests/fault/suite.h"
#include "tests/support/cluster.h"
#include "vault/key_file.h"
#include "vault/key_ring.h"

namespace anamnesis::fault {
namespace {

using testing_support::Cluster;

constexpr std::chrono::seconds kTimeout{60};
constexpr int kKilled = 128 + SIGKILL;

// What brings a program to a step.
enum class Work { kCommands, kErasure, kRewrap, kBackup, kStop };

struct Death {
  Step step;
  const char* victim;
  Work work;
};

// Every step once; DeathsTest holds it to the list.
constexpr Death kDeaths[] = {
    {Step::kLogSequenced,        "patient",   Work::kCommands},
    {Step::kLogCommitting,       "patient",   Work::kCommands},
    {Step::kLogCommitted,        "patient",   Work::kCommands},
    {Step::kLogPublished,        "patient",   Work::kCommands},
    {Step::kHighWaterRaised,     "patient",   Work::kCommands},
    {Step::kLogAnswered,         "patient",   Work::kCommands},
    {Step::kCallAnswering,       "patient",   Work::kCommands},
    {Step::kStreamAnswering,     "patient",   Work::kCommands},
    {Step::kTreeAppended,        "patient",   Work::kStop    },
    {Step::kPublishSent,         "patient",   Work::kCommands},
    {Step::kPublishAcknowledged, "patient",   Work::kCommands},
    {Step::kViewsApplying,       "readmodel", Work::kCommands},
    {Step::kViewsApplied,        "readmodel", Work::kCommands},
    {Step::kFactsApplied,        "encounter", Work::kCommands},
    {Step::kCheckpointSigned,    "patient",   Work::kStop    },
    {Step::kFileWritten,         "patient",   Work::kStop    },
    {Step::kFileRenamed,         "patient",   Work::kStop    },
    {Step::kEraseCommitted,      "patient",   Work::kErasure },
    {Step::kEraseFlushed,        "patient",   Work::kErasure },
    {Step::kEraseCompacted,      "patient",   Work::kErasure },
    {Step::kViewsPurging,        "readmodel", Work::kErasure },
    {Step::kKeysRewrapped,       "patient",   Work::kRewrap  },
    {Step::kBackupCopied,        "patient",   Work::kBackup  },
    {Step::kBackupStored,        "patient",   Work::kBackup  },
};

std::string NameOf(Step step) {
  return std::string(kStepNames[static_cast<size_t>(step)]);
}

// One installation that dies again and again, and its clients.
class KillTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"readmodel", "patient", "encounter"}) cluster_.Start(name);
    PatientClient first(cluster_.address("patient"), history_);
    for (int i = 0; i < 4; ++i) {
      patients_.push_back(NewUuid());
      first.Register(patients_.back());
      first.Record(patients_.back(), patients_.back());
    }
  }

  std::unique_ptr<PatientClients> Clients(std::mt19937_64& random) {
    return std::make_unique<PatientClients>(cluster_.address("patient"), history_, patients_, std::mt19937_64(random()),
                                            6);
  }
  // Brings the victim to its death, and back to life.
  void Die(const Death& death, std::mt19937_64& random) {
    const auto clients = Clients(random);
    AwaitLife(*clients, death.victim);
    // While it starts, it may come to the step already; not at the first time, to die in the midst of life.
    const uint64_t at = death.work == Work::kCommands ? 5 + Below(random, 40) : 1;
    cluster_.Kill(death.victim);
    const bool served =
        cluster_.TryStart(death.victim, {}, {absl::StrCat("ANAMNESIS_FAILPOINTS=", NameOf(death.step), "=kill@", at)});
    std::thread work([&] { Bring(death.work); });
    std::atomic<bool> dead{false};
    std::thread auditor([&] {
      while (!dead) {
        const auto head = Head();
        if (head.has_value() && (heads_.empty() || head->size > heads_.back().size)) heads_.push_back(*head);
      }
    });
    if (death.work == Work::kStop && served) {  // Else it died already, of what it does as it starts.
      clients->Await(5);
      cluster_.child(death.victim).Signal(SIGTERM);
    }
    EXPECT_EQ(cluster_.AwaitEnd(death.victim), kKilled) << "it did not come to the step";
    dead = true;
    auditor.join();
    CheckHighWater(death);
    CountInjected(Kind(death));
    cluster_.Start(death.victim);
    AwaitLife(*clients, death.victim);
    work.join();
    clients->Stop();
  }

  void AwaitLife(PatientClients& clients, const std::string& name) {
    if (clients.Await(20)) return;
    std::fprintf(stderr, "%s does not answer any more; it said:\n%s\n", name.c_str(),
                 cluster_.child(name).Output().c_str());
    std::abort();
  }

  void Bring(Work work) {
    PatientClient client(cluster_.address("patient"), history_);
    if (work == Work::kErasure) {
      erased_.push_back(NewUuid());
      client.Register(erased_.back());
      client.Record(erased_.back(), erased_.back());
      client.Erase(erased_.back());
    } else if (work == Work::kRewrap) {
      NewKek();
      const auto stub = ops::v1::KeyService::NewStub(QuickChannel(cluster_.address("patient")));
      while (true) {  // As an operator does whose call was cut.
        grpc::ClientContext context;
        rpc::PrepareContext(context, Anybody(), kTimeout);
        context.set_wait_for_ready(true);
        ops::v1::RewrapKeysResponse response;
        if (stub->RewrapKeys(&context, {}, &response).ok()) return;
      }
    } else if (work == Work::kBackup) {
      uint64_t told = 0;
      std::optional<backup::Part> made;
      while (!made.has_value()) {
        told = Told();
        made = BackUp();
      }
      CheckBackup(*made, told);
    }
  }

  // What the service says that it made; nothing where it did not tell the end.
  std::optional<backup::Part> BackUp() {
    const auto stub = ops::v1::BackupService::NewStub(QuickChannel(cluster_.address("patient")));
    grpc::ClientContext context;
    rpc::PrepareContext(context, Anybody(), kTimeout);
    context.set_wait_for_ready(true);
    ops::v1::CreateBackupRequest request;
    request.set_directory(backups());
    const auto reader = stub->CreateBackup(&context, request);
    ops::v1::CreateBackupResponse response;
    ops::v1::ServiceBackup made;
    while (reader->Read(&response)) {
      if (response.has_made()) made = response.made();
    }
    if (!reader->Finish().ok() || made.service().empty()) return std::nullopt;
    return backup::PartFromMessage(made);
  }

  // A backup is whole, though one before it was cut off by a death, and has all that anybody had been told of before
  // it.
  void CheckBackup(const backup::Part& made, uint64_t told) {
    const auto keks = vault::LoadKeyFile(dir_.path() + "/patient/log.kek");
    ASSERT_TRUE(keks.ok()) << keks.status();
    const auto verdict = backup::VerifyPart(backups(), made, {.keks = std::make_shared<vault::KeyRing>(*keks)});
    ASSERT_TRUE(verdict.ok()) << verdict.status();
    EXPECT_EQ(absl::StrJoin(verdict->problems, "\n"), "");
    EXPECT_EQ(verdict->log.events, made.position);
    EXPECT_GE(made.position, told);
  }

  // A new key-encryption key before those that are there.
  void NewKek() {
    const std::string path = dir_.path() + "/patient/log.kek";
    std::ostringstream old;
    old << std::ifstream(path).rdbuf();
    std::ofstream(path) << vault::KeyRing::Random().Text() << old.str();
  }

  // The highest position that anybody was told of.
  uint64_t Told() const {
    uint64_t told = 0;
    for (const auto& [request, answers] : history_.answers()) {
      for (const Answer& answer : answers) told = std::max(told, answer.position);
    }
    return told;
  }

  // The file says every position that anybody was told of before the death.
  void CheckHighWater(const Death& death) {
    if (death.victim != std::string("patient")) return;
    const uint64_t told = Told();
    const auto high_water = evidence::ReadHighWater(dir_.path() + "/patient/high-water");
    ASSERT_TRUE(high_water.ok() && high_water->has_value()) << high_water.status();
    EXPECT_GE((*high_water)->position, told);
  }

  std::string backups() const { return dir_.path() + "/backups/all"; }
  static std::string Kind(const Death& death) { return "SIGKILL at " + NameOf(death.step); }

  void Check() {
    std::vector<event::v1::EventEnvelope> events = ReplayPatients(cluster_.address("patient"));
    CheckContinues(events);
    const auto recorded = RecordedRequests(events);
    const absl::Status once = CheckExactlyOnce(history_.answers(), recorded);
    EXPECT_TRUE(once.ok()) << once;
    if (!once.ok()) CountLost("SIGKILL", 1);
    const absl::Status linear = CheckLinearizable(history_.operations());
    EXPECT_TRUE(linear.ok()) << linear;
    CheckTree();
    before_ = std::move(events);
  }

  // Positions and versions have no gap; what was replayed before is there, byte for byte, unless it was erased.
  void CheckContinues(const std::vector<event::v1::EventEnvelope>& events) {
    std::map<std::string, uint64_t> versions;
    for (size_t i = 0; i < events.size(); ++i) {
      ASSERT_EQ(events[i].position(), i + 1);
      ASSERT_EQ(events[i].version(), ++versions[events[i].stream()]);
      if (i >= before_.size()) continue;
      event::v1::EventEnvelope before = before_[i];
      if (events[i].erased() && !before.erased()) {
        before.clear_payload();
        before.set_erased(true);
      }
      ASSERT_EQ(events[i].SerializeAsString(), before.SerializeAsString()) << i + 1;
    }
    ASSERT_GE(events.size(), before_.size());
    for (const std::string& patient : erased_) {
      for (const auto& event : events) {
        if (event.stream() != "patient-" + patient || event.type() == "anamnesis.patient.v1.PatientErased") continue;
        EXPECT_TRUE(event.erased()) << event.type();
      }
    }
  }

  // What a service signs, whenever it is asked; nothing where it does not answer.
  std::optional<evidence::Checkpoint> Head() {
    const auto stub = audit::v1::EvidenceService::NewStub(QuickChannel(cluster_.address("patient")));
    grpc::ClientContext context;
    rpc::PrepareContext(context, Anybody(), kTimeout);
    audit::v1::GetCheckpointResponse signed_checkpoint;
    if (!stub->GetCheckpoint(&context, {}, &signed_checkpoint).ok()) return std::nullopt;
    const auto note = evidence::ParseNote(signed_checkpoint.checkpoint());
    if (!note.ok()) return std::nullopt;
    const auto head = evidence::ParseCheckpoint(note->text);
    return head.ok() ? std::optional(*head) : std::nullopt;
  }

  // Every head that was signed, under load before a death too, is the beginning of that of now.
  void CheckTree() {
    std::optional<evidence::Checkpoint> head;
    while (!(head = Head()).has_value()) continue;  // A busy machine may need more than one attempt to connect.
    for (const evidence::Checkpoint& before : heads_) CheckExtends(before, *head);
    heads_ = {*head};
  }
  void CheckExtends(const evidence::Checkpoint& before, const evidence::Checkpoint& head) {
    const auto stub = audit::v1::EvidenceService::NewStub(QuickChannel(cluster_.address("patient")));
    audit::v1::GetConsistencyProofRequest request;
    request.set_old_size(before.size);
    request.set_new_size(head.size);
    grpc::ClientContext context;
    rpc::PrepareContext(context, Anybody(), kTimeout);
    context.set_wait_for_ready(true);
    audit::v1::GetConsistencyProofResponse response;
    const grpc::Status status = stub->GetConsistencyProof(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    evidence::Proof proof;
    for (const std::string& bytes : response.hashes()) {
      ASSERT_EQ(bytes.size(), evidence::kHashBytes);
      std::copy(bytes.begin(), bytes.end(), proof.emplace_back().begin());
    }
    EXPECT_TRUE(evidence::VerifyConsistency(before.size, before.root, head.size, head.root, proof))
        << "the head of the tree does not extend that of " << before.size;
  }

  std::string Digest() {
    const auto stub = chart::v1::ChartService::NewStub(QuickChannel(cluster_.address("readmodel")));
    grpc::ClientContext context;
    rpc::PrepareContext(context, Anybody(), kTimeout);
    context.set_wait_for_ready(true);
    chart::v1::GetDigestRequest request;
    (*request.mutable_options()->mutable_min_positions())["patient"] = before_.size();
    chart::v1::GetDigestResponse response;
    const grpc::Status status = stub->GetDigest(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.digest();
  }

  // The views as they became, and as they are made by a read model that has nothing.
  void CheckViews() {
    const std::string live = Digest();
    cluster_.Kill("readmodel");
    std::filesystem::remove_all(dir_.path() + "/readmodel");
    cluster_.Start("readmodel");
    EXPECT_EQ(Digest(), live) << "a replay makes other views than those that were live";
  }

  testing_support::TempDir dir_;
  Cluster cluster_{dir_.path()};
  History history_;
  std::vector<std::string> patients_;
  std::vector<std::string> erased_;
  std::vector<event::v1::EventEnvelope> before_;
  std::vector<evidence::Checkpoint> heads_;  // Signed since the last check, and the one of then.
};

TEST(DeathsTest, EveryStepIsDiedAtOnce) {
  std::vector<int> deaths(kStepNames.size());
  for (const Death& death : kDeaths) ++deaths[static_cast<size_t>(death.step)];
  for (size_t i = 0; i < deaths.size(); ++i) EXPECT_EQ(deaths[i], 1) << kStepNames[i];
}

TEST_F(KillTest, ADeathAtEveryStepLosesNothing) {
  for (int round = 0; round < Rounds(1); ++round) {
    for (const Death& death : kDeaths) {
      SCOPED_TRACE(absl::StrCat(Kind(death), " round ", round));
      std::mt19937_64 random = RandomFor(Kind(death), round);
      Die(death, random);
      Check();
      if (HasFailure()) return;
      CountSurvived(Kind(death));
    }
    CheckViews();
  }
}

}  // namespace
}  // namespace anamnesis::fault
