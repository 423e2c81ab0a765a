// Practitioners' credentials.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/encounter/care_builders.h"

namespace anamnesis::encounter {
namespace {

std::string Dea(const std::string& number) {
  return absl::StrCat("dea_registration { number: '", number, "' schedules: DRUG_SCHEDULE_II }");
}
std::string Credit(const std::string& hours) {
  return absl::StrCat("continuing_education { activity: 'opioid course' hours: '", hours, "' }");
}
// A licence from one date to another, each as `year: 2020`.
std::string Licence(const std::string& from, const std::string& to) {
  return absl::StrCat(kLicence, " valid_from { ", from, " } valid_to { ", to, " }");
}

const v1::EncounterCommand& Doctor() {
  static const auto* registered = new v1::EncounterCommand(Register("practitioner", kDoctor));
  return *registered;
}

struct Case {
  const char* name;
  std::vector<v1::EncounterCommand> given;
  v1::EncounterCommand when;
  const char* then;
};

class CredentialRules : public testing::TestWithParam<Case> {};

TEST_P(CredentialRules, Hold) {
  const v1::EncounterState state = After(GetParam().given);
  EXPECT_EQ(Told(DecideOn(state, GetParam().when)), GetParam().then);
  EXPECT_EQ(Told(DecideOn(state, GetParam().when)), GetParam().then) << "asked twice";
}

INSTANTIATE_TEST_SUITE_P(
    , CredentialRules,
    testing::ValuesIn(std::vector<Case>{
  // clang-format off
        {"Profession",            {Doctor()}, RecordCredential("profession { profession { text: 'physician' } specialty { text: 'pain medicine' } }"), "CredentialRecorded"},
        {"Training",              {Doctor()}, RecordCredential("training { stage: TRAINING_STAGE_FELLOWSHIP institution: 'x' acgme_accredited: true }"), "CredentialRecorded"},
        {"BoardCertification",    {Doctor()}, RecordCredential("board_certification { board: 'ABA' subspecialty: 'Pain Medicine' }"), "CredentialRecorded"},
        {"License",               {Doctor()}, RecordCredential(kLicence),                "CredentialRecorded"},
        {"Dea",                   {Doctor()}, RecordCredential(kDea),                    "CredentialRecorded"},
        {"Credit",                {Doctor()}, RecordCredential(Credit("1.5")),           "CredentialRecorded"},
        {"NobodysIsRefused",      {},         RecordCredential(kLicence),                "RESOURCE_NOT_FOUND"},
        {"AnIdIsTakenOnce",       {Doctor(), RecordCredential(kLicence)}, RecordCredential(kLicence), "RESOURCE_ALREADY_EXISTS"},
        {"NothingIsRefused",      {Doctor()}, RecordCredential(""),                      "CREDENTIAL_REQUIRED"},
        {"DeaWrongCheckDigit",    {Doctor()}, RecordCredential(Dea("AB1234564")),        "DEA_NUMBER_INVALID"},
        {"DeaOtherCheckDigit",    {Doctor()}, RecordCredential(Dea("AB1234562")),        "DEA_NUMBER_INVALID"},
        {"DeaDigitsSwapped",      {Doctor()}, RecordCredential(Dea("AB2134563")),        "DEA_NUMBER_INVALID"},
        {"DeaZeroes",             {Doctor()}, RecordCredential(Dea("AB0000000")),        "CredentialRecorded"},
        {"DeaOfANine",            {Doctor()}, RecordCredential(Dea("A91234563")),        "CredentialRecorded"},
        {"DeaNineFirst",          {Doctor()}, RecordCredential(Dea("9B1234563")),        "DEA_NUMBER_INVALID"},
        {"DeaSmallLetters",       {Doctor()}, RecordCredential(Dea("ab1234563")),        "DEA_NUMBER_INVALID"},
        {"DeaTooShort",           {Doctor()}, RecordCredential(Dea("AB123456")),         "DEA_NUMBER_INVALID"},
        {"DeaTooLong",            {Doctor()}, RecordCredential(Dea("AB12345630")),       "DEA_NUMBER_INVALID"},
        {"DeaLetterAmongDigits",  {Doctor()}, RecordCredential(Dea("AB12345B3")),        "DEA_NUMBER_INVALID"},
        {"CreditWhole",           {Doctor()}, RecordCredential(Credit("8")),             "CredentialRecorded"},
        {"CreditSmall",           {Doctor()}, RecordCredential(Credit("0.25")),          "CredentialRecorded"},
        {"CreditZero",            {Doctor()}, RecordCredential(Credit("0")),             "CREDIT_HOURS_INVALID"},
        {"CreditZeroPointZero",   {Doctor()}, RecordCredential(Credit("0.0")),           "CREDIT_HOURS_INVALID"},
        {"CreditNegative",        {Doctor()}, RecordCredential(Credit("-1")),            "CREDIT_HOURS_INVALID"},
        {"CreditWords",           {Doctor()}, RecordCredential(Credit("two")),           "CREDIT_HOURS_INVALID"},
        {"CreditHalfANumber",     {Doctor()}, RecordCredential(Credit("1.")),            "CREDIT_HOURS_INVALID"},
        {"OneDayIsValid",         {Doctor()}, RecordCredential(Licence("year: 2020 month: 5 day: 4", "year: 2020 month: 5 day: 4")), "CredentialRecorded"},
        {"EndsBeforeItBegins",    {Doctor()}, RecordCredential(Licence("year: 2020 month: 5 day: 4", "year: 2020 month: 5 day: 3")), "END_BEFORE_START"},
        {"MayEndInItsYear",       {Doctor()}, RecordCredential(Licence("year: 2020 month: 5 day: 4", "year: 2020")), "CredentialRecorded"},
        {"EndsInTheYearBefore",   {Doctor()}, RecordCredential(Licence("year: 2020", "year: 2019")), "END_BEFORE_START"},
        {"EndBeatsDea",           {Doctor()}, RecordCredential(Dea("x") + " valid_from { year: 2020 } valid_to { year: 2019 }"), "END_BEFORE_START"},
        {"IsRevised",             {Doctor(), RecordCredential(kDea)}, ReviseCredential(kDea),                  "CredentialRevised"},
        {"IsRevisedAsSeen",       {Doctor(), RecordCredential(kDea)}, Seen(2, ReviseCredential(kDea)),         "ETAG_MISMATCH"},
        {"StaysOfItsKind",        {Doctor(), RecordCredential(kDea)}, ReviseCredential(kLicence),              "CREDENTIAL_KIND_CHANGED"},
        {"IsNotRevisedToNothing", {Doctor(), RecordCredential(kDea)}, ReviseCredential(""),                    "CREDENTIAL_REQUIRED"},
        {"RevisedNumbersCount",   {Doctor(), RecordCredential(kDea)}, ReviseCredential(Dea("AB1234564")),      "DEA_NUMBER_INVALID"},
        {"KindBeatsNumber",       {Doctor(), RecordCredential(kLicence)}, ReviseCredential(Dea("AB1234564")),  "CREDENTIAL_KIND_CHANGED"},
        {"RevisedEndCounts",      {Doctor(), RecordCredential(kLicence)}, ReviseCredential(Licence("year: 2020", "year: 2019")), "END_BEFORE_START"},
        {"IsRevisedWhereThere",   {Doctor()}, ReviseCredential(kDea),                    "RESOURCE_NOT_FOUND"},
        {"IsRetracted",           {Doctor(), RecordCredential(kDea)}, RetractCredential(),                     "CredentialRetracted"},
        {"IsRetractedWithAReason", {Doctor(), RecordCredential(kDea)}, WithoutReason(RetractCredential()),     "REASON_REQUIRED"},
        {"IsRetractedForEver",    {Doctor(), RecordCredential(kDea), RetractCredential()}, ReviseCredential(kDea), "RESOURCE_RETRACTED"},
  // clang-format on
}),
    [](const auto& info) { return info.param.name; });

TEST(Credential, IsInThePractitionersStream) {
  for (const v1::EncounterCommand& command : {RecordCredential(kDea), ReviseCredential(kDea), RetractCredential()}) {
    EXPECT_EQ(EncounterDecider::Streams(command, Input()),
              std::vector<std::string>{absl::StrCat("practitioner-", kDoctor)});
  }
}

TEST(Credential, ARevisionSaysAllOfItAndWhy) {
  const v1::CredentialRevised revised =
      EventOfLast({Doctor(), RecordCredential(kDea), ReviseCredential(Dea("FB1234563"))}).credential_revised();
  EXPECT_EQ(revised.credential().dea_registration().number(), "FB1234563");
  EXPECT_EQ(revised.reason(), "as discussed");
  EXPECT_EQ(revised.revision(), 2u);
}

// The practitioner and what they hold are changed each for itself.
TEST(Credential, LeavesThePractitionersEtag) {
  const v1::EncounterState state = After({Doctor(), RecordCredential(kDea), ReviseCredential(kDea)});
  EXPECT_EQ(DecideOn(state, Seen(1, Update("practitioner", kDoctor))).revision, 2u);
}

}  // namespace
}  // namespace anamnesis::encounter
