// The files of an import and what is read from them, one text at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace anamnesis::importer {

// A longer file or line is not read.
inline constexpr uint64_t kMaxTextBytes = uint64_t{256} << 20;

struct Input {
  std::string path;
  uint64_t bytes = 0;
};

// The files that `paths` name, sorted by path and each once: files as they are, directories with every `.json` and
// `.ndjson` file below them. NOT_FOUND names the path that is not there; INVALID_ARGUMENT where there is no file at
// all.
absl::StatusOr<std::vector<Input>> ListInputs(const std::vector<std::string>& paths);

// Called with one text, which is there until it returns, or with the reason why it could not be read. `line` is the
// line's number from 0 for NDJSON, else absent (-1). False stops the reading.
using OnText = std::function<bool(int64_t line, const absl::StatusOr<std::string_view>& text)>;

// A `.ndjson` file line by line (empty lines are skipped), any other as one text. `buffer` is where texts are read to:
// what it holds means nothing, but the memory of one input serves the next.
void ReadInput(const Input& input, std::string& buffer, const OnText& on_text);

}  // namespace anamnesis::importer
