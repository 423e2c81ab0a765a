#include "services/encounter/domain/intervention/rule_book.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/civil_day.h"
#include "base/status.h"

namespace anamnesis::encounter {
namespace {

// The rules that weigh a number, and which.
struct Weighed {
  std::string_view rule;
  std::string_view limit;
};
constexpr std::array kWeighed = {
    Weighed{"epidural-pain-duration",          "weeks"          },
    Weighed{"epidural-levels",                 "transforaminal" },
    Weighed{"epidural-levels",                 "other"          },
    Weighed{"epidural-sessions",               "sessions"       },
    Weighed{"epidural-sessions",               "months"         },
    Weighed{"epidural-repeat-relief",          "relief_percent" },
    Weighed{"epidural-repeat-relief",          "months"         },
    Weighed{"facet-two-blocks",                "relief_percent" },
    Weighed{"facet-two-blocks",                "weeks"          },
    Weighed{"facet-diagnostic-sessions",       "sessions"       },
    Weighed{"facet-diagnostic-sessions",       "months"         },
    Weighed{"ablation-repeat",                 "relief_percent" },
    Weighed{"ablation-repeat",                 "months"         },
    Weighed{"ablation-sessions",               "sessions"       },
    Weighed{"ablation-sessions",               "months"         },
    Weighed{"sacroiliac-diagnostic-sessions",  "sessions"       },
    Weighed{"sacroiliac-diagnostic-relief",    "relief_percent" },
    Weighed{"sacroiliac-repeat-relief",        "relief_percent" },
    Weighed{"sacroiliac-repeat-relief",        "months"         },
    Weighed{"sacroiliac-therapeutic-sessions", "sessions"       },
    Weighed{"sacroiliac-therapeutic-sessions", "months"         },
    Weighed{"stimulator-trial",                "relief_percent" },
    Weighed{"pump-trial",                      "relief_percent" },
    Weighed{"anaesthesia-vitals",              "minutes"        },
    Weighed{"recovery-aldrete",                "score"          },
    Weighed{"outcome-due",                     "diagnostic_days"},
    Weighed{"outcome-due",                     "first_days"     },
    Weighed{"outcome-due",                     "every_months"   },
    Weighed{"outcome-due",                     "last_months"    },
};

absl::Status Wrong(const v1::RuleTable& table, const std::string& entry, const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat("rule table ", table.id(), ", ", entry, ": ", what));
}

// A whole number from 1 to 10,000.
std::optional<int64_t> ParseLimit(const std::string& text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1 || number > 10'000) return std::nullopt;
  return number;
}

absl::Status CheckRule(const v1::RuleTable& table, const v1::RuleSetting& rule) {
  const std::string entry = absl::StrCat("rule ", rule.id());
  if (rule.id().empty()) return Wrong(table, entry, "has no id");
  if (rule.severity() == v1::RULE_SEVERITY_UNSPECIFIED) return Wrong(table, entry, "has no `severity`");
  if (rule.source().empty()) return Wrong(table, entry, "has no `source`");
  for (const rpc::v1::NamedNumber& limit : rule.limits()) {
    if (!ParseLimit(limit.value())) {
      return Wrong(table, entry, absl::StrCat("limit `", limit.name(), "` is not a whole number from 1 to 10000"));
    }
  }
  for (const Weighed& weighed : kWeighed) {
    if (weighed.rule != rule.id()) continue;
    if (std::ranges::find(rule.limits(), weighed.limit, &rpc::v1::NamedNumber::name) == rule.limits().end()) {
      return Wrong(table, entry, absl::StrCat("needs the limit `", std::string(weighed.limit), "`"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckInterventions(const v1::RuleTable& table) {
  std::set<std::string> rules;
  for (const v1::RuleSetting& rule : table.interventions().rules()) {
    RETURN_IF_ERROR(CheckRule(table, rule));
    if (!rules.insert(rule.id()).second) return Wrong(table, absl::StrCat("rule ", rule.id()), "is listed twice");
  }
  std::set<v1::InterventionKind> kinds;
  for (const v1::KindRisk& risk : table.interventions().bleeding_risks()) {
    const std::string entry = absl::StrCat("bleeding risk of ", v1::InterventionKind_Name(risk.kind()));
    if (risk.kind() == v1::INTERVENTION_KIND_UNSPECIFIED) return Wrong(table, entry, "names no kind");
    if (risk.risk() == v1::BLEEDING_RISK_UNSPECIFIED) return Wrong(table, entry, "has no `risk`");
    if (!kinds.insert(risk.kind()).second) return Wrong(table, entry, "is listed twice");
  }
  for (const v1::AllergenCode& code : table.interventions().allergens()) {
    const std::string entry = absl::StrCat("allergen ", code.code());
    if (code.allergen() == v1::ALLERGEN_UNSPECIFIED) return Wrong(table, entry, "has no `allergen`");
    if (code.system().empty() || code.code().empty()) return Wrong(table, entry, "has no code");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckTable(const v1::RuleTable& table) {
  if (table.id().empty()) return Wrong(table, "id", "is empty");
  if (table.version() == 0) return Wrong(table, "version", "is counted from 1");
  if (!DayBegin(table.effective_from())) return Wrong(table, "effective_from", "is not a date like 2022-11-03");
  if (table.source().empty()) return Wrong(table, "source", "is empty");
  if (!table.has_interventions()) return Wrong(table, "content", "is none that this release knows");
  return CheckInterventions(table);
}

absl::StatusOr<RuleBook> RuleBook::Make(std::span<const v1::RuleTable> tables) {
  RuleBook book;
  for (const v1::RuleTable& table : tables) {
    RETURN_IF_ERROR(CheckTable(table));
    if (!book.table_.empty()) return Wrong(table, "content", "another table in force holds the same");
    book.table_ = table.id();
    book.version_ = table.version();
    const v1::InterventionTable& content = table.interventions();
    for (const v1::RuleSetting& rule : content.rules()) book.settings_[rule.id()] = rule;
    for (const v1::KindRisk& risk : content.bleeding_risks()) book.risks_[risk.kind()] = risk.risk();
    for (const v1::AllergenCode& code : content.allergens()) {
      book.allergens_[code.allergen()].emplace(code.system(), code.code());
    }
    book.override_roles_.assign(content.override_roles().begin(), content.override_roles().end());
  }
  return book;
}

const v1::RuleSetting* RuleBook::Setting(std::string_view rule_id) const {
  const auto found = settings_.find(rule_id);
  return found == settings_.end() ? nullptr : &found->second;
}

int64_t RuleBook::Limit(std::string_view rule_id, std::string_view name) const {
  const auto& limits = Setting(rule_id)->limits();
  return *ParseLimit(std::ranges::find(limits, name, &rpc::v1::NamedNumber::name)->value());
}

v1::BleedingRisk RuleBook::RiskOf(v1::InterventionKind kind) const {
  const auto found = risks_.find(kind);
  return found == risks_.end() ? v1::BLEEDING_RISK_UNSPECIFIED : found->second;
}

bool RuleBook::Names(const clinical::v1::Coding& coding, v1::Allergen allergen) const {
  return allergens_[allergen].contains({coding.system(), coding.code()});
}

bool RuleBook::MayOverride(std::span<const std::string> roles) const {
  return override_roles_.empty() || std::ranges::any_of(override_roles_, [&](const std::string& role) {
           return std::ranges::find(roles, role) != roles.end();
         });
}

}  // namespace anamnesis::encounter
