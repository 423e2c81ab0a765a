#include "tests/tidy/build_lists.h"

#include <filesystem>
#include <regex>
#include <set>

namespace anamnesis::tidy {
namespace {

namespace fs = std::filesystem;

// The path that a name in a build list stands for, from the root.
std::string Resolve(const File& list, const std::string& name) {
  constexpr std::string_view kRoot = "${PROJECT_SOURCE_DIR}/";
  constexpr std::string_view kHere = "${CMAKE_CURRENT_SOURCE_DIR}/";
  if (name.starts_with(kRoot)) return name.substr(kRoot.size());
  const fs::path folder = fs::path(list.path).parent_path();
  return (folder / (name.starts_with(kHere) ? name.substr(kHere.size()) : name)).lexically_normal().generic_string();
}

}  // namespace

Complaints CheckBuildLists(const std::vector<File>& files) {
  static const auto* const kSource = new std::regex(R"re([^\s()";]+\.(cc|proto)(?=[\s()";]|$))re");
  std::set<std::string> built;
  for (const File& list : files) {
    if (!HasExtension(list, {"CMakeLists.txt", ".cmake"})) continue;
    for (std::sregex_iterator name(list.text.begin(), list.text.end(), *kSource), end; name != end; ++name) {
      built.insert(Resolve(list, name->str()));
      // protos are named from the root of their package: "protos", that of a test, or the repository.
      if (name->str().ends_with(".proto")) {
        built.insert(name->str());
        built.insert(Resolve(list, "protos/" + name->str()));
      }
    }
  }
  Complaints complaints;
  for (const File& file : files) {
    // The samples of this folder are built by pattern.
    if (file.path.starts_with("tests/tidy/samples/")) continue;
    if (HasExtension(file, {".cc", ".proto"}) && !built.contains(file.path)) {
      complaints.push_back(file.path + ": no CMakeLists.txt names it");
    }
  }
  return complaints;
}

}  // namespace anamnesis::tidy
