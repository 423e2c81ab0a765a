#include "services/readmodel/views/names.h"

#include <cstdlib>
#include <memory>
#include <set>

#include "utf8proc.h"

namespace anamnesis::readmodel {
namespace {

// Joins what stands on either side of it in a word.
bool IsApostrophe(utf8proc_int32_t point) {
  return point == '\'' || point == 0x2019 || point == 0x02BC;
}

bool IsWordPart(utf8proc_int32_t point) {
  switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return true;
    default:
      return false;
  }
}

struct Free {
  void operator()(utf8proc_uint8_t* bytes) const { std::free(bytes); }
};

}  // namespace

std::vector<std::string> FoldedWords(std::string_view text) {
  // COMPAT opens ligatures and wide forms, STRIPMARK takes accents off, IGNORE leaves out what has no width.
  constexpr auto kFold = static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_STRIPMARK |
                                                        UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
  utf8proc_uint8_t* bytes = nullptr;
  const utf8proc_ssize_t size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                             static_cast<utf8proc_ssize_t>(text.size()), &bytes, kFold);
  if (size < 0) return {};
  const std::unique_ptr<utf8proc_uint8_t, Free> folded(bytes);

  std::vector<std::string> words(1);
  utf8proc_int32_t point = 0;
  for (utf8proc_ssize_t at = 0, step = 0; at < size; at += step) {
    step = utf8proc_iterate(bytes + at, size - at, &point);
    if (step <= 0) break;
    if (IsWordPart(point)) {
      words.back().append(reinterpret_cast<const char*>(bytes + at), static_cast<size_t>(step));
    } else if (!IsApostrophe(point) && utf8proc_category(point) != UTF8PROC_CATEGORY_CF && !words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

std::vector<std::string> NameWords(const google::protobuf::RepeatedPtrField<clinical::v1::HumanName>& names) {
  std::set<std::string> words;
  const auto add = [&words](const std::string& text) {
    for (std::string& word : FoldedWords(text)) words.insert(std::move(word));
  };
  for (const clinical::v1::HumanName& name : names) {
    add(name.family());
    for (const std::string& given : name.given()) add(given);
  }
  return {words.begin(), words.end()};
}

}  // namespace anamnesis::readmodel
