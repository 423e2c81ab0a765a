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
constexpr uint64_t kLarge = 10'000'000;
constexpr uint64_t kCommands = 500;  // Of a round.
constexpr int kRounds = 5;
constexpr size_t kActivePatients = 100;
constexpr size_t kSample = 10'000;  // Records that the baseline of verifying is taken over, again and again.
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
class HashAndOpen {
 public:
  explicit HashAndOpen(const std::string& directory) {
    const auto engine = eventlog::OpenForReading(directory);
    Check(engine.ok(), std::string(engine.status().message()));
    const auto scan = (*engine)->Scan(1, eventlog::Direction::kForwards);
    for (; scan->Valid() && records_.size() < kSample; scan->Next()) records_.emplace_back(scan->bytes());
    EVP_DecryptInit_ex(cipher_, EVP_aes_256_gcm(), nullptr, Bytes(key_), nullptr);
  }
  ~HashAndOpen() { EVP_CIPHER_CTX_free(cipher_); }

  // Once more over the sample.
  void Round() {
    unsigned char digest[32];
    const int64_t begin = MonotonicMicros();
    for (const std::string& record : records_) {
      EVP_Digest(record.data(), record.size(), digest, nullptr, EVP_sha256(), nullptr);
      int size = 0;
      EVP_DecryptInit_ex(cipher_, nullptr, nullptr, nullptr, Bytes(nonce_));
      EVP_DecryptUpdate(cipher_, nullptr, &size, Bytes(record), static_cast<int>(record.size() - text_.size()));
      EVP_DecryptUpdate(cipher_, reinterpret_cast<unsigned char*>(text_.data()), &size, Bytes(record),
                        static_cast<int>(text_.size()));
    }
    seconds_ += SecondsSince(begin);
    done_ += records_.size();
  }

  double seconds() const { return seconds_; }
  double per_second() const { return static_cast<double>(done_) / seconds_; }

 private:
  static const unsigned char* Bytes(const std::string& of) { return reinterpret_cast<const unsigned char*>(of.data()); }

  const std::string key_ = std::string(32, 'k');
  const std::string nonce_ = std::string(12, 'n');
  std::string text_ = std::string(ProblemRecorded(NewUuid()).size(), '\0');
  std::vector<std::string> records_;
  EVP_CIPHER_CTX* const cipher_ = EVP_CIPHER_CTX_new();
  double seconds_ = 0;
  uint64_t done_ = 0;
};

// Takes turns with its baseline, each time that it tells how far it is. What is not in sorted files yet, up to 256 MiB,
// is read into memory first: only a large log says how fast the rest is.
void BenchVerify(const std::string& directory, uint64_t events) {
  auto keks = vault::LoadKeyFile(directory + ".kek");
  Check(keks.ok(), std::string(keks.status().message()));
  HashAndOpen baseline(directory);
  const audit::VerifyOptions options = {.keks = std::make_shared<const vault::KeyRing>(*std::move(keks)),
                                        .progress = [&](uint64_t, uint64_t) { baseline.Round(); }};
  const int64_t begin = MonotonicMicros();
  const auto verdict = audit::VerifyLog(directory, options);
  const double seconds = SecondsSince(begin) - baseline.seconds();
  Check(verdict.ok() && verdict->problems.empty() && verdict->opened == events, "the log does not verify");
  const double rate = static_cast<double>(events) / seconds;
  ReportOnly("  verify, every payload opened", rate, baseline.per_second(), "events/s");
  if (events < kLarge) return;
  ReportAbsolute("  verify: 500,000/s or half the baseline", rate, "events/s",
                 std::min(500'000.0, baseline.per_second() / 2));
}

// Commands on a log that has grown and on a small one, in turns: what else the machine does is done to both. How many
// were done on the grown one.
uint64_t BenchCommands(Cluster& grown, std::vector<std::string> patients, Cluster& small,
                       std::vector<std::string> patients_of_small) {
  Patients of_grown(grown.Channel("patient"), std::move(patients));
  Patients of_small(small.Channel("patient"), std::move(patients_of_small));
  const auto micros = [](Patients& of) {
    const Round round = RunLoad(kCommands, 1, of.Commands(kCommands));
    Check(round.failed == 0, "commands failed");
    return round.p50_micros;
  };
  micros(of_grown);  // Until both are warm.
  micros(of_small);
  std::vector<double> with_grown, with_small;
  for (int i = 0; i < kRounds; ++i) {
    with_grown.push_back(micros(of_grown));
    with_small.push_back(micros(of_small));
  }
  Report("  command, 1 in flight, p50, to a small log's", Median(with_grown), Median(with_small), "us", 1.2, false);
  return kCommands * (kRounds + 1);
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
  testing_support::TempDir dir, small_dir;
  const std::string log = dir.path() + "/patient/log";
  Filler filler(log), small_filler(small_dir.path() + "/patient/log");
  small_filler.Fill(kSmallest);
  uint64_t events = 0;     // In the log, commands included.
  uint64_t commanded = 0;  // Of these, by commands.
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
    Cluster small(small_dir.path());
    TimeToServe(small);
    const uint64_t done = BenchCommands(cluster, filler.Active(), small, small_filler.Active());
    small.Stop("patient");
    events += done;
    commanded += done;
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
