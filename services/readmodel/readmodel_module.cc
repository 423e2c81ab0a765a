#include "services/readmodel/readmodel_module.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/link_state.h"
#include "base/status.h"
#include "service/options.h"
#include "services/readmodel/views/index_terms.h"
#include "services/readmodel/views/merge_view.h"

namespace anamnesis::readmodel {
namespace {

std::string ProblemOf(const projection::v1::Generation& generation, bool connected) {
  if (!connected) return "the service is not connected";
  if (generation.failed_subjects() == 0) return "";
  return absl::StrCat("the views of ", generation.failed_subjects(), " records failed, the newest at position ",
                      generation.last_failure().position(), " (", generation.last_failure().reason(),
                      "): update the programs, then run `anamnesis rebuild`");
}

LinkState LinkOf(const projection::v1::SourceState& state, bool connected) {
  LinkState link{.connected = connected,
                 .position = state.active().applied_position(),
                 .tail = state.tail_position(),
                 .oldest_pending_micros = state.active().applied_recorded_micros()};
  link.problem = ProblemOf(state.active(), connected);
  return link;
}

}  // namespace

projection::ViewSchema Schema() {
  return {.merge = MergeView, .terms = IndexTerms};
}

absl::StatusOr<std::unique_ptr<ReadModel>> ReadModel::Start(const ReadModelOptions& options) {
  ASSIGN_OR_RETURN(rpc::AccessPolicy policy, service::LoadAccessPolicy(options.roles_file));
  ASSIGN_OR_RETURN(std::unique_ptr<projection::ViewStore> store,
                   projection::ViewStore::Open(options.data_dir + "/views", Schema(), options.store));
  std::unique_ptr<ReadModel> model(new ReadModel(options, std::move(policy), std::move(store)));
  RETURN_IF_ERROR(model->Serve());
  return model;
}

ReadModel::ReadModel(const ReadModelOptions& options, rpc::AccessPolicy policy,
                     std::unique_ptr<projection::ViewStore> store)
    : gate_(std::move(policy), metrics_),
      store_(std::move(store)),
      charts_(options.chart_cache_bytes),
      freshness_([this] { return store_->ReachedPositions(); }, SystemClock()),
      ingester_(gate_, *store_),
      chart_(gate_, {*store_, ingester_, freshness_, charts_, worker_, SystemClock()}),
      ops_(
          "readmodel", [this](ops::v1::GetStatusResponse& response) { Describe(response); }, gate_),
      server_({.listen_address = options.listen, .metrics_address = options.metrics_listen}, gate_, health_) {
  store_->SetObserver(this);
}

ReadModel::~ReadModel() {
  Drain();
}

absl::Status ReadModel::Serve() {
  monitor_ = std::make_unique<service::Monitor>(std::vector<service::Monitor::Link>{}, health_, metrics_,
                                                [this] { UpdateMetrics(); });
  ASSIGN_OR_RETURN(port_, server_.Start({&chart_, &ingester_, &ops_}));
  health_.SetServing(chart_.name(), true);
  health_.SetServing(ingester_.name(), true);
  return absl::OkStatus();
}

bool ReadModel::Drain() {
  if (drained_) return true;
  drained_ = true;
  freshness_.Close();
  const bool orderly = server_.Drain();
  monitor_.reset();
  return orderly;
}

void ReadModel::Describe(ops::v1::GetStatusResponse& response) const {
  const std::set<std::string> connected = ingester_.Connected();
  for (const auto& [service, state] : store_->Sources()) {
    service::AddLink("ingest:" + service, LinkOf(state, connected.count(service) > 0), response);
  }
}

void ReadModel::UpdateMetrics() {
  const std::set<std::string> connected = ingester_.Connected();
  const int64_t now = SystemClock().NowMicros();
  for (const auto& [service, state] : store_->Sources()) {
    const prometheus::Labels labels{
        {"source", service}
    };
    const LinkState link = LinkOf(state, connected.count(service) > 0);
    metrics_.Gauge("anamnesis_views_lag_events", "Events of the service that its views do not include yet.", labels)
        .Set(static_cast<double>(link.lag_events()));
    metrics_.Gauge("anamnesis_views_lag_seconds", "Age of the newest included event while events are missing.", labels)
        .Set(link.lag_seconds(now));
    metrics_.Gauge("anamnesis_views_applied_position", "The last position that the views include.", labels)
        .Set(static_cast<double>(link.position));
    metrics_.Gauge("anamnesis_views_failed_subjects", "Records whose views failed and are not answered from.", labels)
        .Set(static_cast<double>(state.active().failed_subjects()));
    metrics_.Gauge("anamnesis_views_publisher_connected", "1 while the service is connected.", labels)
        .Set(link.connected ? 1 : 0);
  }
}

}  // namespace anamnesis::readmodel
