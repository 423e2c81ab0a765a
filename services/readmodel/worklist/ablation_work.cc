#include "services/readmodel/worklist/ablation_work.h"

#include <algorithm>
#include <optional>

#include "base/clock.h"

namespace anamnesis::readmodel {
namespace {

using encounter::v1::InterventionPlan;
using projection::v1::InterventionView;

std::optional<int64_t> PerformedMicros(const InterventionView& view) {
  const encounter::v1::InterventionPerformance& performance = view.intervention().performance();
  return performance.has_start() ? std::optional(ToMicros(performance.start())) : std::nullopt;
}

bool SharesSide(const InterventionPlan& a, const InterventionPlan& b) {
  return a.side() == b.side() || a.side() == encounter::v1::LATERALITY_BILATERAL ||
         b.side() == encounter::v1::LATERALITY_BILATERAL;
}

// Levels that are not said may be any.
bool MayShareLevel(const InterventionPlan& a, const InterventionPlan& b) {
  if (a.levels().empty() || b.levels().empty()) return true;
  return std::ranges::any_of(
      a.levels(), [&](const std::string& level) { return std::ranges::find(b.levels(), level) != b.levels().end(); });
}

}  // namespace

void AblationWork::Add(const projection::v1::View& view) {
  if (!view.has_intervention()) return;
  const InterventionView& shown = view.intervention();
  if (shown.standing().eligible() &&
      shown.standing().next() == encounter::v1::INTERVENTION_KIND_RADIOFREQUENCY_ABLATION &&
      (!shown.standing().has_time() || ToMicros(shown.standing().time()) <= as_of_micros_)) {
    eligible_.push_back(shown);
  }
  const std::optional<int64_t> performed = PerformedMicros(shown);
  if (shown.intervention().plan().kind() == encounter::v1::INTERVENTION_KIND_RADIOFREQUENCY_ABLATION &&
      shown.intervention().status() == encounter::v1::INTERVENTION_STATUS_PERFORMED && performed.has_value() &&
      *performed <= as_of_micros_) {
    ablations_.push_back(shown);
  }
}

std::vector<ViewWork> AblationWork::On(chart::v1::Worklist worklist, const std::string& practitioner_id) const {
  encounter::v1::InterventionKind kind;
  switch (worklist) {
    case chart::v1::WORKLIST_BLOCKS_ELIGIBLE_FOR_ABLATION:
      kind = encounter::v1::INTERVENTION_KIND_MEDIAL_BRANCH_BLOCK;
      break;
    case chart::v1::WORKLIST_ABLATIONS_ELIGIBLE_FOR_REPEAT:
      kind = encounter::v1::INTERVENTION_KIND_RADIOFREQUENCY_ABLATION;
      break;
    default:
      return {};
  }
  std::vector<ViewWork> work;
  for (const InterventionView& done : eligible_) {
    const encounter::v1::Intervention& intervention = done.intervention();
    if (intervention.plan().kind() != kind || WasFollowed(done)) continue;
    if (!practitioner_id.empty() && intervention.performance().performer_id() != practitioner_id) continue;
    work.push_back(
        {.due_micros = done.standing().has_time() ? std::optional(ToMicros(done.standing().time())) : std::nullopt,
         .about = "intervention/" + intervention.id()});
  }
  return work;
}

// Which of two was later is not known where the time of one is not: then it stays on the list.
bool AblationWork::WasFollowed(const InterventionView& done) const {
  const std::optional<int64_t> performed = PerformedMicros(done);
  const InterventionPlan& plan = done.intervention().plan();
  return performed.has_value() && std::ranges::any_of(ablations_, [&](const InterventionView& ablation) {
           const InterventionPlan& later = ablation.intervention().plan();
           return *PerformedMicros(ablation) > *performed && later.region() == plan.region() &&
                  SharesSide(later, plan) && MayShareLevel(later, plan);
         });
}

}  // namespace anamnesis::readmodel
