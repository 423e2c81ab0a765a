// A visit worked by hand, as the README shows it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/cli/commands_fixture.h"

namespace anamnesis::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Sends a command, and returns the id of what it made or changed. `$P` in the request stands for the patient.
class VisitTest : public CommandsTest {
 protected:
  std::string Does(const std::string& method, const std::string& json) {
    const Outcome outcome = Asks(method, json);
    EXPECT_EQ(outcome.exit_code, 0) << method << ": " << outcome.err;
    return outcome.exit_code == 0 ? outcome.json().value("resource_id", "") : "";
  }
  Outcome Asks(const std::string& method, const std::string& json) {
    return Run({
        "call", method, absl::StrReplaceAll(json, {{"$P", patient_}}
           )
    });
  }

  std::string patient_;
};

// Morphine by mouth, 15 mg four times a day: 60 MME.
constexpr char kMorphine[] = R"("order": {
  "medication": {"text": "morphine 15 mg tablet"},
  "ingredients": [{"coding": {"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "7052"}}],
  "dosages": [{"dose": {"value": "15", "code": "mg"}, "route": {"codings": [{"system": "http://snomed.info/sct", "code": "26643006"}]},
               "timing": {"frequency": 4, "period": "1", "periodUnit": "d"}}], "daysSupply": 7})";

TEST_F(VisitTest, FromTheFirstConsultationToTheOpioidThatIsWatched) {
  patient_ =
      Does("patient.RegisterPatient",
           R"({"demographics": {"names": [{"family": "Hand", "given": ["Vera"]}], "birthDate": {"year": 1961}}})");
  ASSERT_FALSE(patient_.empty());
  Does("patient.RecordProblem", R"({"patientId": "$P", "problem": {"code": {"text": "Lumbar radiculopathy"}}})");

  // The rules stop an opioid before anybody looked into the monitoring programme.
  const std::string prescribe = absl::StrCat(R"({"patientId": "$P", )", kMorphine, "}");
  const Outcome stopped = Asks("medication.Prescribe", prescribe);
  EXPECT_NE(stopped.exit_code, 0);
  EXPECT_THAT(stopped.err, HasSubstr("pdmp-initiation"));
  Does("medication.RecordPdmpReview", R"({"patientId": "$P", "pdmpReview": {"finding": "PDMP_FINDING_AS_EXPECTED"}})");
  const Outcome prescribed = Asks("medication.Prescribe", prescribe);
  ASSERT_EQ(prescribed.exit_code, 0) << prescribed.err;
  const std::string order = prescribed.json().at("resource_id"), then = prescribed.json().at("recorded_time");
  // What the rules warned of stays open until somebody says to have seen it.
  AwaitShown();
  const std::string warned = absl::StrCat("order/", order);
  EXPECT_THAT(Run({"worklist", "open-alerts"}).out, HasSubstr(warned));
  EXPECT_THAT(Run({"meds", patient_}).out, HasSubstr("(open)"));
  EXPECT_NE(Run({"acknowledge", patient_, warned}).exit_code, 0) << "needs a reason";
  EXPECT_THAT(Run({"acknowledge", patient_, "note/1", "--reason", "r"}).err, HasSubstr("no resource that rules warn"));
  const Outcome seen = Run({"acknowledge", patient_, warned, "--reason", "naloxone is at home"});
  EXPECT_EQ(seen.exit_code, 0) << seen.err;
  EXPECT_THAT(Run({"acknowledge", patient_, warned, "--reason", "again"}).err, HasSubstr("no such open warning"));
  AwaitShown();
  EXPECT_THAT(Run({"worklist", "open-alerts"}).out, Not(HasSubstr(warned)));
  EXPECT_THAT(Run({"meds", patient_}).out, Not(HasSubstr("(open)")));
  Does("medication.OfferNaloxone",
       R"({"patientId": "$P", "naloxoneOffer": {"response": "NALOXONE_RESPONSE_ACCEPTED"}})");
  Does("medication.RecordAdministration", absl::StrCat(R"({"patientId": "$P", "administration": {"orderId": ")", order,
                                                       R"(", "status": "ADMINISTRATION_STATUS_COMPLETED"}})"));
  AwaitShown();

  const Outcome opioids = Run({"opioids", patient_});
  EXPECT_EQ(opioids.exit_code, 0) << opioids.err;
  for (const char* said : {"60", "monitoring programme, as expected", "naloxone offered, accepted"}) {
    EXPECT_THAT(opioids.out, HasSubstr(said));
  }
  EXPECT_THAT(Run({"meds", patient_}).out, HasSubstr("mme-50"));
  EXPECT_THAT(Run({"worklist", "mme-50"}).out, HasSubstr("Vera Hand"));
  EXPECT_THAT(Run({"worklist", "naloxone"}).out, Not(HasSubstr("Vera Hand")));
  EXPECT_THAT(Run({"worklist", "naloxone", "--recorded-by", then}).out, HasSubstr("Vera Hand"));
  EXPECT_THAT(Run({"worklist", "pdmp", "--as-of", "2099-01-01"}).out, HasSubstr("Vera Hand"));
  EXPECT_THAT(Run({"explain", std::to_string(Tail("medication") - 3)}).out, HasSubstr("the same"));
}

TEST_F(VisitTest, OrdersAreWrittenAndGivenFromTheTerminal) {
  patient_ =
      Does("patient.RegisterPatient", R"({"demographics": {"names": [{"family": "Order", "given": ["Otto"]}]}})");
  ASSERT_FALSE(patient_.empty());
  AwaitShown();
  const std::vector<std::string> prescribe = {
      "prescribe", patient_, "--drug", "morphine 15 mg tablet", "--rxnorm", "7052", "--dose", "15 mg", "--times", "4",
      "--days",    "7",      "--json"};
  const Outcome stopped = Run(prescribe);
  EXPECT_NE(stopped.exit_code, 0);
  EXPECT_THAT(stopped.err, HasSubstr("pdmp-initiation"));
  std::vector<std::string> overriding = prescribe;
  overriding.insert(overriding.end(), {"--override", "pdmp-initiation=the programme is down"});
  const Outcome prescribed = Run(overriding);
  ASSERT_EQ(prescribed.exit_code, 0) << prescribed.err;
  const std::string order = prescribed.json().value("resource_id", "");
  EXPECT_EQ(Run({"administer", patient_, order, "--dose", "15 mg"}).exit_code, 0);
  EXPECT_EQ(Run({"dispense", patient_, order, "--days", "7", "--quantity", "28 {tablet}"}).exit_code, 0);
  EXPECT_EQ(Run({"hold", patient_, order, "--reason", "drowsy"}).exit_code, 0);
  EXPECT_EQ(Run({"resume", patient_, order}).exit_code, 0);
  const Outcome renewed = Run({"renew", patient_, order, "--days", "14", "--json"});
  ASSERT_EQ(renewed.exit_code, 0) << renewed.err;
  const std::string renewal = renewed.json().value("resource_id", "");
  EXPECT_NE(renewal, order);
  AwaitShown();

  const std::string meds = Run({"meds", patient_}).out;
  for (const char* said : {"opioid full", "morphine 60 mg, 60 MME", "active"}) EXPECT_THAT(meds, HasSubstr(said));
  EXPECT_EQ(Run({"discontinue", patient_, renewal, "--reason", "no gain of function"}).exit_code, 0);
  ExpectFailure({"complete", patient_, renewal}, 2, "ended");
  ExpectFailure({"prescribe", patient_, "--drug", "x", "--dose", "15"}, 1, "is no number and unit");
  ExpectFailure({"prescribe", patient_, "--drug", "x", "--dose", "15 mg", "--route", "nasal"}, 1, "is none of oral");
  ExpectFailure({"prescribe", patient_, "--drug", "x", "--override", "rule"}, 1, "is not RULE=REASON");
}

TEST_F(VisitTest, WhatIsNotACallIsSaidToBeNone) {
  EXPECT_THAT(Run({"call", "--list"}).out, HasSubstr("medication.Prescribe"));
  ExpectFailure({"call", "medication.Cure", "{}"}, 2, "no call 'Cure'");
  ExpectFailure({"call", "Prescribe", "{}"}, 2, "SERVICE.Method");
  ExpectFailure({"call", "medication.Prescribe", "{\"pateint\": 1}"}, 1, "not a PrescribeRequest");
  ExpectFailure({"call", "medication.Submit", "{}"}, 2, "no call 'Submit'");
  ExpectFailure({"worklist", "lost-keys"}, 1, "there are: agreements");
}

}  // namespace
}  // namespace anamnesis::cli
