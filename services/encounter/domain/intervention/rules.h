// The rules of interventions (rule table `interventions`). Each appends a finding for what is not met; its docstring
// opens with its id. A rule that the table does not list is silent. What is not known is never taken for met.
#pragma once

#include <string>

#include "services/encounter/domain/intervention/history.h"
#include "services/encounter/domain/intervention/review.h"

namespace anamnesis::encounter {

using InterventionRule = void (*)(const Case& asked, Findings& findings);

// `performer-privilege`: the performer has a privilege for the kind, at the place, at the time.
void PerformerPrivilege(const Case& asked, Findings& findings);

// Epidural steroid injections.
// `epidural-pain-duration`: the pain has lasted for `weeks` or more.
void EpiduralPainDuration(const Case& asked, Findings& findings);
// `epidural-guidance`: done under image guidance, with contrast.
void EpiduralGuidance(const Case& asked, Findings& findings);
// `epidural-levels`: not more levels a session than the approach allows.
void EpiduralLevels(const Case& asked, Findings& findings);
// `epidural-one-region`: nothing epidural in another region on the same day.
void EpiduralOneRegion(const Case& asked, Findings& findings);
// `epidural-sessions`: not more than `sessions` in the region within `months`.
void EpiduralSessions(const Case& asked, Findings& findings);
// `epidural-repeat-relief`: the last one in the region, on an earlier day, gave `relief_percent` or more for `months`.
void EpiduralRepeatRelief(const Case& asked, Findings& findings);

// Facets: blocks, then ablation.
// `facet-two-blocks`: before a spinal ablation, two medial branch blocks on the same levels and side, `weeks` or more
// apart, each with `relief_percent` or more. Not asked for levels that were ablated before.
void FacetTwoBlocks(const Case& asked, Findings& findings);
// `facet-diagnostic-sessions`: not more than `sessions` of medial branch blocks and facet injections that are not said
// to be therapeutic in the region within `months`.
void FacetDiagnosticSessions(const Case& asked, Findings& findings);
// `ablation-repeat`: where a level was ablated before on the side, it is `months` ago or more and gave `relief_percent`
// or more for as long.
void AblationRepeat(const Case& asked, Findings& findings);
// `ablation-sessions`: not more than `sessions` in the region within `months`.
void AblationSessions(const Case& asked, Findings& findings);

// Sacroiliac joint. One that is not said to be diagnostic is taken for therapeutic.
// `sacroiliac-diagnostic-sessions`: not more than `sessions` that are diagnostic.
void SacroiliacDiagnosticSessions(const Case& asked, Findings& findings);
// `sacroiliac-diagnostic-relief`: before treatment, a diagnostic one of the side gave `relief_percent` or more.
void SacroiliacDiagnosticRelief(const Case& asked, Findings& findings);
// `sacroiliac-repeat-relief`: the last treatment of the side, on an earlier day, gave `relief_percent` or more for
// `months`.
void SacroiliacRepeatRelief(const Case& asked, Findings& findings);
// `sacroiliac-therapeutic-sessions`: not more than `sessions` that are therapeutic within `months`.
void SacroiliacTherapeuticSessions(const Case& asked, Findings& findings);

// Implants.
// `stimulator-screening`: a psychological screening is recorded before a stimulator's trial or implant.
void StimulatorScreening(const Case& asked, Findings& findings);
// `stimulator-trial`: before a stimulator's implant, a trial gave `relief_percent` or more. A battery needs none.
void StimulatorTrial(const Case& asked, Findings& findings);
// `pump-trial`: before a pump's implant, a trial gave `relief_percent` or more.
void PumpTrial(const Case& asked, Findings& findings);
// `device-serial`: the device that was implanted is recorded with its serial number.
void DeviceSerial(const Case& asked, Findings& findings);

// Before any intervention.
// `anticoagulant-hold`: documented with a risk; held, with when each was last taken, where the risk is intermediate or
// high and something is taken.
void AnticoagulantHold(const Case& asked, Findings& findings);
// `allergy-check`: contrast, local anaesthetics and latex were asked about.
void AllergyChecked(const Case& asked, Findings& findings);
// `allergy-present`: no such allergy is known to what is used; at the time-out, to what may be.
void AllergyPresent(const Case& asked, Findings& findings);
// `pregnancy-status`: documented, and not pregnant, where fluoroscopy is used.
void PregnancyKnown(const Case& asked, Findings& findings);
// `investigational`: the treatment is.
void Investigational(const Case& asked, Findings& findings);

// Whether the kind is investigational.
bool IsInvestigational(v1::InterventionKind kind);

// `intervention/<id>`.
std::string FactOf(const Past& past);

}  // namespace anamnesis::encounter
