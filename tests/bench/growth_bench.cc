// How a log fares as it grows: the real server on a log of more and more events, and its directory read from end to end
// by an auditor.
#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "anamnesis/chart/v1/chart_service.grpc.pb.h"
#include "audit/verify_log.h"
#include "eventlog/open.h"
#include "tests/bench/patients.h"
#include "tests/bench/report.h"
#include "vault/key_file.h"

namespace anamnesis::bench {
namespace {

using testing_support::Cluster;

constexpr uint64_t kEventsOfPatient = 100;
constexpr uint64_t kEventsOfAppend = 20;
constexpr uint64_t kSmallest = 10'000;
constexpr uint64_t kMostRebuilt = 1'000'000;
constexpr uint64_t kCommands = 2'000;
constexpr size_t kActivePatients = 100;
constexpr size_t kSample = 100'000;  // Records that the baseline of verifying is taken over.
constexpr double kMebibyte = 1 << 20;

double SecondsSince(int64_t begin) {
  return static_cast<double>(MonotonicMicros() - begin) / 1e6;
}

// A patient log that is filled further each time.
class Filler {
 public:
  explicit Filler(std::string directory) : directory_(std::move(directory)) {}

  // Appends until there are `more` events more.
  void Fill(uint64_t more) {
    const auto log = eventlog::OpenRocksLog(directory_, {});
    Check(log.ok(), std::string(log.status().message()));
    for (uint64_t done = 0; done < more; done += kEventsOfAppend) {
      const bool is_new = done % kEventsOfPatient == 0;
      if (is_new) patients_.push_back(NewUuid());
      Append(**log, patients_.back(), is_new);
      if (done % 100'000 == 0) AwaitDurable(**log);  // So that not all of it waits in memory.
    }
    AwaitDurable(**log);
  }

  uint64_t payload_bytes() const { return payload_bytes_; }
  // Those who came last.
  std::vector<std::string> Active() const {
    return {patients_.end() - static_cast<std::ptrdiff_t>(std::min(kActivePatients, patients_.size())),
            patients_.end()};
  }

 private:
  void Append(eventlog::EventLog& log, const std::string& patient, bool is_new) {
    eventlog::StreamAppend append{.stream = "patient-" + patient};
    for (uint64_t i = 0; i < kEventsOfAppend; ++i) {
      const bool registers = is_new && i == 0;
      append.events.push_back(
          {.event_id = NewUuid(),
           .type = absl::StrCat("anamnesis.patient.v1.", registers ? "PatientRegistered" : "ProblemRecorded"),
           .payload = registers ? PatientRegistered(patient) : ProblemRecorded(patient)});
      payload_bytes_ += append.events.back().payload.size();
    }
    eventlog::AppendRequest request;
    request.metadata.actor = "user:bench";
    request.streams.push_back(std::move(append));
    Check(log.Append(std::move(request), [](const eventlog::AppendResult&) {}).ok(), "filling the log failed");
  }

  static void AwaitDurable(eventlog::EventLog& log) {
    std::promise<void> durable;
    log.WhenDurable([&] { durable.set_value(); });
    durable.get_future().wait();
  }

  const std::string directory_;
  uint64_t payload_bytes_ = 0;
  std::vector<std::string> patients_;
};

double ResidentMebibytes(pid_t pid) {
  std::ifstream status(absl::StrCat("/proc/", pid, "/status"));
  std::string name;
  for (double kibibytes = 0; status >> name; status.ignore(200, '\n')) {
    if (name == "VmRSS:" && status >> kibibytes) return kibibytes / 1024;
  }
  return 0;
}

double DirectoryBytes(const std::string& path) {
  double bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) bytes += static_cast<double>(entry.file_size());
  }
  return bytes;
}

// The least that verifying these records needs, each by itself, by OpenSSL: hash all of it, open a payload of that
// size.
double HashAndOpenRate(const std::string& directory) {
  const auto engine = eventlog::OpenForReading(directory);
  Check(engine.ok(), std::string(engine.status().message()));
  std::vector<std::string> records;
  const auto scan = (*engine)->Scan(1, eventlog::Direction::kForwards);
  for (; scan->Valid() && records.size() < kSample; scan->Next()) records.emplace_back(scan->bytes());
  const size_t payload = ProblemRecorded(NewUuid()).size();
  const std::string key(32, 'k'), nonce(12, 'n');
  EVP_CIPHER_CTX* const cipher = EVP_CIPHER_CTX_new();
  std::string text(payload, '\0');
  unsigned char digest[32];
  const auto bytes = [](const std::string& of) { return reinterpret_cast<const unsigned char*>(of.data()); };
  EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), nullptr, bytes(key), nullptr);
  const int64_t begin = MonotonicMicros();
  for (const std::string& record : records) {
    EVP_Digest(record.data(), record.size(), digest, nullptr, EVP_sha256(), nullptr);
    int size = 0;
    EVP_DecryptInit_ex(cipher, nullptr, nullptr, nullptr, bytes(nonce));
    EVP_DecryptUpdate(cipher, nullptr, &size, bytes(record), static_cast<int>(record.size() - payload));
    EVP_DecryptUpdate(cipher, reinterpret_cast<unsigned char*>(text.data()), &size, bytes(record),
                      static_cast<int>(payload));
  }
  const double seconds = SecondsSince(begin);
  EVP_CIPHER_CTX_free(cipher);
  return static_cast<double>(records.size()) / seconds;
}

void BenchVerify(const std::string& directory, uint64_t events) {
  auto keks = vault::LoadKeyFile(directory + ".kek");
  Check(keks.ok(), std::string(keks.status().message()));
  const audit::VerifyOptions options = {.keks = std::make_shared<const vault::KeyRing>(*std::move(keks))};
  const int64_t begin = MonotonicMicros();
  const auto verdict = audit::VerifyLog(directory, options);
  const double rate = static_cast<double>(events) / SecondsSince(begin);
  Check(verdict.ok() && verdict->problems.empty() && verdict->opened == events, "the log does not verify");
  Report("  verify, every payload opened", rate, HashAndOpenRate(directory), "events/s", 0.5, true);
}

// Until the read model, which has none of them yet, shows the last event.
double RebuildRate(const std::string& dir, const std::string& patient, uint64_t events) {
  std::filesystem::remove_all(dir + "/readmodel");
  Cluster cluster(dir);
  cluster.Start("readmodel");
  const int64_t begin = MonotonicMicros();
  cluster.Start("patient");
  const auto charts = chart::v1::ChartService::NewStub(cluster.Channel("readmodel"));
  chart::v1::GetChartRequest request;
  request.set_patient_id(patient);
  (*request.mutable_options()->mutable_min_positions())["patient"] = events;
  for (bool shown = false; !shown;) {  // A call waits for it as long as it may.
    grpc::ClientContext context;
    rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
    chart::v1::GetChartResponse response;
    shown = charts->GetChart(&context, request, &response).ok();
  }
  const double seconds = SecondsSince(begin);
  cluster.Stop("patient");
  cluster.Stop("readmodel");
  return static_cast<double>(events) / seconds;
}

double TimeToServe(Cluster& cluster) {
  const int64_t begin = MonotonicMicros();
  cluster.Start("patient", {"--readmodel="});
  return SecondsSince(begin);
}

void Run(uint64_t most) {
  testing_support::TempDir dir;
  const std::string log = dir.path() + "/patient/log";
  Filler filler(log);
  uint64_t events = 0;     // In the log, commands included.
  uint64_t commanded = 0;  // Of these, by commands.
  double first_p50 = 0;
  ReportHeader();
  for (uint64_t size = kSmallest; size <= most; size *= 10) {
    filler.Fill(size - events);
    events = size;
    std::printf("%lu events\n", size);
    ReportOnly("  log on disk, bytes an event, to payload", DirectoryBytes(log) / static_cast<double>(events),
               static_cast<double>(filler.payload_bytes()) / static_cast<double>(events - commanded), "bytes");
    BenchVerify(log, events);

    Cluster cluster(dir.path());
    const double made = TimeToServe(cluster);
    ReportFigure("  first start, tree and all", made, "s");
    cluster.Stop("patient");
    ReportAtMost("  start after a clean stop", TimeToServe(cluster), "s", 2);
    Patients patients(cluster.Channel("patient"), filler.Active());
    RunLoad(kCommands / 4, 1, patients.Commands());
    const Round round = RunLoad(kCommands, 1, patients.Commands());
    Check(round.failed == 0, "commands failed");
    events += kCommands + kCommands / 4;
    commanded += kCommands + kCommands / 4;
    if (first_p50 == 0) first_p50 = round.p50_micros;
    Report("  command, 1 in flight, p50, to the smallest", round.p50_micros, first_p50, "us", 1.2, false);
    ReportFigure("  replay over gRPC", ReplayRate(cluster.Channel("patient"), events), "events/s");
    ReportAtMost("  memory of the service after all that", ResidentMebibytes(cluster.child("patient").pid()), "MiB",
                 256);
    cluster.Stop("patient");
    if (size > kMostRebuilt) continue;
    ReportFigure("  views rebuilt", RebuildRate(dir.path(), filler.Active().back(), events), "events/s");
  }
}

}  // namespace
}  // namespace anamnesis::bench

int main(int argc, char** argv) {
  if (argc > 2) {
    std::fprintf(stderr, "usage: growth_bench [EVENTS, 10 million by default; about 600 bytes of disk for each]\n");
    return EXIT_FAILURE;
  }
  anamnesis::bench::Run(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000'000);
}
