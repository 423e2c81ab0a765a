// What the simulated clinic knows, as data: people's names, pain problems, interventions, medicines. Codes were checked
// against published data; where no code is certain there is a text only, as in real records.
#pragma once

#include <span>
#include <string_view>

#include "services/cli/simulate/bundle.h"

namespace anamnesis::simulate {

// names.cc
struct Place {
  std::string_view city;
  std::string_view state;
  std::string_view postal_code;
};
std::span<const std::string_view> FemaleNames();
std::span<const std::string_view> MaleNames();
std::span<const std::string_view> FamilyNames();
std::span<const std::string_view> StreetNames();
std::span<const Place> Places();

// treatments.cc
struct Intervention {
  std::string_view text;
  Code icd10_pcs;
  Code snomed;
  int minutes;
  int relief_low, relief_high;  // per cent of the pain before it
  int days_low, days_high;      // how long the relief lasts
  int repeat_after_days;        // the earliest next session of the last of a pathway
};
enum class Pathway { kNone, kEpidural, kFacet, kSacroiliac, kTriggerPoint, kKnee };
// The interventions of a pathway in the order in which they are tried; the last may be repeated.
std::span<const Intervention> InterventionsOf(Pathway pathway);

// drugs.cc
enum class DrugUse {
  kBase,
  kNeuropathic,
  kOpioid,
  kLongActingOpioid,
  kRescue
};  // from kOpioid on, what ends with the opioid
struct Drug {
  Code code;                // an empty code: text only
  std::string_view name;    // for the dosage text
  std::string_view amount;  // one dose in words
  int dose_tenths;          // one dose, in tenths of `unit`; 0 where the record gives none
  std::string_view unit;
  std::string_view ucum;
  std::string_view route;
  std::string_view route_code;  // SNOMED CT
  int times;                    // doses a period
  int period;
  std::string_view period_unit;  // "h", "d"
  bool as_needed;
  DrugUse use;
};
std::span<const Drug> Drugs();

// problems.cc
struct Problem {
  std::string_view text;
  Code snomed;
  Code icd10;
  Code body_site;
  Pathway pathway;
  bool neuropathic;
  int pain_low, pain_high;    // untreated pain on the 0–10 scale
  std::string_view modality;  // DICOM modality of the usual study; empty where none is made
};
std::span<const Problem> PainProblems();
std::span<const Code> OtherProblems();
std::span<const std::string_view> FunctionGoals();

}  // namespace anamnesis::simulate
