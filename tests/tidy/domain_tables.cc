#include "tests/tidy/domain_tables.h"

#include <algorithm>
#include <array>
#include <functional>
#include <regex>
#include <set>

namespace anamnesis::tidy {
namespace {

using Names = std::set<std::string>;

constexpr std::array kColumns = {"concept", "commands", "events", "rules", "asked by", "tests"};
enum Column : size_t { kConcept, kCommands, kEvents, kRules, kAskedBy, kTests };

// What the first group of the pattern matches, anywhere in the text.
Names AllMatches(const std::string& text, const std::regex& pattern) {
  Names names;
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match) {
    names.insert((*match)[1].str());
  }
  return names;
}

const File* FindFile(const std::vector<File>& files, const std::string& path) {
  for (const File& file : files) {
    if (file.path == path) return &file;
  }
  return nullptr;
}

Names InFile(const std::vector<File>& files, const std::string& path, const std::regex& pattern) {
  const File* file = FindFile(files, path);
  return file == nullptr ? Names() : AllMatches(file->text, pattern);
}

// The fields of the oneof `event`.
Names EventsOf(const std::vector<File>& files, const std::string& context) {
  const File* file = FindFile(files, "protos/anamnesis/" + context + "/v1/events.proto");
  if (file == nullptr) return {};
  const size_t begin = file->text.find("oneof event {");
  if (begin == std::string::npos) return {};
  static const std::regex kField(R"(\w+ (\w+) = \d+;)");
  return AllMatches(file->text.substr(begin, file->text.find("\n  }", begin) - begin), kField);
}

Names RulesOf(const std::vector<File>& files, const std::string& context) {
  static const std::regex kInTable("\"id\":\\s*\"([a-z0-9-]+)\",\\s*\"severity\"");
  static const std::regex kInCode("(?:MakeAlert|AlertOfAllergies|set_rule_id)\\(\"([a-z0-9-]+)\"");
  const std::string folder = "services/" + context + "/";
  Names rules;
  for (const File& file : files) {
    if (!file.path.starts_with(folder)) continue;
    if (HasExtension(file, {".json"})) rules.merge(AllMatches(file.text, kInTable));
    if (HasExtension(file, {".cc"})) rules.merge(AllMatches(file.text, kInCode));
  }
  return rules;
}

// What may stand beside the rules: the refusals of the context, and those of every call.
Names RefusalsOf(const std::vector<File>& files, const std::string& context) {
  static const std::regex kRefusal(R"(\n  ([A-Z_0-9]+) = \d+ \[)");
  Names refusals = InFile(files, "protos/anamnesis/" + context + "/v1/errors.proto", kRefusal);
  refusals.merge(InFile(files, "protos/anamnesis/rpc/v1/errors.proto", kRefusal));
  return refusals;
}

// `Suite`, and `Suite.Name` also for the named cases of a suite that is given values.
Names TestsIn(const std::vector<File>& files) {
  static const std::regex kSuite(R"(\bTEST(?:_F|_P)?\((\w+),)");
  static const std::regex kTest(R"(\bTEST(?:_F|_P)?\((\w+,\s*\w+)\))");
  static const std::regex kCase("\\{\"(\\w+)\",");
  Names tests;
  for (const File& file : files) {
    if (!file.path.starts_with("tests/") || !HasExtension(file, {".cc"})) continue;
    const Names suites = AllMatches(file.text, kSuite), cases = AllMatches(file.text, kCase);
    tests.insert(suites.begin(), suites.end());
    for (const std::string& suite : suites) {
      for (const std::string& name : cases) tests.insert(suite + "." + name);
    }
    for (std::string test : AllMatches(file.text, kTest)) {
      const size_t comma = test.find(',');
      tests.insert(test.substr(0, comma) + "." + test.substr(test.find_first_not_of(" \n", comma + 1)));
    }
  }
  return tests;
}

std::vector<std::string> Cells(std::string_view line) {
  std::vector<std::string> cells;
  for (size_t begin = 1; begin < line.size();) {
    const size_t end = std::min(line.find('|', begin), line.size());
    const std::string cell(line.substr(begin, end - begin));
    const size_t first = cell.find_first_not_of(' ');
    cells.push_back(first == std::string::npos ? "" : cell.substr(first, cell.find_last_not_of(' ') - first + 1));
    begin = end + 1;
  }
  return cells;
}

bool IsHeading(const std::vector<std::string>& cells) {
  return cells.size() == kColumns.size() && std::equal(cells.begin(), cells.end(), kColumns.begin());
}

}  // namespace

Complaints CheckDomainTables(const std::string& context, const std::vector<File>& files) {
  static const std::regex kRpc(R"(\n  rpc (\w+)\()");
  static const std::regex kView(R"(\w+View (\w+) = \d+;)");
  static const std::regex kField(R"((\w+) = \d+;)");
  static const std::regex kQuoted("`([^`]+)`");
  Names commands = InFile(files, "protos/anamnesis/" + context + "/v1/" + context + "_service.proto", kRpc);
  commands.erase("Submit");
  Names asked = InFile(files, "protos/anamnesis/chart/v1/chart_service.proto", kRpc);
  asked.merge(InFile(files, "protos/anamnesis/chart/v1/chart_service.proto", kField));
  asked.merge(InFile(files, "protos/anamnesis/projection/v1/views.proto", kView));
  const Names refusals = RefusalsOf(files, context);
  std::array<Names, kColumns.size()> known = {Names(), commands,      EventsOf(files, context), RulesOf(files, context),
                                              asked,   TestsIn(files)};
  std::array<Names, kColumns.size()> named;
  Complaints complaints;
  for (const File& file : files) {
    if (!file.path.starts_with("services/" + context + "/") || !HasExtension(file, {".md"})) continue;
    bool in_table = false;
    size_t number = 0;
    for (const std::string_view line : LinesOf(file.text)) {
      ++number;
      const std::vector<std::string> cells = line.starts_with("|") ? Cells(line) : std::vector<std::string>();
      if (IsHeading(cells)) {
        in_table = true;
      } else if (cells.empty()) {
        in_table = false;
      } else if (in_table && !line.starts_with("|--") && !line.starts_with("| --")) {
        if (cells.size() != kColumns.size()) {
          complaints.push_back(At(file, number, "the row has not as many cells as the table has columns"));
          continue;
        }
        for (size_t column = kCommands; column < kColumns.size(); ++column) {
          for (const std::string& name : AllMatches(cells[column], kQuoted)) {
            named[column].insert(name);
            if (column == kAskedBy && name.starts_with("anamnesis ")) continue;  // A command line.
            if (known[column].contains(name) || (column == kRules && refusals.contains(name))) continue;
            complaints.push_back(At(file, number, "`" + name + "` is not among the " + kColumns[column]));
          }
        }
      }
    }
  }
  for (const size_t column : {kCommands, kEvents, kRules}) {
    for (const std::string& name : known[column]) {
      if (named[column].contains(name)) continue;
      complaints.push_back("services/" + context + "/DOMAIN.md: no row names `" + name + "` among the " +
                           kColumns[column]);
    }
  }
  return complaints;
}

}  // namespace anamnesis::tidy
