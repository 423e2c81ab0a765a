#include "tests/patient/builders.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/clock.h"
#include "base/refusal.h"
#include "google/protobuf/text_format.h"

namespace anamnesis::patient {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using v1::PatientCommand;

// The message that is set in the only oneof.
Message& Member(Message& envelope) {
  const Reflection& reflection = *envelope.GetReflection();
  const FieldDescriptor* field = reflection.GetOneofFieldDescriptor(envelope, envelope.GetDescriptor()->oneof_decl(0));
  return *reflection.MutableMessage(&envelope, field);
}

rpc::v1::CommandContext& Context(PatientCommand& command) {
  Message& request = Member(command);
  return static_cast<rpc::v1::CommandContext&>(
      *request.GetReflection()->MutableMessage(&request, request.GetDescriptor()->FindFieldByName("context")));
}

// A command for kPatient of which `fill` sets what is its own.
template <class Request, class Fill>
PatientCommand Command(Request* (PatientCommand::*request_of)(), Fill fill) {
  PatientCommand command;
  Request& request = *(command.*request_of)();
  request.mutable_context()->set_reason("as discussed");
  if constexpr (requires { request.set_patient_id(kPatient); }) request.set_patient_id(kPatient);
  fill(request);
  return command;
}

void Nothing(const Message&) {}

}  // namespace

v1::Demographics Named(std::string_view family) {
  v1::Demographics demographics;
  demographics.add_names()->set_family(std::string(family));
  return demographics;
}

clinical::v1::Identifier Mrn(std::string_view value) {
  clinical::v1::Identifier identifier;
  identifier.set_system("urn:hospital");
  identifier.set_value(std::string(value));
  return identifier;
}

v1::Allergy Allergy(std::string_view id) {
  v1::Allergy allergy;
  allergy.set_id(std::string(id));
  allergy.mutable_substance()->set_text("penicillin");
  return allergy;
}

v1::Problem Problem(v1::ClinicalStatus status) {
  v1::Problem problem;
  problem.set_id(kProblem);
  problem.mutable_code()->set_text("sciatica");
  problem.set_clinical_status(status);
  return problem;
}

v1::Problem From(int64_t onset, v1::Problem problem) {
  *problem.mutable_onset() = ToTimestamp(onset);
  return problem;
}

v1::Problem Until(int64_t abatement, v1::Problem problem) {
  *problem.mutable_abatement() = ToTimestamp(abatement);
  return problem;
}

v1::CarePlan CarePlan(v1::PlanStatus status) {
  v1::CarePlan plan;
  plan.set_id(kCarePlan);
  plan.set_status(status);
  return plan;
}

v1::CarePlan From(int64_t start, v1::CarePlan plan) {
  *plan.mutable_period()->mutable_start() = ToTimestamp(start);
  return plan;
}

v1::CarePlan Until(int64_t end, v1::CarePlan plan) {
  *plan.mutable_period()->mutable_end() = ToTimestamp(end);
  return plan;
}

v1::Goal Goal(std::string_view id) {
  v1::Goal goal;
  goal.set_id(std::string(id));
  goal.mutable_description()->set_text("walk 500 m without rest");
  goal.set_status(v1::GOAL_STATUS_ACTIVE);
  return goal;
}

PatientCommand Register(const std::vector<clinical::v1::Identifier>& identifiers) {
  return Command(&PatientCommand::mutable_register_patient, [&](v1::RegisterPatientRequest& request) {
    *request.mutable_demographics() = Named("Doe");
    request.mutable_identifiers()->Assign(identifiers.begin(), identifiers.end());
  });
}

PatientCommand Update(const v1::Demographics& demographics, const std::vector<std::string>& paths) {
  return Command(&PatientCommand::mutable_update_demographics, [&](v1::UpdateDemographicsRequest& request) {
    *request.mutable_demographics() = demographics;
    if (!paths.empty()) request.mutable_update_mask()->mutable_paths()->Assign(paths.begin(), paths.end());
  });
}

PatientCommand Add(const clinical::v1::Identifier& identifier) {
  return Command(&PatientCommand::mutable_add_identifier,
                 [&](v1::AddIdentifierRequest& request) { *request.mutable_identifier() = identifier; });
}

PatientCommand Retire(const clinical::v1::Identifier& identifier) {
  return Command(&PatientCommand::mutable_retire_identifier,
                 [&](v1::RetireIdentifierRequest& request) { *request.mutable_identifier() = identifier; });
}

PatientCommand Die() {
  return Command(&PatientCommand::mutable_record_death, Nothing);
}

PatientCommand Revive() {
  return Command(&PatientCommand::mutable_retract_death, Nothing);
}

PatientCommand Merge(std::string_view survivor, std::string_view duplicate) {
  return Command(&PatientCommand::mutable_merge_patients, [&](v1::MergePatientsRequest& request) {
    request.set_survivor_id(std::string(survivor));
    request.set_duplicate_id(std::string(duplicate));
  });
}

PatientCommand Unmerge(std::string_view survivor, std::string_view duplicate) {
  return Command(&PatientCommand::mutable_unmerge_patients, [&](v1::UnmergePatientsRequest& request) {
    request.set_survivor_id(std::string(survivor));
    request.set_duplicate_id(std::string(duplicate));
  });
}

PatientCommand Erase() {
  return Command(&PatientCommand::mutable_erase_patient,
                 [](v1::ErasePatientRequest& request) { request.set_approved_by("user:officer"); });
}

PatientCommand Record(const v1::Allergy& allergy) {
  return Command(&PatientCommand::mutable_record_allergy,
                 [&](v1::RecordAllergyRequest& request) { *request.mutable_allergy() = allergy; });
}

PatientCommand Record(const v1::Problem& problem) {
  return Command(&PatientCommand::mutable_record_problem,
                 [&](v1::RecordProblemRequest& request) { *request.mutable_problem() = problem; });
}

PatientCommand Record(const v1::CarePlan& plan) {
  return Command(&PatientCommand::mutable_record_care_plan,
                 [&](v1::RecordCarePlanRequest& request) { *request.mutable_care_plan() = plan; });
}

PatientCommand Record(const v1::Goal& goal) {
  return Command(&PatientCommand::mutable_record_goal,
                 [&](v1::RecordGoalRequest& request) { *request.mutable_goal() = goal; });
}

PatientCommand Revise(const v1::Allergy& allergy) {
  return Command(&PatientCommand::mutable_revise_allergy,
                 [&](v1::ReviseAllergyRequest& request) { *request.mutable_allergy() = allergy; });
}

PatientCommand Revise(const v1::Problem& problem) {
  return Command(&PatientCommand::mutable_revise_problem,
                 [&](v1::ReviseProblemRequest& request) { *request.mutable_problem() = problem; });
}

PatientCommand Revise(const v1::CarePlan& plan) {
  return Command(&PatientCommand::mutable_revise_care_plan,
                 [&](v1::ReviseCarePlanRequest& request) { *request.mutable_care_plan() = plan; });
}

PatientCommand Revise(const v1::Goal& goal) {
  return Command(&PatientCommand::mutable_revise_goal,
                 [&](v1::ReviseGoalRequest& request) { *request.mutable_goal() = goal; });
}

PatientCommand Resolve(int64_t abatement) {
  return Command(&PatientCommand::mutable_resolve_problem, [&](v1::ResolveProblemRequest& request) {
    request.set_problem_id(kProblem);
    if (abatement != 0) *request.mutable_abatement() = ToTimestamp(abatement);
  });
}

PatientCommand End(v1::PlanStatus status, int64_t end) {
  return Command(&PatientCommand::mutable_end_care_plan, [&](v1::EndCarePlanRequest& request) {
    request.set_care_plan_id(kCarePlan);
    request.set_status(status);
    if (end != 0) *request.mutable_end() = ToTimestamp(end);
  });
}

PatientCommand RetractAllergy() {
  return Command(&PatientCommand::mutable_retract_allergy,
                 [](v1::RetractAllergyRequest& request) { request.set_allergy_id(kAllergy); });
}

PatientCommand RetractProblem() {
  return Command(&PatientCommand::mutable_retract_problem,
                 [](v1::RetractProblemRequest& request) { request.set_problem_id(kProblem); });
}

PatientCommand RetractCarePlan() {
  return Command(&PatientCommand::mutable_retract_care_plan,
                 [](v1::RetractCarePlanRequest& request) { request.set_care_plan_id(kCarePlan); });
}

PatientCommand RetractGoal() {
  return Command(&PatientCommand::mutable_retract_goal,
                 [](v1::RetractGoalRequest& request) { request.set_goal_id(kGoal); });
}

PatientCommand Say(const std::string& text) {
  PatientCommand command;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &command)) << text;
  Context(command).set_reason("as discussed");
  return Of(kPatient, std::move(command));
}

PatientCommand Of(std::string_view patient, PatientCommand command) {
  Message& request = Member(command);
  request.GetReflection()->SetString(&request, request.GetDescriptor()->FindFieldByName("patient_id"),
                                     std::string(patient));
  return command;
}

PatientCommand Seen(int revision, PatientCommand command) {
  Context(command).set_etag(std::to_string(revision));
  return command;
}

PatientCommand WithoutReason(PatientCommand command) {
  Context(command).clear_reason();
  return command;
}

PatientCommand At(int64_t effective, PatientCommand command) {
  *Context(command).mutable_effective_time() = ToTimestamp(effective);
  return command;
}

decider::DecisionInput Input() {
  return {.received_micros = kNow, .new_id = kNewId};
}

Decision DecideOn(const World& world, const PatientCommand& command) {
  static const auto* nobody = new v1::PatientState;
  std::vector<const v1::PatientState*> states;
  for (const std::string& stream : PatientDecider::Streams(command, Input())) {
    const auto found = world.find(stream);
    states.push_back(found == world.end() ? nobody : &found->second);
  }
  return PatientDecider::Decide(states, command, Input(), {});
}

void Apply(const PatientCommand& command, const Decision& decision, World& world) {
  const std::vector<std::string> streams = PatientDecider::Streams(command, Input());
  for (const auto& [event, stream] : decision.events) {
    EXPECT_EQ(PatientDecider::Evolve(world[streams[stream]], event), absl::OkStatus());
  }
}

World After(const std::vector<PatientCommand>& commands) {
  World world;
  for (const PatientCommand& command : commands) {
    const Decision decision = DecideOn(world, command);
    EXPECT_EQ(decision.refusal, absl::OkStatus());
    Apply(command, decision, world);
  }
  return world;
}

std::string Told(const Decision& decision) {
  std::vector<std::string> words;
  for (const auto& emitted : decision.events) {
    v1::PatientEvent event = emitted.event;
    words.push_back(Member(event).GetDescriptor()->name());
  }
  if (!decision.refusal.ok()) {
    const google::rpc::ErrorInfo info = RefusalInfo(decision.refusal);
    words.push_back(info.reason());
    for (const auto& [key, value] : info.metadata())
      words.push_back(absl::StrCat(key, "=", value.substr(value.size() - 1)));
  }
  return absl::StrJoin(words, " ");
}

}  // namespace anamnesis::patient
