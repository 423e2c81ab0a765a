// Interventions are coded in ICD-10-PCS, which tells them apart; SNOMED CT is added where its concept is certain.
#include "services/cli/simulate/tables.h"

namespace anamnesis::simulate {
namespace {

constexpr Code Pcs(std::string_view code, std::string_view display) {
  return {kIcd10Pcs, code, display};
}
constexpr Code Sct(std::string_view code, std::string_view display) {
  return {kSnomed, code, display};
}

constexpr Code kIntoJoint = Pcs("3E0U33Z", "Introduction of Anti-inflammatory into Joints, Percutaneous Approach");
constexpr Code kSteroidIntoJoint = Sct("231274008", "Injection of steroid into joint");
constexpr Code kNerveAnaesthetic =
    Pcs("3E0T3BZ", "Introduction of Anesthetic Agent into Peripheral Nerves and Plexi, Percutaneous Approach");

// text · ICD-10-PCS · SNOMED CT · minutes · relief % · days it lasts · days to the next session
constexpr Intervention kEpidural[] = {
    {"Lumbar interlaminar epidural steroid injection under fluoroscopy",
     Pcs("3E0S33Z", "Introduction of Anti-inflammatory into Epidural Space, Percutaneous Approach"), Code{}, 25, 35, 75,
     70, 160, 100},
};
// Two diagnostic blocks come before an ablation; their relief lasts a day.
constexpr Intervention kFacet[] = {
    {"Lumbar medial branch block, first diagnostic, L4-L5 and L5-S1", kNerveAnaesthetic, Code{}, 20, 80, 95, 1, 1, 14},
    {"Lumbar medial branch block, second diagnostic, L4-L5 and L5-S1", kNerveAnaesthetic, Code{}, 20, 80, 95, 1, 1, 14},
    {"Lumbar medial branch radiofrequency ablation, L4-L5 and L5-S1",
     Pcs("015B3ZZ", "Destruction of Lumbar Nerve, Percutaneous Approach"),
     Sct("3204007", "Destructive procedure of nerve"), 45, 50, 80, 190, 400, 190},
};
constexpr Intervention kSacroiliac[] = {
    {"Sacroiliac joint injection, diagnostic", kIntoJoint, kSteroidIntoJoint, 20, 75, 90, 2, 5, 14},
    {"Sacroiliac joint injection, therapeutic", kIntoJoint, kSteroidIntoJoint, 20, 40, 70, 80, 150, 100},
};
constexpr Intervention kTriggerPoint[] = {
    {"Trigger point injections, trapezius and paraspinal muscles",
     Pcs("3E0233Z", "Introduction of Anti-inflammatory into Muscle, Percutaneous Approach"),
     Sct("76601001", "Intramuscular injection"), 15, 20, 50, 20, 60, 60},
};
constexpr Intervention kKneeJoint[] = {
    {"Knee joint steroid injection", kIntoJoint, kSteroidIntoJoint, 15, 30, 65, 60, 120, 95},
};

}  // namespace

std::span<const Intervention> InterventionsOf(Pathway pathway) {
  switch (pathway) {
    case Pathway::kEpidural:
      return kEpidural;
    case Pathway::kFacet:
      return kFacet;
    case Pathway::kSacroiliac:
      return kSacroiliac;
    case Pathway::kTriggerPoint:
      return kTriggerPoint;
    case Pathway::kKnee:
      return kKneeJoint;
    case Pathway::kNone:
      break;
  }
  return {};
}

}  // namespace anamnesis::simulate
