#include "services/readmodel/chart_service.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "anamnesis/chart/v1/errors.pb.h"
#include "base/refusal.h"
#include "base/status.h"
#include "base/uuid.h"
#include "services/readmodel/person.h"
#include "services/readmodel/queries/queries.h"
#include "services/readmodel/views/view_kinds.h"

namespace anamnesis::readmodel {
namespace {

using chart::v1::GetChartRequest;
using chart::v1::ReadInfo;

// What is left of the caller's time for telling it that the positions were not reached.
constexpr int64_t kShareToAnswer = 10;
constexpr int64_t kLongestToAnswerMicros = 250'000;
constexpr int64_t kLongestWaitMicros = 60'000'000;

int64_t WaitUntil(int64_t deadline_micros, int64_t now_micros) {
  const int64_t share = std::max<int64_t>(deadline_micros - now_micros, 0) / kShareToAnswer;
  return deadline_micros - std::min(share, kLongestToAnswerMicros);
}

ReadInfo InfoOf(const Positions& positions, uint64_t failed_subjects, bool stale) {
  ReadInfo info;
  info.mutable_applied_positions()->insert(positions.begin(), positions.end());
  info.set_stale(stale);
  info.set_failed_subjects(failed_subjects);
  return info;
}

grpc::ByteBuffer ToBuffer(const std::string& first, const std::string& second) {
  const grpc::Slice slices[] = {grpc::Slice(first), grpc::Slice(second)};
  return grpc::ByteBuffer(slices, 2);
}

}  // namespace

ChartService::ChartService(rpc::Gate& gate, Parts parts)
    : Service(*GetChartRequest::descriptor()->file()->FindServiceByName("ChartService"), gate), parts_(parts) {
  Query("SearchPatients", &SearchPatients);
  Query("ListTimeline", &ListTimeline);
  Query("ListProblems", &ListProblems);
  Query("ListAllergies", &ListAllergies);
  Query("ListOrders", &ListOrders);
  Query("ListEncounters", &ListEncounters);
  Query("ListObservations", &ListObservations);
  Query("ListViews", &ListViews);
  Query("ListDirectory", &ListDirectory);
  Query("GetDirectoryEntry", &GetDirectoryEntry);
  Query("ListWork", &ListWork);
  RegisterChart();
  RegisterDigest();
  RegisterOperations();
}

void ChartService::WhenFresh(const rpc::CallContext& call, const chart::v1::ReadOptions& options, Ready ready) const {
  Positions wanted(options.min_positions().begin(), options.min_positions().end());
  if (wanted.empty() || Reached(wanted, parts_.store.ReachedPositions())) return ready(false);
  if (options.allow_stale()) return ready(true);
  // A caller who hung up is waited for as well, so nobody may say how long.
  const int64_t now = parts_.clock.NowMicros();
  const int64_t until = WaitUntil(std::min(call.deadline_micros, now + kLongestWaitMicros), now);
  parts_.freshness.Wait(std::move(wanted), until, [ready = std::move(ready)](absl::Status reached) {
    if (!reached.ok()) return ready(std::move(reached));
    ready(false);
  });
}

template <class Request, class Response>
void ChartService::Query(const char* method, Answer<Request, Response> answer) {
  Unary<Request, Response>(method, [this, answer](const rpc::CallContext& call, Request&& request, auto done) {
    const auto asked = std::make_shared<const Request>(std::move(request));
    WhenFresh(call, asked->options(), [this, answer, asked, done = std::move(done)](absl::StatusOr<bool> stale) {
      if (!stale.ok()) return done(std::move(stale).status());
      const projection::ViewReader reader = parts_.store.Read();
      absl::StatusOr<Response> response = answer(reader, *asked);
      if (response.ok()) *response->mutable_info() = InfoOf(reader.positions(), reader.failed_subjects(), *stale);
      done(std::move(response));
    });
  });
}

void ChartService::RegisterChart() {
  UnaryRaw<GetChartRequest>("GetChart", [this](const rpc::CallContext& call, GetChartRequest&& request, auto done) {
    const auto asked = std::make_shared<const GetChartRequest>(std::move(request));
    WhenFresh(call, asked->options(), [this, asked, done = std::move(done)](absl::StatusOr<bool> stale) {
      if (!stale.ok()) return done(std::move(stale).status());
      done(Chart(*asked, *stale));
    });
  });
}

// Serialized messages one after the other are their union: what is cached and what is of this moment are never merged.
absl::StatusOr<grpc::ByteBuffer> ChartService::Chart(const GetChartRequest& request, bool stale) const {
  const projection::ReadTimes times = TimesOf(request.options());
  chart::v1::GetChartResponse moment;
  if (times.present()) {
    // Before the chart is looked up: it then includes at least these positions.
    *moment.mutable_info() = InfoOf(parts_.store.Positions(), parts_.store.FailedSubjects(), stale);
    ASSIGN_OR_RETURN(const std::shared_ptr<const std::string> chart, PresentChart(request.patient_id()));
    return ToBuffer(*chart, moment.SerializeAsString());
  }
  const projection::ViewReader reader = parts_.store.Read();
  ASSIGN_OR_RETURN(const Person person, FindPerson(reader, request.patient_id(), times));
  ASSIGN_OR_RETURN(const chart::v1::GetChartResponse chart, ChartOf(reader, person, times));
  *moment.mutable_info() = InfoOf(reader.positions(), reader.failed_subjects(), stale);
  return ToBuffer(chart.SerializeAsString(), moment.SerializeAsString());
}

absl::StatusOr<std::shared_ptr<const std::string>> ChartService::PresentChart(const std::string& patient_id) const {
  if (auto cached = parts_.charts.Find(patient_id)) return cached;
  // The counts are taken before the look that the chart is made from, for the records that the person had before it.
  ASSIGN_OR_RETURN(const Person before, FindPerson(parts_.store.Read(), patient_id, {}));
  std::vector<std::string> records = before.Records();
  const std::string asked = UuidBytes(patient_id);
  if (std::find(records.begin(), records.end(), asked) == records.end()) records.push_back(asked);
  ChartCache::Stamp stamp = parts_.charts.StampOf(records);

  const projection::ViewReader reader = parts_.store.Read();
  ASSIGN_OR_RETURN(const Person person, FindPerson(reader, patient_id, {}));
  ASSIGN_OR_RETURN(const chart::v1::GetChartResponse chart, ChartOf(reader, person, {}));
  auto bytes = std::make_shared<const std::string>(chart.SerializeAsString());
  if (person.Records() == before.Records()) parts_.charts.Insert(patient_id, std::move(stamp), bytes);
  return bytes;
}

void ChartService::RegisterDigest() {
  using chart::v1::GetDigestRequest;
  using chart::v1::GetDigestResponse;
  Unary<GetDigestRequest, GetDigestResponse>(
      "GetDigest", [this](const rpc::CallContext& call, GetDigestRequest&& request, auto done) {
        const auto asked = std::make_shared<const GetDigestRequest>(std::move(request));
        WhenFresh(call, asked->options(),
                  [this, asked, deadline = call.deadline_micros, done = std::move(done)](absl::StatusOr<bool> stale) {
                    if (!stale.ok()) return done(std::move(stale).status());
                    const bool accepted = parts_.worker.Do([this, asked, done, deadline, stale = *stale] {
                      if (parts_.clock.NowMicros() >= deadline)
                        return done(absl::DeadlineExceededError("it waited for others"));
                      const projection::ViewReader reader = parts_.store.Read();
                      absl::StatusOr<GetDigestResponse> response = GetDigest(reader, *asked);
                      if (response.ok())
                        *response->mutable_info() = InfoOf(reader.positions(), reader.failed_subjects(), stale);
                      done(std::move(response));
                    });
                    if (!accepted) done(rpc::Worker::Refusal());
                  });
      });
}

void ChartService::RegisterOperations() {
  using chart::v1::GetProjectionStatusRequest;
  using chart::v1::GetProjectionStatusResponse;
  using chart::v1::RebuildProjectionRequest;
  using chart::v1::RebuildProjectionResponse;
  Unary<GetProjectionStatusRequest, GetProjectionStatusResponse>(
      "GetProjectionStatus",
      [this](const rpc::CallContext&, GetProjectionStatusRequest&&, auto done) { done(Status()); });
  Unary<RebuildProjectionRequest, RebuildProjectionResponse>(
      "RebuildProjection", [this](const rpc::CallContext&, RebuildProjectionRequest&& request, auto done) {
        // It is synced to disk, which a thread of gRPC may not wait for.
        const bool accepted = parts_.worker.Do([this, service = request.service(), done] {
          const absl::StatusOr<uint64_t> generation = parts_.store.RequestRebuild(service);
          if (absl::IsNotFound(generation.status())) return done(Refuse(chart::v1::SERVICE_NOT_FOUND));
          if (!generation.ok()) return done(generation.status());
          parts_.ingester.Disconnect(service);
          RebuildProjectionResponse response;
          response.set_generation(*generation);
          done(std::move(response));
        });
        if (!accepted) done(rpc::Worker::Refusal());
      });
}

chart::v1::GetProjectionStatusResponse ChartService::Status() const {
  chart::v1::GetProjectionStatusResponse response;
  const std::set<std::string> connected = parts_.ingester.Connected();
  for (const auto& [service, state] : parts_.store.Sources()) {
    chart::v1::ProjectionStatus& status = *response.add_services();
    const projection::v1::Generation& active = state.active();
    status.set_service(service);
    status.set_log_id(active.log_id());
    status.set_projection_version(active.projection_version());
    status.set_generation(active.number());
    status.set_applied_position(active.applied_position());
    status.set_tail_position(state.tail_position());
    if (state.tail_position() > active.applied_position()) {
      status.set_lag_events(state.tail_position() - active.applied_position());
      if (active.applied_recorded_micros() > 0) {
        const int64_t lag = parts_.clock.NowMicros() - active.applied_recorded_micros();
        status.set_lag_seconds(static_cast<double>(std::max<int64_t>(lag, 0)) / 1e6);
      }
    }
    if (active.applied_recorded_micros() > 0) {
      *status.mutable_applied_recorded_time() = ToTimestamp(active.applied_recorded_micros());
    }
    status.set_publisher_connected(connected.count(service) > 0);
    status.set_building_generation(state.building().number());
    status.set_building_position(state.building().applied_position());
    status.set_rebuild_requested(state.rebuild_requested());
    status.set_failed_subjects(active.failed_subjects());
    if (active.failed_subjects() > 0) {
      status.set_last_failed_position(active.last_failure().position());
      status.set_last_failure(active.last_failure().reason());
    }
  }
  return response;
}

}  // namespace anamnesis::readmodel
