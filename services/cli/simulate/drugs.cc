#include "services/cli/simulate/tables.h"

namespace anamnesis::simulate {
namespace {

constexpr std::string_view kOral = "Oral route", kOralCode = "26643006";
constexpr std::string_view kSkin = "Transdermal route", kSkinCode = "45890007";
constexpr Code Rx(std::string_view code, std::string_view display) {
  return {kRxNorm, code, display};
}

// product · name · one dose in words, in tenths, its unit · route · times a period · as needed · use
constexpr Drug kDrugs[] = {
    {Rx("313782", "Acetaminophen 325 MG Oral Tablet"), "acetaminophen", "650 mg", 6500, "mg", "mg", kOral, kOralCode, 1,
     8, "h", true, DrugUse::kBase},
    {Rx("197807", "ibuprofen 800 MG Oral Tablet"), "ibuprofen", "800 mg", 8000, "mg", "mg", kOral, kOralCode, 1, 8, "h",
     true, DrugUse::kBase},
    {Rx("198014", "naproxen 500 MG Oral Tablet"), "naproxen", "500 mg", 5000, "mg", "mg", kOral, kOralCode, 2, 1, "d",
     false, DrugUse::kBase},
    {Rx("828348", "cyclobenzaprine hydrochloride 10 MG Oral Tablet"), "cyclobenzaprine", "10 mg", 100, "mg", "mg",
     kOral, kOralCode, 1, 1, "d", true, DrugUse::kBase},
    {Code{}, "lidocaine 5 % patch", "1 patch", 10, "patch", "{patch}", kSkin, kSkinCode, 1, 1, "d", false,
     DrugUse::kBase},
    {Rx("310431", "gabapentin 300 MG Oral Capsule"), "gabapentin", "300 mg", 3000, "mg", "mg", kOral, kOralCode, 3, 1,
     "d", false, DrugUse::kNeuropathic},
    {Rx("483450", "pregabalin 75 MG Oral Capsule"), "pregabalin", "75 mg", 750, "mg", "mg", kOral, kOralCode, 2, 1, "d",
     false, DrugUse::kNeuropathic},
    {Rx("596930", "duloxetine 30 MG Delayed Release Oral Capsule"), "duloxetine", "30 mg", 300, "mg", "mg", kOral,
     kOralCode, 1, 1, "d", false, DrugUse::kNeuropathic},
    {Rx("856834", "amitriptyline hydrochloride 25 MG Oral Tablet"), "amitriptyline", "25 mg", 250, "mg", "mg", kOral,
     kOralCode, 1, 1, "d", false, DrugUse::kNeuropathic},
    {Rx("835603", "tramadol hydrochloride 50 MG Oral Tablet"), "tramadol", "50 mg", 500, "mg", "mg", kOral, kOralCode,
     1, 6, "h", true, DrugUse::kOpioid},
    {Rx("856987", "acetaminophen 300 MG / hydrocodone bitartrate 5 MG Oral Tablet"), "hydrocodone with acetaminophen",
     "1 tablet", 10, "tablet", "{tbl}", kOral, kOralCode, 1, 6, "h", true, DrugUse::kOpioid},
    {Rx("1049221", "Acetaminophen 325 MG / Oxycodone Hydrochloride 5 MG Oral Tablet"), "oxycodone with acetaminophen",
     "", 0, "", "", kOral, kOralCode, 0, 0, "", true, DrugUse::kOpioid},
    {Rx("1860154", "Abuse-Deterrent 12 HR Oxycodone Hydrochloride 15 MG Extended Release Oral Tablet"),
     "oxycodone extended release", "15 mg", 150, "mg", "mg", kOral, kOralCode, 1, 12, "h", false,
     DrugUse::kLongActingOpioid},
    {Rx("245134", "72 HR fentanyl 0.025 MG/HR Transdermal System"), "fentanyl 25 mcg/h patch", "1 patch", 10, "patch",
     "{patch}", kSkin, kSkinCode, 1, 72, "h", false, DrugUse::kLongActingOpioid},
    {Rx("861467", "Meperidine Hydrochloride 50 MG Oral Tablet"), "meperidine", "50 mg", 500, "mg", "mg", kOral,
     kOralCode, 1, 6, "h", true, DrugUse::kOpioid},
    {Code{}, "naloxone 4 mg nasal spray", "", 0, "", "", "Nasal route", "46713006", 0, 0, "", true, DrugUse::kRescue},
};

}  // namespace

std::span<const Drug> Drugs() {
  return kDrugs;
}

}  // namespace anamnesis::simulate
