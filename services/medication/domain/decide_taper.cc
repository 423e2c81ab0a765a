// Tapers: planned → revised → stopped, or over with the last step or with the order. A plan becomes the dosages of its
// order, so that whatever reads the order reads the taper.
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/refusal.h"
#include "base/status.h"
#include "services/medication/domain/dose/taper.h"
#include "services/medication/domain/order_decision.h"

namespace anamnesis::medication {
namespace {

// A taper that is under way, with its order.
struct Found {
  const v1::TaperState& taper;
  const v1::OrderState& order;
};

// TAPER_NOT_FOUND, ETAG_MISMATCH, ORDER_ON_HOLD, TAPER_ENDED.
absl::StatusOr<Found> FindTaper(const Situation& at, const std::string& id, const rpc::v1::CommandContext& context) {
  const auto taper = at.state.tapers().find(id);
  if (taper == at.state.tapers().end()) return Refuse(v1::TAPER_NOT_FOUND);
  RETURN_IF_ERROR(decider::CheckEtag(context, taper->second.revision()));
  const v1::OrderState& order = at.state.orders().at(taper->second.order_id());
  if (order.status() == v1::ORDER_STATUS_ON_HOLD) return Refuse(v1::ORDER_ON_HOLD);
  if (TaperOf(at.state, taper->second.order_id(), EffectiveAt(at, context)) != id) return Refuse(v1::TAPER_ENDED);
  return Found{taper->second, order};
}

// The order with other dosages.
v1::Order WithDosages(const v1::Order& order, google::protobuf::RepeatedPtrField<v1::Dosage> dosages) {
  v1::Order changed = order;
  *changed.mutable_dosages() = std::move(dosages);
  return changed;
}

// What every change of a taper does to its order.
template <class Change>
void NoteOrder(const Situation& at, const v1::OrderState& order, v1::Order changed, int64_t effective, Change& change) {
  change.set_order_revision(order.revision() + 1);
  if (at.state.in_force().at(changed.id()).opioid()) {
    *change.mutable_daily_mme() = DailyMmeFrom(at, effective, changed.id(), &changed);
  }
  *change.mutable_dosages() = std::move(*changed.mutable_dosages());
}

// Plans, or plans anew: `change` is the part of the event that is set. TAPER_STEPS_NOT_IN_ORDER, TAPER_DOSE_RISES, and
// what the patient and the rules refuse.
template <class Request, class Change>
absl::StatusOr<Decision> Planned(const Situation& at, const v1::OrderState& order, v1::TaperPlan plan,
                                 uint64_t revision, const Request& request,
                                 Change* (v1::MedicationEvent::*change_of)()) {
  const int64_t effective = EffectiveAt(at, request.context());
  RETURN_IF_ERROR(CheckSteps(plan, effective));
  const v1::Order& therapy = at.state.in_force().at(plan.order_id()).therapy();
  v1::Order planned = WithDosages(therapy, DosagesOf(plan, therapy, effective));
  RETURN_IF_ERROR(CheckFalls(plan, therapy, planned, effective, at.rules));
  RETURN_IF_ERROR(CheckPatient(at.facts.patient()));
  Proposal proposal = ProposalOf(at, planned, effective);
  proposal.taper = true;
  Alerts alerts = ReviewSafety(proposal, request.overrides());
  v1::PrescriptionRefused asked;
  *asked.mutable_taper() = plan;
  asked.set_replaces(revision > 1);
  if (auto stopped = Stopped(at, alerts, request.context(), std::move(asked))) return *std::move(stopped);

  v1::MedicationEvent event;
  Change& change = *(event.*change_of)();
  change.set_revision(revision);
  change.mutable_alerts()->Assign(alerts.begin(), alerts.end());
  NoteGrounds(at, change);
  NoteOrder(at, order, std::move(planned), effective, change);
  std::string id = plan.id();
  *change.mutable_taper() = std::move(plan);
  Decision decision = decider::Accepted(std::move(id), revision, std::move(event));
  decision.alerts = std::move(alerts);
  return decision;
}

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::PlanTaperRequest& request) {
  v1::TaperPlan plan = request.taper();
  if (plan.id().empty()) plan.set_id(at.input.new_id);
  if (at.state.tapers().contains(plan.id())) return Refuse(v1::TAPER_ALREADY_EXISTS);
  ASSIGN_OR_RETURN(const v1::OrderState* order, FindOrder(at.state, plan.order_id(), request.context()));
  RETURN_IF_ERROR(CheckActive(*order));
  RETURN_IF_ERROR(CheckNoTaper(at, plan.order_id(), EffectiveAt(at, request.context())));
  return Planned(at, *order, std::move(plan), 1, request, &v1::MedicationEvent::mutable_taper_planned);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReviseTaperRequest& request) {
  ASSIGN_OR_RETURN(const Found found, FindTaper(at, request.taper_id(), request.context()));
  v1::TaperPlan plan = found.taper.plan();
  plan.set_id(request.taper_id());
  plan.set_order_id(found.taper.order_id());
  *plan.mutable_steps() = request.steps();
  if (request.has_ends()) *plan.mutable_ends() = request.ends();
  ASSIGN_OR_RETURN(Decision decision, Planned(at, found.order, std::move(plan), found.taper.revision() + 1, request,
                                              &v1::MedicationEvent::mutable_taper_revised));
  if (!decision.refusal.ok()) return decision;
  decision.events.front().event.mutable_taper_revised()->set_reason(request.context().reason());
  return decision;
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::StopTaperRequest& request) {
  ASSIGN_OR_RETURN(const Found found, FindTaper(at, request.taper_id(), request.context()));
  RETURN_IF_ERROR(CheckReason(request.context()));
  const int64_t effective = EffectiveAt(at, request.context());
  const v1::Order& therapy = at.state.in_force().at(found.taper.order_id()).therapy();
  const uint64_t revision = found.taper.revision() + 1;
  v1::MedicationEvent event;
  v1::TaperStopped& stopped = *event.mutable_taper_stopped();
  stopped.set_taper_id(request.taper_id());
  stopped.set_order_id(found.taper.order_id());
  stopped.set_reason(request.context().reason());
  stopped.set_revision(revision);
  NoteOrder(at, found.order, WithDosages(therapy, DosagesAt(therapy, effective)), effective, stopped);
  return decider::Accepted(request.taper_id(), revision, std::move(event));
}

}  // namespace anamnesis::medication
