// What the medication service knew of a patient from the other services when it decided, read from their logs.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "anamnesis/event/v1/feed_service.grpc.pb.h"
#include "anamnesis/medication/v1/state.pb.h"
#include "eventlog/record.h"
#include "rpc/call_context.h"

namespace anamnesis::medication {

// Thread-safe. Waits for the other services, each call for a bounded time.
class PastFacts {
 public:
  // `channels` by the name of the service; a decision that knew nothing of a service needs none of it.
  PastFacts(std::map<std::string, std::shared_ptr<grpc::Channel>> channels, rpc::Caller caller);

  // As of the positions, with what was known of records that were merged into the patient's. FACTS_UNREACHABLE.
  absl::StatusOr<v1::MedicationFacts> At(const std::string& patient_id,
                                         const std::vector<eventlog::DecidedAgainst>& positions) const;

 private:
  // Of one record alone.
  absl::StatusOr<v1::MedicationFacts> OfRecord(const std::string& patient_id,
                                               const std::vector<eventlog::DecidedAgainst>& positions) const;
  // The events of a patient's stream up to the position.
  absl::StatusOr<std::vector<event::v1::EventEnvelope>> EventsUpTo(const std::string& service,
                                                                   const std::string& stream,
                                                                   eventlog::Position position) const;

  const std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
  const rpc::Caller caller_;
};

}  // namespace anamnesis::medication
