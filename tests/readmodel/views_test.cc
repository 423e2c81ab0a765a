#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "services/readmodel/views/chart.h"
#include "services/readmodel/views/credential_validity.h"
#include "services/readmodel/views/index_terms.h"
#include "services/readmodel/views/merge_view.h"
#include "services/readmodel/views/names.h"
#include "services/readmodel/views/view_kinds.h"
#include "tests/readmodel/records.h"

namespace anamnesis::readmodel {
namespace {

using projection::v1::View;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Names, AreFolded) {
  struct Case {
    std::string text;
    std::vector<std::string> words;
  };
  const Case cases[] = {
      {"José",                {"jose"}                   },
      {"JOSE\u0301",           {"jose"}                   }, // A combining accent.
      {"García-Ruiz  López", {"garcia", "ruiz", "lopez"}},
      {"O'Brien",              {"obrien"}                 },
      {"O\u2019Brien",         {"obrien"}                 },
      {"Ma\u200Bria\uFEFF",    {"maria"}                  }, // Zero-width space and no-break space.
      {"Straße",              {"strasse"}                },
      {"Łukasz",              {"łukasz"}                },
      {"Smith67",              {"smith67"}                },
      {" - ",                  {}                         },
      {"",                     {}                         },
      {"\xff\xfe",             {}                         },
  };
  for (const Case& test : cases) EXPECT_EQ(FoldedWords(test.text), test.words) << test.text;
}

TEST(MergeView, ClearsThenMerges) {
  View before = Patient(1, "Ana", "Old");
  *before.mutable_patient()->add_identifiers() = Identifier("urn:mrn", "1");
  View patch;
  *patch.mutable_patient()->add_identifiers() = Identifier("urn:mrn", "2");
  const auto merge = [&](const std::vector<std::string>& replace) {
    google::protobuf::RepeatedPtrField<std::string> paths;
    paths.Assign(replace.begin(), replace.end());
    View after;
    const auto merged = MergeView("patient", before.SerializeAsString(), patch.SerializeAsString(), paths);
    EXPECT_TRUE(merged.ok() && after.ParseFromString(*merged)) << merged.status();
    return after.patient();
  };
  EXPECT_EQ(merge({}).identifiers_size(), 2);
  EXPECT_EQ(merge({"identifiers"}).identifiers_size(), 1);
  EXPECT_EQ(merge({"identifiers"}).demographics().names(0).family(), "Old");
  EXPECT_EQ(merge({"demographics.names"}).demographics().names_size(), 0);
  EXPECT_FALSE(merge({"provenance.source.id"}).has_provenance()) << "clearing makes nothing";
}

TEST(MergeView, RefusesWhatIsNotOfTheKind) {
  const std::string patient = Patient(1, "Ana", "Old").SerializeAsString();
  google::protobuf::RepeatedPtrField<std::string> none;
  google::protobuf::RepeatedPtrField<std::string> wrong;
  *wrong.Add() = "demographics.nose";
  google::protobuf::RepeatedPtrField<std::string> through_list;
  *through_list.Add() = "identifiers.value";
  EXPECT_FALSE(MergeView("allergy", "", patient, none).ok());
  EXPECT_FALSE(MergeView("patient", "\x01", patient, none).ok());
  EXPECT_FALSE(MergeView("patient", patient, patient, wrong).ok());
  EXPECT_FALSE(MergeView("patient", patient, patient, through_list).ok());
  EXPECT_TRUE(MergeView("patient", "", patient, none).ok());
}

TEST(IndexTerms, TimesSortNewestFirstAndUnknownLast) {
  const std::vector<std::optional<int64_t>> newest_first = {INT64_MAX, 5, 1, 0, -1, INT64_MIN + 1, std::nullopt};
  std::vector<std::string> encoded;
  for (const auto& time : newest_first) {
    encoded.push_back(EncodeTime(time));
    EXPECT_EQ(DecodeTime(encoded.back()), time);
  }
  EXPECT_TRUE(std::is_sorted(encoded.begin(), encoded.end()));
}

TEST(Chart, EveryActiveRuleHasACase) {
  struct Case {
    const char* name;
    View view;
    bool active;
  };
  View refuted = Problem(1);
  refuted.mutable_problem()->mutable_problem()->set_verification(patient::v1::VERIFICATION_REFUTED);
  View unsaid = Problem(1, patient::v1::CLINICAL_STATUS_UNSPECIFIED);
  View planned;
  planned.mutable_care_plan()->mutable_care_plan()->set_status(patient::v1::PLAN_STATUS_PLANNED);
  View stopped;
  stopped.mutable_care_plan()->mutable_care_plan()->set_status(patient::v1::PLAN_STATUS_STOPPED);
  View wanted;
  wanted.mutable_goal()->mutable_goal()->set_status(patient::v1::GOAL_STATUS_ACCEPTED);
  View reached;
  reached.mutable_goal()->mutable_goal()->set_status(patient::v1::GOAL_STATUS_COMPLETED);
  View allergy;
  allergy.mutable_allergy();
  View outgrown;
  outgrown.mutable_allergy()->mutable_allergy()->set_clinical_status(patient::v1::CLINICAL_STATUS_RESOLVED);
  const Case cases[] = {
      {"active problem",                         Problem(1),                           true},
      {"relapse",                                Problem(1,                            patient::v1::CLINICAL_STATUS_RELAPSE),true},
      {"problem without status",                                        unsaid,                                                     true},
      {"resolved problem",                                        Problem(1,                                                           patient::v1::CLINICAL_STATUS_RESOLVED),    false},
      {"remission",                                   Problem(1,                                                                       patient::v1::CLINICAL_STATUS_REMISSION),false},
      {"refuted problem", refuted,false},
      {"active order",                                 Order(1,                                                                                                       medication::v1::ORDER_STATUS_ACTIVE),                                                                                                 true},
      {"order on hold", Order(1,medication::v1::ORDER_STATUS_ON_HOLD),true},
      {"stopped order",                          Order(1,                                                       medication::v1::ORDER_STATUS_STOPPED),                  false},
      {"draft",                                        Order(1,                                                              medication::v1::ORDER_STATUS_DRAFT),false},
      {"planned care plan",                                   planned,                                                                       true},
      {"stopped care plan",     stopped,false},
      {"accepted goal",wanted,true},
      {"reached goal",                             reached,                                                                                      false                                      },
      {"allergy without status",                                    allergy,                                                                                                            true                                                                                            },
      {"outgrown allergy",     outgrown,false},
  };
  for (const Case& test : cases) {
    ChartBuilder builder;
    builder.Add("k", test.view);
    const chart::v1::GetChartResponse chart = std::move(builder).Build();
    EXPECT_EQ(chart.active_problems_size() + chart.allergies_size() + chart.active_orders_size() +
                  chart.active_care_plans_size() + chart.active_goals_size(),
              test.active ? 1 : 0)
        << test.name;
    EXPECT_EQ(chart.counts_size(), 1) << test.name << ": what is not active still counts";
  }
}

View InText(const std::string& text) {
  View view;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &view)) << text;
  return view;
}

TEST(Chart, ShowsThePeopleAndDecisionsThatHold) {
  struct Case {
    const char* view;
    bool shown;
  };
  const Case cases[] = {
      {"care_team_member {}",                                              true },
      {"care_team_member { care_team_member { period { end {} } } }",      false},
      {"referral_in {}",                                                   true },
      {"referral_in { referral_in { status: REFERRAL_STATUS_ACCEPTED } }", true },
      {"referral_in { referral_in { status: REFERRAL_STATUS_DECLINED } }", false},
      {"referral_in { referral_in { status: REFERRAL_STATUS_CLOSED } }",   false},
      {"consent { consent { decision: CONSENT_DECISION_GIVEN } }",         true },
      {"consent { consent { decision: CONSENT_DECISION_REFUSED } }",       true },
      {"consent { consent { decision: CONSENT_DECISION_WITHDRAWN } }",     false},
      {"advance_directive {}",                                             true },
      {"advance_directive { advance_directive { revoked_time {} } }",      false},
      {"pain_history {}",                                                  true },
      {"document {}",                                                      false},
  };
  for (const Case& test : cases) {
    ChartBuilder builder;
    builder.Add("k", InText(test.view));
    const chart::v1::GetChartResponse chart = std::move(builder).Build();
    EXPECT_EQ(chart.care_team_size() + chart.open_referrals_size() + chart.consents_size() +
                  chart.advance_directives_size() + (chart.has_pain_history() ? 1 : 0),
              test.shown ? 1 : 0)
        << test.view;
    EXPECT_EQ(chart.counts_size(), 1) << test.view;
  }
}

TEST(Chart, ShowsTheNewestHistoryOfThePain) {
  ChartBuilder builder;
  builder.Add("a", InText("pain_history { pain_history { id: 'old' told_time { seconds: 1 } } }"));
  builder.Add("b", InText("pain_history { pain_history { id: 'new' told_time { seconds: 2 } } }"));
  builder.Add("c", InText("pain_history { pain_history { id: 'undated' } }"));
  const chart::v1::GetChartResponse chart = std::move(builder).Build();
  EXPECT_EQ(chart.pain_history().pain_history().id(), "new");
  EXPECT_EQ(chart.counts().at("pain_history"), 3U);
}

TEST(Kinds, WhatTheyAreAboutHasItsTime) {
  const char* timed[] = {"referral_in { referral_in { received_time { seconds: 7 } } }",
                         "document { document { received_time { seconds: 7 } } }",
                         "pain_history { pain_history { told_time { seconds: 7 } } }",
                         "plan_review { plan_review { reviewed_time { seconds: 7 } } }",
                         "goal_progress { goal_progress { measured_time { seconds: 7 } } }",
                         "care_team_member { care_team_member { period { start { seconds: 7 } } } }",
                         "consent { consent { decided_time { seconds: 7 } } }",
                         "advance_directive { advance_directive { made_time { seconds: 7 } } }",
                         "education { education { given_time { seconds: 7 } } }",
                         "support_group { support_group { period { start { seconds: 7 } } } }"};
  for (const char* text : timed) {
    EXPECT_EQ(ClinicalTime(InText(text)), 7 * kSecond) << text;
    const std::string kind(text, std::string_view(text).find(' '));
    EXPECT_EQ(ClinicalTime(InText(kind + " {}")), std::nullopt) << kind << ": unknown is not the epoch";
  }
}

TEST(Chart, ShowsTheNewestOfWhatIsMany) {
  ChartBuilder builder;
  for (int day = 1; day <= 12; ++day) builder.Add(std::to_string(day), Encounter(day));
  for (int day = 1; day <= 3; ++day) builder.Add(std::to_string(day), Observation(day, "72514-3", std::to_string(day)));
  builder.Add("x", Observation(1, "8480-6"));
  const chart::v1::GetChartResponse chart = std::move(builder).Build();
  ASSERT_EQ(chart.recent_encounters_size(), 10);
  EXPECT_EQ(ToMicros(chart.recent_encounters(0).encounter().period().start()), kYear2020 + 12 * 86'400 * kSecond);
  ASSERT_EQ(chart.latest_observations_size(), 2);
  EXPECT_EQ(chart.latest_observations(0).observation().value().quantity().value(), "3");
  EXPECT_EQ(chart.counts().at("encounter"), 12u);
  EXPECT_EQ(chart.counts().at("observation"), 4u);
}

clinical::v1::PartialDate Date(uint32_t year, uint32_t month = 0, uint32_t day = 0) {
  clinical::v1::PartialDate date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

TEST(CredentialValidity, IsFromTheFirstDayToTheLast) {
  encounter::v1::Credential licence;
  licence.mutable_license();
  EXPECT_TRUE(IsValidOn(licence, Date(2025, 6, 15))) << "no beginning and no end";
  *licence.mutable_valid_from() = Date(2020, 3, 10);
  *licence.mutable_valid_to() = Date(2024, 3, 9);
  EXPECT_FALSE(IsValidOn(licence, Date(2020, 3, 9)));
  EXPECT_TRUE(IsValidOn(licence, Date(2020, 3, 10)));
  EXPECT_TRUE(IsValidOn(licence, Date(2024, 3, 9)));
  EXPECT_FALSE(IsValidOn(licence, Date(2024, 3, 10)));
  EXPECT_TRUE(IsValidOn(licence, Date(2024))) << "on some day of the year";
  EXPECT_FALSE(IsValidOn(licence, Date(2019)));
  *licence.mutable_valid_to() = Date(2024, 3);
  EXPECT_TRUE(IsValidOn(licence, Date(2024, 3, 31)));
  EXPECT_FALSE(IsValidOn(licence, Date(2024, 4, 1)));
}

TEST(CredentialValidity, TrainingDoesNotRunOut) {
  encounter::v1::Credential fellowship;
  fellowship.mutable_training();
  *fellowship.mutable_valid_from() = Date(2010, 7, 1);
  *fellowship.mutable_valid_to() = Date(2011, 6, 30);
  EXPECT_FALSE(IsValidOn(fellowship, Date(2011, 6, 29)));
  EXPECT_TRUE(IsValidOn(fellowship, Date(2011, 6, 30)));
  EXPECT_TRUE(IsValidOn(fellowship, Date(2040, 1, 1)));
}

TEST(ClinicalTime, OfAStudyIsTheLatestThatIsKnown) {
  View view;
  auto& order = *view.mutable_study_order()->mutable_study_order();
  EXPECT_EQ(ClinicalTime(view), std::nullopt);
  *order.mutable_ordered_time() = ToTimestamp(1);
  EXPECT_EQ(ClinicalTime(view), 1);
  *order.mutable_scheduled_time() = ToTimestamp(2);
  EXPECT_EQ(ClinicalTime(view), 2);
  *order.mutable_completed_time() = ToTimestamp(3);
  EXPECT_EQ(ClinicalTime(view), 3);
}

TEST(ClinicalTime, OfWhatHappensWithAPatientIsItsOwn) {
  View view;
  *view.mutable_questionnaire_response()->mutable_questionnaire_response()->mutable_authored_time() = ToTimestamp(5);
  EXPECT_EQ(ClinicalTime(view), 5);
  *view.mutable_physical_examination()->mutable_physical_examination()->mutable_examined_time() = ToTimestamp(6);
  EXPECT_EQ(ClinicalTime(view), 6);
  *view.mutable_differential_diagnosis()->mutable_differential_diagnosis()->mutable_assessed_time() = ToTimestamp(7);
  EXPECT_EQ(ClinicalTime(view), 7);
  *view.mutable_outgoing_referral()->mutable_referral()->mutable_sent_time() = ToTimestamp(8);
  EXPECT_EQ(ClinicalTime(view), 8);
  *view.mutable_conference()->mutable_conference()->mutable_held_time() = ToTimestamp(9);
  EXPECT_EQ(ClinicalTime(view), 9);
  auto& credential = *view.mutable_credential()->mutable_credential();
  EXPECT_EQ(ClinicalTime(view), std::nullopt);
  *credential.mutable_valid_from() = Date(1970, 1, 2);
  EXPECT_EQ(ClinicalTime(view), 86'400 * kSecond);
  *credential.mutable_valid_from() = Date(2020);
  EXPECT_EQ(ClinicalTime(view), kYear2020);
}

TEST(Kinds, AreTheFieldsOfView) {
  EXPECT_TRUE(IsKind("patient") && IsKind("order") && IsKind("diagnostic_report"));
  EXPECT_FALSE(IsKind("Patient") || IsKind("") || IsKind("view"));
}

}  // namespace
}  // namespace anamnesis::readmodel
