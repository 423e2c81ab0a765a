// Interventions as courses: what was done on one target, again and again, with the relief it gave.
#pragma once

#include <string>
#include <vector>

#include "anamnesis/projection/v1/procedure_views.pb.h"

namespace anamnesis::cli {

// Interventions of one kind in one region on one side, oldest first, those without a time before all others.
struct Course {
  std::vector<projection::v1::InterventionView> interventions;  // At least one.

  const encounter::v1::InterventionPlan& target() const { return interventions.front().intervention().plan(); }
};

// By kind, region and side.
std::vector<Course> CoursesOf(std::vector<projection::v1::InterventionView> views);

// Outcome reports that were not entered in error, by when they were made.
std::vector<encounter::v1::OutcomeReport> ReportsOf(const projection::v1::InterventionView& view);

// `80 %`, `33.33 %`; `unknown`.
std::string ReliefText(const encounter::v1::OutcomeReport& report);

// The relief over time, a block a report, and in words: `▇▅ 80 % → 60 %`. `·` where it is unknown; empty without
// reports.
std::string ReliefCurve(const std::vector<encounter::v1::OutcomeReport>& reports);

// What the rules say is next: `radiofrequency ablation: eligible`, or the rules that are not met; empty where nothing
// is.
std::string NextText(const projection::v1::InterventionView& view);

}  // namespace anamnesis::cli
