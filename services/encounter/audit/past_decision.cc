#include "services/encounter/audit/past_decision.h"

#include <algorithm>
#include <map>
#include <string>

#include "base/clock.h"
#include "decider/command.h"
#include "service/past_command.h"

namespace anamnesis::encounter {
namespace {

using service::FillContext;
using service::FillOverrides;
using Event = v1::EncounterEvent;

// A command about what has been planned before.
template <class Change, class Request>
Request& About(const eventlog::Record& record, const Change& change, const std::string& reason, Request& request) {
  FillContext(record, reason, request);
  request.set_intervention_id(change.intervention_id());
  return request;
}

// What was asked for and refused, with all that was to be overridden.
v1::EncounterCommand CommandOfRefused(const eventlog::Record& record, const v1::InterventionRefused& refused) {
  v1::EncounterCommand command;
  const auto fill = [&](auto& request) { *request.mutable_overrides() = refused.overrides(); };
  switch (refused.asked_case()) {
    case v1::InterventionRefused::kRevised: {
      auto& request = About(record, refused, refused.reason(), *command.mutable_revise_intervention_plan());
      *request.mutable_plan() = refused.revised();
      fill(request);
      return command;
    }
    case v1::InterventionRefused::kTimeOut: {
      auto& request = About(record, refused, refused.reason(), *command.mutable_record_time_out());
      *request.mutable_time_out() = refused.time_out();
      fill(request);
      return command;
    }
    case v1::InterventionRefused::kPerformed: {
      auto& request = About(record, refused, refused.reason(), *command.mutable_perform_intervention());
      *request.mutable_performance() = refused.performed();
      request.set_performer_id(refused.performed().performer_id());
      fill(request);
      return command;
    }
    default: {
      v1::PlanInterventionRequest& request = *command.mutable_plan_intervention();
      FillContext(record, refused.reason(), request);
      *request.mutable_intervention() = refused.planned();
      fill(request);
      return command;
    }
  }
}

// The clinical time that is decided about, by which the rules are chosen. What came of an event says it always.
google::protobuf::Timestamp DecidedFor(const v1::EncounterCommand& command) {
  using v1::EncounterCommand;
  const google::protobuf::Timestamp& effective = decider::ContextOf(command).effective_time();
  const auto planned = [&](const v1::InterventionPlan& plan) {
    return plan.has_planned_time() ? plan.planned_time() : effective;
  };
  switch (command.command_case()) {
    case EncounterCommand::kPlanIntervention:
      return planned(command.plan_intervention().intervention().plan());
    case EncounterCommand::kReviseInterventionPlan:
      return planned(command.revise_intervention_plan().plan());
    case EncounterCommand::kRecordTimeOut:
      return command.record_time_out().time_out().time();
    case EncounterCommand::kPerformIntervention:
      return command.perform_intervention().performance().start();
    case EncounterCommand::kReportOutcome:
      return command.report_outcome().report().time();
    case EncounterCommand::kEndAnaesthesia:
      return command.end_anaesthesia().end();
    default:
      return effective;
  }
}

const RuleBook& RulesFor(const v1::EncounterCommand& command, const Known& known) {
  return decider::RulesAt(known.rules.get(), ToMicros(DecidedFor(command)));
}

}  // namespace

bool EncounterDecisions::IsType(std::string_view type) {
  const google::protobuf::Descriptor* const types[] = {
      v1::InterventionPlanned::descriptor(), v1::InterventionPlanRevised::descriptor(),
      v1::TimeOutDone::descriptor(),         v1::InterventionPerformed::descriptor(),
      v1::OutcomeReported::descriptor(),     v1::OutcomeRetracted::descriptor(),
      v1::InterventionRefused::descriptor(), v1::AnaesthesiaEnded::descriptor(),
      v1::RecoveryLeft::descriptor(),        v1::RecoveryRefused::descriptor(),
  };
  return std::ranges::any_of(types, [&](const auto* decided) { return decided->full_name() == type; });
}

std::optional<v1::EncounterCommand> EncounterDecisions::CommandOf(const eventlog::Record& record, const Event& event) {
  v1::EncounterCommand command;
  switch (event.event_case()) {
    case Event::kInterventionPlanned: {
      v1::PlanInterventionRequest& request = *command.mutable_plan_intervention();
      FillContext(record, "", request);
      *request.mutable_intervention() = event.intervention_planned().intervention();
      FillOverrides(event.intervention_planned().alerts(), request);
      return command;
    }
    case Event::kInterventionPlanRevised: {
      const v1::InterventionPlanRevised& revised = event.intervention_plan_revised();
      auto& request = About(record, revised, revised.reason(), *command.mutable_revise_intervention_plan());
      *request.mutable_plan() = revised.plan();
      FillOverrides(revised.alerts(), request);
      return command;
    }
    case Event::kTimeOutDone: {
      auto& request = About(record, event.time_out_done(), "", *command.mutable_record_time_out());
      *request.mutable_time_out() = event.time_out_done().time_out();
      FillOverrides(event.time_out_done().alerts(), request);
      return command;
    }
    case Event::kInterventionPerformed: {
      const v1::InterventionPerformed& performed = event.intervention_performed();
      auto& request = About(record, performed, "", *command.mutable_perform_intervention());
      *request.mutable_performance() = performed.performance();
      request.set_performer_id(performed.performance().performer_id());
      FillOverrides(performed.alerts(), request);
      return command;
    }
    case Event::kOutcomeReported: {
      auto& request = About(record, event.outcome_reported(), "", *command.mutable_report_outcome());
      *request.mutable_report() = event.outcome_reported().report();
      return command;
    }
    case Event::kOutcomeRetracted: {
      const v1::OutcomeRetracted& retracted = event.outcome_retracted();
      auto& request = About(record, retracted, retracted.reason(), *command.mutable_retract_outcome());
      request.set_outcome_id(retracted.outcome_id());
      return command;
    }
    case Event::kAnaesthesiaEnded: {
      v1::EndAnaesthesiaRequest& request = *command.mutable_end_anaesthesia();
      FillContext(record, "", request);
      request.set_anaesthesia_id(event.anaesthesia_ended().anaesthesia_id());
      *request.mutable_end() = event.anaesthesia_ended().end();
      return command;
    }
    case Event::kRecoveryLeft: {
      v1::LeaveRecoveryRequest& request = *command.mutable_leave_recovery();
      FillContext(record, "", request);
      request.set_anaesthesia_id(event.recovery_left().anaesthesia_id());
      FillOverrides(event.recovery_left().alerts(), request);
      return command;
    }
    case Event::kRecoveryRefused: {
      const v1::RecoveryRefused& refused = event.recovery_refused();
      v1::LeaveRecoveryRequest& request = *command.mutable_leave_recovery();
      FillContext(record, refused.reason(), request);
      request.set_anaesthesia_id(refused.anaesthesia_id());
      *request.mutable_overrides() = refused.overrides();
      return command;
    }
    case Event::kInterventionRefused:
      return CommandOfRefused(record, event.intervention_refused());
    default:
      return std::nullopt;
  }
}

decider::DecisionInput EncounterDecisions::InputOf(const Event& event, const v1::EncounterCommand& command,
                                                   const Known& known) {
  const auto by = [](const auto& roles) {
    return decider::DecisionInput{
        .roles = {roles.begin(), roles.end()}
    };
  };
  if (event.has_intervention_refused()) return by(event.intervention_refused().roles());
  if (event.has_recovery_refused()) return by(event.recovery_refused().roles());
  return {.roles = RulesFor(command, known).override_roles()};
}

void EncounterDecisions::Fill(const v1::EncounterCommand& command, const Known& known,
                              std::span<const v1::EncounterState* const> states,
                              v1::ExplainDecisionResponse& explained) {
  *explained.mutable_facts() = known.patient;
  const auto joined = static_cast<size_t>(known.patient.absorbed_ids_size());
  const std::span<const v1::EncounterState* const> named = states.first(states.size() - joined);
  if (named.size() > 1) *explained.mutable_performer_state() = *named.back();
  for (const v1::EncounterState* const other : states.last(joined)) *explained.add_joined_states() = *other;
  const RuleBook& rules = RulesFor(command, known);
  if (rules.version() > 0) service::FillTables(std::map{std::pair(rules.table(), rules.version())}, explained);
}

}  // namespace anamnesis::encounter
