#include "services/cli/simulate/visit.h"

#include <algorithm>

namespace anamnesis::simulate {
namespace {

struct VisitForm {
  std::string_view act_class;
  std::string_view act_display;
  Code type;
};

VisitForm FormOf(VisitKind kind) {
  switch (kind) {
    case VisitKind::kConsultation:
      return {"AMB", "ambulatory", {kSnomed, "698314001", "Consultation for treatment"}};
    case VisitKind::kTelemedicine:
      return {"VR", "virtual", {kSnomed, "448337001", "Telemedicine consultation with patient"}};
    case VisitKind::kProcedure:
      return {"AMB", "ambulatory", {kSnomed, "371883000", "Outpatient procedure"}};
    case VisitKind::kFollowUp:
      break;
  }
  return {"AMB", "ambulatory", {kSnomed, "390906007", "Follow-up encounter"}};
}

Json ObservationFields(const Chart& chart, const Visit& visit, std::string_view category, const Code& code,
                       Instant when) {
  return {{"status", "final"},
          {"category", Json::array({Terminology("observation-category", category)})},
          {"code", Concept(code)},
          {"subject", Reference(chart.patient)},
          {"encounter", Reference(visit.reference)},
          {"effectiveDateTime", InstantText(when)},
          {"issued", InstantText(when)}};
}

std::string AddObservation(Chart& chart, const Visit& visit, std::string_view category, const Code& code, Instant when,
                           Json quantity) {
  Json fields = ObservationFields(chart, visit, category, code, when);
  fields["valueQuantity"] = std::move(quantity);
  return chart.bundle.Add("Observation", std::move(fields));
}

// Scores are counted in whole points within 0 to 10.
int Points(int tenths) {
  return std::clamp((tenths + 5) / 10, 0, 10);
}

}  // namespace

Visit AddVisit(Chart& chart, VisitKind kind, Day day, int minutes, const std::string& reason) {
  const VisitForm form = FormOf(kind);
  const Instant start = Instant(day) + Minutes(8 * 60 + 15 * chart.random.Between(0, 32));
  const Instant end = start + Minutes(minutes + 5 * chart.random.Between(0, 3));
  const std::string reference = chart.bundle.Add(
      "Encounter",
      {{"status", "finished"},
       {"class",
        {{"system", "http://terminology.hl7.org/CodeSystem/v3-ActCode"},
         {"code", form.act_class},
         {"display", form.act_display}}},
       {"type", Json::array({Concept(form.type)})},
       {"subject", Reference(chart.patient)},
       {"participant",
        Json::array(
            {{{"individual", {{"reference", chart.physician->reference}, {"display", chart.physician->display}}}}})},
       {"period", {{"start", InstantText(start)}, {"end", InstantText(end)}}},
       {"reasonReference", Json::array({Reference(reason)})},
       {"serviceProvider", Reference(chart.clinic.organization)}});
  return {reference, start, end};
}

void AddVitals(Chart& chart, const Visit& visit) {
  Random& random = chart.random;
  auto add = [&](const Code& code, Json quantity) {
    AddObservation(chart, visit, "vital-signs", code, visit.start, std::move(quantity));
  };
  chart.weight_tenths_kg = std::max(400, chart.weight_tenths_kg + random.Between(-12, 12));
  add({kLoinc, "29463-7", "Body Weight"}, Quantity(chart.weight_tenths_kg, "kg", "kg"));
  add({kLoinc, "8302-2", "Body Height"}, Quantity(chart.height_cm * 10, "cm", "cm"));
  add({kLoinc, "8867-4", "Heart rate"}, Quantity(random.Between(56, 98) * 10, "/min", "/min"));

  const int systolic = random.Between(104, 158);
  const int diastolic = random.Between(62, 96);
  Json fields = ObservationFields(chart, visit, "vital-signs",
                                  {kLoinc, "85354-9", "Blood pressure panel with all children optional"}, visit.start);
  fields["component"] = Json::array({{{"code", Concept({kLoinc, "8480-6", "Systolic blood pressure"})},
                                      {"valueQuantity", Quantity(systolic * 10, "mm[Hg]", "mm[Hg]")}},
                                     {{"code", Concept({kLoinc, "8462-4", "Diastolic blood pressure"})},
                                      {"valueQuantity", Quantity(diastolic * 10, "mm[Hg]", "mm[Hg]")}}});
  chart.bundle.Add("Observation", std::move(fields));
}

void AddPainScore(Chart& chart, const Visit& visit, Instant when, int pain_tenths) {
  AddObservation(chart, visit, "survey",
                 {kLoinc, "72514-3", "Pain severity - 0-10 verbal numeric rating [Score] - Reported"}, when,
                 Quantity(Points(pain_tenths) * 10, "{score}", "{score}"));
}

int AddPeg(Chart& chart, const Visit& visit, int pain_tenths) {
  constexpr Code kItems[] = {{kLoinc, "75893-8", "PEG item: average pain"},
                             {kLoinc, "91145-3", "PEG item: interference with enjoyment of life"},
                             {kLoinc, "91146-1", "PEG item: interference with general activity"}};
  int sum = 0;
  Json members = Json::array();
  for (const Code& item : kItems) {
    const int points = Points(pain_tenths + chart.random.Between(-12, 12));
    sum += points;
    members.push_back(Reference(
        AddObservation(chart, visit, "survey", item, visit.start, Quantity(points * 10, "{score}", "{score}"))));
  }
  const int mean_tenths = (sum * 10 + 1) / 3;
  Json fields = ObservationFields(chart, visit, "survey", {kLoinc, "91147-9", "Mean score [PEG]"}, visit.start);
  fields["valueQuantity"] = Quantity(mean_tenths, "{score}", "{score}");
  fields["hasMember"] = std::move(members);
  chart.bundle.Add("Observation", std::move(fields));
  return mean_tenths;
}

void AddLaboratoryReport(Chart& chart, const Visit& visit) {
  struct Test {
    Code code;
    int low_tenths, high_tenths;
    std::string_view unit;
  };
  constexpr Test kTests[] = {
      {{kLoinc, "38483-4", "Creatinine"}, 6, 14, "mg/dL"},
      {{kLoinc, "33914-3", "Estimated Glomerular Filtration Rate"}, 480, 1100, "mL/min/{1.73_m2}"},
      {{kLoinc, "1742-6", "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma"}, 80, 560, "U/L"},
      {{kLoinc, "1920-8", "Aspartate aminotransferase [Enzymatic activity/volume] in Serum or Plasma"}, 80, 480, "U/L"},
  };
  Json results = Json::array();
  for (const Test& test : kTests) {
    const int tenths = chart.random.Between(test.low_tenths, test.high_tenths);
    results.push_back({{"reference", AddObservation(chart, visit, "laboratory", test.code, visit.start,
                                                    Quantity(tenths, test.unit, test.unit))},
                       {"display", test.code.display}});
  }
  chart.bundle.Add(
      "DiagnosticReport",
      {{"status", "final"},
       {"category", Json::array({{{"coding", Json::array({{{"system", "http://terminology.hl7.org/CodeSystem/v2-0074"},
                                                           {"code", "LAB"},
                                                           {"display", "Laboratory"}}})}}})},
       {"code", Concept({kLoinc, "24323-8", "Comprehensive metabolic 2000 panel - Serum or Plasma"})},
       {"subject", Reference(chart.patient)},
       {"encounter", Reference(visit.reference)},
       {"effectiveDateTime", InstantText(visit.start)},
       {"issued", InstantText(visit.start)},
       {"result", std::move(results)}});
}

}  // namespace anamnesis::simulate
