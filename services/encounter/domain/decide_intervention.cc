// The life of an intervention: planned → consented → time-out done → performed, or aborted before that; entered in
// error from anywhere. What an import says is a fact, in whatever status, and no rule is asked.
#include <google/protobuf/util/message_differencer.h>

#include "base/clock.h"
#include "services/encounter/domain/decide.h"
#include "services/encounter/domain/intervention/history.h"
#include "services/encounter/domain/intervention/rules.h"
#include "services/encounter/domain/intervention/standing.h"

namespace anamnesis::encounter {
namespace {

using decider::EffectiveMicros;
using google::protobuf::util::MessageDifferencer;

const Overrides kNoOverrides;

// Find's refusals.
template <class Request>
absl::StatusOr<const v1::InterventionEntry*> FindIntervention(const Situation& at, const Request& request) {
  return Find(at.state.interventions(), request.intervention_id(), request.context());
}

// INTERVENTION_ENDED.
absl::Status CheckNotEnded(const v1::InterventionEntry& entry) {
  switch (entry.status()) {
    case v1::INTERVENTION_STATUS_PERFORMED:
    case v1::INTERVENTION_STATUS_ABORTED:
      return Refuse(v1::INTERVENTION_ENDED);
    default:
      return absl::OkStatus();
  }
}

// CONSENT_MISSING.
absl::Status CheckConsented(const v1::InterventionEntry& entry) {
  switch (entry.status()) {
    case v1::INTERVENTION_STATUS_CONSENTED:
    case v1::INTERVENTION_STATUS_TIME_OUT_DONE:
      return absl::OkStatus();
    default:
      return Refuse(v1::CONSENT_MISSING);
  }
}

// TIME_OUT_SIDE_MISMATCH, TIME_OUT_LEVEL_MISMATCH.
absl::Status CheckSame(const v1::InterventionPlan& plan, const v1::TimeOut& time_out) {
  if (time_out.side() != plan.side()) return Refuse(v1::TIME_OUT_SIDE_MISMATCH);
  if (LevelsOf(time_out.levels()) != LevelsOf(plan.levels())) return Refuse(v1::TIME_OUT_LEVEL_MISMATCH);
  return absl::OkStatus();
}

// When a plan is weighed for: as it says, else when the command takes effect.
int64_t PlannedMicros(const Situation& at, const v1::InterventionPlan& plan, const rpc::v1::CommandContext& context) {
  return plan.has_planned_time() ? ToMicros(plan.planned_time()) : EffectiveMicros(context, at.input);
}

// By the minutes of a clock on the wall, for that is how times are written down.
bool IsBefore(int64_t micros, const google::protobuf::Timestamp& other) {
  constexpr int64_t kMinute = 60'000'000;
  return micros / kMinute < ToMicros(other) / kMinute;
}

// Whether another consent and time-out are needed.
bool IsAnother(const v1::InterventionPlan& before, const v1::InterventionPlan& after) {
  return before.kind() != after.kind() || before.approach() != after.approach() || before.region() != after.region() ||
         before.side() != after.side() || LevelsOf(before.levels()) != LevelsOf(after.levels()) ||
         !MessageDifferencer::Equals(before.body_site(), after.body_site());
}

// The decision that takes a step.
template <class Request, class Step>
Decision Taken(const v1::InterventionEntry& entry, const Request& request, Step step,
               Step* (v1::EncounterEvent::*event)(), Alerts alerts = {}) {
  const uint64_t revision = entry.revision() + 1;
  step.set_intervention_id(request.intervention_id());
  step.set_revision(revision);
  v1::EncounterEvent envelope;
  *(envelope.*event)() = std::move(step);
  Decision decision = decider::Accepted(request.intervention_id(), revision, std::move(envelope));
  decision.alerts = std::move(alerts);
  return decision;
}

// The refusal, recorded with what it is about; `asked` says what was asked for.
template <class Request>
Decision Stopped(const Situation& at, const Request& request, const std::string& id, Weighed weighed, uint32_t version,
                 v1::InterventionRefused asked) {
  asked.set_intervention_id(id);
  return RefusedByRules(at, request, std::move(weighed), version, std::move(asked),
                        &v1::EncounterEvent::mutable_intervention_refused);
}

// What was asked for, as a part of the event.
template <class Asked>
v1::InterventionRefused Asking(const Asked& asked, Asked* (v1::InterventionRefused::*part)()) {
  v1::InterventionRefused refused;
  *(refused.*part)() = asked;
  return refused;
}

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordInterventionRequest& request) {
  v1::Intervention intervention = request.intervention();
  intervention.set_investigational(intervention.investigational() || IsInvestigational(intervention.plan().kind()));
  return Record(at, at.state.interventions(), std::move(intervention),
                &v1::EncounterEvent::mutable_intervention_recorded, &v1::InterventionRecorded::mutable_intervention);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::PlanInterventionRequest& request) {
  v1::Intervention intervention;
  intervention.set_id(request.intervention().id().empty() ? at.input.new_id : request.intervention().id());
  RETURN_IF_ERROR(CheckInUse(at.facts));
  RETURN_IF_ERROR(CheckNew(at.state.interventions(), intervention.id()));
  if (at.facts.deceased()) return Refuse(v1::PATIENT_DECEASED);

  const v1::InterventionPlan& plan = request.intervention().plan();
  const int64_t planned = PlannedMicros(at, plan, request.context());
  const RuleBook& rules = decider::RulesAt(at.shelf, planned);
  const Case asked{.id = intervention.id(),
                   .plan = plan,
                   .state = at.person,
                   .facts = at.facts,
                   .rules = rules,
                   .at_micros = planned};
  auto [alerts, refusal] = Weigh(AskRules(asked, Phase::kPlan), rules,
                                 {.now = request.overrides(), .roles = at.input.roles, .before = kNoOverrides});

  intervention.set_status(v1::INTERVENTION_STATUS_PLANNED);
  *intervention.mutable_plan() = plan;
  intervention.set_investigational(IsInvestigational(plan.kind()));
  if (request.intervention().has_provenance()) *intervention.mutable_provenance() = request.intervention().provenance();
  std::string id = intervention.id();
  if (!refusal.ok()) {
    return Stopped(at, request, id, {std::move(alerts), std::move(refusal)}, rules.version(),
                   Asking(intervention, &v1::InterventionRefused::mutable_planned));
  }
  v1::EncounterEvent event;
  v1::InterventionPlanned& planned_event = *event.mutable_intervention_planned();
  *planned_event.mutable_intervention() = std::move(intervention);
  planned_event.mutable_alerts()->Assign(alerts.begin(), alerts.end());
  planned_event.set_table_version(rules.version());
  planned_event.set_revision(1);
  Decision decision = decider::Accepted(std::move(id), 1, std::move(event));
  decision.alerts = std::move(alerts);
  return decision;
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReviseInterventionPlanRequest& request) {
  RETURN_IF_ERROR(CheckInUse(at.facts));
  ASSIGN_OR_RETURN(const v1::InterventionEntry* entry, FindIntervention(at, request));
  if (at.facts.deceased()) return Refuse(v1::PATIENT_DECEASED);
  RETURN_IF_ERROR(CheckNotEnded(*entry));

  const int64_t planned = PlannedMicros(at, request.plan(), request.context());
  const RuleBook& rules = decider::RulesAt(at.shelf, planned);
  const bool another = IsAnother(entry->plan(), request.plan());
  const Case asked{.id = request.intervention_id(),
                   .plan = request.plan(),
                   .state = at.person,
                   .facts = at.facts,
                   .rules = rules,
                   .at_micros = planned};
  auto [alerts, refusal] = Weigh(
      AskRules(asked, Phase::kPlan), rules,
      {.now = request.overrides(), .roles = at.input.roles, .before = another ? kNoOverrides : entry->overrides()});
  if (!refusal.ok()) {
    return Stopped(at, request, request.intervention_id(), {std::move(alerts), std::move(refusal)}, rules.version(),
                   Asking(request.plan(), &v1::InterventionRefused::mutable_revised));
  }

  v1::InterventionPlanRevised revised;
  *revised.mutable_plan() = request.plan();
  revised.set_status(another ? v1::INTERVENTION_STATUS_PLANNED : entry->status());
  revised.set_reason(request.context().reason());
  revised.mutable_alerts()->Assign(alerts.begin(), alerts.end());
  revised.set_table_version(rules.version());
  return Taken(*entry, request, std::move(revised), &v1::EncounterEvent::mutable_intervention_plan_revised,
               std::move(alerts));
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordInterventionConsentRequest& request) {
  RETURN_IF_ERROR(CheckInUse(at.facts));
  ASSIGN_OR_RETURN(const v1::InterventionEntry* entry, FindIntervention(at, request));
  RETURN_IF_ERROR(CheckNotEnded(*entry));

  v1::InterventionConsented consented;
  *consented.mutable_consent() = request.consent();
  if (!request.consent().has_time())
    *consented.mutable_consent()->mutable_time() = EffectiveTime(at, request.context());
  return Taken(*entry, request, std::move(consented), &v1::EncounterEvent::mutable_intervention_consented);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordTimeOutRequest& request) {
  RETURN_IF_ERROR(CheckInUse(at.facts));
  ASSIGN_OR_RETURN(const v1::InterventionEntry* entry, FindIntervention(at, request));
  if (at.facts.deceased()) return Refuse(v1::PATIENT_DECEASED);
  RETURN_IF_ERROR(CheckNotEnded(*entry));
  RETURN_IF_ERROR(CheckConsented(*entry));

  v1::TimeOutDone done;
  *done.mutable_time_out() = request.time_out();
  if (!request.time_out().has_time()) *done.mutable_time_out()->mutable_time() = EffectiveTime(at, request.context());
  if (absl::Status mismatch = CheckSame(entry->plan(), request.time_out()); !mismatch.ok()) {
    return Stopped(at, request, request.intervention_id(), {.refusal = std::move(mismatch)}, 0,
                   Asking(done.time_out(), &v1::InterventionRefused::mutable_time_out));
  }
  const int64_t time = ToMicros(done.time_out().time());
  if (entry->has_consented_time() && IsBefore(time, entry->consented_time())) return Refuse(v1::CONSENT_MISSING);
  const RuleBook& rules = decider::RulesAt(at.shelf, time);
  const Case asked{.id = request.intervention_id(),
                   .plan = entry->plan(),
                   .state = at.person,
                   .facts = at.facts,
                   .rules = rules,
                   .at_micros = time,
                   .checks = &done.time_out().checks()};
  auto [alerts, refusal] = Weigh(AskRules(asked, Phase::kTimeOut), rules,
                                 {.now = request.overrides(), .roles = at.input.roles, .before = kNoOverrides});
  if (!refusal.ok()) {
    return Stopped(at, request, request.intervention_id(), {std::move(alerts), std::move(refusal)}, rules.version(),
                   Asking(done.time_out(), &v1::InterventionRefused::mutable_time_out));
  }
  done.mutable_alerts()->Assign(alerts.begin(), alerts.end());
  done.set_table_version(rules.version());
  return Taken(*entry, request, std::move(done), &v1::EncounterEvent::mutable_time_out_done, std::move(alerts));
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::PerformInterventionRequest& request) {
  RETURN_IF_ERROR(CheckInUse(at.facts));
  ASSIGN_OR_RETURN(const v1::InterventionEntry* entry, FindIntervention(at, request));
  if (at.facts.deceased()) return Refuse(v1::PATIENT_DECEASED);
  v1::InterventionPerformed performed;
  v1::InterventionPerformance& done = *performed.mutable_performance();
  done = request.performance();
  done.set_performer_id(request.performer_id());
  if (!done.has_start()) *done.mutable_start() = EffectiveTime(at, request.context());
  const int64_t start = ToMicros(done.start());
  if (done.has_end() && ToMicros(done.end()) < start) return Refuse(v1::END_BEFORE_START);
  RETURN_IF_ERROR(CheckNotEnded(*entry));
  RETURN_IF_ERROR(CheckConsented(*entry));
  if (entry->status() != v1::INTERVENTION_STATUS_TIME_OUT_DONE) return Refuse(v1::TIME_OUT_MISSING);
  if (entry->has_time_out_time() && IsBefore(start, entry->time_out_time())) return Refuse(v1::TIME_OUT_MISSING);

  const RuleBook& rules = decider::RulesAt(at.shelf, start);
  const std::string* const privilege = FindPrivilege(*at.performer, entry->plan(), start);
  const Case asked{.id = request.intervention_id(),
                   .plan = entry->plan(),
                   .state = at.person,
                   .facts = at.facts,
                   .rules = rules,
                   .at_micros = start,
                   .checks = &entry->checks(),
                   .performance = &done,
                   .privileged = privilege != nullptr};
  auto [alerts, refusal] = Weigh(AskRules(asked, Phase::kPerformance), rules,
                                 {.now = request.overrides(), .roles = at.input.roles, .before = entry->overrides()});
  if (!refusal.ok()) {
    return Stopped(at, request, request.intervention_id(), {std::move(alerts), std::move(refusal)}, rules.version(),
                   Asking(done, &v1::InterventionRefused::mutable_performed));
  }
  if (privilege != nullptr) performed.set_privilege_id(*privilege);
  if (const auto due = FirstOutcomeDue(entry->plan(), start, rules)) {
    *performed.mutable_outcome_due() = ToTimestamp(*due);
  }
  performed.mutable_alerts()->Assign(alerts.begin(), alerts.end());
  performed.set_table_version(rules.version());
  return Taken(*entry, request, std::move(performed), &v1::EncounterEvent::mutable_intervention_performed,
               std::move(alerts));
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::AbortInterventionRequest& request) {
  ASSIGN_OR_RETURN(const v1::InterventionEntry* entry, FindIntervention(at, request));
  if (request.context().reason().empty()) return Refuse(v1::REASON_REQUIRED);
  RETURN_IF_ERROR(CheckNotEnded(*entry));

  v1::InterventionAborted aborted;
  *aborted.mutable_time() = EffectiveTime(at, request.context());
  aborted.set_reason(request.context().reason());
  return Taken(*entry, request, std::move(aborted), &v1::EncounterEvent::mutable_intervention_aborted);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractInterventionRequest& request) {
  return Retract(at.state.interventions(), request.context(), request.intervention_id(),
                 &v1::EncounterEvent::mutable_intervention_retracted,
                 &v1::InterventionRetracted::mutable_intervention_id);
}

}  // namespace anamnesis::encounter
