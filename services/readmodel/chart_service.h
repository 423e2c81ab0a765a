// The RPC face of the read model.
#pragma once

#include <functional>
#include <string>

#include "anamnesis/chart/v1/chart_service.pb.h"
#include "base/clock.h"
#include "projection/ingester.h"
#include "projection/view_store.h"
#include "rpc/service.h"
#include "rpc/worker.h"
#include "services/readmodel/chart_cache.h"
#include "services/readmodel/freshness.h"

namespace anamnesis::readmodel {

// Registers every query: waits for the positions asked for, takes one consistent look at the views, answers. Everything
// that it is made with outlives it.
class ChartService final : public rpc::Service {
 public:
  struct Parts {
    projection::ViewStore& store;
    projection::Ingester& ingester;
    Freshness& freshness;
    ChartCache& charts;
    rpc::Worker& worker;  // For answers that take long.
    const Clock& clock;
  };

  ChartService(rpc::Gate& gate, Parts parts);

 private:
  // Whether the answer is stale, or why there is none.
  using Ready = std::function<void(absl::StatusOr<bool> stale)>;
  template <class Request, class Response>
  using Answer = absl::StatusOr<Response> (*)(const projection::ViewReader&, const Request&);

  template <class Request, class Response>
  void Query(const char* method, Answer<Request, Response> answer);
  void RegisterChart();
  void RegisterDigest();
  void RegisterOperations();

  // Calls `ready` at once or, where positions are waited for, later.
  void WhenFresh(const rpc::CallContext& call, const chart::v1::ReadOptions& options, Ready ready) const;
  absl::StatusOr<grpc::ByteBuffer> Chart(const chart::v1::GetChartRequest& request, bool stale) const;
  absl::StatusOr<std::shared_ptr<const std::string>> PresentChart(const std::string& patient_id) const;
  chart::v1::GetProjectionStatusResponse Status() const;

  const Parts parts_;
};

}  // namespace anamnesis::readmodel
