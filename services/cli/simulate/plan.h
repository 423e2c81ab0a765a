// What is agreed and arranged for a pain problem: goals, the care plan, referrals out, imaging.
#pragma once

#include <string>

#include "services/cli/simulate/chart.h"
#include "services/cli/simulate/tables.h"

namespace anamnesis::simulate {

// Adds a function-first goal and the care plan that pursues it. `improved`: the PEG fell by 30 % or more.
void AddGoalAndPlan(Chart& chart, const Visit& visit, const std::string& condition, bool improved);
// A referral to a therapist of the clinic: physical therapy, or psychology for neuropathic pain.
void AddReferral(Chart& chart, const Visit& visit, const std::string& condition, bool neuropathic);
// The imaging study that is usual for the problem, if there is one.
void AddImaging(Chart& chart, const Visit& visit, const Problem& problem);

}  // namespace anamnesis::simulate
