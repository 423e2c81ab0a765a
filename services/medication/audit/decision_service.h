// DecisionService: decides again on the history.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "anamnesis/medication/v1/decision_service.pb.h"
#include "eventlog/event_log.h"
#include "rpc/service.h"
#include "rpc/worker.h"
#include "services/medication/audit/past_facts.h"
#include "services/medication/audit/rule_history.h"
#include "services/medication/domain/medication_decider.h"

namespace anamnesis::medication {

class DecisionService final : public rpc::Service {
 public:
  // `log` outlives this. Answers come from one thread of its own, which waits for the other services.
  DecisionService(const eventlog::EventLog& log, PastFacts facts, rpc::Gate& gate);

 private:
  absl::StatusOr<v1::ExplainDecisionResponse> Explain(eventlog::Position position) const;
  absl::StatusOr<v1::CompareRuleTablesResponse> Compare(const v1::CompareRuleTablesRequest& request) const;

  const eventlog::EventLog& log_;
  const PastFacts facts_;
  rpc::Worker worker_;  // Last: its tasks use everything above.
};

}  // namespace anamnesis::medication
