// Backups through the real programs: made under load, restored after the death of everything, found out where damaged.
// Long because: all are made, listed and restored by one fixture.
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "anamnesis/medication/v1/medication_service.grpc.pb.h"
#include "anamnesis/ops/v1/backup_service.grpc.pb.h"
#include "backup/data_files.h"
#include "backup/manifest.h"
#include "base/sha256.h"
#include "base/uuid.h"
#include "rpc/client.h"
#include "tests/process/writer.h"
#include "tests/support/cluster.h"
#include "tests/support/command.h"

namespace anamnesis {
namespace {

namespace fs = std::filesystem;

using testing_support::Answer;
using testing_support::Child;
using testing_support::Cluster;

constexpr std::chrono::seconds kTimeout{60};
const std::vector<std::string> kWriters = {"patient", "encounter", "medication"};

// An order for each patient in turn; each decision knows a position of the patient service.
class Prescriber {
 public:
  Prescriber(Cluster& cluster, std::vector<std::string> patients)
      : thread_([this, &cluster, patients = std::move(patients)] { Run(cluster, patients); }) {}
  ~Prescriber() { Stop(); }

  // The last position that was acknowledged.
  uint64_t acknowledged() const { return acknowledged_; }
  void Stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }

 private:
  void Run(Cluster& cluster, const std::vector<std::string>& patients) {
    const auto stub = medication::v1::MedicationService::NewStub(cluster.Channel("medication"));
    for (size_t i = 0; !stopping_; ++i) {
      medication::v1::PrescribeRequest request;
      request.set_patient_id(patients[i % patients.size()]);
      request.mutable_context()->set_request_id(NewUuid());
      auto& coding = *request.mutable_order()->mutable_medication()->add_codings();
      coding.set_system("http://www.nlm.nih.gov/research/umls/rxnorm");
      coding.set_code("1049630");
      grpc::ClientContext context;
      rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
      rpc::v1::CommandOutcome outcome;
      if (stub->Prescribe(&context, request, &outcome).ok()) acknowledged_ = outcome.position();
    }
  }

  std::atomic<bool> stopping_{false};
  std::atomic<uint64_t> acknowledged_{0};
  std::thread thread_;
};

class BackupTest : public testing::Test {
 protected:
  void Start(const std::string& name, const std::vector<std::string>& flags = {}) { StartOn(cluster_, name, flags); }
  void StartAll() { StartAllOn(cluster_); }
  void StartOn(Cluster& cluster, const std::string& name, std::vector<std::string> flags = {}) const {
    if (name != "readmodel") flags.push_back("--kek_file=" + Kek());
    cluster.Start(name, flags);
  }
  void StartAllOn(Cluster& cluster) const {
    for (const std::string& name : Cluster::Names()) StartOn(cluster, name);
    for (const std::string& name : Cluster::Names()) cluster.AwaitHealthy(name);
  }
  void KillAll() {
    for (const std::string& name : Cluster::Names()) cluster_.Kill(name);
  }
  std::string Kek() const { return dir_.path() + "/kek"; }
  std::string Backups() const { return dir_.path() + "/backups"; }
  std::string Restored() const { return dir_.path() + "/restored"; }

  Answer Run(const std::string& arguments) const { return testing_support::Run(cluster_, arguments); }
  Answer Backup() const { return Run("backup --json --to '" + Backups() + "'"); }
  Answer List() const { return Run("backup --list --json --to '" + Backups() + "'"); }
  Answer VerifyBackup(int number) const {
    return Run(
        absl::StrCat("backup --verify --json --to '", Backups(), "' --kek-file '", Kek(), "' --backup ", number));
  }
  Answer Restore(const std::string& more = "") const {
    return Run("restore --json --from '" + Backups() + "' --data '" + Restored() + "' --kek-file '" + Kek() + "' " +
               more);
  }
  Answer VerifyOffline(const std::string& dir) const {
    return Run("verify --offline --json --data '" + dir + "' --kek-file '" + Kek() + "'");
  }

  // Puts a manifest in the place of the one with its number, and its checksum beside it.
  void WriteManifest(const backup::Manifest& manifest) const {
    const std::string text = backup::FormatManifest(manifest);
    const std::string name = std::to_string(manifest.number) + ".json";
    std::ofstream(Backups() + "/manifests/" + name) << text;
    std::ofstream(Backups() + "/manifests/" + name + ".sha256")
        << absl::BytesToHexString(Sha256(text)) << "  " << name << "\n";
  }

  // So much that a backup of it takes a while: `kilobytes` of what nothing compresses.
  void RecordMuch(const std::string& patient, int kilobytes) {
    const std::string text(1000, 'x');
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 8; ++thread) {
      threads.emplace_back([&] {
        const auto stub = patient::v1::PatientService::NewStub(cluster_.Channel("patient"));
        for (int i = 0; i < kilobytes / 8; ++i) ASSERT_TRUE(RecordProblem(*stub, patient, NewUuid(), text).ok());
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

  // The digest of the views, which is the same when they are made anew from the logs.
  static std::string Digest(const Cluster& cluster) {
    const std::string before = testing_support::Run(cluster, "digest").text;
    for (const std::string& service : kWriters) {
      EXPECT_EQ(testing_support::Run(cluster, "rebuild " + service).exit_code, 0);
    }
    EXPECT_EQ(testing_support::Run(cluster, "digest").text, before);
    return before;
  }

  testing_support::TempDir dir_;
  Cluster cluster_{dir_.path()};
};

TEST_F(BackupTest, WhatWasAcknowledgedBeforeIsInItWhateverIsWrittenMeanwhile) {
  StartAll();
  const std::vector<std::string> patients = RegisterPatients(cluster_, 5);
  Writers writers(cluster_, patients, 6);
  Prescriber prescriber(cluster_, patients);
  writers.Await(300);
  ASSERT_EQ(Backup().exit_code, 0);  // So that the second shares files with it.
  writers.Await(600);
  const std::vector<Acknowledged> before = writers.SoFar();
  const uint64_t prescribed_before = prescriber.acknowledged();
  const Answer backup = Backup();
  ASSERT_EQ(backup.exit_code, 0) << backup.said;
  writers.Await(before.size() + 100);
  KillAll();
  const std::vector<Acknowledged> acknowledged = writers.Stop();
  prescriber.Stop();

  const uint64_t patient_end = backup.json()["services"]["patient"]["position"];
  EXPECT_GE(backup.json()["services"]["medication"]["position"], prescribed_before);
  const Answer verified = VerifyBackup(2);
  EXPECT_EQ(verified.exit_code, 0) << verified.text << verified.said;
  const Answer restored = Restore();
  ASSERT_EQ(restored.exit_code, 0) << restored.said;
  EXPECT_EQ(restored.json()["services"]["patient"]["position"], patient_end);
  const Answer offline = VerifyOffline(Restored());
  EXPECT_EQ(offline.exit_code, 0) << offline.text;
  EXPECT_EQ(offline.json()["services"]["patient"]["events"], patient_end);
  EXPECT_EQ(offline.json()["services"]["patient"]["checkpoint_size"], patient_end);

  Cluster again(Restored());
  StartAllOn(again);
  const auto recorded = ReplayProblems(again);
  const std::set<std::string> issued = writers.Issued();
  for (const auto& [id, position] : recorded) {
    EXPECT_TRUE(issued.contains(id)) << "nobody sent this";
    EXPECT_LE(position, patient_end);
  }
  for (const Acknowledged& one : before) EXPECT_TRUE(recorded.contains(one.problem_id)) << "acknowledged, and lost";
  for (const Acknowledged& one : acknowledged) {
    if (one.position > patient_end) continue;
    ASSERT_TRUE(recorded.contains(one.problem_id)) << "acknowledged at " << one.position << ", and lost";
    EXPECT_EQ(recorded.at(one.problem_id), one.position);
  }
  const auto stub = patient::v1::PatientService::NewStub(again.Channel("patient"));
  const auto next = RecordProblem(*stub, patients[0]);
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(next->position, patient_end + 1) << "the log goes on where it was";
  Digest(again);
}

TEST_F(BackupTest, ToAnEarlierPositionAndTimeEveryServiceServes) {
  StartAll();
  const std::vector<std::string> patients = RegisterPatients(cluster_, 3);
  Writers writers(cluster_, patients, 2);
  Prescriber prescriber(cluster_, patients);
  writers.Await(100);
  while (prescriber.acknowledged() < 20) std::this_thread::yield();
  writers.Stop();
  prescriber.Stop();
  ASSERT_EQ(Backup().exit_code, 0);
  // When an event in the middle of the patient service's history was recorded.
  const std::string middle = Run("replay --json --service patient --from 50 --limit 1").json()["recorded_time"];
  ASSERT_EQ(Restore("--to-time " + middle).exit_code, 0);
  const Answer by_time = VerifyOffline(Restored());
  EXPECT_EQ(by_time.exit_code, 0) << by_time.text;
  EXPECT_EQ(by_time.json()["services"]["patient"]["events"], 50);
  Cluster again(Restored());
  StartAllOn(again);
  EXPECT_EQ(ReplayProblems(again).size(), 47u);
  Digest(again);

  const std::string elsewhere = dir_.path() + "/elsewhere";
  const Answer refused = Run("restore --from '" + Backups() + "' --data '" + elsewhere + "' --kek-file '" + Kek() +
                             "' --to-position patient=1");
  EXPECT_NE(refused.exit_code, 0) << "the decisions of the medication service knew more of the patients";
  EXPECT_NE(refused.said.find("the positions do not go together"), std::string::npos) << refused.said;
  EXPECT_FALSE(fs::exists(elsewhere));
}

TEST_F(BackupTest, ASecondBackupCopiesWhatIsNewAndADamagedOneIsFound) {
  StartAll();
  const std::string patient = RegisterPatients(cluster_, 1).front();
  RecordMuch(patient, 1024);
  const Answer first = Backup();
  ASSERT_EQ(first.exit_code, 0) << first.said;
  EXPECT_GT(first.json()["services"]["patient"]["new_bytes"], 1 << 20);
  EXPECT_EQ(first.json()["services"]["patient"]["shared_bytes"], 0);
  const Answer second = Backup();
  ASSERT_EQ(second.exit_code, 0) << second.said;
  EXPECT_GT(second.json()["services"]["patient"]["shared_bytes"], 1 << 20);
  EXPECT_LT(second.json()["services"]["patient"]["new_bytes"], 200 << 10);
  EXPECT_EQ(List().json().size(), 2u);
  for (const int number : {1, 2}) EXPECT_EQ(VerifyBackup(number).exit_code, 0) << number;
  EXPECT_EQ(VerifyOffline(Backups()).exit_code, 0) << "`verify --offline` reads a backup, too";
  fs::copy(Backups() + "/manifests", dir_.path() + "/manifests");
  EXPECT_NE(VerifyOffline(dir_.path()).exit_code, 0) << "but takes no backup for the log that it lies beside";
  fs::remove_all(dir_.path() + "/manifests");

  fs::path largest;
  for (const auto& entry : fs::directory_iterator(Backups() + "/patient/log/shared_checksum")) {
    if (largest.empty() || entry.file_size() > fs::file_size(largest)) largest = entry.path();
  }
  std::fstream file(largest, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(1 << 19);
  const int byte = file.get();
  file.seekp(1 << 19);
  file.put(static_cast<char>(byte ^ 1));
  file.close();
  for (const Answer& found : {VerifyBackup(1), VerifyOffline(Backups())}) {
    EXPECT_NE(found.exit_code, 0);
    EXPECT_NE(found.text.find(largest.filename().string()), std::string::npos) << found.text;
  }
  EXPECT_NE(Restore().exit_code, 0);
  EXPECT_FALSE(fs::exists(Restored()));
}

// By whoever may write in the directory: its checksum is right.
TEST_F(BackupTest, AManifestThatIsNotOfEveryServiceIsRefused) {
  StartAll();
  RegisterPatients(cluster_, 1);
  ASSERT_EQ(Backup().exit_code, 0);
  KillAll();
  fs::copy(Backups() + "/medication", Backups() + "/pharmacy", fs::copy_options::recursive);
  const backup::Manifest whole = *backup::ReadManifest(Backups(), 1);
  struct {
    std::string said;
    std::function<void(std::vector<backup::Part>& parts)> change;
  } const rows[] = {
      {"lacks the medication service", [](auto& parts) { parts.erase(parts.begin()); }        },
      {"lacks the patient service",    [](auto& parts) { parts.pop_back(); }                  },
      {"has a service 'pharmacy'",     [](auto& parts) { parts.front().service = "pharmacy"; }},
      {"the patient service twice",    [](auto& parts) { parts.push_back(parts.back()); }     },
      {"is of no service",             [](auto& parts) { parts.clear(); }                     },
  };
  for (const auto& row : rows) {
    backup::Manifest changed = whole;
    row.change(changed.parts);
    WriteManifest(changed);
    for (const Answer& refused : {VerifyBackup(1), VerifyOffline(Backups()), Restore()}) {
      EXPECT_NE(refused.exit_code, 0) << row.said;
      EXPECT_NE(refused.said.find(row.said), std::string::npos) << refused.said;
    }
    EXPECT_FALSE(fs::exists(Restored())) << row.said;
  }
  WriteManifest(whole);
  EXPECT_EQ(VerifyBackup(1).exit_code, 0);
  EXPECT_EQ(Restore().exit_code, 0);
}

// As `anamnesis backup` leaves them that dies between two services. What holds data keys is shown; and it can be
// removed as FORMAT.md says.
TEST_F(BackupTest, WhatNoManifestNamesIsShown) {
  StartAll();
  RegisterPatients(cluster_, 1);
  ASSERT_EQ(Backup().exit_code, 0);
  EXPECT_EQ(List().json().size(), 1u);
  const auto stub = ops::v1::BackupService::NewStub(cluster_.Channel("medication"));
  for (int i = 0; i < 2; ++i) {
    grpc::ClientContext context;
    rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
    ops::v1::CreateBackupRequest request;
    request.set_directory(Backups());
    const auto reader = stub->CreateBackup(&context, request);
    ops::v1::CreateBackupResponse response;
    while (reader->Read(&response)) continue;
    ASSERT_TRUE(reader->Finish().ok());
  }
  ASSERT_EQ(Backup().exit_code, 0);
  const nlohmann::json listed = List().json();
  ASSERT_EQ(listed.size(), 3u) << listed;
  EXPECT_EQ(listed.back(), nlohmann::json::parse(R"({"unnamed": {"medication": [2, 3]}})"));
  const std::string table = Run("backup --list --to '" + Backups() + "'").text;
  EXPECT_NE(table.find("Of the medication service"), std::string::npos) << table;
  EXPECT_NE(table.find("2, 3."), std::string::npos) << table;

  for (const std::string number : {"2", "3"}) {
    fs::remove(Backups() + "/medication/log/meta/" + number);
    fs::remove_all(Backups() + "/medication/files/" + number);
  }
  ASSERT_EQ(Backup().exit_code, 0);
  EXPECT_EQ(List().json().size(), 3u) << "three backups, and nothing else";
  for (const int number : {1, 2, 3}) EXPECT_EQ(VerifyBackup(number).exit_code, 0) << number;
}

// A backup from before an erasure opens with the key of its time, and with no other: what README says of backups.
TEST_F(BackupTest, WhoErasesAndRotatesAndDestroysTheOldKeyHasErasedInOldBackupsToo) {
  StartAll();
  const std::vector<std::string> patients = RegisterPatients(cluster_, 2);
  ASSERT_EQ(Backup().exit_code, 0);
  const std::string old_kek = dir_.path() + "/old.kek";
  fs::copy_file(Kek(), old_kek);
  ASSERT_EQ(Run("erase --yes --reason 'as asked' --approved-by user:officer " + patients[0]).exit_code, 0);
  ASSERT_EQ(Run("keys rotate --kek-file '" + Kek() + "'").exit_code, 0);
  ASSERT_EQ(Backup().exit_code, 0);

  const Answer refused = Restore("--backup 1");
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_NE(refused.said.find("key-encryption key"), std::string::npos) << refused.said;
  EXPECT_NE(VerifyBackup(1).said.find("which is not in the key file"), std::string::npos);
  const Answer sealed = Run("backup --verify --without-keys --json --backup 1 --to '" + Backups() + "'");
  EXPECT_EQ(sealed.exit_code, 0) << "the history verifies, the content is sealed";
  const Answer opened = Run("backup --verify --json --backup 1 --to '" + Backups() + "' --kek-file '" + old_kek + "'");
  EXPECT_EQ(opened.json()["services"]["patient"]["opened"], 2) << "so the old key has to go";

  ASSERT_EQ(Restore("--backup 2").exit_code, 0);
  const Answer restored = VerifyOffline(Restored());
  EXPECT_EQ(restored.json()["services"]["patient"]["erased"], 1) << restored.text;
}

// Killed while it copies, a service leaves earlier backups as they are, and makes the next one as if nothing had been.
TEST_F(BackupTest, AServiceKilledInTheMiddleHarmsNoBackup) {
  Start("readmodel");
  Start("patient", {"--backup_bytes_per_second=65536"});  // Much slower than everything that happens meanwhile.
  Start("encounter");
  Start("medication");
  const std::string patient = RegisterPatients(cluster_, 1).front();
  ASSERT_EQ(Backup().exit_code, 0);
  RecordMuch(patient, 1024);
  const auto stub = ops::v1::BackupService::NewStub(cluster_.Channel("patient"));
  grpc::ClientContext context;
  rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
  ops::v1::CreateBackupRequest request;
  request.set_directory(Backups());
  const auto reader = stub->CreateBackup(&context, request);
  ops::v1::CreateBackupResponse response;
  ASSERT_TRUE(reader->Read(&response)) << reader->Finish().error_message();
  ASSERT_TRUE(response.has_progress());
  EXPECT_GT(response.progress().expected_bytes(), 1u << 20);
  const Answer busy = Backup();
  EXPECT_NE(busy.said.find("BACKUP_UNDER_WAY"), std::string::npos) << busy.said;
  cluster_.Kill("patient");
  while (reader->Read(&response)) EXPECT_FALSE(response.has_made());
  EXPECT_FALSE(reader->Finish().ok());

  EXPECT_EQ(VerifyBackup(1).exit_code, 0);
  EXPECT_EQ(List().json().back()["unnamed"]["patient"], std::vector<int>{2}) << "whatever is there of it";
  Start("patient");
  const Answer next = Backup();
  ASSERT_EQ(next.exit_code, 0) << next.said;
  for (const int number : {1, static_cast<int>(next.json()["backup"])}) {
    const Answer verified = VerifyBackup(number);
    EXPECT_EQ(verified.exit_code, 0) << verified.text << verified.said;
  }
  EXPECT_FALSE(List().json().back()["unnamed"].contains("patient")) << "nothing is left of it";
}

// Who asked for it goes away: it stops, and another one can be made.
TEST_F(BackupTest, ABackupThatNobodyWaitsForStops) {
  Start("readmodel");
  Start("patient", {"--backup_bytes_per_second=262144"});
  const std::string patient = RegisterPatients(cluster_, 1).front();
  RecordMuch(patient, 1024);
  const auto stub = ops::v1::BackupService::NewStub(cluster_.Channel("patient"));
  ops::v1::CreateBackupRequest request;
  request.set_directory(Backups());
  for (int i = 0; i < 2; ++i) {
    ops::v1::CreateBackupResponse response;
    for (bool begun = false; !begun;) {  // The first one may take a moment to stop.
      grpc::ClientContext context;
      rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
      const auto reader = stub->CreateBackup(&context, request);
      begun = reader->Read(&response);
      if (begun) context.TryCancel();
      const grpc::Status status = reader->Finish();
      ASSERT_TRUE(begun || status.error_code() == grpc::StatusCode::ABORTED) << status.error_message();
    }
    EXPECT_TRUE(response.has_progress());
  }
  EXPECT_EQ(cluster_.Stop("patient"), 0) << "also while it is being made a service ends in order";
}

TEST_F(BackupTest, OnlyBelowTheRootIsWritten) {
  StartAll();
  for (const std::string to : {"/tmp/elsewhere", "backups/../../elsewhere"}) {
    const Answer refused = Run("backup --to '" + (to.front() == '/' ? to : dir_.path() + "/" + to) + "'");
    EXPECT_NE(refused.exit_code, 0);
    EXPECT_NE(refused.said.find("BACKUP_DIRECTORY_REFUSED"), std::string::npos) << refused.said;
    EXPECT_NE(refused.said.find("backup_root"), std::string::npos) << refused.said;
  }
  fs::create_directory(Backups());
  fs::create_directory_symlink("/tmp", Backups() + "/link");
  EXPECT_NE(Run("backup --to '" + Backups() + "/link'").said.find("BACKUP_DIRECTORY_REFUSED"), std::string::npos);
  std::ofstream(Backups() + "/patient") << "in the way";
  const Answer refused = Backup();
  EXPECT_NE(refused.said.find("BACKUP_NOT_MADE"), std::string::npos) << refused.said;
  EXPECT_NE(refused.said.find(Backups() + "/patient"), std::string::npos) << refused.said;
  EXPECT_EQ(List().json(), nlohmann::json::parse(R"([{"unnamed": {"encounter": [1], "medication": [1]}}])"))
      << "half a backup is none";
}

// SIGKILL at any moment of a restore: what has the name is whole.
TEST_F(BackupTest, ARestoreKilledInTheMiddleLeavesNothingThatLooksWhole) {
  StartAll();
  RecordMuch(RegisterPatients(cluster_, 1).front(), 1024);
  ASSERT_EQ(Backup().exit_code, 0);
  int cut_short = 0;
  for (int i = 0; i < 8 && cut_short < 2; ++i) {
    Child restore({testing_support::BinDir() + "/anamnesis", "restore", "--json", "--from", Backups(), "--data",
                   Restored(), "--kek-file", Kek()});
    // In front of a different service each time.
    const std::string until = Restored() + ".restoring/" + std::vector<std::string>{"patient", "encounter"}[i % 2];
    while (!fs::exists(until) && !fs::exists(Restored())) std::this_thread::yield();
    restore.Kill();
    if (fs::exists(Restored())) {
      EXPECT_EQ(VerifyOffline(Restored()).exit_code, 0);
    } else {
      ++cut_short;
      EXPECT_NE(Restore().said.find("remove it and restore again"), std::string::npos);
    }
    fs::remove_all(Restored());
    fs::remove_all(Restored() + ".restoring");
  }
  EXPECT_GT(cut_short, 0);
  EXPECT_EQ(Restore().exit_code, 0);
  EXPECT_EQ(VerifyOffline(Restored()).exit_code, 0);
}

// The one list says of every file of a data directory what a backup does with it.
TEST_F(BackupTest, WhateverAServiceKeepsIsInTheList) {
  for (const std::string& name : Cluster::Names()) cluster_.Start(name);  // Each with its key in its directory.
  RegisterPatients(cluster_, 1);
  for (const std::string& name : kWriters) cluster_.Stop(name);
  std::set<std::string> listed;
  for (const backup::DataFile& file : backup::DataFiles()) listed.insert(file.name);
  for (const std::string& name : kWriters) {
    for (const auto& entry : fs::directory_iterator(dir_.path() + "/" + name)) {
      EXPECT_TRUE(listed.contains(entry.path().filename().string())) << entry.path();
    }
  }
}

}  // namespace
}  // namespace anamnesis
