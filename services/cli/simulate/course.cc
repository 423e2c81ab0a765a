#include "services/cli/simulate/course.h"

#include <algorithm>

#include "services/cli/simulate/medication.h"
#include "services/cli/simulate/person.h"
#include "services/cli/simulate/plan.h"
#include "services/cli/simulate/visit.h"

namespace anamnesis::simulate {
namespace {

constexpr int kInterveneFrom = 40;        // tenths of pain
constexpr int kTelemedicinePercent = 30;  // of follow-ups
constexpr int kIntervenePercent = 55;     // of visits at which an intervention is due; others wait or decline
constexpr int kLaboratoryPercent = 12;

class PainCourse {
 public:
  PainCourse(Chart& chart, const Problem& problem, std::string condition, int untreated_tenths)
      : chart_(chart),
        problem_(problem),
        condition_(condition),
        medication_(chart, std::move(condition), problem.neuropathic),
        untreated_tenths_(untreated_tenths) {}

  void Consult(Visit visit) {
    AddVitals(chart_, visit);
    const int pain = PainOn(chart_.start);
    AddPainScore(chart_, visit, visit.start, pain);
    first_peg_ = last_peg_ = AddPeg(chart_, visit, pain);
    AddLaboratoryReport(chart_, visit);
    AddImaging(chart_, visit, problem_);
    AddReferral(chart_, visit, condition_, problem_.neuropathic);
    medication_.Begin(visit);
    consultation_ = std::move(visit);
  }

  void FollowUp(Day day) {
    const bool remote = chart_.random.Chance(kTelemedicinePercent);
    const Visit visit = AddVisit(chart_, remote ? VisitKind::kTelemedicine : VisitKind::kFollowUp, day, 20, condition_);
    const int pain = PainOn(day);
    AddPainScore(chart_, visit, visit.start, pain);
    last_peg_ = AddPeg(chart_, visit, pain);
    medication_.Adjust(visit, pain);
    if (remote) return;  // nothing can be measured or given over the wire
    AddVitals(chart_, visit);
    if (chart_.random.Chance(kLaboratoryPercent)) AddLaboratoryReport(chart_, visit);
    AddVaccinations(chart_, visit);
  }

  bool NeedsIntervention(Day day) {
    const auto interventions = InterventionsOf(problem_.pathway);
    if (interventions.empty() || PainOn(day) < kInterveneFrom) return false;
    const bool due =
        next_ < interventions.size() || day - last_session_ >= Days(interventions.back().repeat_after_days);
    return due && chart_.random.Chance(kIntervenePercent);
  }

  void Intervene(Day day) {
    const auto interventions = InterventionsOf(problem_.pathway);
    const Intervention& intervention = interventions[std::min(next_, interventions.size() - 1)];
    const Visit visit = AddVisit(chart_, VisitKind::kProcedure, day, intervention.minutes + 40, condition_);
    const Instant start = visit.start + Minutes(20);
    AddPainScore(chart_, visit, visit.start, PainOn(day));
    Json fields = {{"status", "completed"},
                   {"code", Concept(intervention.text, {intervention.icd10_pcs, intervention.snomed})},
                   {"subject", Reference(chart_.patient)},
                   {"encounter", Reference(visit.reference)},
                   {"performedPeriod",
                    {{"start", InstantText(start)}, {"end", InstantText(start + Minutes(intervention.minutes))}}},
                   {"performer", Json::array({{{"actor", Reference(chart_.physician->reference)}}})},
                   {"reasonReference", Json::array({Reference(condition_)})}};
    if (!problem_.body_site.code.empty()) fields["bodySite"] = Json::array({Concept(problem_.body_site)});
    chart_.bundle.Add("Procedure", std::move(fields));

    relief_percent_ = chart_.random.Between(intervention.relief_low, intervention.relief_high);
    relief_until_ = day + Days(chart_.random.Between(intervention.days_low, intervention.days_high));
    last_session_ = day;
    ++next_;
    AddPainScore(chart_, visit, visit.end, PainOn(day));
  }

  void Finish() {
    const bool improved = last_peg_ * 10 <= first_peg_ * 7;
    AddGoalAndPlan(chart_, consultation_, condition_, improved);
    medication_.Write();
  }

 private:
  // Pain in tenths: what is left of the untreated pain, and the good and bad days that every patient has.
  int PainOn(Day day) {
    const int intervention = day <= relief_until_ ? relief_percent_ : 0;
    const int left = untreated_tenths_ * (100 - medication_.ReliefPercent()) / 100 * (100 - intervention) / 100;
    return std::clamp(left + chart_.random.Between(-8, 8), 0, 100);
  }

  Chart& chart_;
  const Problem& problem_;
  const std::string condition_;
  Medication medication_;
  const int untreated_tenths_;
  Visit consultation_;
  int first_peg_ = 0;
  int last_peg_ = 0;
  size_t next_ = 0;  // the next intervention of the pathway
  Day last_session_{};
  Day relief_until_{};
  int relief_percent_ = 0;
};

std::string AddPainCondition(Chart& chart, const Problem& problem, Day recorded) {
  const Day onset = chart.start - Days(chart.random.Between(120, 2200));
  Json fields = {{"clinicalStatus", Terminology("condition-clinical", "active")},
                 {"verificationStatus", Terminology("condition-ver-status", "confirmed")},
                 {"category", Json::array({Terminology("condition-category", "problem-list-item")})},
                 {"code", Concept(problem.text, {problem.snomed, problem.icd10})},
                 {"subject", Reference(chart.patient)},
                 {"onsetDateTime", DateText(onset)},
                 {"recordedDate", DateText(recorded)}};
  if (!problem.body_site.code.empty()) fields["bodySite"] = Json::array({Concept(problem.body_site)});
  return chart.bundle.Add("Condition", std::move(fields));
}

}  // namespace

void AddPainCourse(Chart& chart, const Problem& problem) {
  Day day = chart.start + Days(chart.random.Between(0, 60));
  const std::string condition = AddPainCondition(chart, problem, day);
  const int untreated = 10 * chart.random.Between(problem.pain_low, problem.pain_high);
  PainCourse course(chart, problem, condition, untreated);

  Visit consultation = AddVisit(chart, VisitKind::kConsultation, day, 50, condition);
  AddAllergies(chart, consultation);
  AddOtherProblems(chart, consultation);
  course.Consult(std::move(consultation));
  for (;;) {
    day += Days(chart.random.Between(21, 70));
    if (day >= chart.end) break;
    if (course.NeedsIntervention(day)) {
      course.Intervene(day);
    } else {
      course.FollowUp(day);
    }
  }
  course.Finish();
}

}  // namespace anamnesis::simulate
