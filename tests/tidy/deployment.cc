#include "tests/tidy/deployment.h"

#include <algorithm>
#include <regex>

namespace anamnesis::tidy {
namespace {

// Calls `judge(line number, name)` for the first group of every match.
template <typename Judge>
void ForEachMatch(const File& file, const std::regex& expression, Judge judge) {
  const std::vector<std::string_view> lines = LinesOf(file.text);
  for (size_t i = 0; i < lines.size(); ++i) {
    using Iterator = std::regex_iterator<std::string_view::const_iterator>;
    for (Iterator match(lines[i].begin(), lines[i].end(), expression), end; match != end; ++match) {
      judge(i + 1, (*match)[1].str());
    }
  }
}

bool AnyContains(const std::vector<File>& sources, const std::string& text) {
  return std::any_of(sources.begin(), sources.end(),
                     [&](const File& source) { return source.text.find(text) != std::string::npos; });
}

}  // namespace

Complaints CheckMetricNames(const File& prometheus, const std::vector<File>& sources) {
  static const auto* const kName = new std::regex(R"(\b((?:anamnesis|grpc)_[a-z_]+?)(?:_bucket|_count|_sum)?\b)");
  Complaints complaints;
  ForEachMatch(prometheus, *kName, [&](size_t line, const std::string& name) {
    if (!AnyContains(sources, '"' + name + '"')) complaints.push_back(At(prometheus, line, "nothing makes " + name));
  });
  return complaints;
}

Complaints CheckFlags(const File& unit, const std::vector<File>& sources) {
  // "deploy/systemd/patientd.service" runs services/patient with the flags of every write service.
  std::string program = unit.path.substr(unit.path.rfind('/') + 1);
  program = program.substr(0, program.rfind("d.service"));
  std::vector<File> own;
  for (const File& source : sources) {
    const bool machinery = source.path.starts_with("libs/service/") && program != "readmodel";
    if (machinery || source.path.starts_with("services/" + program + "/")) own.push_back(source);
  }
  static const auto* const kFlag = new std::regex(R"(\s--([a-z_]+)=)");
  Complaints complaints;
  ForEachMatch(unit, *kFlag, [&](size_t line, const std::string& flag) {
    if (!AnyContains(own, ", " + flag + ", ")) complaints.push_back(At(unit, line, "no flag --" + flag));
  });
  return complaints;
}

Complaints CheckMessages(const File& runbook, const std::vector<File>& sources) {
  static const auto* const kBetweenLiterals = new std::regex(R"("\s*")");
  std::vector<File> joined = sources;
  for (File& source : joined) source.text = std::regex_replace(source.text, *kBetweenLiterals, "");
  static const auto* const kMessage = new std::regex(R"(^\| (`[^|]*`) \|)");
  constexpr std::string_view kAnything = "…";
  Complaints complaints;
  const std::string_view text = runbook.text;
  const File first_table{runbook.path, std::string(text.substr(0, text.find("## A service ended")))};
  ForEachMatch(first_table, *kMessage, [&](size_t line, const std::string& cell) {
    std::string_view rest = cell;
    while (!rest.empty()) {
      const size_t end = std::min({rest.find('`'), rest.find(kAnything), rest.size()});
      std::string_view said = rest.substr(0, end);
      while (said.starts_with(' ')) said.remove_prefix(1);
      while (said.ends_with(' ')) said.remove_suffix(1);
      if (said.size() > 2 && !AnyContains(joined, std::string(said))) {
        complaints.push_back(At(runbook, line, "nothing says: " + std::string(said)));
      }
      rest.remove_prefix(end);
      if (!rest.empty()) rest.remove_prefix(rest.starts_with(kAnything) ? kAnything.size() : 1);
    }
  });
  return complaints;
}

}  // namespace anamnesis::tidy
