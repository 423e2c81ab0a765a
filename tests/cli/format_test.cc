#include "services/cli/format.h"

#include <gtest/gtest.h>

#include "google/protobuf/text_format.h"

namespace anamnesis::cli {
namespace {

// A message from its text form.
template <class Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

// The words for a message that is given in its text form.
template <class Message>
void ExpectWords(std::string (*words)(const Message&), const std::string& text, const std::string& expected) {
  EXPECT_EQ(words(Parse<Message>(text)), expected) << text;
}

TEST(Format, WhatAParserSaysIsOneLine) {
  EXPECT_EQ(OneLine("Expected : between key:value pair.\n{bad json}\n ^\n"),
            "Expected : between key:value pair. {bad json}");
  EXPECT_EQ(OneLine("one"), "one");
}

TEST(Format, TimesAreInUtc) {
  const auto time = Parse<google::protobuf::Timestamp>("seconds: 1773480605 nanos: 999999999");
  EXPECT_EQ(Day(time), "2026-03-14");
  EXPECT_EQ(Minute(time), "2026-03-14 09:30");
  EXPECT_EQ(Day(Parse<google::protobuf::Timestamp>("seconds: -117590400")), "1966-04-11");
}

TEST(Format, ADateIsAsMuchAsIsKnown) {
  ExpectWords(Date, "year: 1966 month: 4 day: 2", "1966-04-02");
  ExpectWords(Date, "year: 1966 month: 4", "1966-04");
  ExpectWords(Date, "year: 1966", "1966");
  ExpectWords(Date, "year: 1966 day: 2", "1966");
  ExpectWords(Date, "", "unknown");
}

TEST(Format, AConceptFallsBackFromTextToDisplayToCode) {
  ExpectWords(Concept, R"(text: "Low back pain" codings { code: "M54.5" display: "Dorsalgia" })", "Low back pain");
  ExpectWords(Concept, R"(codings { code: "M54.5" } codings { display: "Dorsalgia" })", "Dorsalgia");
  ExpectWords(Concept, R"(codings { system: "icd10" } codings { code: "M54.5" })", "M54.5");
  ExpectWords(Concept, R"(codings { system: "icd10" })", "unknown");
  ExpectWords(Concept, "", "unknown");
}

TEST(Format, AnAmountWithoutValueIsUnknownNotZero) {
  ExpectWords(Amount, R"(value: "7.5" unit: "mg")", "7.5 mg");
  ExpectWords(Amount, R"(value: "5" comparator: "<" unit: "mmol/L")", "< 5 mmol/L");
  ExpectWords(Amount, R"(value: "7.50" code: "mg")", "7.50 mg");
  ExpectWords(Amount, R"(value: "3")", "3");
  ExpectWords(Amount, R"(value: "0" unit: "mg")", "0 mg");
  ExpectWords(Amount, R"(unit: "mg")", "unknown");
  ExpectWords(Amount, "", "unknown");
}

TEST(Format, ANameHasItsPartsInOrder) {
  ExpectWords(Name, R"(family: "Lovelace" given: "Ada" given: "King" prefixes: "Dr." suffixes: "FRS")",
              "Dr. Ada King Lovelace FRS");
  ExpectWords(Name, R"(family: "Lovelace")", "Lovelace");
  ExpectWords(Name, R"(use: "official")", "unknown");
}

TEST(Format, ADosageReadsAsASentence) {
  ExpectWords(DosageSentence, R"(text: "One at night" dose { value: "10" unit: "mg" })", "One at night");
  ExpectWords(DosageSentence,
              R"(dose { value: "10" unit: "mg" } route { text: "by mouth" } timing { frequency: 4
                     period: "24" period_unit: "h" } as_needed: true)",
              "10 mg, by mouth, 4 times in 24 h, as needed");
  ExpectWords(DosageSentence,
              R"(dose { value: "1" } timing { frequency: 1 period: "4" period_max: "6" period_unit: "h" })",
              "1, 1 time in 4–6 h");
  ExpectWords(DosageSentence, R"(dose { value: "1" } timing { frequency: 1 frequency_max: 2 period: "1" })",
              "1, 1–2 times in 1 (unit unknown)");
  ExpectWords(DosageSentence, R"(dose { value: "1" } timing { frequency_max: 4 period: "1" period_unit: "d" })",
              "1, up to 4 times in 1 d");
  ExpectWords(DosageSentence, R"(dose { value: "1" } timing { when: "HS" code { text: "nightly" } })", "1, HS nightly");
  ExpectWords(DosageSentence, R"(dose_range { low { value: "5" unit: "mg" } high { value: "10" unit: "mg" } }
                     as_needed: true as_needed_for { text: "breakthrough pain" })",
              "5 mg to 10 mg, as needed for breakthrough pain");
  ExpectWords(DosageSentence,
              R"(rate { numerator { value: "25" unit: "ug" } denominator { value: "1" unit: "h" } }
                     route { text: "transdermal" })",
              "25 ug/h, transdermal");
  ExpectWords(DosageSentence, R"(rate { numerator { value: "5" unit: "mg" } denominator { value: "8" unit: "h" } })",
              "5 mg/8 h");
  ExpectWords(DosageSentence, R"(rate_range { low { value: "1" unit: "mg/h" } high { value: "2" unit: "mg/h" } })",
              "1 mg/h to 2 mg/h");
  ExpectWords(DosageSentence,
              R"(dose { value: "2" unit: "mg" } max_dose_per_period { numerator { value: "8" unit: "mg" }
                     denominator { value: "24" unit: "h" } })",
              "2 mg, at most 8 mg in 24 h");
  ExpectWords(DosageSentence, R"(dose { value: "1" } additional_instructions { text: "with food" })", "1, with food");
}

TEST(Format, ADoseThatIsNotSaidIsUnknown) {
  ExpectWords(DosageSentence, "", "dose unknown");
  ExpectWords(DosageSentence, "as_needed: true", "dose unknown, as needed");
  ExpectWords(DosageSentence, "as_needed: false", "dose unknown");
  ExpectWords(DosageSentence, R"(dose { unit: "mg" } route { text: "by mouth" })", "dose unknown, by mouth");
  ExpectWords(DosageSentence, R"(dose_range { high { value: "10" unit: "mg" } })", "unknown to 10 mg");
  ExpectWords(DosageSentence, "route {}", "dose unknown, unknown");
}

TEST(Format, AnObservationShowsItsValueAndItsComponents) {
  ExpectWords(ObservationValue, R"(value { quantity { value: "6" unit: "{score}" } })", "6 {score}");
  ExpectWords(ObservationValue, R"(value { coded { text: "never smoked" } })", "never smoked");
  ExpectWords(ObservationValue, R"(value { text: "tender" })", "tender");
  ExpectWords(ObservationValue, "value { boolean: false }", "no");
  ExpectWords(ObservationValue, "value { boolean: true }", "yes");
  ExpectWords(ObservationValue, "value { integer: 0 }", "0");
  ExpectWords(ObservationValue, "value { time { seconds: 1773480605 } }", "2026-03-14 09:30");
  ExpectWords(ObservationValue,
              R"(components { code { text: "Systolic" } value { quantity { value: "120" unit: "mmHg" } } }
                     components { code { text: "Diastolic" } })",
              "Systolic 120 mmHg; Diastolic unknown");
  ExpectWords(ObservationValue, "value {}", "unknown");
  ExpectWords(ObservationValue, "", "unknown");
}

TEST(Format, EnumValuesLoseTheirPrefix) {
  EXPECT_EQ(Words(medication::v1::ORDER_STATUS_ON_HOLD), "on hold");
  EXPECT_EQ(Words(medication::v1::ORDER_STATUS_ENTERED_IN_ERROR), "entered in error");
  EXPECT_EQ(Words(medication::v1::ORDER_STATUS_UNKNOWN), "unknown");
  EXPECT_EQ(Words(medication::v1::ORDER_STATUS_UNSPECIFIED), "unknown");
  EXPECT_EQ(EnumWords(*medication::v1::OrderStatus_descriptor(), 999), "unknown") << "of a later release";
}

TEST(Format, FlagsNameWhatIsDoubtful) {
  ExpectWords(Flags, R"(flags { code: "encounter-after-death" detail: "by 3 days" } flags { code: "dose-missing" })",
              "encounter-after-death, dose-missing");
  ExpectWords(Flags, R"(source { system: "hospital" })", "");
}

TEST(Summary, SaysWhatThePatientBringsAndDecides) {
  ExpectWords(Summary, R"(referral_in { referral_in { referred_by { name: "Dr. Who" } urgency: REFERRAL_URGENCY_URGENT
                          reasons { text: "Sciatica" } } })",
              "from Dr. Who, received, urgent, for Sciatica");
  ExpectWords(Summary, R"(referral_in { referral_in { status: REFERRAL_STATUS_ACCEPTED } })", "from unknown, accepted");
  ExpectWords(Summary,
              R"(document { document { type { text: "MRI report" } received_from { organization_id: "o" } } })",
              "MRI report, from o");
  ExpectWords(Summary, R"(document { document { title: "Spine" type { text: "MRI report" } } })",
              "Spine, from unknown");
  ExpectWords(Summary, R"(plan_review { plan_review { decision: REVIEW_DECISION_CHANGE
                          next_review_due { year: 2026 month: 4 } } })",
              "change, next due 2026-04");
  ExpectWords(Summary, R"(plan_review { plan_review {} })", "decision not said");
  ExpectWords(Summary, R"(goal_progress { goal_progress { value { value: "350" unit: "m" } } })", "350 m");
  ExpectWords(Summary, R"(goal_progress { goal_progress { achievement { text: "improving" } } })", "improving");
  ExpectWords(Summary, R"(goal_progress { goal_progress { value { value: "350" unit: "m" }
                          achievement { text: "improving" } } })",
              "350 m, improving");
  ExpectWords(Summary, R"(care_team_member { care_team_member { role { text: "Nurse" } member { name: "Jo" } } })",
              "Nurse: Jo");
  ExpectWords(Summary,
              R"(consent { consent { category { text: "No disclosure" } decision: CONSENT_DECISION_REFUSED } })",
              "No disclosure, refused");
  ExpectWords(Summary, R"(advance_directive { advance_directive { type { text: "Living will" } } })", "Living will");
  ExpectWords(Summary, R"(advance_directive { advance_directive { type { text: "DNR" } revoked_time {} } })",
              "DNR, revoked");
  ExpectWords(Summary, R"(education { education { topics { text: "Pacing" } topics { text: "Sleep" }
                          audience: EDUCATION_AUDIENCE_FAMILY understanding: UNDERSTANDING_PARTIAL } })",
              "Pacing, Sleep, to family, understood: partial");
  ExpectWords(Summary, R"(support_group { support_group { name: "Friends" } })", "Friends");
}

TEST(Summary, APainIsSaidWithItsPlaceAndItsSeverityOrThatItIsUnknown) {
  ExpectWords(Summary, R"(pain_history { pain_history {
                          locations { region: BODY_REGION_LOWER_BACK laterality: LATERALITY_LEFT severity: "6.5"
                                      qualities { text: "burning" } course: PAIN_COURSE_CONSTANT }
                          locations { site { text: "Knee" } } } })",
              "lower back, left: 6.5 of 10, burning, constant; Knee: severity unknown");
  ExpectWords(Summary, R"(pain_history { pain_history { locations { region: BODY_REGION_HEAD severity: "0" } } })",
              "head: 0 of 10");
  ExpectWords(Summary, R"(pain_history { pain_history {} })", "place unknown");
}

TEST(Summary, SaysEveryKindOfViewInALine) {
  ExpectWords(Summary, R"(patient { demographics { names { family: "Lovelace" given: "Ada" } } })", "Ada Lovelace");
  ExpectWords(Summary, R"(allergy { allergy { substance { text: "Latex" } clinical_status: CLINICAL_STATUS_ACTIVE } })",
              "Latex, active");
  ExpectWords(Summary,
              R"(problem { problem { code { text: "Low back pain" } clinical_status: CLINICAL_STATUS_RESOLVED } })",
              "Low back pain, resolved");
  ExpectWords(Summary, R"(problem { problem { code { text: "Sciatica" } laterality: LATERALITY_LEFT } })",
              "Sciatica, left, unknown");
  ExpectWords(Summary, R"(care_plan { care_plan { title: "Pain plan" status: PLAN_STATUS_ACTIVE activities {}
                     activities {} } })",
              "Pain plan, active, 2 activities");
  ExpectWords(Summary, R"(care_plan { care_plan { categories { text: "Physiotherapy" } status: PLAN_STATUS_ACTIVE
                     activities {} } })",
              "Physiotherapy, active, 1 activity");
  ExpectWords(Summary, R"(goal { goal { description { text: "Walk 2 km" } status: GOAL_STATUS_ACCEPTED } })",
              "Walk 2 km, accepted");
  ExpectWords(Summary, R"(encounter { encounter { types { text: "Follow-up" } status: ENCOUNTER_STATUS_IN_PROGRESS
                     reasons { text: "Sciatica" } } })",
              "Follow-up, in progress, for Sciatica");
  ExpectWords(Summary, R"(encounter { encounter { class { code: "AMB" } status: ENCOUNTER_STATUS_NO_SHOW } })",
              "AMB, no show");
  ExpectWords(Summary, R"(observation { observation { code { text: "Pain" } value { integer: 7 } } })", "Pain: 7");
  ExpectWords(Summary, R"(procedure { procedure { code { text: "Nerve block" } laterality: LATERALITY_BILATERAL
                     status: PROCEDURE_STATUS_COMPLETED } })",
              "Nerve block, bilateral, completed");
  ExpectWords(Summary, R"(diagnostic_report { diagnostic_report { code { text: "Panel" } results {} results {} } })",
              "Panel, 2 results");
  ExpectWords(Summary, R"(imaging_study { imaging_study { series { modality { code: "MR" } body_site {
                     display: "Spine" } } } })",
              "MR of Spine");
  ExpectWords(Summary, R"(imaging_study { imaging_study { description: "Lumbar MRI" } })", "Lumbar MRI");
  ExpectWords(Summary, R"(immunization { immunization { vaccine { text: "Influenza" }
                     status: IMMUNIZATION_STATUS_COMPLETED } })",
              "Influenza, completed");
  ExpectWords(Summary,
              R"(immunization { immunization { vaccine { text: "Influenza" } status: IMMUNIZATION_STATUS_NOT_DONE } })",
              "Influenza, not done");
  ExpectWords(Summary, R"(note { note { content { title: "Visit" } status: NOTE_STATUS_SIGNED } })", "Visit, signed");
  ExpectWords(Summary, R"(note { note { content { type { text: "Letter" } } status: NOTE_STATUS_DRAFT } })",
              "Letter, draft");
  ExpectWords(Summary, R"(practitioner { practitioner { names { prefixes: "Dr." family: "Hopper" } } })", "Dr. Hopper");
  ExpectWords(Summary, R"(organization { organization { name: "Pain Clinic" } })", "Pain Clinic");
  ExpectWords(Summary, R"(order { order { medication { text: "oxycodone" } status: ORDER_STATUS_ACTIVE dosages {
                     dose { value: "10" unit: "mg" } } } })",
              "oxycodone, active, 10 mg");
  ExpectWords(Summary, R"(order { order { medication { text: "oxycodone" } status: ORDER_STATUS_ACTIVE } })",
              "oxycodone, active, dose unknown");
}

TEST(Summary, SaysWhatCareIsOnOneLine) {
  ExpectWords(Summary, R"(questionnaire_response { questionnaire_response { tool: QUESTIONNAIRE_TOOL_PEG score {
                     value { numerator: 20 denominator: 3 } change { meaningful: true } } } })",
              "peg: 6.7, changed meaningfully");
  ExpectWords(Summary, R"(questionnaire_response { questionnaire_response { tool: QUESTIONNAIRE_TOOL_OPIOID_RISK score {
                     value { numerator: 8 denominator: 1 } band: SCORE_BAND_HIGH } } })",
              "opioid risk: 8, high");
  ExpectWords(Summary, R"(questionnaire_response { questionnaire_response { tool: QUESTIONNAIRE_TOOL_DN4 } })",
              "dn4: unknown");
  ExpectWords(Summary, R"(observation { observation { code { text: "PHQ-9" } value { integer: 12 } }
                     scored { band: SCORE_BAND_MODERATE } })",
              "PHQ-9: 12, moderate, not scored here");
  ExpectWords(Summary, R"(credential { credential { license { state: "MA" } valid_to { year: 2029 month: 5 } } })",
              "licence of MA, to 2029-05");
  ExpectWords(Summary, R"(credential { credential { board_certification { board: "ABA" } } })", "certified by ABA");
  ExpectWords(Summary, R"(credential { credential { continuing_education { activity: "Course" hours: "1.5" } } })",
              "Course, 1.5 h");
  ExpectWords(Summary,
              R"(credential { credential { training { stage: TRAINING_STAGE_FELLOWSHIP institution: "X" } } })",
              "fellowship, X");
  ExpectWords(Summary, R"(physical_examination { physical_examination { findings { result: FINDING_RESULT_ABNORMAL }
                     findings { result: FINDING_RESULT_NORMAL } } })",
              "examination, 2 findings, 1 abnormal");
  ExpectWords(Summary, R"(differential_diagnosis { differential_diagnosis { complaint { text: "Leg pain" } candidates {
                     diagnosis { text: "Radiculopathy" } likelihood: DIAGNOSIS_LIKELIHOOD_HIGH } candidates {} } })",
              "Leg pain: Radiculopathy, high, 1 of 2");
  ExpectWords(Summary, R"(study_order { study_order { kind: STUDY_KIND_MRI body_sites { text: "Lumbar spine" }
                     status: STUDY_ORDER_STATUS_SCHEDULED } })",
              "mri of Lumbar spine, scheduled");
  ExpectWords(Summary, R"(outgoing_referral { referral { service: REFERRAL_SERVICE_PHYSICAL_THERAPY
                     status: REFERRAL_STATUS_SENT } })",
              "referral to physical therapy, sent");
  ExpectWords(Summary, R"(conference { conference { participants {} participants {} decisions {} } })",
              "conference of 2, 1 decision");
}

TEST(Summary, NoViewSaysNothingAtAll) {
  using View = projection::v1::View;
  const google::protobuf::OneofDescriptor& kinds = *View::descriptor()->FindOneofByName("view");
  for (int i = 0; i < kinds.field_count(); ++i) {
    View view;
    view.GetReflection()->MutableMessage(&view, kinds.field(i));
    const std::string summary = Summary(view);
    EXPECT_FALSE(summary.empty()) << kinds.field(i)->name();
    EXPECT_NE(summary[0], ',') << kinds.field(i)->name();
  }
  EXPECT_EQ(Summary(View()), "unknown");
}

}  // namespace
}  // namespace anamnesis::cli
