// What the clinical rules refuse is recorded: what was asked for, and the alerts that stopped it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/refusal.h"
#include "google/protobuf/util/message_differencer.h"
#include "service/decided_again.h"
#include "services/medication/audit/past_decision.h"
#include "services/medication/projection/medication_projection.h"
#include "tests/medication/builders.h"
#include "tests/medication/tables.h"

namespace anamnesis::medication {
namespace {

using google::protobuf::util::MessageDifferencer;

struct Row {
  std::vector<v1::MedicationCommand> given;
  v1::MedicationCommand refused;
  std::string alert;  // One that stops it.
};

std::vector<Row> Rows() {
  return {
      {{},                                                      Prescribe(),  "allergy-ingredient"},
      {{Overriding("allergy-ingredient", Prescribe())},         ChangeDose(), "allergy-ingredient"},
      {{Overriding("allergy-ingredient", Prescribe())},         Renew(),      "allergy-ingredient"},
      {{Overriding("allergy-ingredient", Prescribe()), Hold()}, Resume(),     "allergy-ingredient"},
  };
}

const v1::MedicationFacts& Allergic() {
  static const auto* const facts = new v1::MedicationFacts(Knowing({AllergyTo(kOxycodone)}));
  return *facts;
}

// What is refused of the row, with the state before it.
struct Refused {
  v1::MedicationState before;
  absl::Status refusal;
  v1::MedicationEvent event;
};

Refused Refuse(const Row& row) {
  Refused refused{.before = After(row.given, ShelfOf(TablesWithOnly({})))};
  const auto decision = DecideOn(refused.before, row.refused, Allergic(), ShelfOf(TablesWithOnly({})));
  refused.refusal = decision.refusal;
  EXPECT_EQ(decision.events.size(), 1U);
  if (decision.events.size() == 1) refused.event = decision.events[0].event;
  return refused;
}

eventlog::Record RecordOf(const v1::MedicationEvent& event) {
  eventlog::Record record;
  record.stream = absl::StrCat("medication-", kPatient);
  record.effective_micros = kNow;
  record.payload = event.SerializeAsString();
  return record;
}

TEST(PrescriptionRefused, SaysWhatWasAskedAndWhatStoppedIt) {
  for (const Row& row : Rows()) {
    const Refused refused = Refuse(row);
    EXPECT_EQ(RefusalInfo(refused.refusal).reason(), "SAFETY_OVERRIDE_REQUIRED");
    const v1::PrescriptionRefused& event = refused.event.prescription_refused();
    EXPECT_EQ(event.refusal(), "SAFETY_OVERRIDE_REQUIRED");
    ASSERT_FALSE(event.alerts().empty());
    EXPECT_EQ(event.alerts(0).rule_id(), row.alert);
    EXPECT_FALSE(event.decided_by().empty());
    const bool of_an_order = row.refused.has_change_dose() || row.refused.has_resume_order();
    EXPECT_EQ(event.has_order(), !of_an_order);
    EXPECT_EQ(event.resumes(), row.refused.has_resume_order());
    EXPECT_EQ(event.replaces(), row.refused.has_renew_order());
    EXPECT_EQ(event.order_id(), of_an_order ? kOrder : "");
    EXPECT_EQ(event.dosages_size(), row.refused.change_dose().dosages_size());
  }
}

TEST(PrescriptionRefused, ChangesNothingAndShowsNothing) {
  for (const Row& row : Rows()) {
    const Refused refused = Refuse(row);
    v1::MedicationState after = refused.before;
    ASSERT_TRUE(MedicationDecider::Evolve(after, refused.event).ok());
    EXPECT_TRUE(MessageDifferencer::Equals(after, refused.before));
    const auto changes = ProjectMedication(RecordOf(refused.event));
    ASSERT_TRUE(changes.ok()) << changes.status();
    EXPECT_TRUE(changes->empty());
  }
}

TEST(PrescriptionRefused, IsRefusedAgain) {
  for (const Row& row : Rows()) {
    const Refused refused = Refuse(row);
    const v1::MedicationCommand command = *MedicationDecisions::CommandOf(RecordOf(refused.event), refused.event);
    const v1::MedicationState* const states[] = {&refused.before};
    const auto again = [&](const v1::MedicationFacts& facts) {
      return service::DecideAgain<MedicationDecider>(
          states, command, {}, {.others = facts, .rules = ShelfOf(TablesWithOnly({}))}, refused.event);
    };
    const audit::v1::DecidedAgain same = again(Allergic());
    EXPECT_TRUE(same.same()) << same.ShortDebugString();
    EXPECT_THAT(same.stopped_by(), testing::ElementsAre(row.alert));
    EXPECT_FALSE(service::Differs(refused.event, same));
    const audit::v1::DecidedAgain accepted = again({});
    EXPECT_EQ(accepted.refusal(), "");
    EXPECT_TRUE(service::Differs(refused.event, accepted));
  }
}

TEST(PrescriptionRefused, OtherRefusalsAreNotRecorded) {
  EXPECT_TRUE(DecideOn({}, Prescribe(), Deceased()).events.empty());
  EXPECT_TRUE(DecideOn(After({Prescribe(), ChangeDose()}), Seen(1, ChangeDose()), Allergic()).events.empty())
      << "a stale etag";
}

}  // namespace
}  // namespace anamnesis::medication
