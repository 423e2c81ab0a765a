// What the events of privileges, interventions, anaesthesia and devices do to views and to an empty state.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "anamnesis/projection/v1/views.pb.h"
#include "base/clock.h"
#include "services/encounter/projection/encounter_projection.h"
#include "tests/encounter/clinic.h"

namespace anamnesis::encounter {
namespace {

using projection::v1::CHANGE_OPERATION_PATCH;
using projection::v1::CHANGE_OPERATION_PUT;
using projection::v1::CHANGE_OPERATION_REMOVE;
using projection::v1::View;
using projection::v1::ViewChange;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kIntervention[] = "00000000-0000-4000-8000-0000000000a1";
constexpr char kRecord[] = "00000000-0000-4000-8000-0000000000a2";
constexpr char kPlan[] =
    "kind: INTERVENTION_KIND_TRIGGER_POINT_INJECTION region: BODY_REGION_LUMBAR side: LATERALITY_LEFT";
const int64_t kToday = Time("2026-03-14T10:00:00Z");

// Carries the command out and tells what it changes in views.
class ProcedureProjection : public testing::Test {
 protected:
  std::vector<ViewChange> All(const v1::EncounterCommand& command) {
    const auto decision = clinic_.Try(command);
    EXPECT_EQ(decision.events.size(), 1U) << decision.refusal;
    if (decision.events.size() != 1) return {};
    const v1::EncounterEvent& event = decision.events[0].event;
    if (event.event_case() != v1::EncounterEvent::kRuleTableLoaded) {
      v1::EncounterState nothing;
      const bool creates = decision.revision == 1;
      EXPECT_EQ(EncounterDecider::Evolve(nothing, event).code(),
                creates ? absl::StatusCode::kOk : absl::StatusCode::kDataLoss)
          << "an event about nothing is lost data";
    }
    eventlog::Record record;
    record.stream = EncounterDecider::Streams(command, Input()).at(0);
    record.payload = event.SerializeAsString();
    clinic_.Do(command);
    auto changes = ProjectEncounter(record);
    EXPECT_TRUE(changes.ok()) << changes.status();
    return changes.ok() ? *std::move(changes) : std::vector<ViewChange>();
  }

  ViewChange Change(const v1::EncounterCommand& command) {
    const auto changes = All(command);
    EXPECT_EQ(changes.size(), 1U);
    return changes.empty() ? ViewChange() : changes[0];
  }

  v1::EncounterCommand Of(const std::string& name, const std::string& fields = "") const {
    return At(kToday, clinic_.For(name, absl::StrCat("anaesthesia_id: '", kRecord, "' ", fields)));
  }

  Clinic clinic_;
};

View ViewOf(const ViewChange& change) {
  View view;
  EXPECT_TRUE(view.ParseFromString(change.view()));
  return view;
}

std::string What(const ViewChange& change) {
  return absl::StrCat(projection::v1::ChangeOperation_Name(change.operation()).substr(17), " ", change.kind(), " ",
                      change.view_id());
}

TEST_F(ProcedureProjection, AnInterventionFromThePlanToItsOutcomes) {
  const std::string patch = absl::StrCat("PATCH intervention ", kIntervention);
  const ViewChange planned = Change(clinic_.Plan(PlanOf(kPlan), kToday, kIntervention));
  EXPECT_EQ(What(planned), absl::StrCat("PUT intervention ", kIntervention));
  EXPECT_EQ(planned.subject_id(), kPatient);
  EXPECT_EQ(ViewOf(planned).intervention().intervention().status(), v1::INTERVENTION_STATUS_PLANNED);
  EXPECT_EQ(ViewOf(planned).intervention().etag(), "1");

  const ViewChange consented = Change(clinic_.Consent(kIntervention));
  EXPECT_EQ(What(consented), patch);
  EXPECT_THAT(consented.replace(), ElementsAre("intervention.consent", "intervention.time_out", "time_out_alerts"));
  EXPECT_EQ(ViewOf(consented).intervention().intervention().status(), v1::INTERVENTION_STATUS_CONSENTED);

  const ViewChange time_out = Change(clinic_.TimeOut(PlanOf(kPlan), kToday, kGoodChecks, kIntervention));
  EXPECT_EQ(ViewOf(time_out).intervention().intervention().status(), v1::INTERVENTION_STATUS_TIME_OUT_DONE);
  EXPECT_EQ(ToMicros(ViewOf(time_out).intervention().intervention().time_out().time()), kToday);

  const ViewChange performed = Change(clinic_.Perform(kToday, kGoodPerformance, kIntervention));
  EXPECT_EQ(What(performed), patch);
  EXPECT_EQ(ViewOf(performed).intervention().intervention().status(), v1::INTERVENTION_STATUS_PERFORMED);
  EXPECT_TRUE(ViewOf(performed).intervention().has_outcome_due());
  EXPECT_FALSE(ViewOf(performed).intervention().privilege_id().empty());

  const ViewChange complication =
      Change(clinic_.For("report_complication", absl::StrCat("intervention_id: '", kIntervention,
                                                             "' complication { code { text: 'haematoma' } }")));
  EXPECT_THAT(complication.replace(), IsEmpty());
  EXPECT_EQ(ViewOf(complication).intervention().intervention().performance().complications_size(), 1);

  const ViewChange reported = Change(clinic_.Report(kIntervention, kToday, 60));
  EXPECT_THAT(reported.replace(), ElementsAre("standing", "outcome_due"));
  ASSERT_EQ(ViewOf(reported).intervention().outcomes_size(), 1);
  EXPECT_EQ(ViewOf(reported).intervention().outcomes(0).relief_basis_points(), 6000U);

  const ViewChange retracted_outcome =
      Change(clinic_.For("retract_outcome", absl::StrCat("intervention_id: '", kIntervention, "' outcome_id: '",
                                                         ViewOf(reported).intervention().outcomes(0).id(), "'")));
  EXPECT_EQ(ViewOf(retracted_outcome).intervention().retracted_outcome_ids_size(), 1);

  EXPECT_EQ(What(Change(clinic_.For("retract_intervention", absl::StrCat("intervention_id: '", kIntervention, "'")))),
            absl::StrCat("REMOVE intervention ", kIntervention));
}

TEST_F(ProcedureProjection, AnotherPlanTakesConsentAndTimeOutAway) {
  clinic_.Prepare(PlanOf(kPlan), kToday, kIntervention);
  const auto revise = [&](const char* side) {
    return At(kToday,
              clinic_.For("revise_intervention_plan", absl::StrCat("intervention_id: '", kIntervention, "' plan { ",
                                                                   kPlan, " side: LATERALITY_", side, " }")));
  };
  EXPECT_THAT(Change(revise("LEFT")).replace(), ElementsAre("intervention.plan", "plan_alerts", "revise_reason"));
  const ViewChange another = Change(revise("RIGHT"));
  EXPECT_THAT(another.replace(), ElementsAre("intervention.plan", "intervention.consent", "intervention.time_out",
                                             "plan_alerts", "time_out_alerts", "revise_reason"));
  EXPECT_EQ(ViewOf(another).intervention().intervention().status(), v1::INTERVENTION_STATUS_PLANNED);
}

TEST_F(ProcedureProjection, AnAbortedInterventionSaysWhenAndWhy) {
  Change(clinic_.Plan(PlanOf(kPlan), kToday, kIntervention));
  const ViewChange aborted =
      Change(At(kToday, clinic_.For("abort_intervention", absl::StrCat("intervention_id: '", kIntervention, "'"))));
  EXPECT_EQ(ViewOf(aborted).intervention().intervention().status(), v1::INTERVENTION_STATUS_ABORTED);
  EXPECT_EQ(ViewOf(aborted).intervention().abort_reason(), "as discussed");
  EXPECT_EQ(ToMicros(ViewOf(aborted).intervention().aborted_time()), kToday);
}

TEST_F(ProcedureProjection, HistoryIsPut) {
  const ViewChange recorded =
      Change(clinic_.For("record_intervention", absl::StrCat("intervention { id: '", kIntervention,
                                                             "' status: INTERVENTION_STATUS_PERFORMED plan { ", kPlan,
                                                             " kind: INTERVENTION_KIND_PLATELET_RICH_PLASMA } }")));
  EXPECT_EQ(What(recorded), absl::StrCat("PUT intervention ", kIntervention));
  EXPECT_TRUE(ViewOf(recorded).intervention().intervention().investigational());
}

TEST_F(ProcedureProjection, AnAnaesthesiaGathersWhatIsAdded) {
  const ViewChange started = Change(At(
      kToday, clinic_.For("start_anaesthesia",
                          absl::StrCat("record { id: '", kRecord, "' technique: ANAESTHESIA_TECHNIQUE_MONITORED }"))));
  EXPECT_EQ(What(started), absl::StrCat("PUT anaesthesia ", kRecord));
  EXPECT_EQ(ToMicros(ViewOf(started).anaesthesia().record().start()), kToday);

  const ViewChange vitals = Change(Of("record_anaesthesia_vitals", "samples { heart_rate: 70 } samples { spo2: 98 }"));
  EXPECT_THAT(vitals.replace(), IsEmpty()) << "samples are appended";
  EXPECT_EQ(ViewOf(vitals).anaesthesia().samples_size(), 2);
  EXPECT_EQ(ViewOf(Change(Of("record_anaesthesia_entries", "entries { event: 'e' }"))).anaesthesia().entries_size(), 1);

  const ViewChange eras = Change(Of("record_eras_elements", "elements { name: 'a' planned: true }"));
  EXPECT_THAT(eras.replace(), ElementsAre("eras_elements", "eras_adherence"));
  EXPECT_EQ(ViewOf(eras).anaesthesia().eras_adherence().planned(), 1U);

  const std::vector<ViewChange> at_end = All(At(kToday + kHour, Of("end_anaesthesia")));
  ASSERT_EQ(at_end.size(), 2U);
  const ViewChange& ended = at_end[0];
  EXPECT_EQ(What(at_end[1]), absl::StrCat("PATCH anaesthesia ", kRecord));
  EXPECT_THAT(ViewOf(at_end[1]).anaesthesia().alert_steps(0).raised(), ElementsAre("anaesthesia-vitals"));
  const ViewChange seen =
      Change(clinic_.For("acknowledge_alerts", absl::StrCat("resource: 'anaesthesia/", kRecord, "'")));
  EXPECT_EQ(What(seen), absl::StrCat("PATCH anaesthesia ", kRecord));
  EXPECT_THAT(ViewOf(seen).anaesthesia().alert_steps(0).acknowledged().rule_ids(), ElementsAre("anaesthesia-vitals"));
  EXPECT_EQ(ViewOf(ended).anaesthesia().gaps_size(), 2);

  const ViewChange scored =
      Change(At(kToday + kHour, Of("score_aldrete", absl::StrCat("scorer_id: '", kDoctor,
                                                                 "' items { activity: 2 respiration: 2 circulation: 2 "
                                                                 "consciousness: 2 spo2: 1 }"))));
  EXPECT_EQ(ViewOf(scored).anaesthesia().scores(0).total(), 9U);
  const ViewChange left = Change(At(kToday + 2 * kHour, Of("leave_recovery")));
  EXPECT_EQ(ViewOf(left).anaesthesia().record().status(), v1::ANAESTHESIA_STATUS_CLOSED);
  EXPECT_EQ(Change(Of("retract_anaesthesia")).operation(), CHANGE_OPERATION_REMOVE);
}

TEST_F(ProcedureProjection, AnAnaesthesiaOfHistoryIsPut) {
  EXPECT_EQ(What(Change(clinic_.For("record_anaesthesia", absl::StrCat("record { id: '", kRecord, "' }")))),
            absl::StrCat("PUT anaesthesia ", kRecord));
}

TEST_F(ProcedureProjection, APrivilegeIsAViewOfItsPractitioner) {
  const ViewChange granted =
      Change(Command(absl::StrCat("grant_privilege { practitioner_id: '", kDoctor, "' privilege { id: '", kRecord,
                                  "' kind: INTERVENTION_KIND_PUMP_REFILL valid_from { seconds: 1 } } }")));
  EXPECT_EQ(What(granted), absl::StrCat("PUT privilege ", kRecord));
  EXPECT_EQ(granted.subject_id(), kDoctor);
  EXPECT_EQ(ViewOf(granted).privilege().practitioner_id(), kDoctor);
  const ViewChange revoked =
      Change(At(kToday, Command(absl::StrCat("revoke_privilege { context { reason: 'left' } practitioner_id: '",
                                             kDoctor, "' privilege_id: '", kRecord, "' }"))));
  EXPECT_EQ(revoked.operation(), CHANGE_OPERATION_PATCH);
  EXPECT_EQ(ToMicros(ViewOf(revoked).privilege().revoked_time()), kToday);
  EXPECT_EQ(ViewOf(revoked).privilege().revoke_reason(), "left");
}

TEST_F(ProcedureProjection, ARuleTableIsOfNobody) {
  EXPECT_THAT(All(Command("load_rule_table { table { id: 'interventions' version: 2 effective_from: '2026-01-01' "
                          "source: 's' interventions {} } }")),
              IsEmpty());
}

TEST_F(ProcedureProjection, ProgrammesAndConsultsArePutAndRemoved) {
  const std::string device = absl::StrCat("device_programme { id: '", kRecord, "' }");
  EXPECT_EQ(What(Change(clinic_.For("record_device_programme", device))),
            absl::StrCat("PUT device_programme ", kRecord));
  EXPECT_EQ(What(Change(clinic_.For("retract_device_programme", absl::StrCat("device_programme_id: '", kRecord, "'")))),
            absl::StrCat("REMOVE device_programme ", kRecord));
  EXPECT_EQ(What(Change(clinic_.For("record_pain_consult", absl::StrCat("pain_consult { id: '", kRecord, "' }")))),
            absl::StrCat("PUT pain_consult ", kRecord));
  EXPECT_EQ(What(Change(clinic_.For("retract_pain_consult", absl::StrCat("pain_consult_id: '", kRecord, "'")))),
            absl::StrCat("REMOVE pain_consult ", kRecord));
}

}  // namespace
}  // namespace anamnesis::encounter
