#include "services/readmodel/views/chart.h"

#include <algorithm>
#include <set>
#include <utility>

#include "services/readmodel/views/view_kinds.h"

namespace anamnesis::readmodel {
namespace {

using projection::v1::View;

// What tells one kind of observation from another: its first coding, or its words where it has none.
std::pair<std::string, std::string> CodeOf(const projection::v1::ObservationView& view) {
  const clinical::v1::CodeableConcept& code = view.observation().code();
  if (code.codings().empty()) return {"", code.text()};
  return {code.codings(0).system(), code.codings(0).code()};
}

template <class Item>
void AddIfActive(Item&& item, google::protobuf::RepeatedPtrField<Item>& list) {
  if (IsActive(item) && static_cast<size_t>(list.size()) < kMostPerList) list.Add(std::move(item));
}

}  // namespace

void ChartBuilder::Add(std::string entry_key, View view) {
  std::string order = EncodeTime(ClinicalTime(view)) + std::move(entry_key);
  items_.push_back({std::move(order), std::move(view)});
}

chart::v1::GetChartResponse ChartBuilder::Build() && {
  std::sort(items_.begin(), items_.end(), [](const Item& a, const Item& b) { return a.order < b.order; });
  chart::v1::GetChartResponse chart;
  std::set<std::pair<std::string, std::string>> seen_codes;
  for (auto& [order, view] : items_) {
    const auto* kind = View::descriptor()->FindFieldByNumber(view.view_case());
    if (kind != nullptr) ++(*chart.mutable_counts())[kind->name()];
    switch (view.view_case()) {
      case View::kProblem:
        AddIfActive(std::move(*view.mutable_problem()), *chart.mutable_active_problems());
        break;
      case View::kAllergy:
        AddIfActive(std::move(*view.mutable_allergy()), *chart.mutable_allergies());
        break;
      case View::kOrder:
        AddIfActive(std::move(*view.mutable_order()), *chart.mutable_active_orders());
        break;
      case View::kCarePlan:
        AddIfActive(std::move(*view.mutable_care_plan()), *chart.mutable_active_care_plans());
        break;
      case View::kGoal:
        AddIfActive(std::move(*view.mutable_goal()), *chart.mutable_active_goals());
        break;
      case View::kCareTeamMember:
        AddIfActive(std::move(*view.mutable_care_team_member()), *chart.mutable_care_team());
        break;
      case View::kReferralIn:
        AddIfActive(std::move(*view.mutable_referral_in()), *chart.mutable_open_referrals());
        break;
      case View::kConsent:
        AddIfActive(std::move(*view.mutable_consent()), *chart.mutable_consents());
        break;
      case View::kAdvanceDirective:
        AddIfActive(std::move(*view.mutable_advance_directive()), *chart.mutable_advance_directives());
        break;
      case View::kPainHistory:
        if (!chart.has_pain_history()) *chart.mutable_pain_history() = std::move(*view.mutable_pain_history());
        break;
      case View::kEncounter:
        if (static_cast<size_t>(chart.recent_encounters_size()) < kRecentEncounters) {
          *chart.add_recent_encounters() = std::move(*view.mutable_encounter());
        }
        break;
      case View::kObservation:
        if (seen_codes.size() < kLatestObservations && seen_codes.insert(CodeOf(view.observation())).second) {
          *chart.add_latest_observations() = std::move(*view.mutable_observation());
        }
        break;
      default:
        break;
    }
  }
  return chart;
}

}  // namespace anamnesis::readmodel
