#include "services/cli/table.h"

#include <sys/ioctl.h>
#include <unistd.h>
#include <utf8proc.h>

#include <algorithm>
#include <numeric>

namespace anamnesis::cli {
namespace {

constexpr size_t kGap = 2;
constexpr size_t kNarrowest = 6;  // A column gives way down to this.
constexpr char kEllipsis[] = "…";

// Calls `use(bytes, width)` for each character until it returns false.
template <class Use>
void ForEachCharacter(const std::string& text, Use use) {
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  for (size_t at = 0; at < text.size();) {
    utf8proc_int32_t point = 0;
    const utf8proc_ssize_t size = utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &point);
    if (size <= 0) {
      if (!use(std::string("?"), size_t{1})) return;
      ++at;
      continue;
    }
    const bool control = utf8proc_category(point) == UTF8PROC_CATEGORY_CC;
    const std::string character = control ? " " : text.substr(at, static_cast<size_t>(size));
    if (!use(character, control ? 1 : static_cast<size_t>(utf8proc_charwidth(point)))) return;
    at += static_cast<size_t>(size);
  }
}

}  // namespace

size_t DisplayWidth(const std::string& text) {
  size_t width = 0;
  ForEachCharacter(text, [&](const std::string&, size_t size) {
    width += size;
    return true;
  });
  return width;
}

std::string Printable(const std::string& text) {
  std::string printable;
  ForEachCharacter(text, [&](const std::string& character, size_t) {
    printable += character;
    return true;
  });
  return printable;
}

std::string Fit(const std::string& text, size_t width) {
  const bool cut = DisplayWidth(text) > width;
  const size_t room = cut ? width - std::min<size_t>(width, 1) : width;
  std::string fitted;
  size_t used = 0;
  ForEachCharacter(text, [&](const std::string& character, size_t size) {
    if (used + size > room) return false;
    fitted += character;
    used += size;
    return true;
  });
  return cut && width > 0 ? fitted + kEllipsis : fitted;
}

Table::Table(std::vector<std::string> headings) {
  rows_.push_back(std::move(headings));
}

void Table::Add(std::vector<std::string> cells) {
  cells.resize(rows_.front().size());
  rows_.push_back(std::move(cells));
}

void Table::Print(std::ostream& out, size_t width, const std::string& nothing) const {
  if (rows_.size() == 1) {
    out << nothing << "\n";
    return;
  }
  std::vector<size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], DisplayWidth(row[i]));
  }
  const auto total = [&] { return std::accumulate(widths.begin(), widths.end(), kGap * (widths.size() - 1)); };
  while (width > 0 && total() > width) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= kNarrowest) break;
    --*widest;
  }
  for (const auto& row : rows_) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string cell = Fit(row[i], widths[i]);
      line += cell;
      if (i + 1 < row.size()) line.append(widths[i] - DisplayWidth(cell) + kGap, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << "\n";
  }
}

size_t TerminalWidth() {
  winsize size{};
  if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

}  // namespace anamnesis::cli
