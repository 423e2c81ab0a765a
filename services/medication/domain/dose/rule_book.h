// The rule tables in force, ready to be asked. Immutable; safe for concurrent use.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "anamnesis/medication/v1/rules.pb.h"
#include "anamnesis/medication/v1/types.pb.h"
#include "services/medication/domain/dose/daily_dose.h"

namespace anamnesis::medication {

inline constexpr std::string_view kSnomed = "http://snomed.info/sct";
inline constexpr std::string_view kRxNorm = "http://www.nlm.nih.gov/research/umls/rxnorm";

// Whether a table can be decided by: numbers are numbers, a factor is positive, tiers rise and end without a bound,
// nothing is listed twice, the date is one. INVALID_ARGUMENT names the table and the entry.
absl::Status CheckTable(const v1::RuleTable& table);

// What an order is made of, by itself or by the table of products.
struct Composition {
  std::vector<ActiveIngredient> ingredients;
  v1::ProductRoute made_for = v1::PRODUCT_ROUTE_UNSPECIFIED;
  bool extended_release = false;
};

// How much of a drug may go into the spinal fluid, milligrams a day. Nothing: no limit.
struct IntrathecalLimits {
  std::optional<Exact> start;
  std::optional<Exact> step;
  std::optional<Exact> max;
};

class RuleBook {
 public:
  // INVALID_ARGUMENT as CheckTable, or where two tables hold the same.
  static absl::StatusOr<RuleBook> Make(std::span<const v1::RuleTable> tables);

  // What the dose of an ingredient counts, in MME a day: for milligrams a day by mouth, or micrograms an hour through
  // the skin. An unknown part stays unknown, and so does all of it where the table does not list the ingredient by that
  // way.
  AtLeast Mme(std::string_view rxnorm, v1::MmeBasis basis, const AtLeast& dose) const;
  // Whether the ingredient does not count, whatever its dose.
  bool IsExcluded(std::string_view rxnorm) const;

  // Whether it is of the class, or of one of them.
  bool IsOf(std::string_view rxnorm, v1::DrugClass drug_class) const { return IsOf(rxnorm, std::span(&drug_class, 1)); }
  bool IsOf(std::string_view rxnorm, std::span<const v1::DrugClass> classes) const;
  // All classes that it is of; empty where no table lists it.
  const std::vector<v1::DrugClass>& ClassesOf(std::string_view rxnorm) const;
  // What the table of classes calls it; empty where it does not list it.
  const std::string& NameOf(std::string_view rxnorm) const;
  // What becomes it in the body, so that who takes one of these tests positive for it; RxNorm ingredients.
  const std::vector<std::string>& FoundWith(std::string_view rxnorm) const;
  // Whether it is sold without a prescription.
  bool IsOverTheCounter(std::string_view rxnorm) const;
  // Full, partial or mixed.
  bool IsOpioid(std::string_view rxnorm) const;

  // Whether the code is of the condition; ICD-10-CM codes of it and all below, SNOMED CT concepts themselves.
  bool IsCondition(const clinical::v1::Coding& coding, v1::ConditionKind kind) const;
  // Whether the code is that of an estimated glomerular filtration rate.
  bool IsEgfr(const clinical::v1::Coding& coding) const;
  // Whether a condition that is over counts.
  bool CountsWhenOver(v1::ConditionKind kind) const;

  // The order's own ingredients; where it names none, those of its product.
  Composition CompositionOf(const v1::Order& order) const;

  // How a safety rule is set; null where no table lists it, so that it is not asked.
  const v1::SafetySetting* Setting(std::string_view rule_id) const;
  // From where on it holds; CheckTable saw to it that a rule that needs a limit has it.
  Exact Limit(std::string_view rule_id, std::string_view name) const;
  // The id of the table that sets the rule; only of one that is set.
  const std::string& TableOf(std::string_view rule_id) const { return settings_.find(rule_id)->second.table; }
  // Whether a caller with these roles may override a rule that blocks.
  bool MayOverride(std::span<const std::string> roles) const;
  // Roles of which one may; empty: all.
  const std::vector<std::string>& override_roles() const { return override_roles_; }

  // How much of a drug a pump may give; null where no table lists it.
  const IntrathecalLimits* LimitsOf(std::string_view rxnorm) const;

  // `mme-cdc-2022` and its version for each table, for what is decided by them.
  const std::map<std::string, uint32_t>& versions() const { return versions_; }

 private:
  struct Factor {
    std::vector<std::pair<std::optional<Exact>, Exact>> tiers;  // Up to what, inclusive, by how much.
  };
  struct Classified {
    std::string name;
    std::vector<v1::DrugClass> classes;
    std::vector<std::string> found_with;
    bool over_the_counter = false;
  };
  struct Set {
    v1::SafetySetting setting;
    std::string table;  // Which sets it.
  };

  void Add(const v1::RuleTable& table);
  const Classified& Find(std::string_view rxnorm) const;

  std::map<std::string, uint32_t> versions_;
  std::map<std::pair<std::string, v1::MmeBasis>, Factor, std::less<>> factors_;
  std::vector<std::string> excluded_;
  std::unordered_map<std::string, Classified> classes_;
  std::unordered_map<std::string, Composition> products_;
  std::map<v1::ConditionKind, v1::ConditionCodes> conditions_;
  std::vector<std::string> egfr_loinc_;
  std::map<std::string, Set, std::less<>> settings_;
  std::vector<std::string> override_roles_;
  std::map<std::string, IntrathecalLimits, std::less<>> intrathecal_;
};

}  // namespace anamnesis::medication
