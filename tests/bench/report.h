// The lines that benchmarks print: a figure, its baseline of the same run, the ratio and the target.
#pragma once

#include <cstdio>
#include <string>

namespace anamnesis::bench {

// `target` is the ratio that is aimed for; `at_least` tells whether more or less is better.
inline void Report(const std::string& what, double figure, double baseline, const std::string& unit, double target,
                   bool at_least) {
  const double ratio = figure / baseline;
  const bool reached = at_least ? ratio >= target : ratio <= target;
  std::printf("%-46s %12.1f %12.1f %-9s %6.2f  %s %.2f  %s\n", what.c_str(), figure, baseline, unit.c_str(), ratio,
              at_least ? ">=" : "<=", target, reached ? "reached" : "NOT reached");
  std::fflush(stdout);
}

// A ratio that nothing is aimed for with.
inline void ReportOnly(const std::string& what, double figure, double baseline, const std::string& unit) {
  std::printf("%-46s %12.1f %12.1f %-9s %6.2f\n", what.c_str(), figure, baseline, unit.c_str(), figure / baseline);
  std::fflush(stdout);
}

// A figure that is aimed for as it is.
inline void ReportAbsolute(const std::string& what, double figure, const std::string& unit, double target) {
  std::printf("%-46s %12.1f %12s %-9s %6s  >= %.0f  %s\n", what.c_str(), figure, "-", unit.c_str(), "-", target,
              figure >= target ? "reached" : "NOT reached");
  std::fflush(stdout);
}

// A figure that is to stay below something.
inline void ReportAtMost(const std::string& what, double figure, const std::string& unit, double target) {
  std::printf("%-46s %12.2f %12s %-9s %6s  <= %.0f  %s\n", what.c_str(), figure, "-", unit.c_str(), "-", target,
              figure <= target ? "reached" : "NOT reached");
  std::fflush(stdout);
}

// A figure that nothing is aimed for with.
inline void ReportFigure(const std::string& what, double figure, const std::string& unit) {
  std::printf("%-46s %12.2f %12s %-9s\n", what.c_str(), figure, "-", unit.c_str());
  std::fflush(stdout);
}

inline void ReportHeader() {
  std::printf("%-46s %12s %12s %-9s %6s  %s\n", "what", "measured", "baseline", "unit", "ratio", "target");
}

}  // namespace anamnesis::bench
