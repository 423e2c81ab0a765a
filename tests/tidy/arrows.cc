#include "tests/tidy/arrows.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <regex>

namespace anamnesis::tidy {
namespace {

using Prefixes = std::vector<std::string>;

// The folders of libs/, whose headers are included without "libs/".
constexpr std::array<std::string_view, 12> kLibraries = {"audit",      "backup",   "base",    "decider",
                                                         "eventlog",   "evidence", "feed",    "fhir",
                                                         "projection", "rpc",      "service", "vault"};
constexpr std::array<std::string_view, 3> kContexts = {"patient", "encounter", "medication"};

bool StartsWithAny(std::string_view text, const Prefixes& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const std::string& prefix) { return text.starts_with(prefix); });
}

Prefixes AllLibraries() {
  Prefixes prefixes;
  for (const std::string_view library : kLibraries) prefixes.push_back(std::string(library) + "/");
  return prefixes;
}

// True for a header of this repository, as opposed to one of the standard library or another project.
bool IsOurs(std::string_view include) {
  return StartsWithAny(include, AllLibraries()) || StartsWithAny(include, {"services/", "tests/", "anamnesis/"});
}

// The messages that carry a context's views belong to the contexts, though they live beside the machinery's.
bool IsViewProto(std::string_view include) {
  return include.starts_with("anamnesis/projection/v1/") &&
         (include.ends_with("/views.pb.h") || include.ends_with("_views.pb.h"));
}

std::string FolderUnder(std::string_view path, std::string_view root) {
  path.remove_prefix(root.size());
  return std::string(path.substr(0, path.find('/')));
}

bool LibraryMayInclude(const std::string& library, std::string_view include) {
  if (library == "base") return StartsWithAny(include, {"base/", "anamnesis/rpc/"});
  if (library == "vault") return StartsWithAny(include, {"base/", "vault/"});
  if (library == "evidence") return StartsWithAny(include, {"base/", "evidence/"});
  if (library == "fhir") {
    return StartsWithAny(include, {"base/", "fhir/", "anamnesis/rpc/", "anamnesis/clinical/"}) ||
           std::any_of(kContexts.begin(), kContexts.end(), [&](std::string_view context) {
             return include.starts_with("anamnesis/" + std::string(context) + "/");
           });
  }
  if (IsViewProto(include)) return false;
  return StartsWithAny(include, AllLibraries()) ||
         StartsWithAny(include, {"anamnesis/rpc/", "anamnesis/event/", "anamnesis/projection/", "anamnesis/ops/",
                                 "anamnesis/audit/"});
}

bool DomainMayInclude(const std::string& context, std::string_view path, std::string_view include) {
  const bool own = StartsWithAny(include, {"base/", "decider/", "services/" + context + "/domain/", "anamnesis/rpc/",
                                           "anamnesis/clinical/", "anamnesis/" + context + "/"});
  if (own) return true;
  // What a decision knows of the other contexts comes from their events, and is read in <context>_facts only.
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return std::any_of(kContexts.begin(), kContexts.end(), [&](std::string_view other) {
    return name.starts_with(std::string(other) + "_facts.") &&
           include.starts_with("anamnesis/" + std::string(other) + "/");
  });
}

bool ProjectionMayInclude(const std::string& context, std::string_view include) {
  return StartsWithAny(include,
                       {"base/", "eventlog/record.h", "projection/", "services/" + context + "/", "anamnesis/rpc/",
                        "anamnesis/clinical/", "anamnesis/projection/", "anamnesis/" + context + "/"});
}

bool MayInclude(std::string_view path, std::string_view include) {
  if (path.starts_with("tests/")) return true;
  if (include.starts_with("tests/")) return false;
  if (path.starts_with("libs/")) return LibraryMayInclude(FolderUnder(path, "libs/"), include);
  const std::string service = FolderUnder(path, "services/");
  const std::string own = "services/" + service + "/";
  if (path.starts_with(own + "domain/")) return DomainMayInclude(service, path, include);
  if (path.starts_with(own + "projection/")) return ProjectionMayInclude(service, include);
  return StartsWithAny(include, {own, "anamnesis/"}) || StartsWithAny(include, AllLibraries());
}

bool IsDomain(std::string_view path) {
  return path.starts_with("services/") && path.find("/domain/") != std::string_view::npos;
}

// What a pure file may take from elsewhere. All else would bring a clock, a thread or I/O with it.
bool PureMayInclude(std::string_view include) {
  static const auto* const kImpure = new Prefixes{"atomic",     "condition_variable",
                                                  "cstdio",     "cstdlib",
                                                  "ctime",      "filesystem",
                                                  "fstream",    "future",
                                                  "iostream",   "mutex",
                                                  "random",     "shared_mutex",
                                                  "stop_token", "thread",
                                                  "time.h",     "stdio.h",
                                                  "unistd.h"};
  if (include.find('/') == std::string_view::npos) {
    return std::find(kImpure->begin(), kImpure->end(), include) == kImpure->end();
  }
  return StartsWithAny(include, {"absl/", "google/protobuf/"}) && !include.starts_with("absl/time/") &&
         !include.starts_with("absl/synchronization/") && !include.starts_with("absl/random/");
}

const std::regex& IncludeLine() {
  static const auto* const expression = new std::regex(R"(^\s*#\s*include\s*["<]([^">]+)[">])");
  return *expression;
}

// Calls `judge(line number, included path)` for every include of a file.
template <typename Judge>
void ForEachInclude(const File& file, Judge judge) {
  const std::vector<std::string_view> lines = LinesOf(file.text);
  for (size_t i = 0; i < lines.size(); ++i) {
    std::match_results<std::string_view::const_iterator> match;
    if (std::regex_search(lines[i].begin(), lines[i].end(), match, IncludeLine())) judge(i + 1, match[1].str());
  }
}

}  // namespace

Complaints CheckArrows(const File& file) {
  Complaints complaints;
  ForEachInclude(file, [&](size_t line, const std::string& include) {
    if (IsOurs(include) && !MayInclude(file.path, include)) {
      complaints.push_back(At(file, line, "no arrow leads from here to " + include));
    }
  });
  return complaints;
}

Complaints CheckPurity(const File& file) {
  Complaints complaints;
  if (!IsDomain(file.path)) return complaints;
  ForEachInclude(file, [&](size_t line, const std::string& include) {
    if (!IsOurs(include) && !PureMayInclude(include)) complaints.push_back(At(file, line, "impure: " + include));
  });
  // What an allowed header also offers.
  static const auto* const kImpureNames = new std::regex(
      R"(\b(SystemClock|MonotonicMicros|NewUuid|system_clock|steady_clock|absl::Now|getenv|std::rand)\b)");
  const std::vector<std::string_view> lines = LinesOf(file.text);
  for (size_t i = 0; i < lines.size(); ++i) {
    std::match_results<std::string_view::const_iterator> match;
    const std::string_view code = lines[i].substr(0, lines[i].find("//"));
    if (std::regex_search(code.begin(), code.end(), match, *kImpureNames)) {
      complaints.push_back(At(file, i + 1, "impure: " + match[1].str()));
    }
  }
  return complaints;
}

}  // namespace anamnesis::tidy
