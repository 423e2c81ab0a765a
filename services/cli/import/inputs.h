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

struct Inputs {
  std::vector<Input> files;
  size_t passed_over = 0;  // Files below directories that are neither `.json` nor `.ndjson`, in any case.
};

// The files that `paths` name, each once: files as they are, directories with every `.json` and `.ndjson` file below
// them. NDJSON whose first resource is a Patient, Practitioner or Organization comes first, because a Bulk Data export
// has one type a file and the other files need those; otherwise the order is that of the paths. The file at
// `report_path`, empty for none, is no input: below a directory it is left out, and INVALID_ARGUMENT where it is named.
// NOT_FOUND names the path that is not there; INVALID_ARGUMENT where there is no file at all.
absl::StatusOr<Inputs> ListInputs(const std::vector<std::string>& paths, const std::string& report_path);

// Called with one text, which is there until it returns, or with the reason why it could not be read. `line` is the
// line's number from 0 for NDJSON, else absent (-1). False stops the reading.
using OnText = std::function<bool(int64_t line, const absl::StatusOr<std::string_view>& text)>;

// A `.ndjson` file, in any case, line by line (empty lines are skipped), any other as one text. `buffer` is where texts
// are read to: what it holds means nothing, but the memory of one input serves the next.
void ReadInput(const Input& input, std::string& buffer, const OnText& on_text);

}  // namespace anamnesis::importer
