// Tables for people on a terminal.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace anamnesis::cli {

// Columns of one terminal cell: a CJK character takes two, a combining mark none. Bytes that are not UTF-8 take one
// each.
size_t DisplayWidth(const std::string& text);
// The text without what could steer a terminal: control characters become spaces, bytes that are not UTF-8 `?`.
std::string Printable(const std::string& text);
// The printable text cut to a width, with an ellipsis where something was cut.
std::string Fit(const std::string& text, size_t width);

// Collects rows, then prints them under their headings with columns as wide as needed; where the whole is too wide the
// widest columns give way first. Not thread-safe.
class Table {
 public:
  explicit Table(std::vector<std::string> headings);
  // As many cells as headings.
  void Add(std::vector<std::string> cells);
  // `width` 0: as wide as it needs to be. Prints `nothing` alone where there are no rows.
  void Print(std::ostream& out, size_t width, const std::string& nothing) const;

 private:
  std::vector<std::vector<std::string>> rows_;  // The headings first.
};

// The width of the terminal; 0 where standard output is none.
size_t TerminalWidth();

}  // namespace anamnesis::cli
