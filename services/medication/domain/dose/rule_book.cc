#include "services/medication/domain/dose/rule_book.h"

#include <algorithm>
#include <array>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/civil_day.h"
#include "base/status.h"

namespace anamnesis::medication {
namespace {

constexpr std::string_view kLoinc = "http://loinc.org";
constexpr std::string_view kIcd10Cm = "http://hl7.org/fhir/sid/icd-10-cm";
// How the rules of the table of intrathecal limits begin.
constexpr std::string_view kIntrathecal = "intrathecal-";

constexpr std::array kOpioids = {v1::DRUG_CLASS_OPIOID_FULL, v1::DRUG_CLASS_OPIOID_PARTIAL,
                                 v1::DRUG_CLASS_OPIOID_MIXED};

absl::Status Wrong(const v1::RuleTable& table, const std::string& entry, const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat("rule table ", table.id(), ", ", entry, ": ", what));
}

bool IsPositive(const std::string& text) {
  const std::optional<Exact> number = ParseExact(text);
  return number && *number > 0;
}

// Positive factors, bounds that rise, and a last one without a bound.
absl::Status CheckTiers(const v1::RuleTable& table, const std::string& entry, const v1::MmeFactor& factor) {
  if (factor.tiers().empty() == factor.factor().empty()) return Wrong(table, entry, "needs either `factor` or `tiers`");
  if (!factor.factor().empty()) {
    return IsPositive(factor.factor()) ? absl::OkStatus() : Wrong(table, entry, "`factor` is not a positive number");
  }
  Exact before = 0;
  for (int i = 0; i < factor.tiers_size(); ++i) {
    const v1::MmeTier& tier = factor.tiers(i);
    if (!IsPositive(tier.factor())) return Wrong(table, entry, "a tier's `factor` is not a positive number");
    const bool last = i + 1 == factor.tiers_size();
    const std::optional<Exact> up_to = ParseExact(tier.up_to());
    if (last != tier.up_to().empty() || (!last && (!up_to || *up_to <= before))) {
      return Wrong(table, entry, "`up_to` must rise from tier to tier and be left out in the last");
    }
    if (up_to) before = *up_to;
  }
  return absl::OkStatus();
}

absl::Status CheckMme(const v1::RuleTable& table) {
  std::set<std::pair<std::string, v1::MmeBasis>> seen;
  for (const v1::MmeFactor& factor : table.mme().factors()) {
    const std::string entry = absl::StrCat("factor of ", factor.substance().rxnorm());
    if (factor.substance().rxnorm().empty()) return Wrong(table, entry, "names no substance");
    if (factor.basis() == v1::MME_BASIS_UNSPECIFIED) return Wrong(table, entry, "has no `basis`");
    if (!seen.emplace(factor.substance().rxnorm(), factor.basis()).second)
      return Wrong(table, entry, "is listed twice");
    RETURN_IF_ERROR(CheckTiers(table, entry, factor));
  }
  for (const v1::Substance& excluded : table.mme().excluded()) {
    for (const v1::MmeFactor& factor : table.mme().factors()) {
      if (factor.substance().rxnorm() != excluded.rxnorm()) continue;
      return Wrong(table, excluded.rxnorm(), "has a factor and is excluded");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckClasses(const v1::RuleTable& table) {
  std::set<std::string> seen;
  for (const v1::ClassifiedSubstance& substance : table.drug_classes().substances()) {
    const std::string entry = absl::StrCat("substance ", substance.substance().rxnorm());
    if (substance.substance().rxnorm().empty()) return Wrong(table, entry, "names no substance");
    if (!seen.insert(substance.substance().rxnorm()).second) return Wrong(table, entry, "is listed twice");
    if (substance.classes().empty()) return Wrong(table, entry, "is of no class");
    for (const int drug_class : substance.classes()) {
      if (drug_class == v1::DRUG_CLASS_UNSPECIFIED) return Wrong(table, entry, "is of a class that is not said");
    }
  }
  return absl::OkStatus();
}

std::optional<AmountPer> StrengthOf(const v1::ProductIngredient& ingredient) {
  if (ingredient.amount().empty()) return std::nullopt;
  v1::Ratio ratio;
  ratio.mutable_numerator()->set_value(ingredient.amount());
  ratio.mutable_numerator()->set_code(ingredient.unit());
  return ToAmountPer(ratio);
}

absl::Status CheckProducts(const v1::RuleTable& table) {
  std::set<std::string> seen;
  for (const v1::Product& product : table.products().products()) {
    const std::string entry = absl::StrCat("product ", product.rxnorm());
    if (product.rxnorm().empty()) return Wrong(table, entry, "has no code");
    if (!seen.insert(product.rxnorm()).second) return Wrong(table, entry, "is listed twice");
    if (product.ingredients().empty()) return Wrong(table, entry, "has no ingredients");
    for (const v1::ProductIngredient& ingredient : product.ingredients()) {
      if (ingredient.substance().rxnorm().empty()) return Wrong(table, entry, "has an ingredient without a code");
      if (!ingredient.amount().empty() && !StrengthOf(ingredient)) {
        return Wrong(table, entry,
                     absl::StrCat("the strength of ", ingredient.substance().rxnorm(), " is not understood"));
      }
    }
  }
  return absl::OkStatus();
}

// The rules that weigh a number, and which.
struct Weighed {
  std::string_view rule;
  std::string_view limit;
};
constexpr std::array kWeighed = {
    Weighed{"mme-50",               "mme_per_day" },
    Weighed{"mme-90",               "mme_per_day" },
    Weighed{"acetaminophen-daily",  "mg_per_day"  },
    Weighed{"long-acting-naive",    "days"        },
    Weighed{"pdmp-initiation",      "days"        },
    Weighed{"pdmp-renewal",         "days"        },
    Weighed{"agreement-missing",    "days"        },
    Weighed{"drug-test-missing",    "days"        },
    Weighed{"naloxone-missing",     "mme_per_day" },
    Weighed{"early-refill",         "percent_left"},
    Weighed{"initial-supply",       "days"        },
    Weighed{"reassessment-overdue", "days_first"  },
    Weighed{"reassessment-overdue", "days"        },
    Weighed{"taper-fast",           "percent"     },
    Weighed{"taper-fast",           "days"        },
    Weighed{"taper-fast",           "days_of_use" },
    Weighed{"abrupt-stop",          "mme_per_day" },
    Weighed{"opioid-risk-high",     "score"       },
    Weighed{"opioid-risk-moderate", "score"       },
    Weighed{"facts-stale",          "seconds"     },
    Weighed{"nsaid-egfr",           "egfr"        },
};

template <class Settings>
absl::Status CheckSettings(const v1::RuleTable& table, const Settings& rules) {
  std::set<std::string> seen;
  for (const v1::SafetySetting& rule : rules) {
    const std::string entry = absl::StrCat("rule ", rule.id());
    if (rule.id().empty()) return Wrong(table, entry, "has no id");
    if (!seen.insert(rule.id()).second) return Wrong(table, entry, "is listed twice");
    if (rule.severity() == rpc::v1::ALERT_SEVERITY_UNSPECIFIED) return Wrong(table, entry, "has no `severity`");
    if (rule.source().empty()) return Wrong(table, entry, "has no `source`");
    for (const rpc::v1::NamedNumber& limit : rule.limits()) {
      if (!IsPositive(limit.value())) {
        return Wrong(table, entry, absl::StrCat("limit `", limit.name(), "` is not a positive number"));
      }
    }
    for (const Weighed& weighed : kWeighed) {
      if (weighed.rule != rule.id()) continue;
      const auto limit = std::ranges::find(rule.limits(), weighed.limit, &rpc::v1::NamedNumber::name);
      if (limit == rule.limits().end()) {
        return Wrong(table, entry, absl::StrCat("needs the limit `", std::string(weighed.limit), "`"));
      }
    }
  }
  return absl::OkStatus();
}

// A rule of another table could not be told from one of this.
absl::Status CheckSafety(const v1::RuleTable& table) {
  for (const v1::SafetySetting& rule : table.safety().rules()) {
    if (rule.id().starts_with(kIntrathecal)) return Wrong(table, "rule " + rule.id(), "is one of another table");
  }
  return CheckSettings(table, table.safety().rules());
}

absl::Status CheckIntrathecal(const v1::RuleTable& table) {
  for (const v1::SafetySetting& rule : table.intrathecal().rules()) {
    if (!rule.id().starts_with(kIntrathecal)) return Wrong(table, "rule " + rule.id(), "is one of another table");
  }
  RETURN_IF_ERROR(CheckSettings(table, table.intrathecal().rules()));
  std::set<std::string> seen;
  for (const v1::IntrathecalLimit& limit : table.intrathecal().limits()) {
    const std::string entry = "limits of " + limit.substance().rxnorm();
    if (limit.substance().rxnorm().empty()) return Wrong(table, entry, "names no substance");
    if (!seen.insert(limit.substance().rxnorm()).second) return Wrong(table, entry, "is listed twice");
    if (limit.source().empty()) return Wrong(table, entry, "has no `source`");
    if (!IsPositive(limit.max_mg_per_day())) return Wrong(table, entry, "`max_mg_per_day` is not a positive number");
    for (const std::string* text : {&limit.start_mg_per_day(), &limit.step_mg_per_day()}) {
      if (!text->empty() && !IsPositive(*text)) return Wrong(table, entry, "a limit is not a positive number");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckConditions(const v1::RuleTable& table) {
  std::set<v1::ConditionKind> seen;
  for (const v1::ConditionCodes& condition : table.conditions().conditions()) {
    const std::string entry = absl::StrCat("condition ", std::string(v1::ConditionKind_Name(condition.kind())));
    if (condition.kind() == v1::CONDITION_KIND_UNSPECIFIED) return Wrong(table, entry, "is none that is known");
    if (!seen.insert(condition.kind()).second) return Wrong(table, entry, "is listed twice");
    if (condition.snomed().empty() && condition.icd10cm().empty()) return Wrong(table, entry, "has no codes");
    // An empty one would begin every code.
    if (std::ranges::count(condition.icd10cm(), "") > 0) return Wrong(table, entry, "has an empty code");
  }
  return absl::OkStatus();
}

const std::string* CodeIn(const clinical::v1::Coding& coding) {
  return coding.system() == kRxNorm && !coding.code().empty() ? &coding.code() : nullptr;
}

}  // namespace

absl::Status CheckTable(const v1::RuleTable& table) {
  if (table.id().empty()) return Wrong(table, "id", "is empty");
  if (table.version() == 0) return Wrong(table, "version", "is counted from 1");
  if (!DayBegin(table.effective_from())) return Wrong(table, "effective_from", "is not a date like 2022-11-03");
  if (table.source().empty()) return Wrong(table, "source", "is empty");
  switch (table.content_case()) {
    case v1::RuleTable::kMme:
      return CheckMme(table);
    case v1::RuleTable::kDrugClasses:
      return CheckClasses(table);
    case v1::RuleTable::kProducts:
      return CheckProducts(table);
    case v1::RuleTable::kSafety:
      return CheckSafety(table);
    case v1::RuleTable::kConditions:
      return CheckConditions(table);
    case v1::RuleTable::kIntrathecal:
      return CheckIntrathecal(table);
    case v1::RuleTable::CONTENT_NOT_SET:
      break;
  }
  return Wrong(table, "content", "is none that this release knows");
}

absl::StatusOr<RuleBook> RuleBook::Make(std::span<const v1::RuleTable> tables) {
  RuleBook book;
  std::set<v1::RuleTable::ContentCase> held;
  for (const v1::RuleTable& table : tables) {
    RETURN_IF_ERROR(CheckTable(table));
    if (!held.insert(table.content_case()).second)
      return Wrong(table, "content", "another table in force holds the same");
    book.Add(table);
  }
  return book;
}

void RuleBook::Add(const v1::RuleTable& table) {
  versions_[table.id()] = table.version();
  for (const v1::MmeFactor& factor : table.mme().factors()) {
    Factor& own = factors_[{factor.substance().rxnorm(), factor.basis()}];
    if (!factor.factor().empty()) own.tiers.emplace_back(std::nullopt, *ParseExact(factor.factor()));
    for (const v1::MmeTier& tier : factor.tiers())
      own.tiers.emplace_back(ParseExact(tier.up_to()), *ParseExact(tier.factor()));
  }
  for (const v1::Substance& excluded : table.mme().excluded()) excluded_.push_back(excluded.rxnorm());
  for (const v1::ClassifiedSubstance& substance : table.drug_classes().substances()) {
    Classified& own = classes_[substance.substance().rxnorm()];
    own.name = substance.substance().name();
    for (const int drug_class : substance.classes()) own.classes.push_back(static_cast<v1::DrugClass>(drug_class));
    own.found_with.assign(substance.found_with().begin(), substance.found_with().end());
    own.over_the_counter = substance.over_the_counter();
  }
  for (const v1::ConditionCodes& condition : table.conditions().conditions()) {
    conditions_[condition.kind()] = condition;
  }
  for (const std::string& code : table.conditions().egfr_loinc()) egfr_loinc_.push_back(code);
  for (const auto* rules : {&table.safety().rules(), &table.intrathecal().rules()}) {
    for (const v1::SafetySetting& rule : *rules) settings_[rule.id()] = {rule, table.id()};
  }
  for (const std::string& role : table.safety().override_roles()) override_roles_.push_back(role);
  for (const v1::IntrathecalLimit& limit : table.intrathecal().limits()) {
    intrathecal_[limit.substance().rxnorm()] = {
        ParseExact(limit.start_mg_per_day()), ParseExact(limit.step_mg_per_day()), ParseExact(limit.max_mg_per_day())};
  }
  for (const v1::Product& product : table.products().products()) {
    Composition& composition = products_[product.rxnorm()];
    composition.made_for = product.route();
    composition.extended_release = product.extended_release();
    for (const v1::ProductIngredient& ingredient : product.ingredients()) {
      composition.ingredients.push_back({ingredient.substance().rxnorm(), StrengthOf(ingredient)});
    }
  }
}

const v1::SafetySetting* RuleBook::Setting(std::string_view rule_id) const {
  const auto found = settings_.find(rule_id);
  return found == settings_.end() ? nullptr : &found->second.setting;
}

bool RuleBook::MayOverride(std::span<const std::string> roles) const {
  return override_roles_.empty() || std::ranges::any_of(roles, [&](const std::string& role) {
           return std::ranges::count(override_roles_, role) > 0;
         });
}

const IntrathecalLimits* RuleBook::LimitsOf(std::string_view rxnorm) const {
  const auto found = intrathecal_.find(rxnorm);
  return found == intrathecal_.end() ? nullptr : &found->second;
}

Exact RuleBook::Limit(std::string_view rule_id, std::string_view name) const {
  const auto& limits = Setting(rule_id)->limits();
  return *ParseExact(std::ranges::find(limits, name, &rpc::v1::NamedNumber::name)->value());
}

AtLeast RuleBook::Mme(std::string_view rxnorm, v1::MmeBasis basis, const AtLeast& dose) const {
  if (IsExcluded(rxnorm)) return {};
  const auto found = factors_.find(std::pair(std::string(rxnorm), basis));
  if (found == factors_.end()) return AtLeast::Of(std::nullopt);
  const auto& tiers = found->second.tiers;
  const auto tier = std::ranges::find_if(
      tiers, [&](const auto& candidate) { return !candidate.first || dose.known <= *candidate.first; });
  return {dose.known * tier->second, dose.complete};
}

bool RuleBook::IsExcluded(std::string_view rxnorm) const {
  return std::ranges::find(excluded_, rxnorm) != excluded_.end();
}

const RuleBook::Classified& RuleBook::Find(std::string_view rxnorm) const {
  static const Classified& none = *new Classified();
  const auto found = classes_.find(std::string(rxnorm));
  return found == classes_.end() ? none : found->second;
}

const std::vector<v1::DrugClass>& RuleBook::ClassesOf(std::string_view rxnorm) const {
  return Find(rxnorm).classes;
}

const std::vector<std::string>& RuleBook::FoundWith(std::string_view rxnorm) const {
  return Find(rxnorm).found_with;
}

bool RuleBook::IsOverTheCounter(std::string_view rxnorm) const {
  return Find(rxnorm).over_the_counter;
}

const std::string& RuleBook::NameOf(std::string_view rxnorm) const {
  return Find(rxnorm).name;
}

bool RuleBook::IsOf(std::string_view rxnorm, std::span<const v1::DrugClass> classes) const {
  const std::vector<v1::DrugClass>& own = ClassesOf(rxnorm);
  return std::ranges::find_first_of(own, classes) != own.end();
}

bool RuleBook::IsOpioid(std::string_view rxnorm) const {
  return IsOf(rxnorm, kOpioids);
}

bool RuleBook::IsCondition(const clinical::v1::Coding& coding, v1::ConditionKind kind) const {
  const auto found = conditions_.find(kind);
  if (found == conditions_.end() || coding.code().empty()) return false;
  if (coding.system() == kSnomed) return std::ranges::count(found->second.snomed(), coding.code()) > 0;
  return coding.system() == kIcd10Cm && std::ranges::any_of(found->second.icd10cm(), [&](const std::string& code) {
           return coding.code().starts_with(code);
         });
}

bool RuleBook::IsEgfr(const clinical::v1::Coding& coding) const {
  return coding.system() == kLoinc && std::ranges::find(egfr_loinc_, coding.code()) != egfr_loinc_.end();
}

bool RuleBook::CountsWhenOver(v1::ConditionKind kind) const {
  const auto found = conditions_.find(kind);
  return found != conditions_.end() && found->second.counts_when_over();
}

Composition RuleBook::CompositionOf(const v1::Order& order) const {
  Composition composition;
  std::vector<ActiveIngredient> named;
  bool known = false, unknown = false;
  for (const clinical::v1::Coding& coding : order.medication().codings()) {
    const std::string* const code = CodeIn(coding);
    if (code == nullptr) continue;
    if (const auto found = products_.find(*code); found != products_.end()) {
      composition = found->second;
      known = true;
    } else if (classes_.contains(*code)) {
      named.push_back({*code, std::nullopt});
    } else {
      unknown = true;
    }
  }
  // Named by what is in it; a product beside it that no table knows may hold more.
  if (!known && !unknown) composition.ingredients = std::move(named);
  if (order.ingredients().empty()) return composition;
  composition.ingredients.clear();
  for (const v1::Ingredient& ingredient : order.ingredients()) {
    const std::string* const code = CodeIn(ingredient.coding());
    composition.ingredients.push_back({code == nullptr ? "" : *code, ingredient.has_strength()
                                                                         ? ToAmountPer(ingredient.strength())
                                                                         : std::optional<AmountPer>()});
  }
  return composition;
}

}  // namespace anamnesis::medication
