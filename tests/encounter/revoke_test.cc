// A revoke and a rule table count from the moment at which they are answered, on a log with a real runner.
#include <gtest/gtest.h>

#include <future>

#include "absl/strings/str_cat.h"
#include "base/refusal.h"
#include "decider/command_runner.h"
#include "eventlog/open.h"
#include "service/rule_keeper.h"
#include "tests/encounter/clinic.h"

namespace anamnesis::encounter {
namespace {

constexpr char kPlan[] =
    "kind: INTERVENTION_KIND_TRIGGER_POINT_INJECTION region: BODY_REGION_LUMBAR side: LATERALITY_LEFT";
constexpr char kPrivilege[] = "00000000-0000-4000-8000-0000000000b1";

class RevokeTest : public testing::Test {
 protected:
  using Known = decider::KnownFacts<encounter::Known>;

  ~RevokeTest() override { log_->Close(); }

  // The event's name is not known here: `done`, or what refuses.
  std::string Run(v1::EncounterCommand command) {
    std::promise<absl::StatusOr<rpc::v1::CommandOutcome>> answer;
    runner_.Run({.command = std::make_shared<const v1::EncounterCommand>(std::move(command)), .roles = {"clinician"}},
                [&](absl::StatusOr<rpc::v1::CommandOutcome> outcome) { answer.set_value(std::move(outcome)); });
    const auto outcome = answer.get_future().get();
    return outcome.ok() ? "done" : RefusalInfo(outcome.status()).reason();
  }

  absl::StatusOr<Known> Facts() {
    Known known;
    auto rules = keeper_.Current(*log_);
    if (!rules.ok()) return rules.status();
    known.facts.rules = *std::move(rules);
    return known;
  }

  v1::EncounterCommand Grant() const {
    return Command(absl::StrCat("grant_privilege { practitioner_id: '", kDoctor, "' privilege { id: '", kPrivilege,
                                "' kind: INTERVENTION_KIND_TRIGGER_POINT_INJECTION valid_from { seconds: 1 } } }"));
  }
  v1::EncounterCommand Revoke() const {
    return Command(absl::StrCat("revoke_privilege { context { reason: 'left' } practitioner_id: '", kDoctor,
                                "' privilege_id: '", kPrivilege, "' }"));
  }
  v1::EncounterCommand LoadTable() const {
    return Command(
        "load_rule_table { table { id: 'interventions' version: 1 effective_from: '2020-01-01' source: 's' "
        "interventions { rules { id: 'performer-privilege' severity: RULE_SEVERITY_REFUSE source: 's' } } } }");
  }
  // Everything before it is performed.
  void Prepare() {
    ASSERT_EQ(Run(Register("practitioner", kDoctor)), "done");
    ASSERT_EQ(Run(clinic_.Plan(PlanOf(kPlan), kNow, kId)), "done");
    ASSERT_EQ(Run(At(kNow, clinic_.Consent(kId))), "done");
    ASSERT_EQ(Run(clinic_.TimeOut(PlanOf(kPlan), kNow, kGoodChecks, kId)), "done");
  }
  v1::EncounterCommand Perform(bool only_validate = false) const {
    v1::EncounterCommand command = clinic_.Perform(kNow, kGoodPerformance, kId);
    command.mutable_perform_intervention()->mutable_context()->clear_effective_time();
    command.mutable_perform_intervention()->mutable_context()->set_validate_only(only_validate);
    return command;
  }

  const Clinic clinic_;
  std::unique_ptr<eventlog::EventLog> log_ = eventlog::NewMemoryLog({});
  service::RuleKeeper<EncounterDecider, RuleShelf> keeper_{kRulesStream};
  decider::CommandRunner<EncounterDecider> runner_{*log_, [this](const std::string&) { return Facts(); }, {}};
};

TEST_F(RevokeTest, APrivilegeHoldsFromTheAnswerToItsGrantToTheAnswerToItsRevoke) {
  ASSERT_EQ(Run(LoadTable()), "done");
  Prepare();
  EXPECT_EQ(Run(Perform(true)), "INTERVENTION_RULE_NOT_MET");
  ASSERT_EQ(Run(Grant()), "done");
  EXPECT_EQ(Run(Perform(true)), "done");
  ASSERT_EQ(Run(Revoke()), "done");
  EXPECT_EQ(Run(Perform()), "INTERVENTION_RULE_NOT_MET");
}

TEST_F(RevokeTest, ARuleHoldsFromTheAnswerToItsTable) {
  Prepare();
  EXPECT_EQ(Run(Perform(true)), "done") << "no table was loaded";
  ASSERT_EQ(Run(LoadTable()), "done");
  EXPECT_EQ(Run(Perform()), "INTERVENTION_RULE_NOT_MET");
}

}  // namespace
}  // namespace anamnesis::encounter
