#include "tests/encounter/clinic.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/refusal.h"
#include "google/protobuf/text_format.h"
#include "google/rpc/error_details.pb.h"
#include "services/encounter/rules/table_file.h"

namespace anamnesis::encounter {
namespace {

using google::protobuf::Message;

Message& Request(v1::EncounterCommand& command) {
  const auto& reflection = *command.GetReflection();
  const auto* field = reflection.GetOneofFieldDescriptor(command, command.GetDescriptor()->oneof_decl(0));
  return *reflection.MutableMessage(&command, field);
}

std::string Text(const Message& message) {
  std::string text;
  google::protobuf::TextFormat::PrintToString(message, &text);
  return text;
}

std::string TimeText(int64_t micros) {
  return absl::StrCat("{ ", ToTimestamp(micros).ShortDebugString(), " }");
}

std::string SeverityText(rpc::v1::AlertSeverity severity) {
  switch (severity) {
    case rpc::v1::ALERT_SEVERITY_INFO:
      return "info ";
    case rpc::v1::ALERT_SEVERITY_WARN:
      return "warn ";
    default:
      return "";
  }
}

}  // namespace

int64_t Time(std::string_view text) {
  absl::Time time;
  std::string error;
  const std::string whole(text);
  EXPECT_TRUE(absl::ParseTime(text.size() == 10 ? "%Y-%m-%d" : absl::RFC3339_full, whole, &time, &error)) << error;
  return absl::ToUnixMicros(time);
}

std::shared_ptr<const RuleShelf> Rules(void (*change)(v1::RuleTable&)) {
  auto tables = DefaultTables();
  EXPECT_TRUE(tables.ok()) << tables.status();
  if (change != nullptr) change(tables->at(0));
  auto shelf = RuleShelf::Make(*tables);
  EXPECT_TRUE(shelf.ok()) << shelf.status();
  return std::make_shared<const RuleShelf>(*std::move(shelf));
}

v1::InterventionPlan PlanOf(const std::string& text) {
  v1::InterventionPlan plan;
  EXPECT_TRUE(google::protobuf::TextFormat::MergeFromString(text, &plan)) << text;
  return plan;
}

Clinic::Clinic() {
  doctor.set_directory_revision(1);
  for (int kind = v1::InterventionKind_MIN + 1; kind <= v1::InterventionKind_MAX; ++kind) {
    v1::PrivilegeEntry& entry = (*doctor.mutable_privileges())[absl::StrCat("p", kind)];
    entry.set_revision(1);
    entry.mutable_privilege()->set_id(absl::StrCat("p", kind));
    entry.mutable_privilege()->set_kind(static_cast<v1::InterventionKind>(kind));
    *entry.mutable_privilege()->mutable_valid_from() = ToTimestamp(Time("2000-01-01"));
  }
}

decider::Decision<v1::EncounterEvent> Clinic::Try(const v1::EncounterCommand& command) const {
  std::vector<const v1::EncounterState*> states;
  for (const std::string& stream : EncounterDecider::Streams(command, Input())) {
    states.push_back(stream.starts_with("practitioner-") ? &doctor : &patient);
  }
  Known known{.patient = facts, .rules = rules};
  for (const v1::EncounterState& record : joined) {
    known.patient.add_absorbed_ids(absl::StrCat("joined-", known.patient.absorbed_ids_size()));
    states.push_back(&record);
  }
  decider::DecisionInput input = Input();
  input.roles = roles;
  return EncounterDecider::Decide(states, command, input, known);
}

std::string Clinic::Do(const v1::EncounterCommand& command) {
  const auto decision = Try(command);
  if (!decision.refusal.ok()) {
    std::vector<std::string> named;
    const google::rpc::Status status = ToRpcStatus(decision.refusal);
    for (const auto& detail : status.details()) {
      google::rpc::PreconditionFailure failure;
      if (!detail.UnpackTo(&failure)) continue;
      for (const auto& violation : failure.violations()) named.push_back(violation.type());
    }
    const std::string reason = RefusalInfo(decision.refusal).reason();
    return named.empty() ? reason : absl::StrCat(reason, ": ", absl::StrJoin(named, " "));
  }
  const bool of_doctor = EncounterDecider::Streams(command, Input()).front().starts_with("practitioner-");
  for (const auto& emitted : decision.events) {
    EXPECT_TRUE(EncounterDecider::Evolve(of_doctor ? doctor : patient, emitted.event).ok());
  }
  std::string told = Told(decision);
  std::vector<std::string> alerts;
  for (const rpc::v1::Alert& alert : decision.alerts) {
    alerts.push_back(
        absl::StrCat(SeverityText(alert.severity()), alert.rule_id(), alert.override_reason().empty() ? "" : "*"));
  }
  return alerts.empty() ? told : absl::StrCat(told, ": ", absl::StrJoin(alerts, " "));
}

v1::EncounterCommand Clinic::For(const std::string& name, const std::string& fields) const {
  return Command(
      absl::StrCat(name, " { context { reason: 'as discussed' } patient_id: '", kPatient, "' ", fields, " }"));
}

v1::EncounterCommand Clinic::Plan(const v1::InterventionPlan& plan, int64_t at, const std::string& id) const {
  return At(at, For("plan_intervention", absl::StrCat("intervention { id: '", id, "' plan { ", Text(plan), " } }")));
}
v1::EncounterCommand Clinic::Consent(const std::string& id) const {
  return For("record_intervention_consent",
             absl::StrCat("intervention_id: '", id, "' consent { obtained_by_id: '", kDoctor, "' }"));
}
v1::EncounterCommand Clinic::TimeOut(const v1::InterventionPlan& plan, int64_t at, const std::string& checks,
                                     const std::string& id) const {
  v1::EncounterCommand command =
      At(at, For("record_time_out", absl::StrCat("intervention_id: '", id, "' time_out { participant_ids: '", kDoctor,
                                                 "' checks { ", checks, " } }")));
  v1::TimeOut& time_out = *command.mutable_record_time_out()->mutable_time_out();
  time_out.set_side(plan.side());
  *time_out.mutable_levels() = plan.levels();
  return command;
}
v1::EncounterCommand Clinic::Perform(int64_t at, const std::string& performance, const std::string& id) const {
  return At(at, For("perform_intervention", absl::StrCat("intervention_id: '", id, "' performer_id: '", kDoctor,
                                                         "' performance { ", performance, " }")));
}
v1::EncounterCommand Clinic::Report(const std::string& id, int64_t at, std::optional<int> percent,
                                    const std::string& more) const {
  return At(at, For("report_outcome",
                    absl::StrCat("intervention_id: '", id, "' report { id: '", id, "-", at, "' ",
                                 percent.has_value() ? absl::StrCat("relief_basis_points: ", *percent * 100) : "", " ",
                                 more, " }")));
}

void Clinic::Prepare(const v1::InterventionPlan& plan, int64_t at, const std::string& id) {
  ASSERT_EQ(Do(Plan(plan, at, id)).substr(0, 19), "InterventionPlanned");
  ASSERT_EQ(Do(Consent(id)), "InterventionConsented");
  ASSERT_EQ(Do(TimeOut(plan, at, kGoodChecks, id)), "TimeOutDone");
}

void Clinic::Had(const std::string& id, const v1::InterventionPlan& plan, std::optional<int64_t> at,
                 std::optional<int> percent, int months) {
  const std::string start = at.has_value() ? absl::StrCat("performance { start ", TimeText(*at), " }") : "";
  ASSERT_EQ(Do(For("record_intervention",
                   absl::StrCat("intervention { id: '", id, "' status: INTERVENTION_STATUS_PERFORMED plan { ",
                                Text(plan), " } ", start, " }"))),
            "InterventionRecorded");
  if (!percent.has_value()) return;
  const std::string duration =
      months > 0 ? absl::StrCat("relief_duration { count: ", months, " unit: DURATION_UNIT_MONTH }") : "";
  ASSERT_EQ(Do(Report(id, at.value_or(Time("2026-01-01")), percent, duration)), "OutcomeReported");
}

std::string Clinic::Unmet(const v1::InterventionPlan& plan, int64_t at) const {
  Clinic copy = *this;
  const std::string told = copy.Do(Plan(plan, at));
  constexpr std::string_view kStopped = "SAFETY_OVERRIDE_REQUIRED: ";
  if (told.starts_with(kStopped)) return told.substr(kStopped.size());
  return told.starts_with("InterventionPlanned") ? "-" : told;
}

v1::EncounterCommand Overriding(const std::string& rule, v1::EncounterCommand command) {
  Message& request = Request(command);
  auto* const override_given = static_cast<rpc::v1::AlertOverride*>(
      request.GetReflection()->AddMessage(&request, request.GetDescriptor()->FindFieldByName("overrides")));
  override_given->set_rule_id(rule);
  override_given->set_reason("discussed with the patient");
  return command;
}

}  // namespace anamnesis::encounter
