// The read model, wired: what main starts and the tests build.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "projection/ingester.h"
#include "projection/view_store.h"
#include "rpc/gate.h"
#include "rpc/health.h"
#include "rpc/metrics.h"
#include "rpc/server.h"
#include "rpc/worker.h"
#include "service/monitor.h"
#include "service/ops_service.h"
#include "services/readmodel/chart_cache.h"
#include "services/readmodel/chart_service.h"
#include "services/readmodel/freshness.h"

namespace anamnesis::readmodel {

struct ReadModelOptions {
  std::string data_dir;  // Required; made if it does not exist.
  std::string listen = "127.0.0.1:0";
  std::string metrics_listen;  // Empty: none.
  std::string roles_file;      // Empty: the built-in table.
  size_t chart_cache_bytes = size_t{32} << 20;
  projection::ViewStoreOptions store;
};

// The schema of the views: how they merge and by which terms they are found.
projection::ViewSchema Schema();

// Members stand in the order in which they depend on each other, so that destruction ends the calls first and closes
// the store last. Start, then use from any thread; Drain once, from one.
class ReadModel final : private projection::ViewStoreObserver {
 public:
  // Opens the views and serves. The status says what could not be opened or bound.
  static absl::StatusOr<std::unique_ptr<ReadModel>> Start(const ReadModelOptions& options);
  ~ReadModel() override;

  // Stops: who waits for positions is let go, then the calls end. Idempotent. False if a call had to be cut off.
  bool Drain();

  int port() const { return port_; }
  int metrics_port() const { return server_.metrics_port(); }
  projection::ViewStore& store() { return *store_; }
  rpc::Health& health() { return health_; }

 private:
  ReadModel(const ReadModelOptions& options, rpc::AccessPolicy policy, std::unique_ptr<projection::ViewStore> store);

  absl::Status Serve();
  void Describe(ops::v1::GetStatusResponse& response) const;
  void UpdateMetrics();

  // ViewStoreObserver.
  void RowsChanged(const std::set<std::string>& subjects) override { charts_.Changed(subjects); }
  void AllRowsChanged() override { charts_.AllChanged(); }
  void Advanced() override { freshness_.Advanced(); }

  rpc::Metrics metrics_;
  rpc::Health health_;
  rpc::Gate gate_;
  const std::unique_ptr<projection::ViewStore> store_;
  ChartCache charts_;
  Freshness freshness_;
  projection::Ingester ingester_;
  ChartService chart_;
  service::OpsService ops_;
  rpc::Worker worker_;  // Its tasks use all of the above.
  std::unique_ptr<service::Monitor> monitor_;
  rpc::Server server_;
  int port_ = 0;
  bool drained_ = false;
};

}  // namespace anamnesis::readmodel
