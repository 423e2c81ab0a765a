#include "services/medication/audit/past_facts.h"

#include <deque>
#include <set>
#include <utility>

#include "anamnesis/encounter/v1/events.pb.h"
#include "anamnesis/medication/v1/errors.pb.h"
#include "anamnesis/patient/v1/events.pb.h"
#include "base/refusal.h"
#include "base/status.h"
#include "rpc/client.h"
#include "services/medication/domain/encounter_facts.h"
#include "services/medication/domain/patient_facts.h"

namespace anamnesis::medication {
namespace {

constexpr std::chrono::milliseconds kTimeout{10'000};
constexpr uint32_t kPage = 1000;

absl::Status Unreachable(const std::string& service) {
  return Refuse(v1::FACTS_UNREACHABLE, {.metadata = {{"service", service}}});
}

// Applies what can still be read.
template <class Facts, class Event>
absl::Status Fold(const std::vector<event::v1::EventEnvelope>& events, Facts& facts,
                  void (*apply)(Facts&, const Event&)) {
  for (const event::v1::EventEnvelope& envelope : events) {
    if (envelope.erased()) continue;
    Event event;
    if (!event.ParseFromString(envelope.payload())) return absl::DataLossError("a followed event cannot be decoded");
    apply(facts, event);
  }
  return absl::OkStatus();
}

}  // namespace

PastFacts::PastFacts(std::map<std::string, std::shared_ptr<grpc::Channel>> channels, rpc::Caller caller)
    : channels_(std::move(channels)), caller_(std::move(caller)) {}

absl::StatusOr<v1::MedicationFacts> PastFacts::At(const std::string& patient_id,
                                                  const std::vector<eventlog::DecidedAgainst>& positions) const {
  ASSIGN_OR_RETURN(v1::MedicationFacts facts, OfRecord(patient_id, positions));
  // As the facts are put together for a decision: those of each record that was merged into one of them.
  std::set<std::string> seen = {patient_id};
  std::deque<std::string> absorbed(facts.patient().absorbed_ids().begin(), facts.patient().absorbed_ids().end());
  while (!absorbed.empty()) {
    const std::string id = absorbed.front();
    absorbed.pop_front();
    if (!seen.insert(id).second) continue;
    ASSIGN_OR_RETURN(const v1::MedicationFacts other, OfRecord(id, positions));
    AddAbsorbed(facts, other);
    absorbed.insert(absorbed.end(), other.patient().absorbed_ids().begin(), other.patient().absorbed_ids().end());
  }
  return facts;
}

absl::StatusOr<v1::MedicationFacts> PastFacts::OfRecord(const std::string& patient_id,
                                                        const std::vector<eventlog::DecidedAgainst>& positions) const {
  v1::MedicationFacts facts;
  for (const eventlog::DecidedAgainst& known : positions) {
    if (known.position == 0) continue;
    ASSIGN_OR_RETURN(const auto events, EventsUpTo(known.log, known.log + "-" + patient_id, known.position));
    if (known.log == "patient") RETURN_IF_ERROR(Fold(events, *facts.mutable_patient(), ApplyPatientEvent));
    if (known.log == "encounter") RETURN_IF_ERROR(Fold(events, *facts.mutable_encounters(), ApplyEncounterEvent));
  }
  return facts;
}

absl::StatusOr<std::vector<event::v1::EventEnvelope>> PastFacts::EventsUpTo(const std::string& service,
                                                                            const std::string& stream,
                                                                            eventlog::Position position) const {
  const auto channel = channels_.find(service);
  if (channel == channels_.end()) return Unreachable(service);
  const auto stub = event::v1::EventFeedService::NewStub(channel->second);
  event::v1::ReadEventsRequest request;
  request.mutable_filter()->set_stream(stream);
  request.set_page_size(kPage);
  std::vector<event::v1::EventEnvelope> events;
  do {
    grpc::ClientContext context;
    rpc::PrepareContext(context, caller_, kTimeout);
    event::v1::ReadEventsResponse page;
    if (!stub->ReadEvents(&context, request, &page).ok()) return Unreachable(service);
    for (event::v1::EventEnvelope& event : *page.mutable_events()) {
      if (event.position() > position) return events;
      events.push_back(std::move(event));
    }
    request.set_from_position(page.next_position());
  } while (request.from_position() != 0);
  return events;
}

}  // namespace anamnesis::medication
