#include "services/cli/simulate/plan.h"

#include "absl/strings/str_cat.h"

namespace anamnesis::simulate {
namespace {

constexpr Code kPhysicalTherapy = {kSnomed, "91251008", "Physical therapy procedure"};
constexpr Code kBehavioralTherapy = {kSnomed, "228557008", "Cognitive and behavioral therapy"};

Json Activity(const Code& code, bool done) {
  return {{"detail", {{"code", Concept(code)}, {"status", done ? "completed" : "in-progress"}}}};
}

// DICOM's own registry of modalities and image storage classes.
struct Modality {
  std::string_view name;
  std::string_view storage_class;
};
Modality ModalityOf(std::string_view code) {
  if (code == "MR") return {"Magnetic Resonance", "1.2.840.10008.5.1.4.1.1.4"};
  return {"Digital Radiography", "1.2.840.10008.5.1.4.1.1.1.1"};
}

}  // namespace

void AddGoalAndPlan(Chart& chart, const Visit& visit, const std::string& condition, bool improved) {
  const std::string goal = chart.bundle.Add(
      "Goal", {{"lifecycleStatus", improved ? "completed" : "active"},
               {"achievementStatus", Terminology("goal-achievement", improved ? "achieved" : "in-progress")},
               {"description", {{"text", chart.random.Pick(FunctionGoals())}}},
               {"subject", Reference(chart.patient)},
               {"startDate", DateText(std::chrono::floor<Days>(visit.start))},
               {"addresses", Json::array({Reference(condition)})}});
  Json period = {{"start", InstantText(visit.start)}};
  if (improved) period["end"] = InstantText(Instant(chart.end));
  chart.bundle.Add("CarePlan",
                   {{"status", improved ? "completed" : "active"},
                    {"intent", "plan"},
                    {"category", Json::array({Concept({kSnomed, "734163000", "Care plan (record artifact)"})})},
                    {"title", "Pain treatment plan"},
                    {"subject", Reference(chart.patient)},
                    {"encounter", Reference(visit.reference)},
                    {"period", std::move(period)},
                    {"addresses", Json::array({Reference(condition)})},
                    {"goal", Json::array({Reference(goal)})},
                    {"activity", Json::array({Activity(kPhysicalTherapy, improved),
                                              Activity({kSnomed, "229065009", "Exercise therapy"}, improved),
                                              Activity(kBehavioralTherapy, improved)})}});
}

void AddReferral(Chart& chart, const Visit& visit, const std::string& condition, bool neuropathic) {
  const Staff& psychologist = chart.clinic.other_clinicians.front();
  const Staff& physiotherapist = chart.clinic.other_clinicians.back();
  chart.bundle.Add("ServiceRequest",
                   {{"status", "active"},
                    {"intent", "order"},
                    {"code", Concept(neuropathic ? kBehavioralTherapy : kPhysicalTherapy)},
                    {"subject", Reference(chart.patient)},
                    {"encounter", Reference(visit.reference)},
                    {"authoredOn", InstantText(visit.start)},
                    {"requester", Reference(chart.physician->reference)},
                    {"performer", Json::array({Reference((neuropathic ? psychologist : physiotherapist).reference)})},
                    {"reasonReference", Json::array({Reference(condition)})}});
}

void AddImaging(Chart& chart, const Visit& visit, const Problem& problem) {
  if (problem.modality.empty()) return;
  const Modality modality = ModalityOf(problem.modality);
  // A UUID as an OID, 2.25.<integer>, is a valid DICOM identifier; 63 bits of one are enough here.
  const uint64_t series = chart.random.Below(uint64_t{1} << 62);
  Json one_series = {{"uid", absl::StrCat("2.25.", series)},
                     {"number", 1},
                     {"modality",
                      {{"system", "http://dicom.nema.org/resources/ontology/DCM"},
                       {"code", problem.modality},
                       {"display", modality.name}}},
                     {"numberOfInstances", 1},
                     {"started", InstantText(visit.end)}};
  if (!problem.body_site.code.empty()) one_series["bodySite"] = Coding(problem.body_site);
  one_series["instance"] = Json::array(
      {{{"uid", absl::StrCat("2.25.", series + 1)},
        {"sopClass",
         {{"system", "urn:ietf:rfc:3986"}, {"code", absl::StrCat("urn:oid:", std::string(modality.storage_class))}}},
        {"number", 1}}});
  chart.bundle.Add("ImagingStudy", {{"status", "available"},
                                    {"subject", Reference(chart.patient)},
                                    {"encounter", Reference(visit.reference)},
                                    {"started", InstantText(visit.end)},
                                    {"numberOfSeries", 1},
                                    {"numberOfInstances", 1},
                                    {"description", problem.text},
                                    {"series", Json::array({std::move(one_series)})}});
}

}  // namespace anamnesis::simulate
