// What the read model is told of each event.
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "anamnesis/patient/v1/events.pb.h"
#include "anamnesis/projection/v1/views.pb.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/patient/projection/patient_projection.h"
#include "tests/patient/builders.h"

namespace anamnesis::patient {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::TextFormat;
using google::protobuf::util::MessageDifferencer;

struct Row {
  const char* event;    // In text form.
  const char* change;   // `PUT patient/<view id>`.
  const char* view;     // In text form.
  const char* replace;  // Comma-separated.
};

// Resources have the id `r`, the patient kPatient.
const Row kRows[] = {
  // clang-format off
    {"patient_registered { patient_id: 'p' demographics { sex: SEX_MALE } identifiers { value: '1' } provenance { encounter_id: 'e' } revision: 1 }",
     "PUT patient/p", "patient { patient_id: 'p' demographics { sex: SEX_MALE } identifiers { value: '1' } provenance { encounter_id: 'e' } etag: '1' }", ""},
    {"demographics_updated { demographics { sex: SEX_MALE } revision: 2 }",
     "PATCH patient/p", "patient { demographics { sex: SEX_MALE } etag: '2' }", "demographics"},
    {"identifier_added { identifier { value: '2' } identifiers { value: '1' } identifiers { value: '2' } retired_identifiers { value: '3' } revision: 2 }",
     "PATCH patient/p", "patient { identifiers { value: '1' } identifiers { value: '2' } retired_identifiers { value: '3' } etag: '2' }", "identifiers,retired_identifiers"},
    {"identifier_retired { identifier { value: '2' } retired_identifiers { value: '2' } revision: 3 }",
     "PATCH patient/p", "patient { retired_identifiers { value: '2' } etag: '3' }", "identifiers,retired_identifiers"},
    {"death_recorded { deceased_time { seconds: 5 } cause { text: 'c' } revision: 2 }",
     "PATCH patient/p", "patient { deceased: true deceased_time { seconds: 5 } cause_of_death { text: 'c' } etag: '2' }", "deceased_time,cause_of_death"},
    {"death_recorded { revision: 2 }",
     "PATCH patient/p", "patient { deceased: true etag: '2' }", "deceased_time,cause_of_death"},
    {"death_retracted { reason: 'r' revision: 3 }",
     "PATCH patient/p", "patient { etag: '3' }", "deceased,deceased_time,cause_of_death"},
    {"duplicate_absorbed { duplicate_id: 'd' reason: 'r' revision: 2 }",
     "PATCH patient/p", "patient { absorbed_ids: 'd' etag: '2' }", ""},
    {"merged_into { survivor_id: 's' reason: 'r' revision: 2 }",
     "PATCH patient/p", "patient { survivor_id: 's' etag: '2' }", ""},
    {"duplicate_released { duplicate_id: 'd' reason: 'r' revision: 4 absorbed_ids: 'e' absorbed_ids: 'f' changed_resources { kind: 'goal' id: 'g' revision: 2 } }",
     "PATCH patient/p", "patient { absorbed_ids: 'e' absorbed_ids: 'f' etag: '4' }", "absorbed_ids"},
    {"unmerged_from { survivor_id: 's' reason: 'r' revision: 3 }",
     "PATCH patient/p", "patient { etag: '3' }", "survivor_id"},
    {"allergy_recorded { allergy { id: 'r' kind: ALLERGY_KIND_ALLERGY } revision: 1 }",
     "PUT allergy/r", "allergy { allergy { id: 'r' kind: ALLERGY_KIND_ALLERGY } etag: '1' }", ""},
    {"allergy_revised { allergy { id: 'r' } revision: 2 }",
     "PUT allergy/r", "allergy { allergy { id: 'r' } etag: '2' }", ""},
    {"allergy_retracted { allergy_id: 'r' reason: 'w' revision: 3 }",
     "REMOVE allergy/r", "", ""},
    {"problem_recorded { problem { id: 'r' laterality: LATERALITY_LEFT } revision: 1 }",
     "PUT problem/r", "problem { problem { id: 'r' laterality: LATERALITY_LEFT } etag: '1' }", ""},
    {"problem_revised { problem { id: 'r' } revision: 2 }",
     "PUT problem/r", "problem { problem { id: 'r' } etag: '2' }", ""},
    {"problem_resolved { problem_id: 'r' abatement { seconds: 5 } revision: 2 }",
     "PATCH problem/r", "problem { problem { abatement { seconds: 5 } clinical_status: CLINICAL_STATUS_RESOLVED } etag: '2' }", "problem.abatement"},
    {"problem_retracted { problem_id: 'r' reason: 'w' revision: 3 }",
     "REMOVE problem/r", "", ""},
    {"care_plan_recorded { care_plan { id: 'r' title: 't' } revision: 1 }",
     "PUT care_plan/r", "care_plan { care_plan { id: 'r' title: 't' } etag: '1' }", ""},
    {"care_plan_revised { care_plan { id: 'r' status: PLAN_STATUS_COMPLETED } revision: 2 }",
     "PUT care_plan/r", "care_plan { care_plan { id: 'r' status: PLAN_STATUS_COMPLETED } etag: '2' }", ""},
    {"care_plan_revised { care_plan { id: 'r' status: PLAN_STATUS_STOPPED } revision: 2 }",
     "PATCH care_plan/r", "care_plan { care_plan { id: 'r' status: PLAN_STATUS_STOPPED } etag: '2' }", "care_plan"},
    {"care_plan_ended { care_plan_id: 'r' status: PLAN_STATUS_STOPPED reason: 'w' end { seconds: 5 } revision: 2 }",
     "PATCH care_plan/r", "care_plan { care_plan { status: PLAN_STATUS_STOPPED period { end { seconds: 5 } } } stop_reason: 'w' etag: '2' }", "care_plan.period.end,stop_reason"},
    {"care_plan_retracted { care_plan_id: 'r' reason: 'w' revision: 3 }",
     "REMOVE care_plan/r", "", ""},
    {"goal_recorded { goal { id: 'r' status: GOAL_STATUS_ACTIVE } revision: 1 }",
     "PUT goal/r", "goal { goal { id: 'r' status: GOAL_STATUS_ACTIVE } etag: '1' }", ""},
    {"goal_revised { goal { id: 'r' } revision: 2 }",
     "PUT goal/r", "goal { goal { id: 'r' } etag: '2' }", ""},
    {"goal_retracted { goal_id: 'r' reason: 'w' revision: 3 }",
     "REMOVE goal/r", "", ""},
    {"referral_in_recorded { referral_in { id: 'r' status: REFERRAL_STATUS_RECEIVED } revision: 1 }",
     "PUT referral_in/r", "referral_in { referral_in { id: 'r' status: REFERRAL_STATUS_RECEIVED } etag: '1' }", ""},
    {"referral_in_accepted { referral_in_id: 'r' answered_time { seconds: 5 } revision: 2 }",
     "PATCH referral_in/r", "referral_in { referral_in { status: REFERRAL_STATUS_ACCEPTED answered_time { seconds: 5 } } etag: '2' }", "referral_in.answered_time"},
    {"referral_in_declined { referral_in_id: 'r' answered_time { seconds: 5 } reason: 'w' revision: 2 }",
     "PATCH referral_in/r", "referral_in { referral_in { status: REFERRAL_STATUS_DECLINED answered_time { seconds: 5 } } end_reason: 'w' etag: '2' }", "referral_in.answered_time,end_reason"},
    {"referral_in_closed { referral_in_id: 'r' closed_time { seconds: 5 } outcome { text: 'o' } revision: 3 }",
     "PATCH referral_in/r", "referral_in { referral_in { status: REFERRAL_STATUS_CLOSED closed_time { seconds: 5 } outcome { text: 'o' } } etag: '3' }", "referral_in.closed_time,referral_in.outcome"},
    {"referral_in_retracted { referral_in_id: 'r' reason: 'w' revision: 2 }",
     "REMOVE referral_in/r", "", ""},
    {"document_received { document { id: 'r' title: 't' } revision: 1 }",
     "PUT document/r", "document { document { id: 'r' title: 't' } etag: '1' }", ""},
    {"document_retracted { document_id: 'r' reason: 'w' revision: 2 }",
     "REMOVE document/r", "", ""},
    {"pain_history_recorded { pain_history { id: 'r' locations { severity: '6.5' } } revision: 1 }",
     "PUT pain_history/r", "pain_history { pain_history { id: 'r' locations { severity: '6.5' } } etag: '1' }", ""},
    {"pain_history_revised { pain_history { id: 'r' } revision: 2 }",
     "PUT pain_history/r", "pain_history { pain_history { id: 'r' } etag: '2' }", ""},
    {"pain_history_retracted { pain_history_id: 'r' reason: 'w' revision: 3 }",
     "REMOVE pain_history/r", "", ""},
    {"plan_activity_status_changed { care_plan_id: 'r' activity_id: 'a' status: PLAN_STATUS_ACTIVE activities { id: 'a' status: PLAN_STATUS_ACTIVE } revision: 2 }",
     "PATCH care_plan/r", "care_plan { care_plan { activities { id: 'a' status: PLAN_STATUS_ACTIVE } } etag: '2' }", "care_plan.activities"},
    {"plan_review_recorded { plan_review { id: 'r' care_plan_id: 'c' } revision: 1 }",
     "PUT plan_review/r", "plan_review { plan_review { id: 'r' care_plan_id: 'c' } etag: '1' }", ""},
    {"plan_review_retracted { plan_review_id: 'r' reason: 'w' revision: 2 }",
     "REMOVE plan_review/r", "", ""},
    {"goal_progress_recorded { goal_progress { id: 'r' goal_id: 'g' } revision: 1 }",
     "PUT goal_progress/r", "goal_progress { goal_progress { id: 'r' goal_id: 'g' } etag: '1' }", ""},
    {"goal_progress_retracted { goal_progress_id: 'r' reason: 'w' revision: 2 }",
     "REMOVE goal_progress/r", "", ""},
    {"care_team_member_added { care_team_member { id: 'r' } revision: 1 }",
     "PUT care_team_member/r", "care_team_member { care_team_member { id: 'r' } etag: '1' }", ""},
    {"care_team_member_ended { care_team_member_id: 'r' end { seconds: 5 } reason: 'w' revision: 2 }",
     "PATCH care_team_member/r", "care_team_member { care_team_member { period { end { seconds: 5 } } } end_reason: 'w' etag: '2' }", "care_team_member.period.end,end_reason"},
    {"care_team_member_retracted { care_team_member_id: 'r' reason: 'w' revision: 2 }",
     "REMOVE care_team_member/r", "", ""},
    {"consent_recorded { consent { id: 'r' scope: CONSENT_SCOPE_PRIVACY } revision: 1 }",
     "PUT consent/r", "consent { consent { id: 'r' scope: CONSENT_SCOPE_PRIVACY } etag: '1' }", ""},
    {"consent_withdrawn { consent_id: 'r' end { seconds: 5 } reason: 'w' revision: 2 }",
     "PATCH consent/r", "consent { consent { decision: CONSENT_DECISION_WITHDRAWN withdrawn_time { seconds: 5 } } end_reason: 'w' etag: '2' }", "consent.withdrawn_time,end_reason"},
    {"consent_retracted { consent_id: 'r' reason: 'w' revision: 2 }",
     "REMOVE consent/r", "", ""},
    {"advance_directive_recorded { advance_directive { id: 'r' } revision: 1 }",
     "PUT advance_directive/r", "advance_directive { advance_directive { id: 'r' } etag: '1' }", ""},
    {"advance_directive_revoked { advance_directive_id: 'r' end { seconds: 5 } revision: 2 }",
     "PATCH advance_directive/r", "advance_directive { advance_directive { revoked_time { seconds: 5 } } etag: '2' }", "advance_directive.revoked_time,end_reason"},
    {"advance_directive_retracted { advance_directive_id: 'r' reason: 'w' revision: 2 }",
     "REMOVE advance_directive/r", "", ""},
    {"education_recorded { education { id: 'r' } revision: 1 }",
     "PUT education/r", "education { education { id: 'r' } etag: '1' }", ""},
    {"education_retracted { education_id: 'r' reason: 'w' revision: 2 }",
     "REMOVE education/r", "", ""},
    {"support_group_recorded { support_group { id: 'r' name: 'n' } revision: 1 }",
     "PUT support_group/r", "support_group { support_group { id: 'r' name: 'n' } etag: '1' }", ""},
    {"support_group_ended { support_group_id: 'r' end { seconds: 5 } revision: 2 }",
     "PATCH support_group/r", "support_group { support_group { period { end { seconds: 5 } } } etag: '2' }", "support_group.period.end,end_reason"},
    {"support_group_retracted { support_group_id: 'r' reason: 'w' revision: 2 }",
     "REMOVE support_group/r", "", ""},
  // clang-format on
};

eventlog::Record RecordOf(const v1::PatientEvent& event) {
  eventlog::Record record;
  record.stream = "patient-p";
  record.payload = event.SerializeAsString();
  return record;
}

v1::PatientEvent Event(const Row& row) {
  v1::PatientEvent event;
  EXPECT_TRUE(TextFormat::ParseFromString(row.event, &event)) << row.event;
  return event;
}

// Whether a dotted path leads to a field below the message.
bool Leads(const google::protobuf::Descriptor* message, std::string_view path) {
  for (absl::string_view name : absl::StrSplit(absl::string_view(path.data(), path.size()), '.')) {
    const FieldDescriptor* field = message == nullptr ? nullptr : message->FindFieldByName(std::string(name));
    if (field == nullptr) return false;
    message = field->message_type();
  }
  return true;
}

TEST(PatientProjectionTest, EachEventMakesItsChange) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.event);
    const auto changes = ProjectPatient(RecordOf(Event(row)));
    ASSERT_TRUE(changes.ok()) << changes.status();
    ASSERT_EQ(changes->size(), 1U);
    const projection::v1::ViewChange& change = changes->front();
    const std::string operation = projection::v1::ChangeOperation_Name(change.operation());
    EXPECT_EQ(change.subject_id(), "p");
    EXPECT_EQ(operation.substr(sizeof("CHANGE_OPERATION")) + " " + change.kind() + "/" + change.view_id(), row.change);
    projection::v1::View view, expected;
    ASSERT_TRUE(view.ParseFromString(change.view()));
    ASSERT_TRUE(TextFormat::ParseFromString(row.view, &expected));
    EXPECT_TRUE(MessageDifferencer::Equals(view, expected)) << view.ShortDebugString();
    EXPECT_EQ(absl::StrJoin(change.replace(), ","), row.replace);
    const FieldDescriptor* kind = projection::v1::View::descriptor()->FindFieldByName(change.kind());
    ASSERT_NE(kind, nullptr);
    for (const std::string& path : change.replace()) EXPECT_TRUE(Leads(kind->message_type(), path)) << path;
  }
}

TEST(PatientProjectionTest, ActivitiesOfOlderPlansHaveNames) {
  v1::PatientEvent event;
  v1::CarePlan& plan = *event.mutable_care_plan_recorded()->mutable_care_plan();
  plan.set_id(kCarePlan);
  plan.add_activities();
  const auto changes = ProjectPatient(RecordOf(event));
  ASSERT_TRUE(changes.ok() && changes->size() == 1);
  projection::v1::View view;
  ASSERT_TRUE(view.ParseFromString(changes->front().view()));
  v1::PatientState state = After({Register()}).begin()->second;
  ASSERT_EQ(PatientDecider::Evolve(state, event), absl::OkStatus());
  EXPECT_NE(view.care_plan().care_plan().activities(0).id(), "");
  EXPECT_EQ(view.care_plan().care_plan().activities(0).id(), state.resources().at(kCarePlan).activities(0).id())
      << "whoever reads the name may send it back";
}

TEST(PatientProjectionTest, AnErasurePurgesItsPatientAndItsReasonChangesNothing) {
  v1::PatientEvent event;
  event.mutable_patient_erased();
  const auto purge = ProjectPatient(RecordOf(event));
  ASSERT_TRUE(purge.ok() && purge->size() == 1);
  EXPECT_EQ(purge->front().subject_id(), "p");
  EXPECT_EQ(purge->front().operation(), projection::v1::CHANGE_OPERATION_PURGE);
  event.mutable_erasure_recorded();
  const auto nothing = ProjectPatient(RecordOf(event));
  EXPECT_TRUE(nothing.ok() && nothing->empty());
}

TEST(PatientProjectionTest, EveryEventIsInTheTable) {
  std::set<int> covered = {v1::PatientEvent::kPatientErased, v1::PatientEvent::kErasureRecorded};  // Above.
  for (const Row& row : kRows) covered.insert(Event(row).event_case());
  const google::protobuf::OneofDescriptor* events = v1::PatientEvent::descriptor()->oneof_decl(0);
  for (int i = 0; i < events->field_count(); ++i) {
    EXPECT_TRUE(covered.contains(events->field(i)->number())) << events->field(i)->name();
  }
}

TEST(PatientProjectionTest, WhatItDoesNotKnowIsDataLoss) {
  eventlog::Record record = RecordOf({});
  EXPECT_EQ(ProjectPatient(record).status().code(), absl::StatusCode::kDataLoss) << "no event";
  record.payload.assign("\xfa\x3e\x00", 3);
  EXPECT_EQ(ProjectPatient(record).status().code(), absl::StatusCode::kDataLoss) << "of a later release";
  record.payload = "\x0a";
  EXPECT_EQ(ProjectPatient(record).status().code(), absl::StatusCode::kDataLoss) << "cut off";
}

}  // namespace
}  // namespace anamnesis::patient
