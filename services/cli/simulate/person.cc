#include "services/cli/simulate/person.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/cli/simulate/tables.h"

namespace anamnesis::simulate {
namespace {

constexpr int kDeathPercent = 4;

struct Allergy {
  Code code;
  std::string_view type;
  std::string_view category;
  std::string_view criticality;
  Code reaction;
};
constexpr Allergy kAllergies[] = {
    {{kRxNorm, "2670", "codeine"}, "intolerance", "medication", "low", {kSnomed, "422587007", "Nausea"}},
    {{kRxNorm, "7052", "morphine"}, "allergy", "medication", "high", {kSnomed, "247472004", "Hives"}},
    {{kRxNorm, "1191", "aspirin"}, "allergy", "medication", "high", {kSnomed, "247472004", "Hives"}},
    {{kSnomed, "91936005", "Allergy to penicillin"}, "allergy", "medication", "high", {}},
    {{kSnomed, "300916003", "Latex allergy"}, "allergy", "environment", "high", {}},
    {{kSnomed, "300913006", "Shellfish allergy"}, "allergy", "food", "low", {}},
};

Json Identifier(std::string_view kind, std::string_view kind_name, std::string_view system, const std::string& value) {
  return {
      {"type",
       {{"coding",
         Json::array(
             {{{"system", "http://terminology.hl7.org/CodeSystem/v2-0203"}, {"code", kind}, {"display", kind_name}}})},
        {"text", kind_name}}},
      {"system", system},
      {"value", value}};
}

}  // namespace

void AddPerson(Chart& chart, uint64_t index) {
  Random& random = chart.random;
  chart.female = random.Chance(58);
  chart.age_at_start = random.Between(24, 86);
  const Day birth = AddYears(chart.start, -chart.age_at_start) - Days(random.Between(0, 364));
  const std::string_view given = random.Pick(chart.female ? FemaleNames() : MaleNames());
  const std::string_view family = random.Pick(FamilyNames());
  const std::string_view street = random.Pick(StreetNames());
  const int house = random.Between(1, 240);
  const Place& place = random.Pick(Places());
  const int phone = random.Between(101, 199);
  const bool married = random.Chance(55);
  chart.height_cm = random.Between(chart.female ? 150 : 162, chart.female ? 178 : 194);
  chart.weight_tenths_kg = random.Between(520, 1150);
  chart.physician = &random.Pick(chart.clinic.physicians);

  Json fields = {
      {"identifier", Json::array({Identifier("MR", "Medical Record Number", "urn:anamnesis:simulate:mrn",
                                             absl::StrFormat("SIM%07u", index))})},
      {"active", true},
      {"name", Json::array({{{"use", "official"}, {"family", family}, {"given", Json::array({given})}}})},
      {"telecom", Json::array({{{"system", "phone"}, {"value", absl::StrFormat("555-0%d", phone)}, {"use", "home"}}})},
      {"gender", chart.female ? "female" : "male"},
      {"birthDate", DateText(birth)},
      {"address", Json::array({{{"line", Json::array({absl::StrCat(house, " ", std::string(street))})},
                                {"city", place.city},
                                {"state", place.state},
                                {"postalCode", place.postal_code},
                                {"country", "US"}}})},
      {"maritalStatus", Terminology("v3-MaritalStatus", married ? "M" : "S")},
      {"communication",
       Json::array(
           {{{"language",
              {{"coding", Json::array({{{"system", "urn:ietf:bcp:47"}, {"code", "en-US"}, {"display", "English"}}})},
               {"text", "English"}}}}})}};
  const bool dies = random.Chance(kDeathPercent);
  if (dies) {
    const int window = static_cast<int>((chart.end - chart.start).count());
    chart.end = chart.start + Days(random.Between(window / 2, window));
    // Care ends the day before, so that no hour of a visit can come after the hour of death.
    fields["deceasedDateTime"] = InstantText(chart.end + Days(1));
  }
  chart.patient = chart.bundle.Add("Patient", std::move(fields));
}

void AddAllergies(Chart& chart, const Visit& visit) {
  for (const Allergy& allergy : kAllergies) {
    if (!chart.random.Chance(8)) continue;
    Json fields = {{"clinicalStatus", Terminology("allergyintolerance-clinical", "active")},
                   {"verificationStatus", Terminology("allergyintolerance-verification", "confirmed")},
                   {"type", allergy.type},
                   {"category", Json::array({allergy.category})},
                   {"criticality", allergy.criticality},
                   {"code", Concept(allergy.code)},
                   {"patient", Reference(chart.patient)},
                   {"encounter", Reference(visit.reference)},
                   {"recordedDate", InstantText(visit.start)}};
    if (!allergy.reaction.code.empty()) {
      fields["reaction"] = Json::array({{{"manifestation", Json::array({Concept(allergy.reaction)})}}});
    }
    chart.bundle.Add("AllergyIntolerance", std::move(fields));
  }
}

void AddOtherProblems(Chart& chart, const Visit& visit) {
  for (const Code& code : OtherProblems()) {
    if (!chart.random.Chance(15)) continue;
    const Day onset = chart.start - Days(chart.random.Between(200, 3000));
    chart.bundle.Add("Condition", {{"clinicalStatus", Terminology("condition-clinical", "active")},
                                   {"verificationStatus", Terminology("condition-ver-status", "confirmed")},
                                   {"code", Concept(code)},
                                   {"subject", Reference(chart.patient)},
                                   {"encounter", Reference(visit.reference)},
                                   {"onsetDateTime", DateText(onset)},
                                   {"recordedDate", InstantText(visit.start)}});
  }
}

void AddVaccinations(Chart& chart, const Visit& visit) {
  constexpr Code kInfluenza = {kCvx, "140", "Influenza, seasonal, injectable, preservative free"};
  constexpr Code kZoster = {kCvx, "121", "zoster"};
  constexpr Code kPneumococcal = {kCvx, "33", "pneumococcal polysaccharide vaccine, 23 valent"};
  auto give = [&](const Code& vaccine, int percent) {
    if (!chart.random.Chance(percent)) return;
    chart.bundle.Add("Immunization", {{"status", "completed"},
                                      {"vaccineCode", Concept(vaccine)},
                                      {"patient", Reference(chart.patient)},
                                      {"encounter", Reference(visit.reference)},
                                      {"occurrenceDateTime", InstantText(visit.start)},
                                      {"primarySource", true}});
  };
  give(kInfluenza, 10);
  if (chart.age_at_start >= 50) give(kZoster, 5);
  if (chart.age_at_start >= 65) give(kPneumococcal, 5);
}

}  // namespace anamnesis::simulate
