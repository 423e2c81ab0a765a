// The rule table in force, ready to be asked. Immutable; safe for concurrent use.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "anamnesis/clinical/v1/types.pb.h"
#include "anamnesis/encounter/v1/rules.pb.h"
#include "decider/rule_shelf.h"

namespace anamnesis::encounter {

// Whether a table can be decided by: the date is one, every rule has a severity, a source and the limits that it needs,
// limits are whole numbers, nothing is listed twice. INVALID_ARGUMENT names the table and the entry.
absl::Status CheckTable(const v1::RuleTable& table);

class RuleBook {
 public:
  // INVALID_ARGUMENT as CheckTable, or where two tables hold the same.
  static absl::StatusOr<RuleBook> Make(std::span<const v1::RuleTable> tables);

  // How a rule is set; null where no table lists it, so that it is not asked.
  const v1::RuleSetting* Setting(std::string_view rule_id) const;
  // From where on it holds; CheckTable saw to it that a rule that needs a limit has it.
  int64_t Limit(std::string_view rule_id, std::string_view name) const;

  // The least bleeding risk of the kind; BLEEDING_RISK_UNSPECIFIED where none is listed.
  v1::BleedingRisk RiskOf(v1::InterventionKind kind) const;
  // Whether the code names it.
  bool Names(const clinical::v1::Coding& coding, v1::Allergen allergen) const;
  // Whether a caller with these roles may override.
  bool MayOverride(std::span<const std::string> roles) const;
  // The roles of which a caller needs one to override; empty: whoever may send the command.
  const std::vector<std::string>& override_roles() const { return override_roles_; }

  // `interventions` and its version; empty and 0 where no table is in force.
  const std::string& table() const { return table_; }
  uint32_t version() const { return version_; }

 private:
  std::string table_;
  uint32_t version_ = 0;
  std::map<std::string, v1::RuleSetting, std::less<>> settings_;
  std::map<v1::InterventionKind, v1::BleedingRisk> risks_;
  std::set<std::pair<std::string, std::string>> allergens_[v1::Allergen_ARRAYSIZE];  // By what: system and code.
  std::vector<std::string> override_roles_;
};

using RuleShelf = decider::RuleShelf<v1::RuleTable, RuleBook>;

}  // namespace anamnesis::encounter
