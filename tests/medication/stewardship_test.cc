// The record of opioid stewardship, and the rules that ask it: below, at and above each limit, what is unknown,
// overrides, and who is exempt. Long because: a case is a line.
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "gmock/gmock.h"
#include "tests/medication/builders.h"
#include "tests/medication/dosing.h"
#include "tests/medication/tables.h"

namespace anamnesis::medication {
namespace {

constexpr char kBlocked[] = "SAFETY_OVERRIDE_REQUIRED";
constexpr char kMethadone[] = "6813", kDiazepam[] = "3322", kIbuprofen[] = "5640", kCocaine[] = "2653";
constexpr char kCodeine[] = "2670", kGabapentin[] = "25480", kAmphetamine[] = "725";
constexpr char kThirdOrder[] = "00000000-0000-4000-8000-000000000333";
constexpr int64_t kMicro = 1;

v1::Order Morphine(const std::string& mg = "10", std::string_view id = kOrder) {
  return Daily(kMorphine, mg, id);
}

v1::Order ForDays(uint32_t days, v1::Order order) {
  order.set_days_supply(days);
  return order;
}

// The active problem, as SNOMED CT has it.
v1::MedicationFacts BySnomed(std::string_view code) {
  v1::MedicationFacts facts = Having(code);
  facts.mutable_patient()->mutable_problems(0)->mutable_codings(0)->set_system("http://snomed.info/sct");
  return facts;
}

// Another dose of kOrder.
v1::MedicationCommand To(const std::string& mg) {
  v1::MedicationCommand command = ChangeDose();
  *command.mutable_change_dose()->mutable_dosages() = Morphine(mg).dosages();
  return command;
}

v1::Order UntilDay(int64_t day, v1::Order order) {
  *order.mutable_dosages(0)->mutable_timing()->mutable_bounds()->mutable_end() =
      ToTimestamp(kNow + day * kMicrosOfDay);
  return order;
}

v1::Order AuthoredOn(int64_t day, v1::Order order) {
  *order.mutable_authored_on() = ToTimestamp(kNow + day * kMicrosOfDay);
  return order;
}

v1::Order FromDay(int64_t day, v1::Order order) {
  *order.mutable_dosages(0)->mutable_timing()->mutable_bounds()->mutable_start() =
      ToTimestamp(kNow + day * kMicrosOfDay);
  return order;
}

v1::MedicationFacts Suspected(v1::MedicationFacts facts) {
  facts.mutable_patient()->mutable_problems(0)->set_verification(patient::v1::VERIFICATION_DIFFERENTIAL);
  return facts;
}

v1::MedicationFacts NoNumber(v1::MedicationFacts facts) {
  facts.mutable_encounters()->mutable_filtrations(0)->mutable_value()->set_value("not done");
  return facts;
}

// From a day after kNow on.
v1::Dosage FromTomorrow(v1::Dosage dosage) {
  *dosage.mutable_timing()->mutable_bounds()->mutable_start() = ToTimestamp(kNow + kMicrosOfDay);
  return dosage;
}

// Until then as it is, from then on so many milligrams.
v1::Order Becoming(const std::string& mg, v1::Order order) {
  *order.mutable_dosages(0)->mutable_timing()->mutable_bounds()->mutable_end() =
      ToTimestamp(kNow + kMicrosOfDay - kMicro);
  *order.add_dosages() = FromTomorrow(Morphine(mg).dosages(0));
  return order;
}

v1::MedicationCommand Changing(const v1::Order& order) {
  v1::MedicationCommand command = ChangeDose();
  *command.mutable_change_dose()->mutable_dosages() = order.dosages();
  return command;
}

v1::Order PatchFromTomorrow() {
  return OrderFor("4337", FromTomorrow(By(kTransdermal, Take("25 ug/h", ""))));
}

v1::MedicationCommand FillFor(uint32_t days) {
  v1::MedicationCommand command = Dispense();
  command.mutable_record_dispense()->mutable_dispense()->set_days_supply(days);
  return command;
}

v1::MedicationCommand Expiring(int64_t day, v1::MedicationCommand command) {
  *command.mutable_sign_agreement()->mutable_agreement()->mutable_expires() = ToTimestamp(kNow + day * kMicrosOfDay);
  return command;
}

// A history of which some began at an unknown time.
v1::MedicationCommand OfUnknownDate(const v1::Order& order) {
  return RecordOrder(In(v1::ORDER_STATUS_ACTIVE, order));
}

struct Case {
  const char* name;
  const char* rules;  // Separated by a blank.
  std::vector<v1::MedicationCommand> given;
  v1::MedicationCommand when;
  v1::MedicationFacts facts;
  const char* then;
};

std::set<std::string> Split(const std::string& text) {
  std::set<std::string> words;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    words.insert(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

class Stewardship : public testing::TestWithParam<Case> {};

TEST_P(Stewardship, Holds) {
  const auto rules = ShelfOf(TablesWithOnly(Split(GetParam().rules)));
  const auto silent = ShelfOf(TablesWithOnly({}));  // The history was not stopped by what is asked now.
  EXPECT_EQ(Told(DecideOn(After(GetParam().given, silent), GetParam().when, GetParam().facts, rules)), GetParam().then);
}

const v1::AnalyteResult kFound = v1::ANALYTE_RESULT_POSITIVE, kNotFound = v1::ANALYTE_RESULT_NEGATIVE;
const v1::FunctionalGain kGain = v1::FUNCTIONAL_GAIN_YES, kNoGain = v1::FUNCTIONAL_GAIN_NO;

const Case kCases[] = {
  // clang-format off
    // A long-acting opioid for who is not used to opioids.
    {"LongActingForTheNaive",   "long-acting-naive", {}, Prescribe(Daily(kMethadone, "5")), {}, kBlocked},
    {"LongActingOverridden",    "long-acting-naive", {}, Overriding("long-acting-naive", Prescribe(Daily(kMethadone, "5"))), {}, "OrderPrescribed: block long-acting-naive (overridden)"},
    {"LongActingBeforeAWeek",   "long-acting-naive", {On(-7, Prescribe(Morphine("10", kOtherOrder)), kMicro)}, On(0, Prescribe(Daily(kMethadone, "5"))), {}, kBlocked},
    {"LongActingAfterAWeek",    "long-acting-naive", {On(-7, Prescribe(Morphine("10", kOtherOrder)))}, On(0, Prescribe(Daily(kMethadone, "5"))), {}, "OrderPrescribed"},
    {"LongActingAfterAWeekLongAgo", "long-acting-naive", {On(-90, Prescribe(Morphine())), On(-60, Discontinue())}, On(0, Prescribe(Daily(kMethadone, "5", kOtherOrder))), {}, kBlocked},
    {"LongActingAfterAHold",    "long-acting-naive", {On(-90, Prescribe(Morphine())), On(-80, Hold())}, On(0, Prescribe(Daily(kMethadone, "5", kOtherOrder))), {}, kBlocked},
    {"LongActingAfterAHoldOfUnknownLength", "long-acting-naive", {On(-90, RecordOrder(In(v1::ORDER_STATUS_ON_HOLD, AuthoredOn(-90, Morphine()))))}, On(0, Prescribe(Daily(kMethadone, "5", kOtherOrder))), {}, kBlocked},
    {"LongActingInAHoldOfADay", "long-acting-naive", {On(-90, Prescribe(Morphine())), On(-1, Hold())}, On(0, Prescribe(Daily(kMethadone, "5", kOtherOrder))), {}, "OrderPrescribed"},
    {"LongActingAfterAHoldOfADay", "long-acting-naive", {On(-90, Prescribe(Morphine())), On(-3, Hold()), On(-2, Resume())}, On(0, Prescribe(Daily(kMethadone, "5", kOtherOrder))), {}, "OrderPrescribed"},
    {"LongActingAfterALongHold", "long-acting-naive", {On(-90, Prescribe(Morphine())), On(-80, Hold()), On(-2, Resume())}, On(0, Prescribe(Daily(kMethadone, "5", kOtherOrder))), {}, kBlocked},
    {"LongActingAWeekAfterALongHold", "long-acting-naive", {On(-90, Prescribe(Morphine())), On(-80, Hold()), On(-7, Resume())}, On(0, Prescribe(Daily(kMethadone, "5", kOtherOrder))), {}, "OrderPrescribed"},
    {"LongActingBeforeTheDosagesBegan", "long-acting-naive", {On(-30, Prescribe(FromDay(-6, Morphine())))}, On(0, Prescribe(Daily(kMethadone, "5", kOtherOrder))), {}, kBlocked},
    {"LongActingAWeekAfterTheDosagesBegan", "long-acting-naive", {On(-30, Prescribe(FromDay(-7, Morphine())))}, On(0, Prescribe(Daily(kMethadone, "5", kOtherOrder))), {}, "OrderPrescribed"},
    {"LongActingAfterTheDosagesEnded", "long-acting-naive", {On(-90, Prescribe(UntilDay(-80, Morphine())))}, On(0, Prescribe(Daily(kMethadone, "5", kOtherOrder))), {}, kBlocked},
    {"LongActingWhileTheDosagesLast", "long-acting-naive", {On(-90, Prescribe(UntilDay(1, Morphine())))}, On(0, Prescribe(Daily(kMethadone, "5", kOtherOrder))), {}, "OrderPrescribed"},
    {"LongActingAfterAGapOfAWeek", "long-acting-naive", {On(-90, Prescribe(Morphine())), On(-8, Discontinue()), On(-1, Prescribe(Morphine("10", kOtherOrder)))}, On(0, Prescribe(Daily(kMethadone, "5", kThirdOrder))), {}, "OrderPrescribed"},
    {"LongActingAfterALongerGap", "long-acting-naive", {On(-90, Prescribe(Morphine())), On(-8, Discontinue()), On(-1, Prescribe(Morphine("10", kOtherOrder)), kMicro)}, On(0, Prescribe(Daily(kMethadone, "5", kThirdOrder))), {}, kBlocked},
    {"LongActingAfterAnUnknownTime", "long-acting-naive", {OfUnknownDate(Morphine("10", kOtherOrder))}, On(0, Prescribe(Daily(kMethadone, "5"))), {}, kBlocked},
    {"LongActingForAChildIsNoLess", "long-acting-naive", {}, Prescribe(Daily(kMethadone, "5")), BornOn(2020), kBlocked},
    {"LongActingFromTomorrow",  "long-acting-naive", {}, On(0, Prescribe(PatchFromTomorrow())), {}, kBlocked},
    {"ShortActingForTheNaive",  "long-acting-naive", {}, Prescribe(Morphine()), {}, "OrderPrescribed"},
    // The monitoring programme.
    {"NoReview",                "pdmp-initiation pdmp-renewal", {}, Prescribe(Morphine()), {}, kBlocked},
    {"NoReviewOverridden",      "pdmp-initiation pdmp-renewal", {}, Overriding("pdmp-initiation", Prescribe(Morphine())), {}, "OrderPrescribed: block pdmp-initiation (overridden)"},
    {"AReviewOfNinetyDays",     "pdmp-initiation pdmp-renewal", {On(-90, ReviewPdmp())}, On(0, Prescribe(Morphine())), {}, "OrderPrescribed"},
    {"AReviewOfMoreThanNinety", "pdmp-initiation pdmp-renewal", {On(-90, ReviewPdmp(), -kMicro)}, On(0, Prescribe(Morphine())), {}, kBlocked},
    {"AReviewOfTomorrow",       "pdmp-initiation pdmp-renewal", {On(1, ReviewPdmp())}, On(0, Prescribe(Morphine())), {}, kBlocked},
    {"ARetractedReview",        "pdmp-initiation pdmp-renewal", {On(-1, ReviewPdmp()), RetractRecord()}, On(0, Prescribe(Morphine())), {}, kBlocked},
    {"TheNewestReviewCounts",   "pdmp-initiation pdmp-renewal", {On(-1, ReviewPdmp()), On(-400, ReviewPdmp(kOtherRecord))}, On(0, Prescribe(Morphine())), {}, "OrderPrescribed"},
    {"ARenewalOnlyWarns",       "pdmp-initiation pdmp-renewal", {On(-100, Prescribe(Morphine()))}, On(0, To("20")), {}, "DoseChanged: warn pdmp-renewal"},
    {"ARenewalInTime",          "pdmp-initiation pdmp-renewal", {On(-100, Prescribe(Morphine())), On(-90, ReviewPdmp())}, On(0, To("20")), {}, "DoseChanged"},
    {"ARenewalTooLate",         "pdmp-initiation pdmp-renewal", {On(-100, Prescribe(Morphine())), On(-90, ReviewPdmp(), -kMicro)}, On(0, To("20")), {}, "DoseChanged: warn pdmp-renewal"},
    {"ARenewalOfUnknownAge",    "pdmp-initiation pdmp-renewal", {OfUnknownDate(Morphine())}, On(0, To("20")), {}, "DoseChanged: warn pdmp-renewal"},
    {"ARenewalInCancer",        "pdmp-initiation pdmp-renewal", {On(-100, Prescribe(Morphine()))}, On(0, To("20")), Having("C50"), "DoseChanged: info pdmp-renewal"},
    {"ForAChildItInforms",      "pdmp-initiation pdmp-renewal", {}, On(0, Prescribe(Morphine())), BornOn(2005, 11, 15), "OrderPrescribed: info pdmp-initiation"},
    {"EighteenToday",           "pdmp-initiation pdmp-renewal", {}, On(0, Prescribe(Morphine())), BornOn(2005, 11, 14), kBlocked},
    {"EighteenThisYear",        "pdmp-initiation pdmp-renewal", {}, On(0, Prescribe(Morphine())), BornOn(2005), kBlocked},
    {"WithCancerItInforms",     "pdmp-initiation pdmp-renewal", {}, Prescribe(Morphine()), Having("C50.911"), "OrderPrescribed: info pdmp-initiation"},
    {"WithSuspectedCancerItDoesNot", "pdmp-initiation pdmp-renewal", {}, Prescribe(Morphine()), Suspected(Having("C50.911")), kBlocked},
    {"AfterCancerItDoesNot",    "pdmp-initiation pdmp-renewal", {}, Prescribe(Morphine()), Having("C50.911", false), kBlocked},
    {"InPalliativeCareItInforms", "pdmp-initiation pdmp-renewal", {}, Prescribe(Morphine()), Having("Z51.5"), "OrderPrescribed: info pdmp-initiation"},
    {"WithSickleCellItInforms", "pdmp-initiation pdmp-renewal", {}, Prescribe(Morphine()), Having("D57.00"), "OrderPrescribed: info pdmp-initiation"},
    {"SickleCellTraitIsNone",   "pdmp-initiation pdmp-renewal", {}, Prescribe(Morphine()), Having("D57.3"), kBlocked},
    {"NoOpioidNoReview",        "pdmp-initiation pdmp-renewal", {}, Prescribe(Daily(kIbuprofen, "400")), {}, "OrderPrescribed"},
    // The agreement.
    {"NinetyDays",              "agreement-missing", {On(-90, Prescribe(Morphine()))}, On(0, To("20")), {}, "DoseChanged"},
    {"MoreThanNinetyDays",      "agreement-missing", {On(-90, Prescribe(Morphine()), -kMicro)}, On(0, To("20")), {}, "DoseChanged: warn agreement-missing"},
    {"AnUnknownTime",           "agreement-missing", {OfUnknownDate(Morphine())}, On(0, To("20")), {}, "DoseChanged: warn agreement-missing"},
    {"AnAgreementHolds",        "agreement-missing", {On(-91, Prescribe(Morphine())), On(-80, SignAgreement())}, On(0, To("20")), {}, "DoseChanged"},
    {"AnAgreementThatExpires",  "agreement-missing", {On(-91, Prescribe(Morphine())), Expiring(0, On(-80, SignAgreement()))}, On(0, To("20")), {}, "DoseChanged: warn agreement-missing"},
    {"UntilTheLastMoment",      "agreement-missing", {On(-91, Prescribe(Morphine())), Expiring(0, On(-80, SignAgreement()))}, On(0, To("20"), -kMicro), {}, "DoseChanged"},
    {"ABrokenAgreement",        "agreement-missing", {On(-91, Prescribe(Morphine())), On(-80, SignAgreement()), On(-1, EndAgreement())}, On(0, To("20")), {}, "DoseChanged: warn agreement-missing"},
    {"AGapOfAMonthIsNone",      "agreement-missing", {On(-150, Prescribe(Morphine())), On(-60, Discontinue()), On(-30, Prescribe(Morphine("10", kOtherOrder)))}, On(0, Prescribe(Morphine("5", kNewId))), {}, "OrderPrescribed: warn duplicate-order, warn agreement-missing"},
    {"AGapOfMoreBeginsAnew",    "agreement-missing", {On(-150, Prescribe(Morphine())), On(-60, Discontinue(), -kMicro), On(-30, Prescribe(Morphine("10", kOtherOrder)))}, On(0, Prescribe(Morphine("5", kNewId))), {}, "OrderPrescribed: warn duplicate-order"},
    {"AgreementOfACancerPatient", "agreement-missing", {On(-91, Prescribe(Morphine()))}, On(0, To("20")), Having("C18"), "DoseChanged: info agreement-missing"},
    // The urine drug test.
    {"NoTest",                  "drug-test-missing", {}, Prescribe(Morphine()), {}, "OrderPrescribed: warn drug-test-missing"},
    {"ATestOfAYear",            "drug-test-missing", {On(-365, TestUrine(kMorphine, kNotFound))}, On(0, Prescribe(Morphine())), {}, "OrderPrescribed"},
    {"ATestOfMoreThanAYear",    "drug-test-missing", {On(-365, TestUrine(kMorphine, kNotFound), -kMicro)}, On(0, Prescribe(Morphine())), {}, "OrderPrescribed: warn drug-test-missing"},
    {"ATestThatWasRetracted",   "drug-test-missing", {On(-1, TestUrine(kMorphine, kNotFound)), RetractRecord()}, On(0, Prescribe(Morphine())), {}, "OrderPrescribed: warn drug-test-missing"},
    {"NoTestInCancer",          "drug-test-missing", {}, Prescribe(Morphine()), Having("C50"), "OrderPrescribed: info drug-test-missing"},
    {"AnIllicitSubstanceInCancer", "drug-test-unexpected", {On(-1, TestUrine(kCocaine, kFound, true))}, On(0, Prescribe(Morphine())), Having("C50"), "OrderPrescribed: info drug-test-unexpected"},
    {"NotFoundStopsARenewal",   "drug-test-unexpected", {On(-2, Prescribe(Morphine())), On(-1, TestUrine(kMorphine, kNotFound))}, On(0, Renew()), {}, kBlocked},
    {"AnIllicitSubstance",      "drug-test-unexpected", {On(-1, TestUrine(kCocaine, kFound, true))}, On(0, Prescribe(Morphine())), {}, kBlocked},
    {"AnIllicitSubstanceOverridden", "drug-test-unexpected", {On(-1, TestUrine(kCocaine, kFound, true))}, On(0, Overriding("drug-test-unexpected", Prescribe(Morphine()))), {}, "OrderPrescribed: block drug-test-unexpected (overridden)"},
    {"NoIllicitSubstance",      "drug-test-unexpected", {On(-1, TestUrine(kCocaine, kNotFound, true))}, On(0, Prescribe(Morphine())), {}, "OrderPrescribed"},
    {"AsPrescribed",            "drug-test-unexpected", {On(-2, Prescribe(Morphine())), On(-1, TestUrine(kMorphine, kFound))}, On(0, To("20")), {}, "DoseChanged"},
    {"PrescribedButNotFound",   "drug-test-unexpected", {On(-2, Prescribe(Morphine())), On(-1, TestUrine(kMorphine, kNotFound))}, On(0, To("20")), {}, kBlocked},
    {"PrescribedInconclusive",  "drug-test-unexpected", {On(-2, Prescribe(Morphine())), On(-1, TestUrine(kMorphine, v1::ANALYTE_RESULT_INCONCLUSIVE))}, On(0, To("20")), {}, "DoseChanged"},
    {"FoundButNotPrescribed",   "drug-test-unexpected", {On(-2, Prescribe(Morphine())), On(-1, TestUrine(kOxycodone, kFound))}, On(0, To("20")), {}, kBlocked},
    {"BenzodiazepineNotPrescribed", "drug-test-unexpected", {On(-1, TestUrine(kDiazepam, kFound))}, On(0, Prescribe(Morphine())), {}, kBlocked},
    {"SoldWithoutAPrescription", "drug-test-unexpected", {On(-1, TestUrine(kIbuprofen, kFound))}, On(0, Prescribe(Morphine())), {}, "OrderPrescribed"},
    {"GabapentinNotPrescribed", "drug-test-unexpected", {On(-1, TestUrine(kGabapentin, kFound))}, On(0, Prescribe(Morphine())), {}, kBlocked},
    {"OfNoTableNotPrescribed",  "drug-test-unexpected", {On(-1, TestUrine(kAmphetamine, kFound))}, On(0, Prescribe(Morphine())), {}, kBlocked},
    {"OfNoTablePrescribed",     "drug-test-unexpected", {On(-2, Prescribe(Daily(kAmphetamine, "10", kOtherOrder))), On(-1, TestUrine(kAmphetamine, kFound))}, On(0, Prescribe(Morphine())), {}, "OrderPrescribed"},
    {"OfNoTableNotFound",       "drug-test-unexpected", {On(-2, Prescribe(Daily(kAmphetamine, "10", kOtherOrder))), On(-1, TestUrine(kAmphetamine, kNotFound))}, On(0, Prescribe(Morphine())), {}, "OrderPrescribed"},
    {"MorphineOfCodeine",       "drug-test-unexpected", {On(-2, Prescribe(Daily(kCodeine, "30", kOtherOrder))), On(-1, TestUrine(kMorphine, kFound))}, On(0, Prescribe(Morphine())), {}, "OrderPrescribed"},
    {"CodeineOfMorphine",       "drug-test-unexpected", {On(-2, Prescribe(Morphine("10", kOtherOrder))), On(-1, TestUrine(kCodeine, kFound))}, On(0, Prescribe(Daily(kCodeine, "30"))), {}, kBlocked},
    {"MorphineAfterCodeine",    "drug-test-unexpected", {On(-3, Prescribe(Daily(kCodeine, "30"))), On(-2, Discontinue()), On(-1, TestUrine(kMorphine, kFound))}, On(0, Prescribe(Morphine("10", kOtherOrder))), {}, kBlocked},
    {"ConcludedOn",             "drug-test-unexpected", {On(-1, TestUrine(kCocaine, kFound, true)), ConcludeTest()}, On(0, Prescribe(Morphine())), {}, "OrderPrescribed"},
    {"ARetractedTest",          "drug-test-unexpected", {On(-1, TestUrine(kCocaine, kFound, true)), RetractRecord()}, On(0, Prescribe(Morphine())), {}, "OrderPrescribed"},
    // Naloxone.
    {"BelowFifty",              "naloxone-missing", {}, Prescribe(Morphine("49.99")), {}, "OrderPrescribed"},
    {"Fifty",                   "naloxone-missing", {}, Prescribe(Morphine("50")), {}, "OrderPrescribed: warn naloxone-missing"},
    {"FiftyFromTomorrow",       "naloxone-missing", {}, On(0, Prescribe(Becoming("50", Morphine()))), {}, "OrderPrescribed: warn naloxone-missing"},
    {"BelowFiftyFromTomorrow",  "naloxone-missing", {}, On(0, Prescribe(Becoming("49.99", Morphine()))), {}, "OrderPrescribed"},
    {"FiftyInCancer",           "naloxone-missing", {}, Prescribe(Morphine("50")), Having("C50"), "OrderPrescribed: info naloxone-missing"},
    {"FiftyAndAnUnknown",       "naloxone-missing", {OfUnknownDate(Daily(kOxycodone, "", kOtherOrder))}, Prescribe(Morphine("50")), {}, "OrderPrescribed: warn naloxone-missing"},
    {"UnknownDose",             "naloxone-missing", {}, Prescribe(Morphine("")), {}, "OrderPrescribed"},
    {"FiftyAndOffered",         "naloxone-missing", {On(-400, OfferNaloxone())}, On(0, Prescribe(Morphine("50"))), {}, "OrderPrescribed"},
    {"WithABenzodiazepine",     "naloxone-missing", {On(-1, Prescribe(Daily(kDiazepam, "5", kOtherOrder)))}, On(0, Prescribe(Morphine())), {}, "OrderPrescribed: warn naloxone-missing"},
    {"TheBenzodiazepineSecond", "naloxone-missing", {On(-1, Prescribe(Morphine("10", kOtherOrder)))}, On(0, Prescribe(Daily(kDiazepam, "5"))), {}, "OrderPrescribed: warn naloxone-missing"},
    {"AfterSubstanceUse",       "naloxone-missing", {}, Prescribe(Morphine()), Having("F11.21", false), "OrderPrescribed: warn naloxone-missing"},
    {"NicotineIsNot",           "naloxone-missing", {}, Prescribe(Morphine()), Having("F17.210"), "OrderPrescribed"},
    {"WithSleepApnoea",         "naloxone-missing", {}, Prescribe(Morphine()), Having("G47.33"), "OrderPrescribed: warn naloxone-missing"},
    {"AfterSleepApnoea",        "naloxone-missing", {}, Prescribe(Morphine()), Having("G47.33", false), "OrderPrescribed"},
    // The Opioid Risk Tool.
    {"ALowRisk",                "opioid-risk-high opioid-risk-moderate", {}, On(0, Prescribe(Morphine())), Scoring(3, -1), "OrderPrescribed"},
    {"AModerateRisk",           "opioid-risk-high opioid-risk-moderate", {}, On(0, Prescribe(Morphine())), Scoring(4, -1), "OrderPrescribed: warn opioid-risk-moderate"},
    {"StillAModerateRisk",      "opioid-risk-high opioid-risk-moderate", {}, On(0, Prescribe(Morphine())), Scoring(7, -1), "OrderPrescribed: warn opioid-risk-moderate"},
    {"AHighRisk",               "opioid-risk-high opioid-risk-moderate", {}, On(0, Prescribe(Morphine())), Scoring(8, -1), "OrderPrescribed: warn opioid-risk-high"},
    {"TheNewestScoreCounts",    "opioid-risk-high opioid-risk-moderate", {}, On(0, Prescribe(Morphine())), And(Scoring(8, -2), Scoring(3, -1)), "OrderPrescribed"},
    {"AnOlderScoreDoesNot",     "opioid-risk-high opioid-risk-moderate", {}, On(0, Prescribe(Morphine())), And(Scoring(8, -1), Scoring(3, -2)), "OrderPrescribed: warn opioid-risk-high"},
    {"AHighRiskInCancer",       "opioid-risk-high opioid-risk-moderate", {}, On(0, Prescribe(Morphine())), And(Scoring(8, -1), Having("C50")), "OrderPrescribed: info opioid-risk-high"},
    {"AModerateRiskInCancer",   "opioid-risk-high opioid-risk-moderate", {}, On(0, Prescribe(Morphine())), And(Scoring(4, -1), Having("C50")), "OrderPrescribed: info opioid-risk-moderate"},
    {"ARiskThatIsScoredLater",  "opioid-risk-high opioid-risk-moderate", {}, On(0, Prescribe(Morphine())), Scoring(8, 1), "OrderPrescribed"},
    {"ARiskWithoutAScore",      "opioid-risk-high opioid-risk-moderate", {}, On(0, Prescribe(Morphine())), {}, "OrderPrescribed"},
    {"ARiskWithoutAnOpioid",    "opioid-risk-high opioid-risk-moderate", {}, On(0, Prescribe(Daily(kIbuprofen, "400"))), Scoring(8, -1), "OrderPrescribed"},
    // Supplies.
    {"SevenDays",               "initial-supply", {}, Prescribe(ForDays(7, Morphine())), {}, "OrderPrescribed"},
    {"EightDays",               "initial-supply", {}, Prescribe(ForDays(8, Morphine())), {}, "OrderPrescribed: warn initial-supply"},
    {"EightDaysInCancer",       "initial-supply", {}, Prescribe(ForDays(8, Morphine())), Having("C50"), "OrderPrescribed: info initial-supply"},
    {"DaysNotSaid",             "initial-supply", {}, Prescribe(Morphine()), {}, "OrderPrescribed"},
    {"EightDaysMore",           "initial-supply", {On(-1, Prescribe(Morphine("10", kOtherOrder)))}, On(0, Prescribe(ForDays(8, Morphine()))), {}, "OrderPrescribed: warn duplicate-order"},
    {"AFifthLeft",              "early-refill", {On(-24, Prescribe(Morphine())), On(-24, FillFor(30))}, On(0, Prescribe(Morphine("10", kNewId))), {}, "OrderPrescribed: warn duplicate-order"},
    {"MoreThanAFifthLeft",      "early-refill", {On(-24, Prescribe(Morphine())), On(-24, FillFor(30), kMicro)}, On(0, Prescribe(Morphine("10", kNewId))), {}, "OrderPrescribed: warn duplicate-order, warn early-refill"},
    {"MoreThanAFifthLeftInCancer", "early-refill", {On(-24, Prescribe(Morphine())), On(-24, FillFor(30), kMicro)}, On(0, Prescribe(Morphine("10", kNewId))), Having("C50"), "OrderPrescribed: warn duplicate-order, info early-refill"},
    {"MoreThanAFifthLeftOfARenewed", "early-refill", {On(-24, Prescribe(Morphine())), On(-24, FillFor(30), kMicro)}, On(0, Renew()), {}, "OrderPrescribed + OrderRenewed: warn early-refill"},
    {"AnUnknownSupplyLeft",     "early-refill", {On(-24, Prescribe(Morphine())), On(-1, Dispense())}, On(0, Prescribe(Morphine("10", kNewId))), {}, "OrderPrescribed: warn duplicate-order"},
    {"AnotherSubstanceLeft",    "early-refill", {On(-24, Prescribe(Morphine())), On(-1, FillFor(30))}, On(0, Prescribe(Daily(kOxycodone, "10", kNewId))), {}, "OrderPrescribed"},
    // Reassessment.
    {"FourWeeks",               "reassessment-overdue", {On(-28, Prescribe(Morphine()))}, On(0, To("20")), {}, "DoseChanged"},
    {"MoreThanFourWeeks",       "reassessment-overdue", {On(-28, Prescribe(Morphine()), -kMicro)}, On(0, To("20")), {}, "DoseChanged: warn reassessment-overdue"},
    {"MoreThanFourWeeksInCancer", "reassessment-overdue", {On(-28, Prescribe(Morphine()), -kMicro)}, On(0, To("20")), Having("C50"), "DoseChanged: info reassessment-overdue"},
    {"NobodyKnowsSinceWhen",    "reassessment-overdue", {OfUnknownDate(Morphine())}, On(0, To("20")), {}, "DoseChanged: warn reassessment-overdue"},
    {"ReassessedInTime",        "reassessment-overdue", {On(-200, Prescribe(Morphine())), On(-90, Reassess(kNoGain))}, On(0, To("20")), {}, "DoseChanged"},
    {"ReassessedTooLongAgo",    "reassessment-overdue", {On(-200, Prescribe(Morphine())), On(-90, Reassess(kNoGain), -kMicro)}, On(0, To("20")), {}, "DoseChanged: warn reassessment-overdue"},
    {"ReassessedBeforeItBegan", "reassessment-overdue", {On(-60, Reassess(kNoGain)), On(-50, Prescribe(Morphine()))}, On(0, To("20")), {}, "DoseChanged: warn reassessment-overdue"},
    // Doses that rise and fall.
    {"TheFirstRise",            "dose-rise-without-gain", {On(-20, Prescribe(Morphine()))}, On(0, To("20")), {}, "DoseChanged"},
    {"AResumptionIsNoRise",     "dose-rise-without-gain early-refill", {On(-20, Prescribe(Morphine())), On(-10, To("20")), On(-9, FillFor(30)), On(-1, Hold())}, On(0, Resume()), {}, "OrderResumed"},
    {"TheSecondRise",           "dose-rise-without-gain", {On(-20, Prescribe(Morphine())), On(-10, To("20"))}, On(0, To("30")), {}, "DoseChanged: warn dose-rise-without-gain"},
    {"TheSecondRiseInCancer",   "dose-rise-without-gain", {On(-20, Prescribe(Morphine())), On(-10, To("20"))}, On(0, To("30")), Having("C50"), "DoseChanged: info dose-rise-without-gain"},
    {"TheSecondRiseFromTomorrow", "dose-rise-without-gain", {On(-20, Prescribe(Morphine())), On(-10, To("20"))}, On(0, Changing(Becoming("30", Morphine("20")))), {}, "DoseChanged: warn dose-rise-without-gain"},
    {"NoRiseFromTomorrow",      "dose-rise-without-gain", {On(-20, Prescribe(Morphine())), On(-10, To("20"))}, On(0, Changing(Becoming("20", Morphine("20")))), {}, "DoseChanged"},
    {"ARiseAfterAGain",         "dose-rise-without-gain", {On(-20, Prescribe(Morphine())), On(-10, To("20")), On(-5, Reassess(kGain))}, On(0, To("30")), {}, "DoseChanged"},
    {"ARiseAfterNoGain",        "dose-rise-without-gain", {On(-20, Prescribe(Morphine())), On(-10, To("20")), On(-5, Reassess(kNoGain))}, On(0, To("30")), {}, "DoseChanged: warn dose-rise-without-gain"},
    {"AGainBeforeTheLastRise",  "dose-rise-without-gain", {On(-20, Prescribe(Morphine())), On(-15, Reassess(kGain)), On(-10, To("20"))}, On(0, To("30")), {}, "DoseChanged: warn dose-rise-without-gain"},
    {"AFall",                   "dose-rise-without-gain", {On(-20, Prescribe(Morphine())), On(-10, To("20"))}, On(0, To("15")), {}, "DoseChanged"},
    {"ATenthAfterAYear",        "taper-fast", {On(-400, Prescribe(Morphine("100")))}, On(0, To("90")), {}, "DoseChanged"},
    {"MoreThanATenthAfterAYear", "taper-fast", {On(-400, Prescribe(Morphine("100")))}, On(0, To("89.99")), {}, "DoseChanged: warn taper-fast"},
    {"TwoStepsInAMonth",        "taper-fast", {On(-400, Prescribe(Morphine("100"))), On(-29, To("95"))}, On(0, To("86")), {}, "DoseChanged: warn taper-fast"},
    {"TwoStepsInTwoMonths",     "taper-fast", {On(-400, Prescribe(Morphine("100"))), On(-30, To("95"))}, On(0, To("86")), {}, "DoseChanged"},
    {"BeforeAYear",             "taper-fast", {On(-365, Prescribe(Morphine("100")))}, On(0, To("50")), {}, "DoseChanged"},
    {"AfterAYearAndAMoment",    "taper-fast", {On(-365, Prescribe(Morphine("100")), -kMicro)}, On(0, To("50")), {}, "DoseChanged: warn taper-fast"},
    {"AFallOfUnknownAge",       "taper-fast", {OfUnknownDate(Morphine("100"))}, On(0, To("50")), {}, "DoseChanged: warn taper-fast"},
    {"AFastFallInCancer",       "taper-fast", {On(-400, Prescribe(Morphine("100")))}, On(0, To("50")), Having("C50"), "DoseChanged: info taper-fast"},
    {"AnUnknownFall",           "taper-fast", {On(-400, Prescribe(Morphine("100")))}, On(0, To("")), {}, "DoseChanged"},
    {"StoppedBelowFifty",       "abrupt-stop", {On(-9, Prescribe(Morphine("49.99")))}, On(0, Discontinue()), {}, "OrderDiscontinued"},
    {"StoppedAtFifty",          "abrupt-stop", {On(-9, Prescribe(Morphine("50")))}, On(0, Discontinue()), {}, "OrderDiscontinued: warn abrupt-stop"},
    {"StoppedWithSomeLeft",     "abrupt-stop", {On(-9, Prescribe(Morphine("50"))), On(-9, Prescribe(Morphine("5", kOtherOrder)))}, On(0, Discontinue()), {}, "OrderDiscontinued"},
    {"HeldBelowFifty",          "abrupt-stop", {On(-9, Prescribe(Morphine("49.99")))}, On(0, Hold()), {}, "OrderHeld"},
    {"HeldAtFifty",             "abrupt-stop", {On(-9, Prescribe(Morphine("50")))}, On(0, Hold()), {}, "OrderHeld: warn abrupt-stop"},
    {"StoppedAfterAHold",       "abrupt-stop", {On(-9, Prescribe(Morphine("50"))), On(-1, Hold())}, On(0, Discontinue()), {}, "OrderDiscontinued"},
    {"ADoseOfNothingAtFifty",   "abrupt-stop", {On(-9, Prescribe(Morphine("50")))}, On(0, To("0")), {}, "DoseChanged: warn abrupt-stop"},
    {"ADoseOfNothingBelowFifty", "abrupt-stop", {On(-9, Prescribe(Morphine("49.99")))}, On(0, To("0")), {}, "DoseChanged"},
    {"ADoseOfNothingWithSomeLeft", "abrupt-stop", {On(-9, Prescribe(Morphine("50"))), On(-9, Prescribe(Morphine("5", kOtherOrder)))}, On(0, To("0")), {}, "DoseChanged: warn duplicate-order"},
    {"ADoseThatNobodyKnows",    "abrupt-stop", {On(-9, Prescribe(Morphine("50")))}, On(0, To("")), {}, "DoseChanged"},
    {"ADoseOfNothingInCancer",  "abrupt-stop", {On(-9, Prescribe(Morphine("50")))}, On(0, To("0")), Having("C50"), "DoseChanged: info abrupt-stop"},
    {"StoppedInCancer",         "abrupt-stop", {On(-9, Prescribe(Morphine("50")))}, On(0, Discontinue()), Having("C50"), "OrderDiscontinued: info abrupt-stop"},
    // An ulcer.
    {"NsaidWithAnUlcer",        "nsaid-ulcer", {}, Prescribe(Daily(kIbuprofen, "400")), Having("K25.4"), "OrderPrescribed: warn nsaid-ulcer"},
    {"NsaidWithAnUlcerBySnomed", "nsaid-ulcer", {}, Prescribe(Daily(kIbuprofen, "400")), BySnomed("13200003"), "OrderPrescribed: warn nsaid-ulcer"},
    {"NsaidAfterAnUlcer",       "nsaid-ulcer", {}, Prescribe(Daily(kIbuprofen, "400")), Having("K25.4", false), "OrderPrescribed"},
    {"NsaidBelowThirty",        "nsaid-egfr", {}, On(0, Prescribe(Daily(kIbuprofen, "400"))), Filtering("29.9", -1), "OrderPrescribed: warn nsaid-egfr"},
    {"NsaidAtThirty",           "nsaid-egfr", {}, On(0, Prescribe(Daily(kIbuprofen, "400"))), Filtering("30", -1), "OrderPrescribed"},
    {"TheNewestRateCounts",     "nsaid-egfr", {}, On(0, Prescribe(Daily(kIbuprofen, "400"))), And(Filtering("15", -2), Filtering("60", -1)), "OrderPrescribed"},
    {"AnOlderRateDoesNot",      "nsaid-egfr", {}, On(0, Prescribe(Daily(kIbuprofen, "400"))), And(Filtering("15", -1), Filtering("60", -2)), "OrderPrescribed: warn nsaid-egfr"},
    {"NsaidBelowABound",        "nsaid-egfr", {}, On(0, Prescribe(Daily(kIbuprofen, "400"))), Filtering("<15", -1), "OrderPrescribed: warn nsaid-egfr"},
    {"NsaidBelowTheLimitItself", "nsaid-egfr", {}, On(0, Prescribe(Daily(kIbuprofen, "400"))), Filtering("<30", -1), "OrderPrescribed: warn nsaid-egfr"},
    {"NsaidBelowMoreThanTheLimit", "nsaid-egfr", {}, On(0, Prescribe(Daily(kIbuprofen, "400"))), Filtering("<60", -1), "OrderPrescribed"},
    {"AResultThatIsNoNumberHidesNone", "nsaid-egfr", {}, On(0, Prescribe(Daily(kIbuprofen, "400"))), And(Filtering("15", -2), NoNumber(Filtering("60", -1))), "OrderPrescribed: warn nsaid-egfr"},
    {"NsaidAboveABound",        "nsaid-egfr", {}, On(0, Prescribe(Daily(kIbuprofen, "400"))), Filtering(">15", -1), "OrderPrescribed"},
    {"NsaidBeforeTheResult",    "nsaid-egfr", {}, On(0, Prescribe(Daily(kIbuprofen, "400"))), Filtering("15", 1), "OrderPrescribed"},
    {"NsaidWithoutAResult",     "nsaid-egfr", {}, On(0, Prescribe(Daily(kIbuprofen, "400"))), {}, "OrderPrescribed"},
    {"MorphineBelowThirty",     "nsaid-egfr", {}, On(0, Prescribe(Morphine())), Filtering("15", -1), "OrderPrescribed"},
    {"MorphineWithAnUlcer",     "nsaid-ulcer", {}, Prescribe(Morphine()), Having("K25.4"), "OrderPrescribed"},
    // The records themselves.
    {"AReviewIsRecordedOnce",   "", {ReviewPdmp()}, ReviewPdmp(), {}, "STEWARDSHIP_ALREADY_EXISTS"},
    {"IdsAreSharedByAllKinds",  "", {ReviewPdmp()}, OfferNaloxone(), {}, "STEWARDSHIP_ALREADY_EXISTS"},
    {"AnAgreementEnds",         "", {SignAgreement()}, EndAgreement(), {}, "AgreementEnded"},
    {"AnAgreementEndsOnce",     "", {SignAgreement(), EndAgreement()}, EndAgreement(), {}, "AGREEMENT_ENDED"},
    {"AnAgreementEndsForAReason", "", {SignAgreement()}, WithoutReason(EndAgreement()), {}, "REASON_REQUIRED"},
    {"NoReasonBeatsEnded",      "", {SignAgreement(), EndAgreement()}, WithoutReason(EndAgreement()), {}, "REASON_REQUIRED"},
    {"NoAgreement",             "", {}, EndAgreement(), {}, "STEWARDSHIP_NOT_FOUND"},
    {"AReviewIsNoAgreement",    "", {ReviewPdmp()}, EndAgreement(), {}, "STEWARDSHIP_NOT_FOUND"},
    {"AnAgreementSeenBefore",   "", {SignAgreement()}, Seen(2, EndAgreement()), {}, "ETAG_MISMATCH"},
    {"ARetractedAgreement",     "", {SignAgreement(), RetractRecord()}, EndAgreement(), {}, "STEWARDSHIP_RETRACTED"},
    {"EtagBeatsRetracted",      "", {SignAgreement(), RetractRecord()}, Seen(1, EndAgreement()), {}, "ETAG_MISMATCH"},
    {"AnAgreementOfNoTime",     "", {}, Expiring(0, On(0, SignAgreement())), {}, "AGREEMENT_EXPIRES_FIRST"},
    {"ExistsBeatsExpires",      "", {SignAgreement()}, Expiring(0, On(0, SignAgreement())), {}, "STEWARDSHIP_ALREADY_EXISTS"},
    {"AnAgreementOfAMoment",    "", {}, Expiring(0, On(0, SignAgreement(), -kMicro)), {}, "AgreementSigned"},
    {"NothingToConclude",       "", {TestUrine(kMorphine, kNotFound)}, ConcludeTest(), {}, "DRUG_TEST_NOT_OPEN"},
    {"ConcludedOnce",           "", {TestUrine(kCocaine, kFound, true), ConcludeTest()}, ConcludeTest(), {}, "DRUG_TEST_NOT_OPEN"},
    {"AConclusionSaysWhat",     "", {TestUrine(kCocaine, kFound, true)}, WithoutReason(ConcludeTest()), {}, "REASON_REQUIRED"},
    {"NoTestToConclude",        "", {}, ConcludeTest(), {}, "STEWARDSHIP_NOT_FOUND"},
    {"ATestSeenBefore",         "", {TestUrine(kCocaine, kFound, true)}, Seen(2, ConcludeTest()), {}, "ETAG_MISMATCH"},
    {"RetractedBeatsNotOpen",   "", {TestUrine(kMorphine, kNotFound), RetractRecord()}, ConcludeTest(), {}, "STEWARDSHIP_RETRACTED"},
    {"RetractedForAReason",     "", {ReviewPdmp()}, WithoutReason(RetractRecord()), {}, "REASON_REQUIRED"},
    {"RetractedOnce",           "", {ReviewPdmp(), RetractRecord()}, RetractRecord(), {}, "STEWARDSHIP_RETRACTED"},
    {"NothingToRetract",        "", {}, RetractRecord(), {}, "STEWARDSHIP_NOT_FOUND"},
    {"TheDeadAreStillWrittenOf", "", {}, Reassess(kNoGain), Deceased(), "TherapyReassessed"},
  // clang-format on
};

INSTANTIATE_TEST_SUITE_P(All, Stewardship, testing::ValuesIn(kCases), [](const auto& info) { return info.param.name; });

TEST(StewardshipTest, EveryRuleOfItsOwnIsTested) {
  std::set<std::string> tested;
  for (const Case& test : kCases) tested.merge(Split(test.rules));
  tested.insert("facts-stale");
  EXPECT_EQ(tested, StewardshipRules());
}

// What is prescribed when the other services were heard of so long ago.
std::string DecidedAtAge(std::optional<uint32_t> age_seconds) {
  const v1::MedicationState state;
  const v1::MedicationState* const states[] = {&state};
  const Known known{.others = {}, .rules = ShelfOf(TablesWithOnly({"facts-stale"})), .age_seconds = age_seconds};
  const auto decision = MedicationDecider::Decide(states, Prescribe(), Input(), known);
  const v1::OrderPrescribed& prescribed = decision.events.at(0).event.order_prescribed();
  EXPECT_EQ(prescribed.has_facts_age_seconds(), age_seconds.has_value());
  EXPECT_EQ(prescribed.facts_age_seconds(), age_seconds.value_or(0));
  return Told(decision);
}

TEST(StewardshipTest, FactsThatMayBeOutOfDateAreSaidToBe) {
  EXPECT_EQ(DecidedAtAge(0), "OrderPrescribed");
  EXPECT_EQ(DecidedAtAge(60), "OrderPrescribed");
  EXPECT_EQ(DecidedAtAge(61), "OrderPrescribed: warn facts-stale");
  EXPECT_EQ(DecidedAtAge(std::nullopt), "OrderPrescribed: warn facts-stale");
}

TEST(StewardshipTest, AnExemptionIsNamed) {
  const auto rules = ShelfOf(TablesWithOnly({"pdmp-initiation"}));
  const auto decision = DecideOn({}, Prescribe(Morphine()), Having("C50"), rules);
  ASSERT_EQ(decision.alerts.size(), 1u);
  EXPECT_THAT(decision.alerts[0].facts(), testing::Contains(std::string("problem/") + kProblem));
}

std::string Total(const v1::DailyMmeTotal& total) {
  return (total.at_least() ? "at least " : "") + total.mme_per_day();
}

TEST(StewardshipTest, EachChangeOfOpioidsSaysWhatTheDayComesTo) {
  const auto rules = ShelfOf(TablesWithOnly({}));
  const v1::MedicationState state =
      After({On(-9, Prescribe(Morphine("10"))), On(-8, Prescribe(Morphine("5", kOtherOrder))), On(-7, To("20")),
             On(-6, Hold()), On(-5, Resume()), On(-4, Prescribe(Daily(kIbuprofen, "400", kNewId))), On(-3, To("")),
             On(-2, Discontinue())},
            rules);
  std::vector<std::string> totals;
  for (const v1::DailyMmeTotal& total : state.daily_mme()) totals.push_back(Total(total));
  EXPECT_THAT(totals, testing::ElementsAre("10", "15", "25", "5", "25", "at least 5", "5"));
  EXPECT_EQ(ToMicros(state.daily_mme(3).from()), kNow - 6 * kMicrosOfDay);
  EXPECT_EQ(state.past_opioid_uses_size(), 1);
}

TEST(StewardshipTest, FindingsNameTheSubstance) {
  const auto rules = ShelfOf(TablesWithOnly({}));
  const auto decision = DecideOn({}, TestUrine(kOxycodone, kFound), {}, rules);
  const v1::DrugTestRecorded& recorded = decision.events.at(0).event.drug_test_recorded();
  ASSERT_EQ(recorded.findings_size(), 1);
  EXPECT_EQ(recorded.findings(0).rxnorm(), kOxycodone);
  EXPECT_EQ(recorded.findings(0).kind(), v1::UNEXPECTED_RESULT_NOT_PRESCRIBED_POSITIVE);
  EXPECT_GT(recorded.decided_by_size(), 0);
}

}  // namespace
}  // namespace anamnesis::medication
