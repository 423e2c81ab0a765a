// What the rules say that the tables of the repository set: at, below and above each limit, what is unknown, overrides,
// and the tables' own coming and going.
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/refusal.h"
#include "gmock/gmock.h"
#include "tests/medication/builders.h"
#include "tests/medication/dosing.h"
#include "tests/medication/tables.h"

namespace anamnesis::medication {
namespace {

constexpr char kBlocked[] = "SAFETY_OVERRIDE_REQUIRED";

// The tables of the repository, without the rules that have a test of their own (stewardship_test.cc).
const std::shared_ptr<const RuleShelf>& Defaults() {
  static const auto* const shelf = new std::shared_ptr<const RuleShelf>(ShelfOf(TablesWithout(StewardshipRules())));
  return *shelf;
}

// From the day after kNow.
v1::Order Tomorrow(const std::string& ingredient, const std::string& mg, std::string_view id = kOrder) {
  v1::Order order = OrderFor(ingredient, Between(19'677, 30'000, By(kOral, Take(mg + " mg", "QD"))));
  order.set_id(std::string(id));
  return order;
}

v1::Order Patch(const std::string& strength, std::string_view id = kOrder) {
  v1::Order order = OrderFor("4337", By(kTransdermal, Take("1 {patch}", "1 per 72 h")), strength);
  order.set_id(std::string(id));
  return order;
}

// By what people call it only.
v1::Order Named(const std::string& text, std::string_view id = kOrder) {
  v1::Order order;
  order.set_id(std::string(id));
  order.mutable_medication()->set_text(text);
  return order;
}

v1::Order WithUncoded(v1::Order order) {
  order.add_ingredients()->mutable_coding()->set_display("a herb");
  return order;
}

v1::Order Product(const std::string& code, const std::string& timing, std::string_view id = kOrder) {
  v1::Order order = Taking({Take("1 1", timing)});
  *order.mutable_medication()->add_codings() = RxNorm(code);
  order.set_id(std::string(id));
  return order;
}

v1::Order AlsoNamed(const std::string& code, v1::Order order) {
  *order.mutable_medication()->add_codings() = RxNorm(code);
  return order;
}

struct Case {
  const char* name;
  std::vector<v1::Order> active;
  v1::Order proposed;
  std::vector<std::string> overridden;
  const char* then;
};

std::string Decided(const Case& test) {
  std::vector<v1::MedicationCommand> given;
  for (const v1::Order& order : test.active) given.push_back(RecordOrder(In(v1::ORDER_STATUS_ACTIVE, order)));
  v1::MedicationCommand command = Prescribe(test.proposed);
  for (const std::string& rule : test.overridden) command = Overriding(rule, std::move(command));
  return Told(DecideOn(After(given), command, {}, Defaults()));
}

class TableRules : public testing::TestWithParam<Case> {};

TEST_P(TableRules, Hold) {
  EXPECT_EQ(Decided(GetParam()), GetParam().then);
}

// RxNorm ingredients.
constexpr char kHydrocodone[] = "5489", kMethadone[] = "6813", kTramadol[] = "10689", kMeperidine[] = "6754";
constexpr char kDiazepam[] = "3322", kDiphenhydramine[] = "3498", kGabapentin[] = "25480", kPregabalin[] = "187832";
constexpr char kIbuprofen[] = "5640", kNaproxen[] = "7258", kWarfarin[] = "11289", kDuloxetine[] = "72625";
constexpr char kBuprenorphine[] = "1819", kAmitriptyline[] = "704";
constexpr char kPercocetProduct[] = "1049221";  // Acetaminophen 325 mg / oxycodone 5 mg.
constexpr char kOxycodoneEr[] = "1860154";      // Oxycodone 15 mg, extended release.

const Case kCases[] = {
  // clang-format off
    // The day's total. Morphine counts as it is.
    {"BelowFifty",              {}, Daily(kMorphine, "49.99"), {}, "OrderPrescribed"},
    {"Fifty",                   {}, Daily(kMorphine, "50"), {}, "OrderPrescribed: warn mme-50"},
    {"BelowNinety",             {}, Daily(kMorphine, "89.99"), {}, "OrderPrescribed: warn mme-50"},
    {"Ninety",                  {}, Daily(kMorphine, "90"), {}, kBlocked},
    {"NinetyOverridden",        {}, Daily(kMorphine, "90"), {"mme-90"}, "OrderPrescribed: block mme-90 (overridden), warn mme-50"},
    {"FiftyAnswered",           {}, Daily(kMorphine, "50"), {"mme-50"}, "OrderPrescribed: warn mme-50 (overridden)"},
    {"FiftyOverTwoOrders",      {Daily(kMorphine, "30", kOtherOrder)}, Daily(kMorphine, "20"), {}, "OrderPrescribed: warn duplicate-order, warn mme-50"},
    {"NotExactInBinary",        {Daily(kMorphine, "0.1", kOtherOrder)}, Daily(kMorphine, "49.9"), {}, "OrderPrescribed: warn duplicate-order, warn mme-50"},
    {"APatchOfFiftyAndMore",    {}, Patch("25 ug/h"), {}, "OrderPrescribed: warn mme-50"},
    {"APatchOfNinety",          {}, Patch("37.5 ug/h"), {}, kBlocked},
    {"AnUnknownDose",           {}, Daily(kMorphine, ""), {}, "OrderPrescribed: warn mme-unknown"},
    {"NotInTheTable",           {}, Daily(kMeperidine, "10"), {}, "OrderPrescribed: warn mme-unknown"},
    {"UnknownBesideNinety",     {Daily(kMorphine, "", kOtherOrder)}, Daily(kMorphine, "90"), {"mme-90"}, "OrderPrescribed: block mme-90 (overridden), warn duplicate-order, warn mme-50, warn mme-unknown"},
    {"BuprenorphineIsNotCounted", {}, Daily(kBuprenorphine, "16"), {}, "OrderPrescribed"},
    {"AnotherMedicineAddsNothing", {Daily(kMorphine, "90", kOtherOrder)}, Daily(kIbuprofen, "600"), {}, "OrderPrescribed"},
    // Opioids together.
    {"AnotherOpioid",           {Daily(kHydrocodone, "5", kOtherOrder)}, Daily(kMorphine, "5"), {}, "OrderPrescribed: warn duplicate-opioid"},
    {"TheSameOpioid",           {Daily(kMorphine, "5", kOtherOrder)}, Daily(kMorphine, "5"), {}, "OrderPrescribed: warn duplicate-order"},
    {"TwoLongActing",           {Product(kOxycodoneEr, "QD", kOtherOrder)}, Daily(kMethadone, "5"), {}, kBlocked},
    {"TwoLongActingFromTomorrow", {Product(kOxycodoneEr, "QD", kOtherOrder)}, OrderFor("4337", Between(19'677, 30'000, By(kTransdermal, Take("12 ug/h", "")))), {}, kBlocked},
    {"TwoLongActingOverridden", {Product(kOxycodoneEr, "QD", kOtherOrder)}, Daily(kMethadone, "5"), {"two-long-acting-opioids"}, "OrderPrescribed: block two-long-acting-opioids (overridden), warn duplicate-opioid"},
    {"APatchIsLongActing",      {Patch("12.5 ug/h", kOtherOrder)}, Daily(kMethadone, "1"), {"two-long-acting-opioids"}, "OrderPrescribed: block two-long-acting-opioids (overridden), warn duplicate-opioid"},
    {"OneLongActing",           {Daily(kMorphine, "5", kOtherOrder)}, Daily(kMethadone, "1"), {}, "OrderPrescribed: warn duplicate-opioid"},
    // Classes together, either way round.
    {"OpioidThenBenzodiazepine", {Daily(kMorphine, "5", kOtherOrder)}, Daily(kDiazepam, "5"), {}, kBlocked},
    {"BenzodiazepineThenOpioid", {Daily(kDiazepam, "5", kOtherOrder)}, Daily(kMorphine, "5"), {}, kBlocked},
    {"BenzodiazepineOverridden", {Daily(kDiazepam, "5", kOtherOrder)}, Daily(kMorphine, "5"), {"opioid-cns-depressant"}, "OrderPrescribed: block opioid-cns-depressant (overridden)"},
    {"AnotherDepressant",       {Daily(kDiphenhydramine, "25", kOtherOrder)}, Daily(kMorphine, "5"), {}, kBlocked},
    {"BenzodiazepineAlone",     {Daily(kIbuprofen, "600", kOtherOrder)}, Daily(kDiazepam, "5"), {}, "OrderPrescribed"},
    {"GabapentinoidAndOpioid",  {Daily(kGabapentin, "300", kOtherOrder)}, Daily(kMorphine, "5"), {}, "OrderPrescribed: warn gabapentinoid-opioid"},
    {"OpioidThenGabapentinoid", {Daily(kMorphine, "5", kOtherOrder)}, Daily(kGabapentin, "300"), {}, "OrderPrescribed: warn gabapentinoid-opioid"},
    {"NsaidThenAnticoagulant",  {Daily(kIbuprofen, "600", kOtherOrder)}, Daily(kWarfarin, "5"), {}, "OrderPrescribed: warn nsaid-anticoagulant"},
    {"PartialOpioidAndBenzodiazepine", {Daily(kDiazepam, "5", kOtherOrder)}, Daily(kBuprenorphine, "8"), {}, kBlocked},
    {"MixedOpioidAndBenzodiazepine", {Daily(kDiazepam, "5", kOtherOrder)}, Daily("1841", "1"), {"opioid-cns-depressant"}, "OrderPrescribed: block opioid-cns-depressant (overridden), warn mme-unknown"},
    {"TcaAndTapentadol",        {Daily(kAmitriptyline, "25", kOtherOrder)}, Daily("787390", "50"), {}, "OrderPrescribed: warn serotonin"},
    {"TramadolThenSnri",        {Daily(kTramadol, "50", kOtherOrder)}, Daily(kDuloxetine, "60"), {}, "OrderPrescribed: warn serotonin"},
    {"NsaidAndAnticoagulant",   {Daily(kWarfarin, "5", kOtherOrder)}, Daily(kIbuprofen, "600"), {}, "OrderPrescribed: warn nsaid-anticoagulant"},
    {"SnriAndTramadol",         {Daily(kDuloxetine, "60", kOtherOrder)}, Daily(kTramadol, "50"), {}, "OrderPrescribed: warn serotonin"},
    {"SnriAndMorphine",         {Daily(kDuloxetine, "60", kOtherOrder)}, Daily(kMorphine, "5"), {}, "OrderPrescribed"},
    {"TwoNsaids",               {Daily(kNaproxen, "220", kOtherOrder)}, Daily(kIbuprofen, "600"), {}, "OrderPrescribed: warn duplicate-class"},
    {"TwoGabapentinoids",       {Daily(kPregabalin, "75", kOtherOrder)}, Daily(kGabapentin, "300"), {}, "OrderPrescribed: warn duplicate-class"},
    {"TwoMuscleRelaxants",      {Daily("21949", "5", kOtherOrder)}, Daily("1292", "10"), {}, "OrderPrescribed: warn duplicate-class"},
    {"TwoSnri",                 {Daily("39786", "75", kOtherOrder)}, Daily(kDuloxetine, "60"), {}, "OrderPrescribed: warn duplicate-class"},
    {"TwoTca",                  {Daily("7531", "25", kOtherOrder)}, Daily(kAmitriptyline, "25"), {}, "OrderPrescribed: warn duplicate-class"},
    {"TwoBenzodiazepines",      {Daily("596", "1", kOtherOrder)}, Daily(kDiazepam, "5"), {}, "OrderPrescribed: warn duplicate-class"},
    {"TwoCorticosteroids",      {Daily("1514", "1", kOtherOrder)}, Daily("6902", "4"), {}, "OrderPrescribed: warn duplicate-class"},
    {"TwoAnticoagulants",       {Daily("1364430", "5", kOtherOrder)}, Daily(kWarfarin, "5"), {}, "OrderPrescribed: warn duplicate-class"},
    {"TwoOfNoKnownClass",       {Daily("8163", "1", kOtherOrder)}, Daily("36567", "1"), {}, "OrderPrescribed"},
    // What nobody knows the ingredients of.
    {"NoIngredientAndNoProduct", {}, Named("a mixture"), {}, "OrderPrescribed: warn composition-unknown"},
    {"NoIngredientAcknowledged", {}, Named("a mixture"), {"composition-unknown"}, "OrderPrescribed: warn composition-unknown (overridden)"},
    {"AProductThatNoTableKnows", {}, Product("999999999", "QD"), {}, "OrderPrescribed: warn composition-unknown"},
    {"AnIngredientWithoutACode", {}, WithUncoded(Daily(kIbuprofen, "400")), {}, "OrderPrescribed: warn composition-unknown"},
    {"NamedByItsIngredient",    {Product(kDiazepam, "QD", kOtherOrder)}, Daily(kMorphine, "5"), {}, kBlocked},
    {"AnIngredientBesideAnUnknownProduct", {}, AlsoNamed(kMorphine, Product("999999999", "QD")), {}, "OrderPrescribed: warn composition-unknown"},
    {"TwoIngredients",          {Daily(kDiazepam, "5", kOtherOrder)}, AlsoNamed(kMorphine, Product(kAcetaminophen, "QD")), {}, kBlocked},
    {"AnIngredientOfNoTable",   {}, Daily("36567", "20"), {}, "OrderPrescribed"},
    {"UnknownBesideAnOpioid",   {Named("a mixture", kOtherOrder)}, Daily(kMorphine, "5"), {}, "OrderPrescribed"},
    // Acetaminophen over all products.
    {"AcetaminophenAtTheLimit", {}, Daily(kAcetaminophen, "4000"), {}, "OrderPrescribed"},
    {"AcetaminophenAbove",      {}, Daily(kAcetaminophen, "4000.1"), {}, kBlocked},
    {"AcetaminophenInTwoProducts", {Product(kPercocetProduct, "2 per 1 d", kOtherOrder)}, Daily(kAcetaminophen, "3351"), {"acetaminophen-daily"}, "OrderPrescribed: block acetaminophen-daily (overridden), warn duplicate-order"},
    {"AcetaminophenFromTomorrow", {}, Tomorrow(kAcetaminophen, "5000"), {}, kBlocked},
    {"AcetaminophenOfAnotherFromTomorrow", {Tomorrow(kAcetaminophen, "3000", kOtherOrder)}, Daily(kAcetaminophen, "1001"), {"acetaminophen-daily"}, "OrderPrescribed: block acetaminophen-daily (overridden), warn duplicate-order"},
    {"AcetaminophenUnknownBesideTheLimit", {Daily(kAcetaminophen, "", kOtherOrder)}, Daily(kAcetaminophen, "4000"), {}, "OrderPrescribed: warn duplicate-order, info acetaminophen-unknown"},
    {"AcetaminophenUnknown",    {}, Daily(kAcetaminophen, ""), {}, "OrderPrescribed: info acetaminophen-unknown"},
  // clang-format on
};

INSTANTIATE_TEST_SUITE_P(All, TableRules, testing::ValuesIn(kCases), [](const auto& info) { return info.param.name; });

TEST(TableRulesTest, WhatWasPrescribedMeanwhileStopsAResumption) {
  const std::vector<v1::MedicationCommand> given = {Prescribe(Daily(kMorphine, "5")), Hold(),
                                                    Prescribe(Daily(kDiazepam, "5", kOtherOrder))};
  EXPECT_EQ(Told(DecideOn(After(given), Resume(), {}, Defaults())), kBlocked);
  EXPECT_EQ(Told(DecideOn(After(given), Overriding("opioid-cns-depressant", Resume()), {}, Defaults())),
            "OrderResumed: block opioid-cns-depressant (overridden)");
}

TEST(TableRulesTest, AnAllergyToTheClassOfWhatBeginsTomorrow) {
  EXPECT_EQ(
      Told(DecideOn({}, Prescribe(Tomorrow(kNaproxen, "220")), Knowing({AllergyTo(kIbuprofen)}), Defaults())),
      kBlocked);
}

TEST(TableRulesTest, NoTimesADayIsNoDoseThatIsKnown) {
  v1::Order order = Daily(kMorphine, "5");
  order.mutable_dosages(0)->mutable_timing()->Clear();
  order.mutable_dosages(0)->mutable_timing()->set_frequency(0);
  order.mutable_dosages(0)->mutable_timing()->set_period("1");
  order.mutable_dosages(0)->mutable_timing()->set_period_unit("d");
  EXPECT_EQ(Told(DecideOn({}, Prescribe(order), {}, Defaults())), "OrderPrescribed: warn mme-unknown");
}

TEST(TableRulesTest, AnAllergyToWhatAProductContains) {
  const v1::MedicationFacts allergic = Knowing({AllergyTo(kAcetaminophen)});
  EXPECT_EQ(Told(DecideOn({}, Prescribe(Product(kPercocetProduct, "QD")), allergic, Defaults())), kBlocked);
  EXPECT_EQ(Told(DecideOn({}, Prescribe(Product(kOxycodoneEr, "QD")), allergic, Defaults())), "OrderPrescribed");
}

TEST(TableRulesTest, WithoutTablesTheyAreSilent) {
  EXPECT_EQ(Told(DecideOn({}, Prescribe(Daily(kMorphine, "90")))), "OrderPrescribed");
}

TEST(TableRulesTest, TheAlertSaysByWhatItWasDecidedAndWhatWasWeighed) {
  const auto decision = DecideOn({}, Prescribe(Daily(kMorphine, "50")), {}, Defaults());
  ASSERT_EQ(decision.alerts.size(), 1u);
  const rpc::v1::Alert& alert = decision.alerts[0];
  EXPECT_EQ(alert.table_id(), "opioid-safety");
  EXPECT_EQ(alert.table_version(), 4u);
  EXPECT_THAT(alert.source(), testing::HasSubstr("MMWR 2022"));
  ASSERT_EQ(alert.values_size(), 1);
  EXPECT_EQ(alert.values(0).name(), "mme_per_day");
  EXPECT_EQ(alert.values(0).value(), "50");
  EXPECT_FALSE(alert.values(0).at_least());
}

TEST(TableRulesTest, TheEventNamesTheTablesItWasDecidedBy) {
  const auto decision = DecideOn({}, Prescribe(Daily(kMorphine, "5")), {}, Defaults());
  std::vector<std::string> tables;
  for (const v1::RuleTableVersion& table : decision.events.at(0).event.order_prescribed().decided_by()) {
    tables.push_back(table.id() + " " + std::to_string(table.version()));
  }
  EXPECT_THAT(tables, testing::ElementsAre("conditions 1", "drug-classes 3", "intrathecal 1", "mme-cdc-2022 1",
                                           "opioid-safety 4", "rxnorm-products 1"));
}

TEST(TableRulesTest, ARefusalDoesNotSayHowMuch) {
  const auto decision = DecideOn({}, Prescribe(Daily(kMorphine, "97")), {}, Defaults());
  EXPECT_THAT(decision.refusal.ToString(), testing::HasSubstr("mme-90"));
  EXPECT_THAT(decision.refusal.ToString(), testing::Not(testing::HasSubstr("97")));
}

TEST(TableRulesTest, WhatIsDecidedForADayIsDecidedByTheTablesOfThatDay) {
  // Hydromorphone 20 mg: 100 MME by the table of 2022, 80 by that of 2016.
  const auto at = [](int64_t seconds) {
    v1::MedicationCommand command = Prescribe(Daily("3423", "20"));
    *command.mutable_prescribe()->mutable_context()->mutable_effective_time() = ToTimestamp(seconds * 1'000'000);
    return Told(DecideOn({}, command, {}, Defaults()));
  };
  constexpr int64_t kFirstOf2022 = 1'667'433'600;  // 2022-11-03.
  constexpr int64_t kFirstOf2016 = 1'458'259'200;  // 2016-03-18.
  EXPECT_EQ(at(kFirstOf2022), kBlocked);
  EXPECT_EQ(at(kFirstOf2022 - 1), "OrderPrescribed: warn mme-50");
  EXPECT_EQ(at(kFirstOf2016 - 1), "OrderPrescribed: warn mme-unknown") << "no table yet";
}

TEST(RuleTablesTest, ASitesLimitReplacesOurs) {
  std::vector<v1::RuleTable> tables = TablesWithout(StewardshipRules());
  for (v1::RuleTable& table : tables) {
    if (!table.has_safety()) continue;
    for (v1::SafetySetting& rule : *table.mutable_safety()->mutable_rules()) {
      if (rule.id() == "mme-90") rule.mutable_limits(0)->set_value("120");
    }
  }
  const auto shelf = ShelfOf(tables);
  EXPECT_EQ(Told(DecideOn({}, Prescribe(Daily(kMorphine, "119")), {}, shelf)), "OrderPrescribed: warn mme-50");
  EXPECT_EQ(Told(DecideOn({}, Prescribe(Daily(kMorphine, "120")), {}, shelf)), kBlocked);
}

TEST(RuleTablesTest, AVersionForTomorrowLeavesTodayToTheOneBefore) {
  std::vector<v1::RuleTable> tables = TablesWithout(StewardshipRules());
  for (const v1::RuleTable& table : Tables()) {
    if (!table.has_safety()) continue;
    v1::RuleTable& later = tables.emplace_back(table);
    later.set_version(table.version() + 1);
    later.set_effective_from("2099-01-01");
    later.mutable_safety()->clear_rules();
  }
  const auto shelf = ShelfOf(tables);
  EXPECT_EQ(Told(DecideOn({}, Prescribe(Daily(kMorphine, "90")), {}, shelf)), kBlocked);
  v1::MedicationCommand then = Prescribe(Daily(kMorphine, "90"));
  then.mutable_prescribe()->mutable_context()->mutable_effective_time()->set_seconds(4'070'908'800);  // 2099-01-01.
  EXPECT_EQ(Told(DecideOn({}, then, {}, shelf)), "OrderPrescribed");
}

v1::MedicationCommand Load(const v1::RuleTable& table) {
  v1::MedicationCommand command;
  *command.mutable_load_rule_table()->mutable_table() = table;
  return command;
}

TEST(RuleTablesTest, AVersionIsLoadedOnce) {
  v1::RuleTable table = Tables().front();
  const v1::MedicationState loaded = After({Load(table)});
  const auto again = DecideOn(loaded, Load(table));
  EXPECT_TRUE(again.refusal.ok());
  EXPECT_TRUE(again.events.empty());

  table.set_source("another text");
  EXPECT_EQ(Told(DecideOn(loaded, Load(table))), "RULE_TABLE_NOT_NEWER");
  table.set_version(2);
  table.set_effective_from("2099-01-01");
  EXPECT_EQ(Told(DecideOn(loaded, Load(table))), "RuleTableLoaded");
  EXPECT_EQ(After({Load(Tables().front()), Load(table)}).rule_tables_size(), 2) << "both stay";
}

TEST(RuleTablesTest, ATableThatCannotBeDecidedByIsRefused) {
  v1::RuleTable table = Tables().front();
  table.set_effective_from("tomorrow");
  const auto decision = DecideOn({}, Load(table));
  EXPECT_EQ(Told(decision), "RULE_TABLE_INVALID");
  EXPECT_THAT(decision.refusal.ToString(), testing::HasSubstr("effective_from"));
}

}  // namespace
}  // namespace anamnesis::medication
