// What a service knew of a patient from the other services when it decided, folded again from their logs.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "anamnesis/event/v1/feed_service.grpc.pb.h"
#include "eventlog/record.h"
#include "feed/facts_store.h"
#include "rpc/call_context.h"

namespace anamnesis::service {

// Thread-safe. Waits for the other services, each call for a bounded time.
class PastFacts {
 public:
  // A followed service, and how its events become facts.
  struct Source {
    std::shared_ptr<grpc::Channel> channel;  // Null where its address is not known.
    feed::FactsStore::Fold fold;
  };

  // `sources` by the name of the service.
  PastFacts(std::map<std::string, Source> sources, feed::FactsStore::LinksOf links, rpc::Caller caller);

  // As FactsStore::Get gave them at the positions, as far as it can still be read: the patient's, then those of others.
  // FACTS_UNREACHABLE; a service of which nothing was known is not asked.
  absl::StatusOr<std::vector<feed::FactsStore::OfEntity>> At(
      const std::string& patient_id, const std::vector<eventlog::DecidedAgainst>& positions) const;

 private:
  // Of one record alone.
  absl::StatusOr<std::string> OfRecord(const std::string& patient_id,
                                       const std::vector<eventlog::DecidedAgainst>& positions) const;

  const std::map<std::string, Source> sources_;
  const feed::FactsStore::LinksOf links_;
  const rpc::Caller caller_;
};

}  // namespace anamnesis::service
