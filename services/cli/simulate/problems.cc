#include "services/cli/simulate/tables.h"

namespace anamnesis::simulate {
namespace {

constexpr Code kLumbarSpine = {kSnomed, "122496007", "Lumbar spine structure"};
constexpr Code kKnee = {kSnomed, "72696002", "Knee region structure"};
constexpr Code kNoSite = {};
constexpr Code kUncoded = {};

constexpr Code Sct(std::string_view code, std::string_view display) {
  return {kSnomed, code, display};
}
constexpr Code Icd(std::string_view code, std::string_view display) {
  return {kIcd10Cm, code, display};
}

// text · SNOMED CT · ICD-10-CM · site · pathway · neuropathic · untreated pain · study
constexpr Problem kPain[] = {
    {"Chronic low back pain", Sct("278860009", "Chronic low back pain"), Icd("M54.50", "Low back pain, unspecified"),
     kLumbarSpine, Pathway::kSacroiliac, false, 5, 8, "DX"},
    {"Lumbar facet arthropathy", kUncoded,
     Icd("M47.816", "Spondylosis without myelopathy or radiculopathy, lumbar region"), kLumbarSpine, Pathway::kFacet,
     false, 5, 8, "MR"},
    {"Sciatica", Sct("23056005", "Sciatica"), Icd("M54.30", "Sciatica, unspecified side"), kLumbarSpine,
     Pathway::kEpidural, true, 6, 9, "MR"},
    {"Lumbar disc degeneration", Sct("26538006", "Degeneration of lumbar intervertebral disc"), kUncoded, kLumbarSpine,
     Pathway::kEpidural, false, 5, 8, "MR"},
    {"Lumbar spinal stenosis", Sct("18347007", "Spinal stenosis of lumbar region"), kUncoded, kLumbarSpine,
     Pathway::kEpidural, true, 5, 8, "MR"},
    {"Complex regional pain syndrome", Sct("128200000", "Complex regional pain syndrome"),
     Icd("G90.50", "Complex regional pain syndrome I, unspecified"), kNoSite, Pathway::kNone, true, 6, 9, ""},
    {"Post-herpetic neuralgia", Sct("2177002", "Postherpetic neuralgia"), kUncoded, kNoSite, Pathway::kNone, true, 5, 9,
     ""},
    {"Fibromyalgia", Sct("203082005", "Fibromyalgia"), Icd("M79.7", "Fibromyalgia"), kNoSite, Pathway::kTriggerPoint,
     false, 5, 8, ""},
    {"Chronic neck pain", Sct("1121000119107", "Chronic neck pain"), Icd("M54.2", "Cervicalgia"), kNoSite,
     Pathway::kTriggerPoint, false, 4, 8, "DX"},
    {"Osteoarthritis of knee", Sct("239873007", "Osteoarthritis of knee"),
     Icd("M17.9", "Osteoarthritis of knee, unspecified"), kKnee, Pathway::kKnee, false, 4, 8, "DX"},
    {"Chronic intractable migraine without aura", Sct("124171000119105", "Chronic intractable migraine without aura"),
     kUncoded, kNoSite, Pathway::kNone, true, 6, 9, ""},
    {"Neuropathy due to type 2 diabetes mellitus", Sct("368581000119106", "Neuropathy due to type 2 diabetes mellitus"),
     kUncoded, kNoSite, Pathway::kNone, true, 4, 8, ""},
};

constexpr Code kOther[] = {
    Sct("38341003", "Hypertension"),
    Sct("55822004", "Hyperlipidemia"),
    Sct("44054006", "Diabetes"),
    Sct("162864005", "Body mass index 30+ - obesity (finding)"),
    Sct("195967001", "Asthma"),
    Sct("64859006", "Osteoporosis (disorder)"),
    Sct("49436004", "Atrial Fibrillation"),
};

constexpr std::string_view kGoals[] = {
    "Walk 800 metres without stopping",       "Return to work for half days",
    "Climb one flight of stairs unaided",     "Sleep six hours without waking from pain",
    "Sit through a meal with the family",     "Lift and carry the shopping",
    "Play with grandchildren for 30 minutes", "Return to gardening twice a week",
};

}  // namespace

std::span<const Problem> PainProblems() {
  return kPain;
}
std::span<const Code> OtherProblems() {
  return kOther;
}
std::span<const std::string_view> FunctionGoals() {
  return kGoals;
}

}  // namespace anamnesis::simulate
