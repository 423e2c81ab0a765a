#include "services/cli/simulate/simulate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/sha.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace anamnesis::simulate {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::IsSubsetOf;
using ::testing::IsSupersetOf;

// The SHA-256 of the bundles of patients 1 to 3 and of the clinic of seed 1. It changes only when the simulation is
// changed on purpose: then every number published from a simulated clinic changes with it.
constexpr char kSeedOneSha256[] = "7bbab5550b98085b5868eebc41b52e6d5b5685abd4087e42286afca7283fa79b";

std::vector<Json> Patients(uint64_t seed, uint64_t count) {
  std::vector<Json> bundles;
  for (uint64_t index = 1; index <= count; ++index) bundles.push_back(MakePatientBundle(seed, index, Options{}));
  return bundles;
}

// Fifty patients: enough that every modality of the clinic is met.
const std::vector<Json>& FiftyPatients() {
  static const auto* const patients = new std::vector<Json>(Patients(1, 50));
  return *patients;
}

// Calls `visit(key, value)` for every member of every object below `json`.
void Walk(const Json& json, const std::function<void(const std::string&, const Json&)>& visit) {
  for (const auto& [key, value] : json.items()) {
    if (json.is_object()) visit(key, value);
    if (value.is_structured()) Walk(value, visit);
  }
}

std::vector<const Json*> ResourcesOf(const Json& bundle, const std::string& type) {
  std::vector<const Json*> resources;
  for (const Json& entry : bundle["entry"]) {
    if (entry["resource"]["resourceType"] == type) resources.push_back(&entry["resource"]);
  }
  return resources;
}

// Everything said at `path` ("class/code") of the resources of a type in any of the bundles.
std::set<std::string> Said(const std::vector<Json>& bundles, const std::string& type, const std::string& path) {
  std::set<std::string> values;
  for (const Json& bundle : bundles) {
    for (const Json* resource : ResourcesOf(bundle, type)) {
      const Json::json_pointer pointer("/" + path);
      if (resource->contains(pointer)) values.insert(resource->at(pointer).get<std::string>());
    }
  }
  return values;
}

TEST(SimulateTest, SameSeedSameBytesForEver) {
  std::string bytes = MakeClinicBundle(1).dump();
  for (const Json& bundle : Patients(1, 3)) bytes += bundle.dump();
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
  EXPECT_EQ(absl::BytesToHexString({reinterpret_cast<const char*>(digest), sizeof(digest)}), kSeedOneSha256);
}

TEST(SimulateTest, OtherSeedOtherPatients) {
  EXPECT_NE(MakePatientBundle(1, 1, Options{}).dump(), MakePatientBundle(2, 1, Options{}).dump());
  EXPECT_NE(MakePatientBundle(1, 1, Options{}).dump(), MakePatientBundle(1, 2, Options{}).dump());
  EXPECT_NE(MakeClinicBundle(1).dump(), MakeClinicBundle(2).dump());
}

TEST(SimulateTest, ReferencesResolveInsideTheBundle) {
  for (const Json& bundle : FiftyPatients()) {
    std::set<std::string> ids;
    for (const Json& entry : bundle["entry"]) {
      EXPECT_TRUE(ids.insert(entry["fullUrl"]).second) << entry["fullUrl"] << " twice";
      EXPECT_EQ(entry["fullUrl"], absl::StrCat("urn:uuid:", entry["resource"]["id"].get<std::string>()));
    }
    Walk(bundle, [&](const std::string& key, const Json& value) {
      if (key != "reference") return;
      EXPECT_TRUE(ids.contains(value)) << value;
    });
  }
}

TEST(SimulateTest, StaffHaveTheIdsOfTheClinicBundle) {
  std::set<std::string> clinic;
  const Json clinic_bundle = MakeClinicBundle(1);
  for (const Json& entry : clinic_bundle["entry"]) clinic.insert(entry["fullUrl"]);
  for (const Json& bundle : FiftyPatients()) {
    std::set<std::string> staff;
    for (const Json* practitioner : ResourcesOf(bundle, "Practitioner")) {
      staff.insert(absl::StrCat("urn:uuid:", (*practitioner)["id"].get<std::string>()));
    }
    EXPECT_FALSE(staff.empty());
    EXPECT_THAT(staff, IsSubsetOf(clinic));
  }
}

TEST(SimulateTest, NothingHappensBeforeBirthOrAfterDeath) {
  int deaths = 0;
  const std::set<std::string> kTimes = {"start",         "end",      "effectiveDateTime",  "issued",
                                        "authoredOn",    "started",  "occurrenceDateTime", "recordedDate",
                                        "onsetDateTime", "startDate"};
  for (const Json& bundle : FiftyPatients()) {
    const Json& patient = *ResourcesOf(bundle, "Patient").at(0);
    const std::string birth = patient["birthDate"];
    const std::string death = patient.value("deceasedDateTime", "9999");
    if (death != "9999") ++deaths;
    Walk(bundle, [&](const std::string& key, const Json& value) {
      if (!kTimes.contains(key)) return;
      EXPECT_GT(value.get<std::string>(), birth) << key;
      EXPECT_LT(value.get<std::string>(), death) << key;
    });
    Walk(bundle, [&](const std::string& key, const Json& value) {
      if (!key.ends_with("eriod") || !value.contains("end")) return;
      EXPECT_LT(value["start"].get<std::string>(), value["end"].get<std::string>()) << key;
    });
  }
  EXPECT_GT(deaths, 0) << "nobody died: the test says nothing about death";
}

TEST(SimulateTest, EverythingIsMarkedSynthetic) {
  for (const Json& bundle : {FiftyPatients().front(), MakeClinicBundle(1)}) {
    for (const Json& entry : bundle["entry"]) {
      std::vector<std::string> codes;
      for (const Json& tag : entry["resource"]["meta"]["tag"]) codes.push_back(tag["code"]);
      EXPECT_THAT(codes, IsSupersetOf({"HTEST", "synthetic"})) << entry["fullUrl"];
    }
  }
}

TEST(SimulateTest, EveryModalityIsMetInFiftyPatients) {
  EXPECT_THAT(Said(FiftyPatients(), "Encounter", "class/code"), IsSupersetOf({"AMB", "VR"}));
  EXPECT_THAT(Said(FiftyPatients(), "Encounter", "type/0/text"),
              IsSupersetOf({"Consultation for treatment", "Follow-up encounter", "Outpatient procedure",
                            "Telemedicine consultation with patient"}));
  EXPECT_THAT(
      Said(FiftyPatients(), "Procedure", "code/text"),
      IsSupersetOf({"Lumbar interlaminar epidural steroid injection under fluoroscopy",
                    "Lumbar medial branch block, first diagnostic, L4-L5 and L5-S1",
                    "Lumbar medial branch block, second diagnostic, L4-L5 and L5-S1",
                    "Lumbar medial branch radiofrequency ablation, L4-L5 and L5-S1",
                    "Sacroiliac joint injection, diagnostic", "Sacroiliac joint injection, therapeutic",
                    "Trigger point injections, trapezius and paraspinal muscles", "Knee joint steroid injection"}));
  EXPECT_THAT(Said(FiftyPatients(), "Observation", "code/coding/0/code"),
              IsSupersetOf({"72514-3", "91147-9", "75893-8", "91145-3", "91146-1", "85354-9", "29463-7"}));
  EXPECT_THAT(Said(FiftyPatients(), "MedicationRequest", "status"), IsSupersetOf({"active", "stopped"}));
  for (const char* type : {"AllergyIntolerance", "CarePlan", "Condition", "DiagnosticReport", "Goal", "ImagingStudy",
                           "Immunization", "MedicationRequest", "Organization", "Practitioner", "ServiceRequest"}) {
    EXPECT_FALSE(Said(FiftyPatients(), type, "id").empty()) << type;
  }
}

TEST(SimulateTest, SomePrescriptionsHaveADoseAndSomeHaveNone) {
  int with = 0, without = 0;
  for (const Json& bundle : FiftyPatients()) {
    for (const Json* request : ResourcesOf(bundle, "MedicationRequest")) {
      ++((*request)["dosageInstruction"][0].contains("doseAndRate") ? with : without);
    }
  }
  EXPECT_GT(with, without);
  EXPECT_GT(without, 0);
}

TEST(SimulateTest, ThePegIsTheMeanOfItsItems) {
  for (const Json& bundle : FiftyPatients()) {
    std::map<std::string, double> value_of;
    for (const Json* observation : ResourcesOf(bundle, "Observation")) {
      const std::string reference = absl::StrCat("urn:uuid:", (*observation)["id"].get<std::string>());
      if (observation->contains("valueQuantity")) value_of[reference] = (*observation)["valueQuantity"]["value"];
      if (!observation->contains("hasMember")) continue;
      double sum = 0;
      for (const Json& member : (*observation)["hasMember"]) sum += value_of.at(member["reference"]);
      EXPECT_NEAR(value_of.at(reference), sum / 3, 0.05);
    }
  }
}

TEST(SimulateTest, AblationFollowsTwoDiagnosticBlocks) {
  int ablations = 0;
  for (const Json& bundle : FiftyPatients()) {
    int blocks = 0;
    for (const Json* procedure : ResourcesOf(bundle, "Procedure")) {
      const std::string text = (*procedure)["code"]["text"];
      if (text.find("medial branch block") != std::string::npos) ++blocks;
      if (text.find("ablation") == std::string::npos) continue;
      ++ablations;
      EXPECT_EQ(blocks, 2);
    }
  }
  EXPECT_GT(ablations, 0);
}

// dump() refuses text that is not UTF-8.
TEST(SimulateTest, TextIsUtf8) {
  for (const Json& bundle : FiftyPatients()) EXPECT_NO_THROW(bundle.dump());
}

TEST(SimulateTest, CareStartsOnTheDayAskedFor) {
  const Options options = {.from = *ParseDate("1999-02-28"), .years = 1};
  const Json bundle = MakePatientBundle(7, 1, options);
  for (const Json* encounter : ResourcesOf(bundle, "Encounter")) {
    EXPECT_GE((*encounter)["period"]["start"].get<std::string>(), "1999-02-28");
    EXPECT_LT((*encounter)["period"]["end"].get<std::string>(), "2000-02-28");
  }
}

}  // namespace
}  // namespace anamnesis::simulate
