#include "services/cli/simulate/clinic.h"

#include "absl/strings/str_cat.h"
#include "services/cli/simulate/random.h"
#include "services/cli/simulate/simulate.h"
#include "services/cli/simulate/tables.h"

namespace anamnesis::simulate {
namespace {

constexpr uint64_t kClinicStream = 0;  // patients take the streams from 1
constexpr int kPhysicians = 4;

struct Profession {
  std::string_view prefix;
  std::string_view qualification;
};
constexpr Profession kPhysician = {"Dr.", "Pain medicine physician"};
constexpr Profession kOthers[] = {{"", "Clinical psychologist"}, {"", "Physiotherapist"}};

Staff MakeStaff(Random& random, BundleBuilder& bundle, int number, const Profession& profession) {
  const bool female = random.Chance(50);
  const std::string given(random.Pick(female ? FemaleNames() : MaleNames()));
  const std::string family(random.Pick(FamilyNames()));
  Json name = {{"use", "official"}, {"family", family}, {"given", Json::array({given})}};
  if (!profession.prefix.empty()) name["prefix"] = Json::array({profession.prefix});
  const std::string reference =
      bundle.Add("Practitioner", {{"identifier", Json::array({{{"system", "urn:anamnesis:simulate:staff"},
                                                               {"value", absl::StrCat("S", 100 + number)}}})},
                                  {"active", true},
                                  {"name", Json::array({name})},
                                  {"gender", female ? "female" : "male"},
                                  {"qualification", Json::array({{{"code", {{"text", profession.qualification}}}}})}});
  const std::string title(profession.prefix.empty() ? "" : std::string(profession.prefix) + " ");
  return {bundle.entries().back(), reference, absl::StrCat(title, given, " ", family)};
}

BundleBuilder MakeClinicInto(uint64_t seed, Clinic& clinic) {
  BundleBuilder bundle(absl::StrCat("simulate/", seed, "/clinic"));
  clinic.organization = bundle.Add(
      "Organization",
      {{"identifier", Json::array({{{"system", "urn:anamnesis:simulate:organization"}, {"value", "pain-clinic"}}})},
       {"active", true},
       {"type", Json::array({Terminology("organization-type", "prov")})},
       {"name", "Synthetic Pain Clinic"},
       {"telecom", Json::array({{{"system", "phone"}, {"value", "555-0100"}}})},
       {"address", Json::array({{{"line", Json::array({"1 Example Square"})},
                                 {"city", "Springfield"},
                                 {"state", "MA"},
                                 {"postalCode", "01103"},
                                 {"country", "US"}}})}});
  clinic.organization_entry = bundle.entries().back();
  Random random(seed, kClinicStream);
  for (int number = 0; number < kPhysicians; ++number) {
    clinic.physicians.push_back(MakeStaff(random, bundle, number, kPhysician));
  }
  for (const Profession& profession : kOthers) {
    const int number = kPhysicians + static_cast<int>(clinic.other_clinicians.size());
    clinic.other_clinicians.push_back(MakeStaff(random, bundle, number, profession));
  }
  return bundle;
}

}  // namespace

Clinic MakeClinic(uint64_t seed) {
  Clinic clinic;
  MakeClinicInto(seed, clinic);
  return clinic;
}

Json MakeClinicBundle(uint64_t seed) {
  Clinic clinic;
  return MakeClinicInto(seed, clinic).Build();
}

}  // namespace anamnesis::simulate
