// Lists of the clinic's work: who is on them, since when, and that nobody is on one twice. Long because: all lists are
// asked of one fixture.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/refusal.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/readmodel/queries/queries.h"
#include "services/readmodel/readmodel_module.h"
#include "tests/readmodel/records.h"

namespace anamnesis::readmodel {
namespace {

using projection::v1::View;
using projection::v1::ViewChange;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr int64_t kDay = 86'400 * kSecond;

google::protobuf::Timestamp On(int64_t day, int64_t micros = 0) {
  return ToTimestamp(kYear2020 + day * kDay + micros);
}

// The day's opioids from a day on; `reached` is the limit that they reach, if any.
View Therapy(std::initializer_list<std::pair<int, const char*>> totals) {
  View view;
  for (const auto& [day, mme] : totals) {
    auto& total = *view.mutable_opioid_therapy()->add_daily_mme();
    *total.mutable_from() = On(day);
    std::string text = mme;
    total.set_at_least(text.ends_with("+"));
    if (total.at_least()) text.pop_back();
    total.set_mme_per_day(text);
    if (text == "50" || text == "90") total.add_reached("mme-50");
    if (text == "90") total.add_reached("mme-90");
  }
  return view;
}

View Agreement(int signed_on, int expires) {
  View view;
  auto& agreement = *view.mutable_treatment_agreement()->mutable_agreement();
  *agreement.mutable_signed_() = On(signed_on);
  if (expires > 0) *agreement.mutable_expires() = On(expires);
  return view;
}

View PdmpReview(int day) {
  View view;
  *view.mutable_pdmp_review()->mutable_pdmp_review()->mutable_reviewed() = On(day);
  return view;
}

View DrugTest(int day, bool unexpected, bool concluded) {
  View view;
  *view.mutable_drug_test()->mutable_drug_test()->mutable_collected() = On(day);
  if (unexpected) view.mutable_drug_test()->add_findings();
  if (concluded) view.mutable_drug_test()->set_conclusion("explained");
  return view;
}

View Naloxone(int day) {
  View view;
  *view.mutable_naloxone_offer()->mutable_naloxone_offer()->mutable_offered() = On(day);
  return view;
}

View Reassessment(int day) {
  View view;
  *view.mutable_reassessment()->mutable_reassessment()->mutable_reassessed() = On(day);
  return view;
}

View ActiveOrder(const std::string& prescriber, std::vector<medication::v1::DrugClass> classes = {}, int day = 0) {
  View view;
  view.mutable_order()->mutable_order()->set_status(medication::v1::ORDER_STATUS_ACTIVE);
  view.mutable_order()->mutable_order()->set_prescriber_id(prescriber);
  *view.mutable_order()->mutable_order()->mutable_authored_on() = On(day);
  for (const auto drug_class : classes) view.mutable_order()->add_doses()->add_classes(drug_class);
  return view;
}
constexpr auto kOpioid = medication::v1::DRUG_CLASS_OPIOID_FULL;
constexpr auto kBuprenorphine = medication::v1::DRUG_CLASS_OPIOID_PARTIAL;
constexpr auto kBenzodiazepine = medication::v1::DRUG_CLASS_BENZODIAZEPINE;
constexpr auto kDepressant = medication::v1::DRUG_CLASS_OTHER_CNS_DEPRESSANT;

View Note(encounter::v1::NoteStatus status, const std::string& author) {
  View view;
  view.mutable_note()->mutable_note()->set_status(status);
  view.mutable_note()->mutable_note()->mutable_content()->set_author_id(author);
  return view;
}

class WorklistTest : public testing::Test {
 protected:
  WorklistTest() { EXPECT_TRUE(store_->Begin(Hello(0)).ok()); }

  void Happens(ViewChange change) {
    const auto applied = store_.Apply("patient", {Batch(position_, position_ + 1, {change})});
    EXPECT_TRUE(applied.ok()) << applied.status();
    ++position_;
  }
  void Keep(int subject, const std::string& kind, const View& message) {
    Happens(
        Put(position_ + 1, subject, kind, kind == "opioid_therapy" || kind == "patient" ? subject : ++view_, message));
  }
  // A patient who takes opioids.
  void Takes(int patient, std::initializer_list<std::pair<int, const char*>> totals) {
    Keep(patient, "patient", Patient(patient, "Ada", "Example"));
    Keep(patient, "opioid_therapy", Therapy(totals));
  }

  chart::v1::ListWorkResponse Ask(const chart::v1::ListWorkRequest& request) {
    const auto response = ListWork(store_->Read(), request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : chart::v1::ListWorkResponse();
  }
  chart::v1::ListWorkRequest Request(chart::v1::Worklist worklist, int day, int64_t micros = 0) {
    chart::v1::ListWorkRequest request;
    request.set_worklist(worklist);
    *request.mutable_as_of() = On(day, micros);
    return request;
  }
  // `1 since day 90`, or `1` where it is not said since when.
  std::vector<std::string> On(chart::v1::Worklist worklist, int day, int64_t micros = 0) {
    std::vector<std::string> items;
    const chart::v1::ListWorkResponse response = Ask(Request(worklist, day, micros));
    for (const chart::v1::WorkItem& item : response.items()) {
      int patient = 1;
      while (Id(patient) != item.patient().patient_id() && patient < 10) ++patient;
      const int64_t due = (ToMicros(item.due()) - kYear2020) / kDay;
      items.push_back(absl::StrCat(patient, item.has_due() ? absl::StrCat(" since day ", due) : ""));
    }
    return items;
  }
  static google::protobuf::Timestamp On(int64_t day, int64_t micros) { return readmodel::On(day, micros); }

  StoreOnDisk store_{Schema()};
  uint64_t position_ = 0;
  int view_ = 100;
};

TEST_F(WorklistTest, TheProgrammeIsDueAfterNinetyDays) {
  Takes(1, {
               {0, "10"}
  });
  Takes(2, {
               {0,  "10"},
               {50, "0" }
  });
  Keep(1, "pdmp_review", PdmpReview(5));
  EXPECT_THAT(On(chart::v1::WORKLIST_PDMP, 95), IsEmpty());
  EXPECT_THAT(On(chart::v1::WORKLIST_PDMP, 95, 1), ElementsAre("1 since day 95"));
  EXPECT_THAT(On(chart::v1::WORKLIST_PDMP, 4), ElementsAre("1 since day 0", "2 since day 0")) << "not yet looked into";
}

TEST_F(WorklistTest, ADrugTestIsDueAfterAYearAndAnUnexpectedOneUntilConcludedOn) {
  Takes(1, {
               {0, "10"}
  });
  Takes(2, {
               {0, "10"}
  });
  Keep(1, "drug_test", DrugTest(5, true, false));
  Keep(1, "drug_test", DrugTest(6, true, false));
  Keep(2, "drug_test", DrugTest(5, true, true));
  EXPECT_THAT(On(chart::v1::WORKLIST_DRUG_TESTS, 370), IsEmpty());
  EXPECT_THAT(On(chart::v1::WORKLIST_DRUG_TESTS, 371, 1), ElementsAre("1 since day 371", "2 since day 370"));
  const auto unexpected = Ask(Request(chart::v1::WORKLIST_UNEXPECTED_DRUG_TESTS, 10));
  ASSERT_EQ(unexpected.items_size(), 1) << "a patient is on a list once";
  EXPECT_EQ(unexpected.items(0).about_size(), 2);
}

TEST_F(WorklistTest, AnAgreementIsDueAfterNinetyDaysOrAMonthBeforeItExpires) {
  Takes(1, {
               {0, "10"}
  });
  Takes(2, {
               {0, "10"}
  });
  Takes(3, {
               {0, "10"}
  });
  Keep(2, "treatment_agreement", Agreement(10, 200));
  Keep(3, "treatment_agreement", Agreement(10, 0));
  EXPECT_THAT(On(chart::v1::WORKLIST_AGREEMENTS, 90), IsEmpty());
  EXPECT_THAT(On(chart::v1::WORKLIST_AGREEMENTS, 90, 1), ElementsAre("1 since day 90"));
  EXPECT_THAT(On(chart::v1::WORKLIST_AGREEMENTS, 170), ElementsAre("1 since day 90", "2 since day 170"));
  EXPECT_THAT(On(chart::v1::WORKLIST_AGREEMENTS, 200), ElementsAre("1 since day 90", "2 since day 90")) << "expired";
}

TEST_F(WorklistTest, AReassessmentIsDueFourWeeksAfterTheBeginningThenEveryNinetyDays) {
  Takes(1, {
               {0,  "10"},
               {20, "0" },
               {30, "10"}
  });
  EXPECT_THAT(On(chart::v1::WORKLIST_REASSESSMENTS, 58), IsEmpty()) << "the therapy that goes on began on day 30";
  EXPECT_THAT(On(chart::v1::WORKLIST_REASSESSMENTS, 59), ElementsAre("1 since day 58"));
  Keep(1, "reassessment", Reassessment(60));
  EXPECT_THAT(On(chart::v1::WORKLIST_REASSESSMENTS, 150), IsEmpty());
  EXPECT_THAT(On(chart::v1::WORKLIST_REASSESSMENTS, 151), ElementsAre("1 since day 150"));
}

TEST_F(WorklistTest, TotalsAreThoseOfTheDay) {
  Takes(1, {
               {0,  "49.99"},
               {10, "50"   },
               {20, "90"   },
               {30, "5+"   }
  });
  using chart::v1::WORKLIST_MME_50, chart::v1::WORKLIST_MME_90, chart::v1::WORKLIST_MME_UNKNOWN;
  EXPECT_THAT(On(WORKLIST_MME_50, 9), IsEmpty());
  EXPECT_THAT(On(WORKLIST_MME_50, 10), ElementsAre("1"));
  EXPECT_THAT(On(WORKLIST_MME_90, 10), IsEmpty());
  EXPECT_THAT(On(WORKLIST_MME_90, 20), ElementsAre("1"));
  EXPECT_THAT(On(WORKLIST_MME_UNKNOWN, 20), IsEmpty());
  EXPECT_THAT(On(WORKLIST_MME_UNKNOWN, 30), ElementsAre("1"));
  EXPECT_EQ(Ask(Request(WORKLIST_MME_UNKNOWN, 30)).items(0).mme_per_day(), "5");
}

TEST_F(WorklistTest, ATaperIsCountedStepByStepUntilAnotherTotalIsRecorded) {
  View therapy = Therapy({
      {0,  "90"},
      {40, "60"}
  });
  for (const auto& [day, mme] : {std::pair(20, "50"), std::pair(60, "10")}) {
    auto& later = *therapy.mutable_opioid_therapy()->mutable_daily_mme(0)->add_later();
    *later.mutable_from() = On(day, 0);
    later.set_mme_per_day(mme);
    later.add_reached("mme-50");
  }
  Keep(1, "patient", Patient(1, "Ada", "Example"));
  Keep(1, "opioid_therapy", therapy);
  const auto total_on = [&](int day) { return Ask(Request(chart::v1::WORKLIST_PDMP, day)).items(0).mme_per_day(); };
  EXPECT_EQ(total_on(19), "90");
  EXPECT_EQ(total_on(20), "50");
  EXPECT_EQ(total_on(40), "60");
  EXPECT_EQ(total_on(60), "60") << "what was to come then was planned before";
}

TEST_F(WorklistTest, ATherapyThatBeganNobodyKnowsWhenIsDueSinceNobodyKnowsWhen) {
  View therapy = Therapy({
      {0, "10"}
  });
  therapy.mutable_opioid_therapy()->mutable_daily_mme(0)->clear_from();
  Keep(1, "patient", Patient(1, "Ada", "Example"));
  Keep(1, "opioid_therapy", therapy);
  EXPECT_THAT(On(chart::v1::WORKLIST_REASSESSMENTS, 5), ElementsAre("1"));
  EXPECT_THAT(On(chart::v1::WORKLIST_AGREEMENTS, 5), ElementsAre("1"));
}

// Opioids of somebody whom the patient service has not told of.
TEST_F(WorklistTest, WhoIsNotRegisteredYetIsPassedOver) {
  Keep(1, "opioid_therapy",
       Therapy({
           {0, "50"}
  }));
  Takes(2, {
               {0, "50"}
  });
  EXPECT_THAT(On(chart::v1::WORKLIST_MME_50, 5), ElementsAre("2"));
}

TEST_F(WorklistTest, NaloxoneIsMissingFromFiftyOnOrWithABenzodiazepineOrWhereARuleAskedForIt) {
  Takes(1, {
               {0, "50"}
  });
  for (const int patient : {2, 3, 4, 5}) {
    Takes(patient, {
                       {0, "10"}
    });
  }
  Keep(3, "order", ActiveOrder("", {kBenzodiazepine}));
  View asked = ActiveOrder("", {kOpioid});
  asked.mutable_order()->add_alerts()->set_rule_id("naloxone-missing");
  Keep(4, "order", asked);
  Keep(5, "order", ActiveOrder("", {kDepressant}));
  EXPECT_THAT(On(chart::v1::WORKLIST_NALOXONE, 5), ElementsAre("1", "3", "4"));
  Keep(1, "naloxone_offer", Naloxone(6));
  EXPECT_THAT(On(chart::v1::WORKLIST_NALOXONE, 6), ElementsAre("3", "4"));
}

TEST_F(WorklistTest, AnOpioidWithADepressantWhicheverWasOrderedFirst) {
  for (const int patient : {1, 2, 3, 4}) {
    Takes(patient, {
                       {0, "0"}
    });
  }
  Keep(1, "order", ActiveOrder("", {kBuprenorphine}, 1));
  Keep(1, "order", ActiveOrder("", {kBenzodiazepine}, 2));
  Keep(2, "order", ActiveOrder("", {kDepressant}));
  Keep(2, "order", ActiveOrder("", {kOpioid}));
  Keep(3, "order", ActiveOrder("", {kBenzodiazepine}));
  Keep(4, "order", ActiveOrder("", {kOpioid}));
  EXPECT_THAT(On(chart::v1::WORKLIST_OPIOID_WITH_DEPRESSANT, 1), ElementsAre("2"));
  EXPECT_THAT(On(chart::v1::WORKLIST_OPIOID_WITH_DEPRESSANT, 2), ElementsAre("1", "2"));
}

TEST_F(WorklistTest, AnOpioidThatHasNoTotalIsATherapySinceItWasOrdered) {
  Keep(1, "patient", Patient(1, "Ada", "Example"));
  Keep(1, "opioid_therapy",
       Therapy({
           {0, "0"}
  }));
  Keep(1, "order", ActiveOrder("", {kBuprenorphine}, 3));
  EXPECT_THAT(On(chart::v1::WORKLIST_REASSESSMENTS, 31), IsEmpty());
  EXPECT_THAT(On(chart::v1::WORKLIST_REASSESSMENTS, 32), ElementsAre("1 since day 31"));
  EXPECT_THAT(On(chart::v1::WORKLIST_MME_50, 32), IsEmpty());
}

TEST_F(WorklistTest, WarningsThatNobodyAcknowledged) {
  const auto raised = [](rpc::v1::AlertStep& step, int day, const char* rule) {
    *step.mutable_time() = readmodel::On(day);
    step.add_raised(rule);
  };
  const auto acknowledged = [](rpc::v1::AlertStep& step, int day, const char* rule) {
    *step.mutable_time() = readmodel::On(day);
    step.mutable_acknowledged()->add_rule_ids(rule);
  };
  for (const int patient : {1, 2, 3}) Keep(patient, "patient", Patient(patient, "Ada", "Example"));
  View order = ActiveOrder(Id(7), {kOpioid});
  raised(*order.mutable_order()->add_alert_steps(), 2, "mme-50");
  Keep(1, "order", order);
  View seen = ActiveOrder(Id(7), {kOpioid});
  raised(*seen.mutable_order()->add_alert_steps(), 1, "mme-50");
  acknowledged(*seen.mutable_order()->add_alert_steps(), 3, "mme-50");
  Keep(2, "order", seen);
  View again;
  raised(*again.mutable_intervention()->add_alert_steps(), 1, "epidural-guidance");
  acknowledged(*again.mutable_intervention()->add_alert_steps(), 2, "epidural-guidance");
  raised(*again.mutable_intervention()->add_alert_steps(), 4, "epidural-guidance");
  Keep(3, "intervention", again);
  Keep(3, "order", order);  // Two of one person are one item, due since the first.
  EXPECT_THAT(On(chart::v1::WORKLIST_OPEN_ALERTS, 1), ElementsAre("3 since day 1"));
  EXPECT_THAT(On(chart::v1::WORKLIST_OPEN_ALERTS, 5), ElementsAre("1 since day 2", "3 since day 2"));
  chart::v1::ListWorkRequest of_prescriber = Request(chart::v1::WORKLIST_OPEN_ALERTS, 5);
  of_prescriber.set_practitioner_id(Id(7));
  EXPECT_EQ(Ask(of_prescriber).items_size(), 2);
  of_prescriber.set_practitioner_id(Id(8));
  EXPECT_EQ(Ask(of_prescriber).items_size(), 0);
  EXPECT_EQ(Ask(Request(chart::v1::WORKLIST_OPEN_ALERTS, 5)).items(1).about_size(), 2);
}

TEST_F(WorklistTest, NotesThatAreNotSigned) {
  Keep(1, "patient", Patient(1, "Ada", "Example"));
  Keep(1, "note", Note(encounter::v1::NOTE_STATUS_DRAFT, Id(7)));
  Keep(1, "note", Note(encounter::v1::NOTE_STATUS_SIGNED, Id(7)));
  Keep(2, "patient", Patient(2, "Bo", "Example"));
  Keep(2, "note", Note(encounter::v1::NOTE_STATUS_SIGNED, Id(7)));
  EXPECT_THAT(On(chart::v1::WORKLIST_UNSIGNED_NOTES, 5), ElementsAre("1"));
  auto of_another = Request(chart::v1::WORKLIST_UNSIGNED_NOTES, 5);
  of_another.set_practitioner_id(Id(8));
  EXPECT_EQ(Ask(of_another).items_size(), 0);
}

TEST_F(WorklistTest, PumpsThatAreToBeFilledAgain) {
  View pump;
  pump.mutable_pump()->mutable_programme()->set_practitioner_id(Id(7));
  *pump.mutable_pump()->mutable_refill_due()->mutable_due() = On(72, 0);
  Keep(1, "patient", Patient(1, "Ada", "Example"));
  Keep(1, "pump", pump);
  EXPECT_THAT(On(chart::v1::WORKLIST_PUMP_REFILLS, 72, -1), IsEmpty());
  EXPECT_THAT(On(chart::v1::WORKLIST_PUMP_REFILLS, 72), ElementsAre("1 since day 72"));
  auto of_another = Request(chart::v1::WORKLIST_PUMP_REFILLS, 72);
  of_another.set_practitioner_id(Id(8));
  EXPECT_EQ(Ask(of_another).items_size(), 0);
  *pump.mutable_pump()->mutable_ended() = On(10, 0);
  Keep(2, "patient", Patient(2, "Bo", "Example"));
  Keep(2, "pump", pump);
  EXPECT_THAT(On(chart::v1::WORKLIST_PUMP_REFILLS, 72), ElementsAre("1 since day 72")) << "the other pump does not run";
}

TEST_F(WorklistTest, ReferralsWithoutAnAnswer) {
  View in, out;
  in.mutable_referral_in()->mutable_referral_in()->set_status(patient::v1::REFERRAL_STATUS_RECEIVED);
  *in.mutable_referral_in()->mutable_referral_in()->mutable_received_time() = On(3, 0);
  out.mutable_outgoing_referral()->mutable_referral()->set_status(encounter::v1::REFERRAL_STATUS_SENT);
  *out.mutable_outgoing_referral()->mutable_referral()->mutable_sent_time() = On(3, 0);
  *out.mutable_outgoing_referral()->mutable_referral()->mutable_answer_due_time() = On(10, 0);
  Keep(1, "patient", Patient(1, "Ada", "Example"));
  Keep(1, "referral_in", in);
  Keep(1, "outgoing_referral", out);
  EXPECT_THAT(On(chart::v1::WORKLIST_REFERRALS_IN, 2), IsEmpty()) << "not yet received";
  EXPECT_THAT(On(chart::v1::WORKLIST_REFERRALS_IN, 3), ElementsAre("1 since day 3"));
  EXPECT_THAT(On(chart::v1::WORKLIST_REFERRALS_OUT, 9), IsEmpty());
  EXPECT_THAT(On(chart::v1::WORKLIST_REFERRALS_OUT, 10), ElementsAre("1 since day 10"));
}

TEST_F(WorklistTest, InterventionsThatMayGoOnOrAreToBeReportedOn) {
  using encounter::v1::INTERVENTION_KIND_MEDIAL_BRANCH_BLOCK, encounter::v1::INTERVENTION_KIND_RADIOFREQUENCY_ABLATION;
  const auto performed = [](encounter::v1::InterventionKind kind, bool eligible) {
    View view;
    view.mutable_intervention()->mutable_intervention()->mutable_plan()->set_kind(kind);
    auto& standing = *view.mutable_intervention()->mutable_standing();
    standing.set_next(INTERVENTION_KIND_RADIOFREQUENCY_ABLATION);
    standing.set_eligible(eligible);
    *standing.mutable_time() = readmodel::On(5);
    *view.mutable_intervention()->mutable_outcome_due() = readmodel::On(20);
    return view;
  };
  for (int patient = 1; patient <= 3; ++patient) Keep(patient, "patient", Patient(patient, "Ada", "Example"));
  Keep(1, "intervention", performed(INTERVENTION_KIND_MEDIAL_BRANCH_BLOCK, true));
  Keep(2, "intervention", performed(INTERVENTION_KIND_MEDIAL_BRANCH_BLOCK, false));
  Keep(3, "intervention", performed(INTERVENTION_KIND_RADIOFREQUENCY_ABLATION, true));
  EXPECT_THAT(On(chart::v1::WORKLIST_BLOCKS_ELIGIBLE_FOR_ABLATION, 5), ElementsAre("1 since day 5"));
  EXPECT_THAT(On(chart::v1::WORKLIST_ABLATIONS_ELIGIBLE_FOR_REPEAT, 5), ElementsAre("3 since day 5"));
  EXPECT_THAT(On(chart::v1::WORKLIST_OUTCOME_REPORTS, 19), IsEmpty());
  EXPECT_EQ(On(chart::v1::WORKLIST_OUTCOME_REPORTS, 20).size(), 3u);
}

TEST_F(WorklistTest, TheDeadAreOnlyOnListsOfWhatRemainsToBeWritten) {
  View dead = Patient(1, "Ada", "Example");
  dead.mutable_patient()->set_deceased(true);
  *dead.mutable_patient()->mutable_deceased_time() = readmodel::On(20);
  Keep(1, "patient", dead);
  Keep(1, "opioid_therapy",
       Therapy({
           {0, "50"}
  }));
  Keep(1, "note", Note(encounter::v1::NOTE_STATUS_DRAFT, Id(7)));
  EXPECT_EQ(On(chart::v1::WORKLIST_MME_50, 19).size(), 1u);
  EXPECT_THAT(On(chart::v1::WORKLIST_MME_50, 20), IsEmpty());
  EXPECT_EQ(On(chart::v1::WORKLIST_UNSIGNED_NOTES, 20).size(), 1u);
}

TEST_F(WorklistTest, OnlyThePrescribersOwn) {
  Takes(1, {
               {0, "50"}
  });
  Takes(2, {
               {0, "50"}
  });
  Keep(2, "order", ActiveOrder(Id(7)));
  auto own = Request(chart::v1::WORKLIST_MME_50, 5);
  own.set_practitioner_id(Id(7));
  ASSERT_EQ(Ask(own).items_size(), 1);
  EXPECT_EQ(Ask(own).items(0).patient().patient_id(), Id(2));
}

TEST_F(WorklistTest, APersonOfTwoRecordsIsListedOnceAndPagesGoOn) {
  for (int patient = 1; patient <= 5; ++patient)
    Takes(patient, {
                       {0, "50"}
    });
  View away, absorbed;
  away.mutable_patient()->set_survivor_id(Id(4));
  Happens(Patch(position_ + 1, 2, "patient", 2, away.SerializeAsString()));
  absorbed.mutable_patient()->add_absorbed_ids(Id(2));
  Happens(Patch(position_ + 1, 4, "patient", 4, absorbed.SerializeAsString()));
  std::vector<std::string> found;
  auto request = Request(chart::v1::WORKLIST_MME_50, 5);
  request.set_page_size(1);
  do {
    const auto page = Ask(request);
    for (const auto& item : page.items()) found.push_back(item.patient().patient_id());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(found, ElementsAre(Id(1), Id(4), Id(3), Id(5)));
}

}  // namespace
}  // namespace anamnesis::readmodel
