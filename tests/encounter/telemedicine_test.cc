// Telemedicine visits begin when it is known how they are held and where the patient is.
#include <gtest/gtest.h>

#include "tests/encounter/builders.h"

namespace anamnesis::encounter {
namespace {

using enum v1::TelemedicineModality;

v1::Telemedicine Held(v1::TelemedicineModality modality, const std::string& state, const std::string& country = "") {
  v1::Telemedicine telemedicine;
  telemedicine.set_modality(modality);
  if (!state.empty()) telemedicine.mutable_patient_location()->set_state(state);
  if (!country.empty()) telemedicine.mutable_patient_location()->set_country(country);
  return telemedicine;
}

v1::EncounterCommand PlanVisit(const v1::Telemedicine& telemedicine,
                               v1::EncounterPurpose purpose = v1::ENCOUNTER_PURPOSE_TELEMEDICINE) {
  v1::EncounterCommand command = Plan();
  v1::Encounter& encounter = *command.mutable_plan_encounter()->mutable_encounter();
  encounter.set_purpose(purpose);
  *encounter.mutable_telemedicine() = telemedicine;
  return command;
}

v1::EncounterCommand PlanVirtual() {
  v1::EncounterCommand command = Plan();
  command.mutable_plan_encounter()->mutable_encounter()->mutable_class_()->set_code("VR");
  return command;
}

v1::EncounterCommand Imported() {
  v1::EncounterCommand command = RecordEncounter(v1::ENCOUNTER_STATUS_ARRIVED);
  command.mutable_record_encounter()->mutable_encounter()->set_purpose(v1::ENCOUNTER_PURPOSE_TELEMEDICINE);
  return command;
}

v1::EncounterCommand StartAs(const v1::Telemedicine& telemedicine) {
  v1::EncounterCommand command = Start();
  *command.mutable_start_encounter()->mutable_telemedicine() = telemedicine;
  return command;
}

struct Case {
  const char* name;
  std::vector<v1::EncounterCommand> given;
  v1::EncounterCommand when;
  const char* then;
};

class TelemedicineRules : public testing::TestWithParam<Case> {};

TEST_P(TelemedicineRules, Hold) {
  EXPECT_EQ(Told(DecideOn(After(GetParam().given), GetParam().when)), GetParam().then);
}

const auto kNothing = Held(TELEMEDICINE_MODALITY_UNSPECIFIED, "");
const auto kVideo = Held(TELEMEDICINE_MODALITY_VIDEO, "");
const auto kHome = Held(TELEMEDICINE_MODALITY_UNSPECIFIED, "MA");
const auto kBoth = Held(TELEMEDICINE_MODALITY_PHONE, "MA");

INSTANTIATE_TEST_SUITE_P(
    , TelemedicineRules,
    testing::ValuesIn(std::vector<Case>{
  // clang-format off
        {"KnownFromThePlan",             {PlanVisit(kBoth), Arrive()},    Start(),           "EncounterStarted"},
        {"KnownFromTheStart",            {PlanVisit(kNothing), Arrive()}, StartAs(kBoth),    "EncounterStarted"},
        {"ACountryWillDo",               {PlanVisit(kVideo), Arrive()},   StartAs(Held(TELEMEDICINE_MODALITY_UNSPECIFIED, "", "FR")), "EncounterStarted"},
        {"HalfFromEach",                 {PlanVisit(kVideo), Arrive()},   StartAs(kHome),    "EncounterStarted"},
        {"NothingIsKnown",               {PlanVisit(kNothing), Arrive()}, Start(),           "TELEMEDICINE_DETAILS_REQUIRED"},
        {"TheLocationIsMissing",         {PlanVisit(kVideo), Arrive()},   Start(),           "TELEMEDICINE_DETAILS_REQUIRED"},
        {"TheModalityIsMissing",         {PlanVisit(kHome), Arrive()},    Start(),           "TELEMEDICINE_DETAILS_REQUIRED"},
        {"ALocationWithoutStateIsNone",  {PlanVisit(kBoth), Arrive()},    Command("start_encounter { patient_id: '00000000-0000-4000-8000-000000000001' encounter_id: '00000000-0000-4000-8000-00000000000a' telemedicine { patient_location { city: 'x' } } }"), "TELEMEDICINE_DETAILS_REQUIRED"},
        {"TheClassSaysItToo",            {PlanVirtual(), Arrive()},       Start(),           "TELEMEDICINE_DETAILS_REQUIRED"},
        {"HistoryNeedsNothing",          {Imported()},                    Start(),           "EncounterStarted"},
        {"OtherVisitsNeedNothing",       {PlanVisit(kNothing, v1::ENCOUNTER_PURPOSE_FOLLOW_UP), Arrive()}, Start(), "EncounterStarted"},
        {"StatusBeatsDetails",           {PlanVisit(kNothing)},           Start(),           "ENCOUNTER_NOT_ARRIVED"},
  // clang-format on
}),
    [](const auto& info) { return info.param.name; });

// Every kind of visit goes from plan to end.
TEST(EncounterPurpose, EachIsPlannedAndHeld) {
  for (int purpose = v1::EncounterPurpose_MIN; purpose <= v1::EncounterPurpose_MAX; ++purpose) {
    const auto plan = PlanVisit(kBoth, static_cast<v1::EncounterPurpose>(purpose));
    EXPECT_EQ(EventOfLast({plan}).encounter_planned().encounter().purpose(), purpose);
    EXPECT_EQ(After({plan, Arrive(), Start(), Finish()}).encounters().at(kId).status(), v1::ENCOUNTER_STATUS_FINISHED);
  }
}

TEST(Telemedicine, TheStartSaysHowItIsHeld) {
  const v1::EncounterStarted started = EventOfLast({PlanVisit(kVideo), Arrive(), StartAs(kHome)}).encounter_started();
  EXPECT_EQ(started.telemedicine().patient_location().state(), "MA");
  EXPECT_FALSE(EventOfLast({PlanVisit(kBoth), Arrive(), Start()}).encounter_started().has_telemedicine());
}

}  // namespace
}  // namespace anamnesis::encounter
