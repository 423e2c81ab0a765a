#include "tests/tidy/tree.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

namespace anamnesis::tidy {

namespace fs = std::filesystem;

namespace {

fs::path Root() {
  const char* const root = std::getenv("ANAMNESIS_SOURCE_DIR");
  if (root == nullptr) {
    std::cerr << "ANAMNESIS_SOURCE_DIR must name the repository; ctest sets it\n";
    std::abort();
  }
  return root;
}

}  // namespace

std::vector<File> ReadTree(std::initializer_list<std::string_view> folders) {
  std::vector<File> files;
  for (const std::string_view folder : folders) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(Root() / folder)) {
      if (!entry.is_regular_file()) continue;
      const std::string path = fs::relative(entry.path(), Root()).generic_string();
      files.push_back({path, ReadText(path)});
    }
  }
  std::sort(files.begin(), files.end(), [](const File& a, const File& b) { return a.path < b.path; });
  return files;
}

std::vector<std::string> TopLevel() {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(Root())) names.push_back(entry.path().filename());
  return names;
}

std::string ReadText(std::string_view path) {
  std::ifstream stream(Root() / path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

bool HasExtension(const File& file, std::initializer_list<std::string_view> extensions) {
  return std::any_of(extensions.begin(), extensions.end(),
                     [&](std::string_view extension) { return file.path.ends_with(extension); });
}

std::vector<std::string_view> LinesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string At(const File& file, size_t line, std::string_view message) {
  return file.path + ":" + std::to_string(line) + ": " + std::string(message);
}

}  // namespace anamnesis::tidy
