// A patient, a practitioner with privileges, and the rule table of the repository: what commands come to there.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/encounter/domain/encounter_decider.h"
#include "tests/encounter/builders.h"

namespace anamnesis::encounter {

// `2026-03-14` or `2026-03-14T10:00:00Z`, in microseconds since 1970; a day begins at midnight.
int64_t Time(std::string_view text);

// The shelf with the repository's table, of which `change` may make another.
std::shared_ptr<const RuleShelf> Rules(void (*change)(v1::RuleTable&) = nullptr);

// A plan in protobuf's text form.
v1::InterventionPlan PlanOf(const std::string& text);

// Checks before which no rule of them has anything to say.
inline constexpr char kGoodChecks[] =
    "anticoagulants { risk: BLEEDING_RISK_HIGH decision: ANTICOAGULANT_DECISION_NONE_TAKEN } "
    "contrast_allergy: ALLERGY_CHECK_NONE local_anaesthetic_allergy: ALLERGY_CHECK_NONE "
    "latex_allergy: ALLERGY_CHECK_NONE pregnancy: PREGNANCY_STATUS_NOT_APPLICABLE";
// A performance, likewise.
inline constexpr char kGoodPerformance[] =
    "guidance: IMAGE_GUIDANCE_FLUOROSCOPY agents { role: AGENT_ROLE_CONTRAST agent { text: 'contrast' } } "
    "agents { role: AGENT_ROLE_LOCAL_ANAESTHETIC agent { text: 'local anaesthetic' } } "
    "devices { type { text: 'device' } serial_number: 'S-1' }";

class Clinic {
 public:
  // The practitioner is registered and has every privilege.
  Clinic();

  // Decides; evolves where accepted. `TimeOutDone`, `InterventionPlanned: info investigational`,
  // `SAFETY_OVERRIDE_REQUIRED: epidural-levels`: what fired it is named in order, overridden ones with a star.
  std::string Do(const v1::EncounterCommand& command);
  decider::Decision<v1::EncounterEvent> Try(const v1::EncounterCommand& command) const;

  // A command to a patient's intervention or record, in text form without the patient.
  v1::EncounterCommand For(const std::string& name, const std::string& fields) const;

  // Plans `id`, consents and does the time-out; every step must be taken.
  void Prepare(const v1::InterventionPlan& plan, int64_t at, const std::string& id = "x");
  // The commands of that.
  v1::EncounterCommand Plan(const v1::InterventionPlan& plan, int64_t at, const std::string& id = "x") const;
  v1::EncounterCommand Consent(const std::string& id = "x") const;
  v1::EncounterCommand TimeOut(const v1::InterventionPlan& plan, int64_t at, const std::string& checks = kGoodChecks,
                               const std::string& id = "x") const;
  v1::EncounterCommand Perform(int64_t at, const std::string& performance = kGoodPerformance,
                               const std::string& id = "x") const;
  v1::EncounterCommand Report(const std::string& id, int64_t at, std::optional<int> percent,
                              const std::string& more = "") const;

  // History: performed then, with relief reported at once, for so many months.
  void Had(const std::string& id, const v1::InterventionPlan& plan, std::optional<int64_t> at,
           std::optional<int> percent = {}, int months = 0);

  // Which rules a plan does not meet, the info ones left out; `-` where it meets all.
  std::string Unmet(const v1::InterventionPlan& plan, int64_t at) const;

  v1::EncounterState patient;
  v1::EncounterState doctor;
  std::vector<v1::EncounterState> joined;  // Of records that were merged into the patient's.
  v1::PatientFacts facts;
  std::vector<std::string> roles = {"clinician"};
  std::shared_ptr<const RuleShelf> rules = Rules();
};

// The command with an override of the rule.
v1::EncounterCommand Overriding(const std::string& rule, v1::EncounterCommand command);

}  // namespace anamnesis::encounter
