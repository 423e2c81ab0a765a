#include "tests/support/copy_running.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace anamnesis::testing_support {
namespace {

namespace fs = std::filesystem;

// Which files each database consists of, as it says itself: changes whenever it writes a file down or drops one.
std::map<std::string, std::string> Manifests(const std::string& directory) {
  std::map<std::string, std::string> manifests;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.path().filename() != "CURRENT") continue;
    std::string name;
    std::getline(std::ifstream(entry.path()), name);
    std::ostringstream content;
    content << name << std::ifstream(entry.path().parent_path() / name, std::ios::binary).rdbuf();
    manifests[entry.path()] = content.str();
  }
  return manifests;
}

}  // namespace

void CopyRunning(const std::string& from, const std::string& to) {
  while (true) {
    fs::remove_all(to);
    try {
      const auto before = Manifests(from);
      fs::copy(from, to, fs::copy_options::recursive);
      if (Manifests(from) == before) return;
    } catch (const fs::filesystem_error& error) {
      if (error.code() != std::errc::no_such_file_or_directory) throw;
    }
  }
}

}  // namespace anamnesis::testing_support
