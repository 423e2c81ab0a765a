#include "services/encounter/domain/intervention/history.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/clock.h"
#include "services/encounter/domain/intervention/time_span.h"

namespace anamnesis::encounter {
namespace {

// When the relief that a report tells of ended, or was still there.
std::optional<int64_t> ReliefUntil(const v1::OutcomeEntry& report, int64_t from) {
  if (!report.has_relief_duration()) return report.has_time() ? std::optional(ToMicros(report.time())) : std::nullopt;
  const int64_t count = report.relief_duration().count();
  switch (report.relief_duration().unit()) {
    case v1::DURATION_UNIT_HOUR:
      return from + count * kMicrosPerHour;
    case v1::DURATION_UNIT_DAY:
      return from + count * kMicrosPerDay;
    case v1::DURATION_UNIT_WEEK:
      return from + count * kMicrosPerWeek;
    case v1::DURATION_UNIT_MONTH:
      return AddMonths(from, count);
    default:
      return std::nullopt;
  }
}

bool HeldBy(const v1::OutcomeEntry& report, const std::optional<int64_t>& from, int64_t months) {
  if (from.has_value()) {
    const std::optional<int64_t> until = ReliefUntil(report, *from);
    return until.has_value() && *until >= AddMonths(*from, months);
  }
  // Days cannot be compared with months whose length is not known.
  return report.relief_duration().unit() == v1::DURATION_UNIT_MONTH && report.relief_duration().count() >= months;
}

Sessions CountDays(const std::vector<Past>& pasts, int64_t at_micros, std::optional<int64_t> after) {
  std::set<int64_t> days = {DayOf(at_micros)};
  Sessions sessions;
  int64_t undated = 0;
  for (const Past& past : pasts) {
    if (!past.at.has_value()) {
      ++undated;
    } else if (!after.has_value() || *past.at > *after) {
      days.insert(DayOf(*past.at));
    }
  }
  sessions.count = static_cast<int64_t>(days.size());
  if (after.has_value()) {
    sessions.at_least = undated > 0;
  } else {
    sessions.count += undated;
  }
  return sessions;
}

}  // namespace

std::vector<Past> PerformedUntil(const v1::EncounterState& state, int64_t at_micros, const std::string& but,
                                 const std::function<bool(const v1::InterventionPlan&)>& wanted) {
  std::vector<Past> pasts;
  for (const auto& [id, entry] : state.interventions()) {
    if (id == but || entry.retracted() || entry.status() != v1::INTERVENTION_STATUS_PERFORMED) continue;
    Past past{.id = id, .entry = &entry, .at = {}};
    if (entry.has_performed_time()) past.at = ToMicros(entry.performed_time());
    if (past.at.value_or(at_micros) <= at_micros && wanted(entry.plan())) pasts.push_back(std::move(past));
  }
  std::ranges::sort(pasts, [](const Past& a, const Past& b) { return std::tie(a.at, a.id) < std::tie(b.at, b.id); });
  return pasts;
}

Sessions SessionsWithin(const std::vector<Past>& pasts, int64_t at_micros, int64_t months) {
  return CountDays(pasts, at_micros, AddMonths(at_micros, -months));
}

Sessions AllSessions(const std::vector<Past>& pasts, int64_t at_micros) {
  return CountDays(pasts, at_micros, std::nullopt);
}

std::optional<uint32_t> BestRelief(const v1::InterventionEntry& entry) {
  std::optional<uint32_t> best;
  for (const v1::OutcomeEntry& report : entry.outcomes()) {
    if (report.has_relief_basis_points()) best = std::max(best.value_or(0), report.relief_basis_points());
  }
  return best;
}

bool ReliefHeld(const Past& past, uint32_t basis_points, int64_t months) {
  return std::ranges::any_of(past.entry->outcomes(), [&](const v1::OutcomeEntry& report) {
    return report.has_relief_basis_points() && report.relief_basis_points() >= basis_points &&
           HeldBy(report, past.at, months);
  });
}

std::vector<std::string> LevelsOf(const google::protobuf::RepeatedPtrField<std::string>& levels) {
  const std::set<std::string> set(levels.begin(), levels.end());
  return {set.begin(), set.end()};
}

}  // namespace anamnesis::encounter
