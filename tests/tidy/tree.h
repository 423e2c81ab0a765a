// The repository as the tidy rules see it: paths from the root and their text. A rule is a function from files to
// complaints, so that each is tested on a bad sample as well as on the repository.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace anamnesis::tidy {

struct File {
  std::string path;  // "libs/base/uuid.h"
  std::string text;
};

// What is wrong, with its place: "libs/base/uuid.h:7: …".
using Complaints = std::vector<std::string>;

// Every file below `folders` of the repository, in order of path. Dies if there is no repository to look at: a rule
// that reads nothing would always hold.
std::vector<File> ReadTree(std::initializer_list<std::string_view> folders);

// The names of what lies at the root.
std::vector<std::string> TopLevel();

// The text of one file, by its path from the root; empty if there is none.
std::string ReadText(std::string_view path);

bool HasExtension(const File& file, std::initializer_list<std::string_view> extensions);

// The lines of a text, without their ends.
std::vector<std::string_view> LinesOf(std::string_view text);

// "path:line: message"; lines count from 1.
std::string At(const File& file, size_t line, std::string_view message);

}  // namespace anamnesis::tidy
