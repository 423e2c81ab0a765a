// CarePlan → RecordCarePlan, Goal → RecordGoal.
#include "fhir/finish.h"
#include "fhir/map_resources.h"
#include "fhir/map_types.h"

namespace anamnesis::fhir {
namespace {

using patient::v1::PatientCommand;

// `unknown` is not here: a plan of which nobody knows whether it is followed cannot be recorded as one that is.
constexpr std::pair<std::string_view, patient::v1::PlanStatus> kPlanStatuses[] = {
    {"draft",         patient::v1::PLAN_STATUS_PLANNED  },
    {"active",        patient::v1::PLAN_STATUS_ACTIVE   },
    {"on-hold",       patient::v1::PLAN_STATUS_ON_HOLD  },
    {"revoked",       patient::v1::PLAN_STATUS_STOPPED  },
    {"completed",     patient::v1::PLAN_STATUS_COMPLETED},
    {kEnteredInError, patient::v1::PLAN_STATUS_STOPPED  },
};

constexpr std::pair<std::string_view, patient::v1::PlanStatus> kActivityStatuses[] = {
    {"not-started",   patient::v1::PLAN_STATUS_PLANNED    },
    {"scheduled",     patient::v1::PLAN_STATUS_PLANNED    },
    {"in-progress",   patient::v1::PLAN_STATUS_ACTIVE     },
    {"on-hold",       patient::v1::PLAN_STATUS_ON_HOLD    },
    {"completed",     patient::v1::PLAN_STATUS_COMPLETED  },
    {"cancelled",     patient::v1::PLAN_STATUS_STOPPED    },
    {"stopped",       patient::v1::PLAN_STATUS_STOPPED    },
    {"unknown",       patient::v1::PLAN_STATUS_UNSPECIFIED},
    {kEnteredInError, patient::v1::PLAN_STATUS_UNSPECIFIED},
};

constexpr std::pair<std::string_view, patient::v1::GoalStatus> kGoalStatuses[] = {
    {"proposed",      patient::v1::GOAL_STATUS_PROPOSED },
    {"planned",       patient::v1::GOAL_STATUS_ACCEPTED },
    {"accepted",      patient::v1::GOAL_STATUS_ACCEPTED },
    {"active",        patient::v1::GOAL_STATUS_ACTIVE   },
    {"on-hold",       patient::v1::GOAL_STATUS_ACCEPTED },
    {"completed",     patient::v1::GOAL_STATUS_COMPLETED},
    {"cancelled",     patient::v1::GOAL_STATUS_CANCELLED},
    {"rejected",      patient::v1::GOAL_STATUS_CANCELLED},
    {kEnteredInError, patient::v1::GOAL_STATUS_CANCELLED},
};

void ReadActivity(Mapping& mapping, const Field& activity, patient::v1::CarePlan* plan) {
  const Field detail = activity["detail"];
  if (!detail) return;  // A reference to a request that is a resource of its own.
  RejectNotToDo(detail);
  patient::v1::PlanActivity* out = plan->add_activities();
  if (const Field code = detail["code"]) ReadConcept(mapping, code, out->mutable_code());
  out->set_status(detail["status"].Code(kActivityStatuses));
  out->set_stop_reason(detail["statusReason"]["text"].Text());
}

}  // namespace

void MapCarePlan(Mapping& mapping, std::vector<Command>* out) {
  const Field r = mapping.resource();
  PatientCommand command;
  auto* request = command.mutable_record_care_plan();
  request->set_patient_id(mapping.Patient("subject"));
  mapping.Encounter(r["encounter"]);
  mapping.SourceRecorded(r["created"]);
  mapping.Require("status");
  patient::v1::CarePlan* plan = request->mutable_care_plan();
  plan->set_id(mapping.Id());
  ReadEach(r["category"], [&](const Field& category) { ReadConcept(mapping, category, plan->add_categories()); });
  plan->set_title(r["title"].Text());
  plan->set_status(r["status"].Code(kPlanStatuses));
  const std::string intent = r["intent"].Text();
  if (plan->status() == patient::v1::PLAN_STATUS_ACTIVE && (intent == "proposal" || intent == "option")) {
    plan->set_status(patient::v1::PLAN_STATUS_PLANNED);  // Nobody has decided on it.
    FlagApproximated(mapping);
  }
  if (const Field period = r["period"]) ReadPeriod(mapping, period, plan->mutable_period());
  ReadEach(r["addresses"],
           [&](const Field& problem) { AddReference(mapping, problem, "Condition", plan->mutable_problem_ids()); });
  ReadEach(r["goal"], [&](const Field& goal) { AddReference(mapping, goal, "Goal", plan->mutable_goal_ids()); });
  ReadEach(r["activity"], [&](const Field& activity) { ReadActivity(mapping, activity, plan); });
  mapping.Happened(r["period"]["start"] ? r["period"]["start"] : r["created"]);
  const std::string patient_id = request->patient_id();
  Finish(mapping, command, request, plan, out);
  if (r["status"].Text() == kEnteredInError) {
    Retract<PatientCommand>(
        mapping, patient_id, &PatientCommand::mutable_retract_care_plan,
        [](auto* retract, const std::string& id) { retract->set_care_plan_id(id); }, out);
  }
}

void MapGoal(Mapping& mapping, std::vector<Command>* out) {
  const Field r = mapping.resource();
  PatientCommand command;
  auto* request = command.mutable_record_goal();
  request->set_patient_id(mapping.Patient("subject"));
  mapping.SourceRecorded(r["statusDate"]);
  mapping.Require("lifecycleStatus");
  mapping.Require("description");
  patient::v1::Goal* goal = request->mutable_goal();
  goal->set_id(mapping.Id());
  if (const Field description = r["description"]) ReadConcept(mapping, description, goal->mutable_description());
  const std::string status = r["lifecycleStatus"].Text();
  goal->set_status(r["lifecycleStatus"].Code(kGoalStatuses));
  FlagApproximated(mapping, r["lifecycleStatus"], {"planned", "on-hold", "rejected"});
  if (const Field achievement = r["achievementStatus"]) {
    ReadConcept(mapping, achievement, goal->mutable_achievement());
  }
  if (const Field due = r["target"].First()["dueDate"]) ReadDate(due, goal->mutable_due_date());
  const Json* plan_start = mapping.index().StartOfPlanFor(mapping.source_id());
  mapping.Happened(r["startDate"]    ? r["startDate"]
                   : r["statusDate"] ? r["statusDate"]
                                     : Field(plan_start, &mapping.findings()));
  const std::string patient_id = request->patient_id();
  Finish(mapping, command, request, goal, out);
  if (status == kEnteredInError) {
    Retract<PatientCommand>(
        mapping, patient_id, &PatientCommand::mutable_retract_goal,
        [](auto* retract, const std::string& id) { retract->set_goal_id(id); }, out);
  }
}

}  // namespace anamnesis::fhir
