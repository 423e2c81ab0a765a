// What the clinical rules say about an order, and when they stop it.
#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"
#include "tests/medication/builders.h"
#include "tests/medication/tables.h"

namespace anamnesis::medication {
namespace {

v1::KnownAllergy With(patient::v1::ClinicalStatus status, v1::KnownAllergy allergy) {
  allergy.set_clinical_status(status);
  return allergy;
}

v1::KnownAllergy With(patient::v1::Verification verification, v1::KnownAllergy allergy) {
  allergy.set_verification(verification);
  return allergy;
}

v1::KnownAllergy With(patient::v1::AllergyKind kind, v1::KnownAllergy allergy) {
  allergy.set_kind(kind);
  return allergy;
}

v1::KnownAllergy InSystem(std::string_view system, v1::KnownAllergy allergy) {
  allergy.mutable_codings(0)->set_system(std::string(system));
  return allergy;
}

v1::KnownAllergy To(const std::vector<std::string>& categories, v1::KnownAllergy allergy) {
  allergy.mutable_categories()->Assign(categories.begin(), categories.end());
  return allergy;
}

v1::KnownAllergy Named(std::string_view display, v1::KnownAllergy allergy) {
  allergy.mutable_codings(0)->set_display(std::string(display));
  return allergy;
}

// An order in which neither product nor ingredient has a code.
v1::Order Uncoded(std::string_view id = kOrder) {
  v1::Order order;
  order.set_id(std::string(id));
  order.mutable_medication()->add_codings()->set_display("Percocet");
  return order;
}

struct Case {
  const char* name;
  std::vector<v1::MedicationCommand> given;
  v1::MedicationCommand when;
  v1::MedicationFacts facts;
  const char* then;
};

class SafetyRules : public testing::TestWithParam<Case> {};

TEST_P(SafetyRules, Hold) {
  const v1::MedicationState state = After(GetParam().given);
  EXPECT_EQ(Told(DecideOn(state, GetParam().when, GetParam().facts)), GetParam().then);
  EXPECT_EQ(Told(DecideOn(state, GetParam().when, GetParam().facts)), GetParam().then) << "asked twice";
}

constexpr char kAllergyRule[] = "allergy-ingredient";
constexpr char kBlocked[] = "SAFETY_OVERRIDE_REQUIRED";
const v1::Order kPercocet = OrderOf({kOxycodone, kAcetaminophen});

const Case kCases[] = {
  // clang-format off
    // Allergies.
    {"AllergicToTheIngredient",        {}, Prescribe(), Knowing({AllergyTo(kOxycodone)}), kBlocked},
    {"AllergicToOneOfTheIngredients",  {}, Prescribe(kPercocet), Knowing({AllergyTo(kAcetaminophen)}), kBlocked},
    {"AllergicToTheProduct",           {}, Prescribe(), Knowing({AllergyTo("7804p")}), kBlocked},
    {"AllergicToSomethingElse",        {}, Prescribe(), Knowing({AllergyTo(kMorphine)}), "OrderPrescribed"},
    {"TheSameCodeInAnotherSystem",     {}, Prescribe(), Knowing({InSystem("http://snomed.info/sct", AllergyTo(kOxycodone))}), "OrderPrescribed: warn allergy-unread"},
    {"TheDisplayDoesNotCount",         {}, Prescribe(), Knowing({Named("Oxycodone (substance)", AllergyTo(kOxycodone))}), kBlocked},
    {"NoCodeMatchesNothing",           {}, Prescribe(Uncoded()), Knowing({InSystem("", AllergyTo(""))}), "OrderPrescribed: warn allergy-unread"},
    {"UnreadButOver",                  {}, Prescribe(), Knowing({With(patient::v1::CLINICAL_STATUS_RESOLVED, InSystem("", AllergyTo("")))}), "OrderPrescribed"},
    {"NoneIsKnown",                    {}, Prescribe(), Knowing({InSystem("http://snomed.info/sct", AllergyTo("716186003"))}), "OrderPrescribed"},
    {"UnreadOfFood",                   {}, Prescribe(), Knowing({To({"food", "environment"}, InSystem("", AllergyTo("")))}), "OrderPrescribed"},
    {"UnreadOfFoodAndDrugs",           {}, Prescribe(), Knowing({To({"food", "medication"}, InSystem("", AllergyTo("")))}), "OrderPrescribed: warn allergy-unread"},
    {"UnreadForADoseChange",           {Prescribe()}, ChangeDose(), Knowing({InSystem("", AllergyTo(""))}), "DoseChanged: warn allergy-unread"},
    {"IntolerantIsWarned",             {}, Prescribe(), Knowing({With(patient::v1::ALLERGY_KIND_INTOLERANCE, AllergyTo(kOxycodone))}), "OrderPrescribed: warn allergy-ingredient"},
    {"AKindThatIsNotSaidBlocks",       {}, Prescribe(), Knowing({With(patient::v1::ALLERGY_KIND_UNSPECIFIED, AllergyTo(kOxycodone))}), kBlocked},
    {"RecurrentBlocks",                {}, Prescribe(), Knowing({With(patient::v1::CLINICAL_STATUS_RECURRENCE, AllergyTo(kOxycodone))}), kBlocked},
    {"AStatusThatIsNotSaidBlocks",     {}, Prescribe(), Knowing({With(patient::v1::CLINICAL_STATUS_UNSPECIFIED, AllergyTo(kOxycodone))}), kBlocked},
    {"InactiveDoesNotCount",           {}, Prescribe(), Knowing({With(patient::v1::CLINICAL_STATUS_INACTIVE, AllergyTo(kOxycodone))}), "OrderPrescribed"},
    {"RemissionDoesNotCount",          {}, Prescribe(), Knowing({With(patient::v1::CLINICAL_STATUS_REMISSION, AllergyTo(kOxycodone))}), "OrderPrescribed"},
    {"ResolvedDoesNotCount",           {}, Prescribe(), Knowing({With(patient::v1::CLINICAL_STATUS_RESOLVED, AllergyTo(kOxycodone))}), "OrderPrescribed"},
    {"RefutedDoesNotCount",            {}, Prescribe(), Knowing({With(patient::v1::VERIFICATION_REFUTED, AllergyTo(kOxycodone))}), "OrderPrescribed"},
    {"UnconfirmedBlocks",              {}, Prescribe(), Knowing({With(patient::v1::VERIFICATION_UNCONFIRMED, AllergyTo(kOxycodone))}), kBlocked},
    {"AVerificationThatIsNotSaidBlocks", {}, Prescribe(), Knowing({With(patient::v1::VERIFICATION_UNSPECIFIED, AllergyTo(kOxycodone))}), kBlocked},
    {"AnAllergyFoundSinceStopsTheDoseChange", {Prescribe()}, ChangeDose(), Knowing({AllergyTo(kOxycodone)}), kBlocked},
    {"AnAllergyFoundSinceStopsTheResumption", {Prescribe(), Hold()}, Resume(), Knowing({AllergyTo(kOxycodone)}), kBlocked},
    {"OverriddenItIsResumed",          {Prescribe(), Hold()}, Overriding(kAllergyRule, Resume()), Knowing({AllergyTo(kOxycodone)}), "OrderResumed: block allergy-ingredient (overridden)"},
    {"ARecordedOrderCanBeStoppedByIt", {RecordOrder(In(v1::ORDER_STATUS_ACTIVE))}, ChangeDose(), Knowing({AllergyTo(kOxycodone)}), kBlocked},
    {"AnAllergyStopsNoHold",           {Prescribe()}, Hold(), Knowing({AllergyTo(kOxycodone)}), "OrderHeld"},
    {"AnAllergyStopsNoDiscontinuation", {Prescribe()}, Discontinue(), Knowing({AllergyTo(kOxycodone)}), "OrderDiscontinued"},
    // Overrides.
    {"OverriddenGoesOn",               {}, Overriding(kAllergyRule, Prescribe()), Knowing({AllergyTo(kOxycodone)}), "OrderPrescribed: block allergy-ingredient (overridden)"},
    {"OneOverrideForAllOfARule",       {}, Overriding(kAllergyRule, Prescribe(kPercocet)), Knowing({AllergyTo(kOxycodone), AllergyTo(kAcetaminophen)}), "OrderPrescribed: block allergy-ingredient (overridden), block allergy-ingredient (overridden)"},
    {"AnotherRulesOverrideDoesNotCount", {}, Overriding("duplicate-order", Prescribe()), Knowing({AllergyTo(kOxycodone)}), kBlocked},
    {"OverriddenDoseChange",           {Prescribe()}, Overriding(kAllergyRule, ChangeDose()), Knowing({AllergyTo(kOxycodone)}), "DoseChanged: block allergy-ingredient (overridden)"},
    {"AWarningMayBeAnswered",          {Prescribe(Oxycodone(kOtherOrder))}, Overriding("duplicate-order", Prescribe()), {}, "OrderPrescribed: warn duplicate-order (overridden)"},
    {"AnOverrideOfNothingIsNothing",   {}, Overriding(kAllergyRule, Prescribe()), {}, "OrderPrescribed"},
    // Duplicates.
    {"TheSameIngredientTwice",         {Prescribe(Oxycodone(kOtherOrder))}, Prescribe(kPercocet), {}, "OrderPrescribed: warn duplicate-order"},
    {"TheSameProductTwice",            {Prescribe(OrderOf({}, kOtherOrder))}, Prescribe(OrderOf({})), {}, "OrderPrescribed: warn duplicate-order"},
    {"AnotherIngredient",              {Prescribe(OrderOf({kMorphine}, kOtherOrder))}, Prescribe(), {}, "OrderPrescribed"},
    {"UncodedOrdersAreNotTheSame",     {Prescribe(Uncoded(kOtherOrder))}, Prescribe(Uncoded()), {}, "OrderPrescribed"},
    {"ARecordedDuplicateCounts",       {RecordOrder(In(v1::ORDER_STATUS_ACTIVE, Oxycodone(kOtherOrder)))}, Prescribe(), {}, "OrderPrescribed: warn duplicate-order"},
    {"ADuplicateOnHoldDoesNot",        {RecordOrder(In(v1::ORDER_STATUS_ON_HOLD, Oxycodone(kOtherOrder)))}, Prescribe(), {}, "OrderPrescribed"},
    {"ADuplicateOfThePastDoesNot",     {RecordOrder(In(v1::ORDER_STATUS_STOPPED, Oxycodone(kOtherOrder)))}, Prescribe(), {}, "OrderPrescribed"},
    {"AnOrderIsNoDuplicateOfItself",   {Prescribe()}, ChangeDose(), {}, "DoseChanged"},
    {"ADoseChangeOfADuplicate",        {Prescribe(Oxycodone(kOtherOrder)), Prescribe()}, ChangeDose(), {}, "DoseChanged: warn duplicate-order"},
    {"AHeldThenResumedDuplicateCounts", {Prescribe(), Hold(), Resume()}, Prescribe(Oxycodone(kOtherOrder)), {}, "OrderPrescribed: warn duplicate-order"},
    // Encounters.
    {"AnOrderInAVoidEncounter",        {}, Prescribe(InEncounter(Oxycodone())), EncounterIsVoid(), "OrderPrescribed: warn encounter-void"},
    {"AnOrderInAnEncounter",           {}, Prescribe(InEncounter(Oxycodone())), {}, "OrderPrescribed"},
    {"AnOrderInNoEncounter",           {}, Prescribe(), EncounterIsVoid(), "OrderPrescribed"},
    {"ADoseChangeLater",               {Prescribe(InEncounter(Oxycodone()))}, ChangeDose(), EncounterIsVoid(), "DoseChanged"},
    // Together.
    {"GravestFirst",                   {Prescribe(Oxycodone(kOtherOrder))}, Overriding(kAllergyRule, Prescribe(InEncounter(kPercocet))),
     And(EncounterIsVoid(), Knowing({With(patient::v1::ALLERGY_KIND_INTOLERANCE, AllergyTo(kOxycodone)), AllergyTo(kAcetaminophen)})),
     "OrderPrescribed: block allergy-ingredient (overridden), warn allergy-ingredient (overridden), warn duplicate-order, warn encounter-void"},
    {"DeceasedBeatsSafety",            {}, Prescribe(), And(Deceased(), Knowing({AllergyTo(kOxycodone)})), "PATIENT_DECEASED"},
    {"MergedAwayBeatsSafety",          {}, Prescribe(), And(MergedAway(), Knowing({AllergyTo(kOxycodone)})), "PATIENT_MERGED_AWAY"},
  // clang-format on
};

// Ingredients: three of one class, two local anaesthetics, two of classes that share a use only.
constexpr char kIbuprofen[] = "5640", kNaproxen[] = "7258", kKetorolac[] = "35827";
constexpr char kLidocaine[] = "6387", kBupivacaine[] = "1815", kBaclofen[] = "1292", kCyclobenzaprine[] = "21949";
constexpr char kPercocetProduct[] = "1049221";

std::string ByTheClasses(const v1::MedicationCommand& command, const std::vector<v1::KnownAllergy>& allergies) {
  return Told(DecideOn({}, command, Knowing(allergies), ShelfOf(TablesWithOnly({}))));
}

TEST(AllergyClass, AnotherOfTheClassIsStopped) {
  const v1::MedicationCommand naproxen = Prescribe(OrderOf({kNaproxen}));
  EXPECT_EQ(ByTheClasses(naproxen, {AllergyTo(kIbuprofen)}), kBlocked);
  EXPECT_EQ(ByTheClasses(Overriding("allergy-class", naproxen), {AllergyTo(kIbuprofen)}),
            "OrderPrescribed: block allergy-class (overridden)");
  EXPECT_EQ(ByTheClasses(naproxen, {With(patient::v1::ALLERGY_KIND_INTOLERANCE, AllergyTo(kIbuprofen))}),
            "OrderPrescribed: warn allergy-class");
  EXPECT_EQ(ByTheClasses(naproxen, {With(patient::v1::ALLERGY_KIND_UNSPECIFIED, AllergyTo(kIbuprofen))}), kBlocked);
  EXPECT_EQ(ByTheClasses(naproxen, {With(patient::v1::VERIFICATION_REFUTED, AllergyTo(kIbuprofen))}),
            "OrderPrescribed");
  EXPECT_EQ(ByTheClasses(naproxen, {AllergyTo(kMorphine)}), "OrderPrescribed");
  EXPECT_EQ(ByTheClasses(naproxen, {InSystem("http://snomed.info/sct", AllergyTo(kIbuprofen))}),
            "OrderPrescribed: warn allergy-unread");
  EXPECT_EQ(ByTheClasses(Prescribe(OrderOf({kBupivacaine})), {AllergyTo(kLidocaine)}), kBlocked);
  EXPECT_EQ(ByTheClasses(Prescribe(OrderOf({kOxycodone})), {AllergyTo("1819")}), kBlocked) << "buprenorphine";
}

TEST(AllergyClass, IsSaidOnceAndNotOfWhatTheMedicineIsItself) {
  EXPECT_EQ(ByTheClasses(Overriding(kAllergyRule, Prescribe(OrderOf({kNaproxen}))), {AllergyTo(kNaproxen)}),
            "OrderPrescribed: block allergy-ingredient (overridden)");
  EXPECT_EQ(
      ByTheClasses(Overriding("allergy-class", Prescribe(OrderOf({kNaproxen, kKetorolac}))), {AllergyTo(kIbuprofen)}),
      "OrderPrescribed: block allergy-class (overridden)");
}

TEST(AllergyClass, AnAllergyToAProductIsToWhatIsInIt) {
  EXPECT_EQ(ByTheClasses(Prescribe(OrderOf({kMorphine})), {AllergyTo(kPercocetProduct)}), kBlocked);
  EXPECT_EQ(ByTheClasses(Prescribe(OrderOf({kIbuprofen})), {AllergyTo(kPercocetProduct)}), "OrderPrescribed");
}

TEST(AllergyClass, WhatSharesAUseOnlyIsNoClass) {
  EXPECT_EQ(ByTheClasses(Prescribe(OrderOf({kCyclobenzaprine})), {AllergyTo(kBaclofen)}), "OrderPrescribed");
  EXPECT_EQ(Told(DecideOn({}, Prescribe(OrderOf({kNaproxen})), Knowing({AllergyTo(kIbuprofen)}))), "OrderPrescribed")
      << "without tables nobody knows of classes";
}

INSTANTIATE_TEST_SUITE_P(All, SafetyRules, testing::ValuesIn(kCases), [](const auto& info) { return info.param.name; });

TEST(SafetyTest, TheRefusalNamesEachAllergy) {
  v1::KnownAllergy other = AllergyTo(kAcetaminophen);
  other.set_id(kNewId);
  const auto decision = DecideOn({}, Prescribe(kPercocet), Knowing({AllergyTo(kOxycodone), other}));
  google::rpc::PreconditionFailure failure;
  const auto payload = decision.refusal.GetPayload("type.googleapis.com/google.rpc.PreconditionFailure");
  ASSERT_TRUE(payload.has_value());
  ASSERT_TRUE(failure.ParseFromString(std::string(*payload)));
  ASSERT_EQ(failure.violations_size(), 2);
  EXPECT_EQ(failure.violations(0).type(), "allergy-ingredient");
  EXPECT_EQ(failure.violations(0).subject(), std::string("allergy/") + kAllergy);
  EXPECT_EQ(failure.violations(1).subject(), std::string("allergy/") + kNewId);
}

TEST(SafetyTest, AWarningIsNoViolation) {
  const auto decision =
      DecideOn(After({Prescribe(Oxycodone(kOtherOrder))}), Prescribe(), Knowing({AllergyTo(kOxycodone)}));
  google::rpc::PreconditionFailure failure;
  const auto payload = decision.refusal.GetPayload("type.googleapis.com/google.rpc.PreconditionFailure");
  ASSERT_TRUE(payload.has_value());
  ASSERT_TRUE(failure.ParseFromString(std::string(*payload)));
  EXPECT_EQ(failure.violations_size(), 1);
}

TEST(SafetyTest, TheEventKeepsTheAlertAndWhyItWasOverridden) {
  const v1::MedicationFacts facts = Knowing({AllergyTo(kOxycodone)});
  const auto prescribed = DecideOn({}, Overriding(kAllergyRule, Prescribe()), facts);
  const auto changed = DecideOn(After({Prescribe()}), Overriding(kAllergyRule, ChangeDose()), facts);
  for (const auto& alerts : {prescribed.events.at(0).event.order_prescribed().alerts(),
                             changed.events.at(0).event.dose_changed().alerts()}) {
    ASSERT_EQ(alerts.size(), 1);
    EXPECT_EQ(alerts[0].rule_id(), kAllergyRule);
    EXPECT_EQ(alerts[0].severity(), rpc::v1::ALERT_SEVERITY_BLOCK);
    EXPECT_EQ(alerts[0].override_reason(), "tolerated before");
    EXPECT_EQ(alerts[0].facts(0), std::string("allergy/") + kAllergy);
  }
}

TEST(SafetyTest, DuplicatesAreNamedInTheOrderOfTheirIds) {
  std::vector<v1::MedicationCommand> given;
  std::vector<std::string> expected;
  for (char digit = '9'; digit >= '0'; --digit) {
    std::string id = kOtherOrder;
    id.back() = digit;
    given.push_back(RecordOrder(In(v1::ORDER_STATUS_ACTIVE, Oxycodone(id))));
    expected.insert(expected.begin(), "order/" + id);
  }
  std::vector<std::string> named;
  for (const rpc::v1::Alert& alert : DecideOn(After(given), Prescribe()).alerts) named.push_back(alert.facts(0));
  EXPECT_EQ(named, expected);
}

}  // namespace
}  // namespace anamnesis::medication
