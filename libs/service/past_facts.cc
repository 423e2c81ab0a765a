#include "service/past_facts.h"

#include <chrono>
#include <utility>

#include "anamnesis/audit/v1/errors.pb.h"
#include "base/refusal.h"
#include "base/status.h"
#include "rpc/client.h"

namespace anamnesis::service {
namespace {

constexpr std::chrono::milliseconds kTimeout{10'000};
constexpr uint32_t kPage = 1000;

absl::Status Unreachable(const std::string& service) {
  return Refuse(audit::v1::FACTS_UNREACHABLE, {.metadata = {{"service", service}}});
}

}  // namespace

PastFacts::PastFacts(std::map<std::string, Source> sources, feed::FactsStore::LinksOf links, rpc::Caller caller)
    : sources_(std::move(sources)), links_(std::move(links)), caller_(std::move(caller)) {}

absl::StatusOr<std::vector<feed::FactsStore::OfEntity>> PastFacts::At(
    const std::string& patient_id, const std::vector<eventlog::DecidedAgainst>& positions) const {
  return feed::WithAbsorbed(patient_id, links_, [&](const std::string& id) { return OfRecord(id, positions); });
}

absl::StatusOr<std::string> PastFacts::OfRecord(const std::string& patient_id,
                                                const std::vector<eventlog::DecidedAgainst>& positions) const {
  std::string facts;
  for (const eventlog::DecidedAgainst& known : positions) {
    if (known.position == 0) continue;
    const auto source = sources_.find(known.log);
    if (source == sources_.end() || source->second.channel == nullptr) return Unreachable(known.log);
    const auto stub = event::v1::EventFeedService::NewStub(source->second.channel);
    event::v1::ReadEventsRequest request;
    request.mutable_filter()->set_stream(known.log + "-" + patient_id);
    request.set_page_size(kPage);
    do {
      grpc::ClientContext context;
      rpc::PrepareContext(context, caller_, kTimeout);
      event::v1::ReadEventsResponse page;
      if (!stub->ReadEvents(&context, request, &page).ok()) return Unreachable(known.log);
      request.set_from_position(page.next_position());
      for (const event::v1::EventEnvelope& event : page.events()) {
        if (event.position() > known.position) request.set_from_position(0);  // All that was known has been read.
        if (event.position() > known.position || event.erased()) continue;
        RETURN_IF_ERROR(source->second.fold(facts, event).status());
      }
    } while (request.from_position() != 0);
  }
  return facts;
}

}  // namespace anamnesis::service
