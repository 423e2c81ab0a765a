#include "tests/tidy/files.h"

#include <algorithm>
#include <functional>
#include <regex>
#include <set>

namespace anamnesis::tidy {
namespace {

constexpr size_t kHeadLines = 12;  // where a file says why it is long

// True if one of the `count` lines before `line` (an index), or the line itself, gives the reason asked for.
bool ReasonBefore(const std::vector<std::string_view>& lines, size_t line, size_t count, std::string_view marker) {
  for (size_t i = line - std::min(line, count); i <= line; ++i) {
    if (lines[i].find(marker) != std::string_view::npos) return true;
  }
  return false;
}

bool Matches(std::string_view line, const std::regex& expression) {
  return std::regex_search(line.begin(), line.end(), expression);
}

Complaints CheckLines(const File& file, const std::regex& forbidden, std::string_view message,
                      std::string_view reason = {}, size_t lines_before = 0) {
  Complaints complaints;
  const std::vector<std::string_view> lines = LinesOf(file.text);
  for (size_t i = 0; i < lines.size(); ++i) {
    if (!Matches(lines[i], forbidden)) continue;
    if (!reason.empty() && ReasonBefore(lines, i, lines_before, reason)) continue;
    complaints.push_back(At(file, i + 1, message));
  }
  return complaints;
}

}  // namespace

Complaints CheckLength(const File& file) {
  const std::vector<std::string_view> lines = LinesOf(file.text);
  if (lines.size() <= kMaxLines) return {};
  if (ReasonBefore(lines, std::min(lines.size(), kHeadLines) - 1, kHeadLines, "Long because: ")) return {};
  return {At(file, lines.size(), "longer than " + std::to_string(kMaxLines) + " lines without \"Long because: \"")};
}

Complaints CheckNotes(const File& file) {
  // In two parts, so that this file does not complain of itself.
  static const auto* const kNotes =
      new std::regex(std::string(R"(\b(TO)") + R"(DO|FIX)" + R"(ME|X)" + R"(XX|HA)" + R"(CK)\b)");
  return CheckLines(file, *kNotes, "a note to oneself");
}

Complaints CheckSleeps(const File& file) {
  static const auto* const kSleeps =
      new std::regex(R"(\b(sleep_for|sleep_until|usleep|nanosleep|SleepFor|sleep)\s*\()");
  return CheckLines(file, *kSleeps, "waits for time to pass", "Waits because: ", 1);
}

Complaints CheckPrints(const File& file) {
  if (file.path.starts_with("services/cli/")) return {};
  static const auto* const kPrints = new std::regex(R"(std::(cout|cerr|clog)\b|\b(f?printf|f?puts|perror)\s*\()");
  static const auto* const kEnds = new std::regex(R"(\b(abort|_Exit|exit)\(|return EXIT_FAILURE)");
  Complaints complaints;
  const std::vector<std::string_view> lines = LinesOf(file.text);
  for (size_t i = 0; i < lines.size(); ++i) {
    if (!Matches(lines[i], *kPrints)) continue;
    const auto end = lines.begin() + static_cast<std::ptrdiff_t>(std::min(lines.size(), i + kLastWords));
    const bool ends = std::any_of(lines.begin() + static_cast<std::ptrdiff_t>(i), end,
                                  [](std::string_view line) { return Matches(line, *kEnds); });
    if (!ends) complaints.push_back(At(file, i + 1, "prints past rpc::Log"));
  }
  return complaints;
}

Complaints CheckTopLevel(const std::vector<std::string>& names, std::string_view ignored) {
  std::set<std::string, std::less<>> allowed = {"CMakeLists.txt", "CMakePresets.json", "README.md", "deploy", "libs",
                                                "protos",         "services",          "tests"};
  for (std::string_view line : LinesOf(ignored)) {
    if (line.starts_with('/')) line.remove_prefix(1);
    if (line.ends_with('/')) line.remove_suffix(1);
    allowed.emplace(line);
  }
  Complaints complaints;
  for (const std::string& name : names) {
    if (name.starts_with('.') || allowed.contains(name)) continue;
    complaints.push_back(name + ": not of the top level; move it, or name it in .gitignore");
  }
  return complaints;
}

}  // namespace anamnesis::tidy
