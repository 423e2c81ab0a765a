#include "services/cli/simulate/medication.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace anamnesis::simulate {
namespace {

constexpr int kReliefPerMedicine = 9;
constexpr int kIntensifyFrom = 55;
constexpr int kStopOpioidBelow = 35;
constexpr int kCameWithOpioidPercent = 30;  // continued from before the referral
constexpr int kDoseMissingPercent = 12;     // real records often have none

std::string HowOften(const Drug& drug) {
  const std::string times = drug.times == 1 ? "once" : absl::StrCat(drug.times, " times");
  const std::string unit = drug.period_unit == "h" ? "hours" : "day";
  return drug.period == 1 ? absl::StrCat(times, " a ", unit) : absl::StrCat(times, " every ", drug.period, " ", unit);
}

}  // namespace

Medication::Medication(Chart& chart, std::string reason, bool neuropathic)
    : chart_(chart), reason_(std::move(reason)), neuropathic_(neuropathic) {}

void Medication::Begin(const Visit& visit) {
  Start(visit, neuropathic_ ? DrugUse::kNeuropathic : DrugUse::kBase);
  if (chart_.random.Chance(40)) Start(visit, neuropathic_ ? DrugUse::kBase : DrugUse::kNeuropathic);
  if (chart_.random.Chance(kCameWithOpioidPercent)) Start(visit, DrugUse::kOpioid);
}

void Medication::Adjust(const Visit& visit, int pain_tenths) {
  const bool opioid = Taking(DrugUse::kOpioid) || Taking(DrugUse::kLongActingOpioid);
  if (opioid && pain_tenths < kStopOpioidBelow) {
    for (Course& course : courses_) course.stopped = course.stopped || course.drug->use >= DrugUse::kOpioid;
    return;
  }
  if (pain_tenths < kIntensifyFrom) return;
  if (!opioid && chart_.random.Chance(35)) {
    Start(visit, DrugUse::kOpioid);
  } else if (Taking(DrugUse::kOpioid) && !Taking(DrugUse::kLongActingOpioid) && chart_.random.Chance(25)) {
    // A long-acting opioid is for those who are used to a short-acting one; naloxone goes with it.
    Start(visit, DrugUse::kLongActingOpioid);
    Start(visit, DrugUse::kRescue);
  } else if (courses_.size() < 4) {
    Start(visit, neuropathic_ ? DrugUse::kNeuropathic : DrugUse::kBase);
  }
}

int Medication::ReliefPercent() const {
  const auto taken = std::count_if(courses_.begin(), courses_.end(), [](const Course& course) {
    return !course.stopped && course.drug->use != DrugUse::kRescue;
  });
  return kReliefPerMedicine * static_cast<int>(std::min<std::ptrdiff_t>(taken, 3));
}

void Medication::Start(const Visit& visit, DrugUse use) {
  std::vector<const Drug*> choices;
  for (const Drug& drug : Drugs()) {
    const bool taken =
        std::any_of(courses_.begin(), courses_.end(), [&](const Course& course) { return course.drug == &drug; });
    if (drug.use == use && !taken) choices.push_back(&drug);
  }
  if (!choices.empty()) courses_.push_back({chart_.random.Pick(choices), visit});
}

bool Medication::Taking(DrugUse use) const {
  return std::any_of(courses_.begin(), courses_.end(),
                     [&](const Course& course) { return !course.stopped && course.drug->use == use; });
}

Json Medication::Dosage(const Drug& drug) {
  const bool missing = drug.dose_tenths == 0 || chart_.random.Chance(kDoseMissingPercent);
  if (missing) return {{"sequence", 1}, {"text", "As directed"}, {"asNeededBoolean", drug.as_needed}};
  const std::string text = absl::StrCat(std::string(drug.amount), " ", HowOften(drug));
  return {
      {"sequence", 1},
      {"text", drug.as_needed ? text + " as needed" : text},
      {"timing", {{"repeat", {{"frequency", drug.times}, {"period", drug.period}, {"periodUnit", drug.period_unit}}}}},
      {"asNeededBoolean", drug.as_needed},
      {"route", Concept({kSnomed, drug.route_code, drug.route})},
      {"doseAndRate", Json::array({{{"doseQuantity", Quantity(drug.dose_tenths, drug.unit, drug.ucum)}}})}};
}

void Medication::Write() {
  for (const Course& course : courses_) {
    const Drug& drug = *course.drug;
    chart_.bundle.Add(
        "MedicationRequest",
        {{"status", course.stopped ? "stopped" : "active"},
         {"intent", "order"},
         {"medicationCodeableConcept", Concept(drug.code.code.empty() ? drug.name : drug.code.display, {drug.code})},
         {"subject", Reference(chart_.patient)},
         {"encounter", Reference(course.started.reference)},
         {"authoredOn", InstantText(course.started.start)},
         {"requester", Reference(chart_.physician->reference)},
         {"reasonReference", Json::array({Reference(reason_)})},
         {"dosageInstruction", Json::array({Dosage(drug)})}});
  }
}

}  // namespace anamnesis::simulate
