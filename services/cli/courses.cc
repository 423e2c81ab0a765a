#include "services/cli/courses.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/clock.h"
#include "services/cli/format.h"

namespace anamnesis::cli {
namespace {

constexpr uint32_t kWhole = 10'000;  // Hundredths of a percent.
constexpr std::array<const char*, 8> kBlocks = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

std::optional<int64_t> TimeOf(const projection::v1::InterventionView& view) {
  const encounter::v1::Intervention& intervention = view.intervention();
  if (intervention.performance().has_start()) return ToMicros(intervention.performance().start());
  if (intervention.plan().has_planned_time()) return ToMicros(intervention.plan().planned_time());
  return std::nullopt;
}

const char* BlockOf(const encounter::v1::OutcomeReport& report) {
  if (!report.has_relief_basis_points()) return "·";
  const size_t step = report.relief_basis_points() * (kBlocks.size() - 1) / kWhole;
  return kBlocks[std::min(step, kBlocks.size() - 1)];
}

}  // namespace

std::vector<Course> CoursesOf(std::vector<projection::v1::InterventionView> views) {
  std::map<std::tuple<int, int, int>, Course> courses;
  for (projection::v1::InterventionView& view : views) {
    const encounter::v1::InterventionPlan& plan = view.intervention().plan();
    courses[{plan.kind(), plan.region(), plan.side()}].interventions.push_back(std::move(view));
  }
  std::vector<Course> sorted;
  for (auto& [target, course] : courses) {
    std::ranges::stable_sort(course.interventions, {}, TimeOf);
    sorted.push_back(std::move(course));
  }
  return sorted;
}

std::vector<encounter::v1::OutcomeReport> ReportsOf(const projection::v1::InterventionView& view) {
  std::vector<encounter::v1::OutcomeReport> reports;
  const auto& retracted = view.retracted_outcome_ids();
  for (const encounter::v1::OutcomeReport& report : view.outcomes()) {
    if (std::ranges::find(retracted, report.id()) == retracted.end()) reports.push_back(report);
  }
  std::ranges::stable_sort(reports, {}, [](const auto& report) { return ToMicros(report.time()); });
  return reports;
}

std::string ReliefText(const encounter::v1::OutcomeReport& report) {
  if (!report.has_relief_basis_points()) return kUnknown;
  const uint32_t whole = report.relief_basis_points() / 100, rest = report.relief_basis_points() % 100;
  return rest == 0 ? absl::StrCat(whole, " %") : absl::StrFormat("%u.%02u %%", whole, rest);
}

std::string ReliefCurve(const std::vector<encounter::v1::OutcomeReport>& reports) {
  if (reports.empty()) return "";
  std::string blocks;
  std::vector<std::string> words;
  for (const encounter::v1::OutcomeReport& report : reports) {
    blocks += BlockOf(report);
    words.push_back(ReliefText(report));
  }
  return absl::StrCat(blocks, " ", absl::StrJoin(words, " → "));
}

std::string NextText(const projection::v1::InterventionView& view) {
  if (!view.has_standing()) return "";
  const encounter::v1::CourseStanding& standing = view.standing();
  return absl::StrCat(
      Words(standing.next()), ": ",
      standing.eligible() ? "eligible" : absl::StrCat("not met: ", absl::StrJoin(standing.unmet_rules(), ", ")));
}

}  // namespace anamnesis::cli
