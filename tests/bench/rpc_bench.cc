// Over gRPC, with the real binaries as other processes: commands, replay and queries against an echo.
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "anamnesis/chart/v1/chart_service.grpc.pb.h"
#include "base/uuid.h"
#include "echo_service.grpc.pb.h"
#include "eventlog/open.h"
#include "nlohmann/json.hpp"
#include "rpc/client.h"
#include "tests/bench/disk.h"
#include "tests/bench/load.h"
#include "tests/bench/patients.h"
#include "tests/bench/report.h"
#include "tests/bench/submit.h"
#include "tests/support/cluster.h"

namespace anamnesis::bench {
namespace {

using testing_support::Child;
using testing_support::Cluster;

constexpr int kRounds = 5;
constexpr uint64_t kReplayEvents = 300'000;
constexpr int kChartRows = 300;
// Of one measurement: so many that no history gets longer than about a hundred events. States that outgrow a service's
// cache would be something else to measure.
constexpr int kPatients = 2'000;

// Calls of serialized requests whose answers are left as bytes, so that what the client would make of them is not
// measured.
class RawCalls {
 public:
  RawCalls(const std::shared_ptr<grpc::Channel>& channel, std::string method)
      : stub_(channel), method_(std::move(method)) {}

  StartCall Calls(const google::protobuf::Message& request) {
    const grpc::Slice slice(request.SerializeAsString());
    return [this, bytes = grpc::ByteBuffer(&slice, 1)](uint64_t, std::function<void(bool)> done) {
      Call<grpc::ByteBuffer, grpc::ByteBuffer>(
          [this](grpc::ClientContext* context, const grpc::ByteBuffer* asked, grpc::ByteBuffer* answer,
                 std::function<void(grpc::Status)> then) {
            stub_.UnaryCall(context, method_, grpc::StubOptions(), asked, answer, std::move(then));
          },
          bytes, std::move(done));
    };
  }

 private:
  grpc::GenericStub stub_;
  const std::string method_;
};

class Echo {
 public:
  Echo() : child_({testing_support::BinDir() + "/../bench/echo_server"}) {
    const int port = nlohmann::json::parse(child_.AwaitLine("serving")).at("port").get<int>();
    const auto channel = rpc::Connect("127.0.0.1:" + std::to_string(port));
    stub_ = v1::EchoService::NewStub(channel);
    raw_ = std::make_unique<RawCalls>(channel, "/anamnesis.bench.v1.EchoService/Echo");
  }

  // Calls of `Echo` whose answers are left as bytes.
  StartCall CallsForBytes(size_t request_bytes, size_t response_bytes) {
    return raw_->Calls(Request(request_bytes, response_bytes));
  }

  using Async = v1::EchoService::StubInterface::async_interface;
  using Method = void (Async::*)(grpc::ClientContext*, const v1::EchoRequest*, v1::EchoResponse*,
                                 std::function<void(grpc::Status)>);
  StartCall Calls(Method method, size_t request_bytes, size_t response_bytes) {
    const v1::EchoRequest request = Request(request_bytes, response_bytes);
    return [this, method, request](uint64_t, std::function<void(bool)> done) {
      Call<v1::EchoRequest, v1::EchoResponse>(
          [this, method](auto... arguments) { (stub_->async()->*method)(arguments...); }, request, std::move(done));
    };
  }

 private:
  static v1::EchoRequest Request(size_t request_bytes, size_t response_bytes) {
    v1::EchoRequest request;
    request.mutable_payload()->assign(request_bytes, 'x');
    request.set_response_bytes(static_cast<uint32_t>(response_bytes));
    return request;
  }

  Child child_;
  std::unique_ptr<v1::EchoService::Stub> stub_;
  std::unique_ptr<RawCalls> raw_;
};

// Rounds of each in turn, so that a machine that slows down slows all.
using RunRound = std::function<Round(uint64_t calls)>;
std::vector<std::vector<Round>> InTurn(uint64_t calls, const std::vector<RunRound>& runs) {
  std::vector<std::vector<Round>> rounds(runs.size());
  for (const RunRound& run : runs) run(calls / 4 + 1);
  for (int i = 0; i < kRounds; ++i) {
    for (size_t k = 0; k < runs.size(); ++k) {
      rounds[k].push_back(runs[k](calls));
      Check(rounds[k].back().failed == 0, "calls failed");
    }
  }
  return rounds;
}

RunRound Loaded(uint64_t in_flight, const StartCall& call) {
  return [in_flight, &call](uint64_t calls) { return RunLoad(calls, in_flight, call); };
}

double MedianOf(const std::vector<Round>& rounds, double Round::*field) {
  std::vector<double> values;
  for (const Round& round : rounds) values.push_back(round.*field);
  return Median(values);
}

void BenchCommands(Echo& echo, const std::vector<uint64_t>& loads) {
  testing_support::TempDir dir;
  Cluster cluster(dir.path());
  cluster.Start("readmodel");
  cluster.Start("patient",
                {"--readmodel="});  // The command path alone; what publishing costs shows in append to visible.
  const size_t request_bytes = Problem(NewUuid()).ByteSizeLong();
  const StartCall baseline = echo.Calls(&Echo::Async::Echo, request_bytes, 64);
  const StartCall storing = echo.Calls(&Echo::Async::Store, request_bytes, 64);
  const StartCall storing_here = echo.Calls(&Echo::Async::StoreHere, request_bytes, 64);
  for (const uint64_t in_flight : loads) {
    Patients patients(cluster.Channel("patient"), kPatients);
    std::vector<RunRound> runs = {
        Loaded(in_flight, baseline),
        [&](uint64_t calls) { return RunLoad(calls, in_flight, patients.Commands(calls)); },
        Loaded(in_flight, storing),
    };
    // Where several wait, who has no queue syncs for each.
    if (in_flight == 1) runs.push_back(Loaded(in_flight, storing_here));
    const std::vector<std::vector<Round>> rounds = InTurn(in_flight == 1 ? 2'000 : 12'000, runs);
    const std::vector<Round>& echoed = rounds[0];
    const std::vector<Round>& ours = rounds[1];
    const std::string load = ", " + std::to_string(in_flight) + " in flight";
    const auto report = [&](const std::string& what, double Round::*field, const char* unit, double target) {
      if (target == 0) return ReportOnly(what, MedianOf(ours, field), MedianOf(echoed, field), unit);
      Report(what, MedianOf(ours, field), MedianOf(echoed, field), unit, target, in_flight > 1);
    };
    report("durable command" + load, &Round::per_second, "calls/s", in_flight == 64 ? 0.6 : 0);
    report("durable command" + load + ", p50", &Round::p50_micros, "us", in_flight == 1 ? 2.2 : 0);
    // How far one comes who only stores: what is left of the distance is the command's own.
    const auto compare = [&](const std::string& what, const std::vector<Round>& stored) {
      const double p50 = MedianOf(stored, &Round::p50_micros);
      ReportOnly("  " + what, MedianOf(stored, &Round::per_second), MedianOf(echoed, &Round::per_second), "calls/s");
      ReportOnly("  " + what + ", p50", p50, MedianOf(echoed, &Round::p50_micros), "us");
      ReportOnly("  a durable command beside it, p50", MedianOf(ours, &Round::p50_micros), p50, "us");
    };
    compare("store and answer", rounds[2]);
    if (in_flight > 1) continue;
    compare("store and answer, no queue", rounds[3]);
    ReportOnly("  one sync of the disk, p50", SyncMicros(dir.path(), 1'000), MedianOf(echoed, &Round::p50_micros),
               "us");
  }
  Patients patients(cluster.Channel("patient"), kPatients);
  const auto submit = [&](uint64_t in_message, bool gather_answers) -> RunRound {
    return [&patients, in_message, gather_answers](uint64_t calls) {
      return RunSubmit(patients, calls, 64, in_message, gather_answers);
    };
  };
  const auto rounds = InTurn(12'000, {submit(1, false), submit(1, true), submit(16, false), Loaded(64, baseline)});
  const std::vector<std::string> ways = {"1 a message", "1 a message, answers gathered", "16 a message"};
  for (size_t way = 0; way < ways.size(); ++way) {
    Report("durable command, 64 in flight, Submit, " + ways[way], MedianOf(rounds[way], &Round::per_second),
           MedianOf(rounds.back(), &Round::per_second), "calls/s", 0.6, true);
  }
}

// Fills a patient log in process, then starts the real server on it.
void BenchReplay() {
  testing_support::TempDir dir;
  {
    auto log = eventlog::OpenRocksLog(dir.path() + "/patient/log", {});
    Check(log.ok(), std::string(log.status().message()));
    for (uint64_t done = 0; done < kReplayEvents; done += 1000) {
      const std::string id = NewUuid();
      eventlog::AppendRequest request;
      eventlog::StreamAppend append{.stream = "patient-" + id};
      for (int i = 0; i < 1000; ++i) {
        append.events.push_back(
            {.event_id = NewUuid(), .type = "anamnesis.patient.v1.ProblemRecorded", .payload = ProblemRecorded(id)});
      }
      request.metadata.actor = "user:bench";
      request.streams.push_back(std::move(append));
      Check((*log)->AppendAndWait(std::move(request)).ok(), "filling the log failed");
    }
  }
  Cluster cluster(dir.path());
  cluster.Start("readmodel");
  cluster.Start("patient", {"--readmodel="});
  std::vector<double> rates;
  for (int round = 0; round < kRounds; ++round) {
    rates.push_back(ReplayRate(cluster.Channel("patient"), kReplayEvents));
  }
  ReportAbsolute("replay over gRPC, one subscriber", Median(rates), "events/s", 250'000);
}

void BenchQueries(Echo& echo) {
  testing_support::TempDir dir;
  Cluster cluster(dir.path());
  cluster.StartAll();
  Patients patients(cluster.Channel("patient"), 500);
  rpc::v1::CommandOutcome last;
  for (int i = 0; i < kChartRows; ++i) {
    for (int p = 0; p < 2; ++p) {
      const Round round = RunLoad(1, 1, [&](uint64_t, std::function<void(bool)> done) {
        patients.Record(Problem(patients.id(static_cast<size_t>(p))), std::move(done), &last);
      });
      Check(round.failed == 0, "recording failed");
    }
  }
  const auto chart = chart::v1::ChartService::NewStub(cluster.Channel("readmodel"));
  const auto query = [&](const std::string& id, uint64_t position, std::function<void(bool)> done,
                         chart::v1::GetChartResponse* keep) {
    chart::v1::GetChartRequest request;
    request.set_patient_id(id);
    if (position > 0) (*request.mutable_options()->mutable_min_positions())["patient"] = position;
    Call<chart::v1::GetChartRequest, chart::v1::GetChartResponse>(
        [&](auto... arguments) { chart->async()->GetChart(arguments...); }, std::move(request), std::move(done), keep);
  };
  chart::v1::GetChartResponse answer;
  RunLoad(1, 1,
          [&](uint64_t, std::function<void(bool)> done) { query(patients.id(0), last.position(), done, &answer); });
  chart::v1::GetChartRequest chart_request;
  chart_request.set_patient_id(patients.id(0));
  RawCalls charts(cluster.Channel("readmodel"), "/anamnesis.chart.v1.ChartService/GetChart");
  const StartCall asked = charts.Calls(chart_request);
  const StartCall echoed = echo.CallsForBytes(chart_request.ByteSizeLong(), answer.ByteSizeLong());
  const auto queries = InTurn(8'000, {Loaded(64, asked), Loaded(64, echoed)});
  Report("chart of " + std::to_string(kChartRows) + " rows, 64 in flight", MedianOf(queries[0], &Round::per_second),
         MedianOf(queries[1], &Round::per_second), "calls/s", 0.5, true);

  // Small charts of many patients: what is timed is the way to the read model, not the making of a long chart.
  const StartCall command = [&](uint64_t index, std::function<void(bool)> done) {
    patients.Record(Problem(patients.id(2 + index % 400)), std::move(done));
  };
  const StartCall visible = [&](uint64_t index, std::function<void(bool)> done) {
    auto outcome = std::make_shared<rpc::v1::CommandOutcome>();
    const std::string& id = patients.id(2 + index % 400);
    patients.Record(
        Problem(id),
        [&, id, outcome, done = std::move(done)](bool ok) {
          if (!ok) return done(false);
          query(id, outcome->position(), done, nullptr);
        },
        outcome.get());
  };
  const auto appends = InTurn(400, {Loaded(1, visible), Loaded(1, command)});
  Report("append to visible, p50", MedianOf(appends[0], &Round::p50_micros), MedianOf(appends[1], &Round::p50_micros),
         "us", 5, false);
}

// All of them, or the one that is named; commands at one load where one is named.
void Run(const std::string& only, uint64_t in_flight) {
  Check(only.empty() || only == "commands" || only == "replay" || only == "queries",
        "usage: rpc_bench [commands [IN_FLIGHT] | replay | queries]");
  ReportHeader();
  Echo echo;
  if (only.empty() || only == "commands")
    BenchCommands(echo, in_flight > 0 ? std::vector{in_flight} : std::vector<uint64_t>{1, 8, 64});
  if (only.empty() || only == "replay") BenchReplay();
  if (only.empty() || only == "queries") BenchQueries(echo);
}

}  // namespace
}  // namespace anamnesis::bench

int main(int argc, char** argv) {
  anamnesis::bench::Run(argc > 1 ? argv[1] : "", argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 0);
}
