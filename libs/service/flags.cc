#include "service/flags.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string_view>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/parse.h"
#include "absl/flags/reflection.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/version.h"

namespace anamnesis::service {
namespace {

bool IsOwn(absl::string_view file) {
  return !absl::StrContains(file, "absl/");
}

std::string HelpText(const std::string& usage) {
  std::map<std::string, const absl::CommandLineFlag*> own;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (IsOwn(flag->Filename())) own[std::string(name)] = flag;
  }
  std::string text = absl::StrCat(usage, "\n\nFlags:\n");
  for (const auto& [name, flag] : own) {
    const std::string otherwise = flag->DefaultValue();
    absl::StrAppend(&text, "  --", name, "  ", flag->Help(),
                    otherwise.empty() ? "" : absl::StrCat(" Default: ", otherwise, "."), "\n");
  }
  return absl::StrCat(text, "\n--helpfull shows those of Abseil too, as --flagfile.\n");
}

}  // namespace

std::vector<char*> ParseFlags(int argc, char** argv, const std::string& program, const std::string& usage) {
  const std::string version = absl::StrCat(program, " ", kVersion, "\n");
  absl::SetProgramUsageMessage(usage);
  absl::FlagsUsageConfig config;
  config.contains_help_flags = IsOwn;
  config.version_string = [version] { return version; };
  absl::SetFlagsUsageConfig(config);
  // Abseil would end these with 1.
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word != "--help" && word != "-help" && word != "--version" && word != "-version") continue;
    std::fputs((word.ends_with("help") ? HelpText(usage) : version).c_str(), stdout);
    std::exit(std::fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
  }
  return absl::ParseCommandLine(argc, argv);
}

}  // namespace anamnesis::service
