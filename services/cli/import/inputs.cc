#include "services/cli/import/inputs.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace anamnesis::importer {
namespace {

namespace fs = std::filesystem;

constexpr char kTooLong[] = "larger than 256 MiB";

bool IsFhirFile(const fs::path& path) {
  return path.extension() == ".json" || path.extension() == ".ndjson";
}

void AddFile(const fs::path& path, std::vector<Input>* out) {
  std::error_code error;
  const uintmax_t bytes = fs::file_size(path, error);
  out->push_back({path.string(), error ? 0 : static_cast<uint64_t>(bytes)});
}

absl::Status AddPath(const fs::path& path, std::vector<Input>* out) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) return absl::NotFoundError(absl::StrCat(path.string(), ": no such file or directory"));
  if (!fs::is_directory(status)) {
    AddFile(path, out);
    return absl::OkStatus();
  }
  fs::recursive_directory_iterator entries(path, error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    std::error_code ignored;
    if (IsFhirFile(entries->path()) && entries->is_regular_file(ignored)) AddFile(entries->path(), out);
  }
  if (error) return absl::UnavailableError(absl::StrCat(path.string(), ": ", error.message()));
  return absl::OkStatus();
}

// Reads up to the end of the line; false at the end of the file. A line that is too long is read to its end and
// dropped.
bool ReadLine(std::ifstream& in, std::string* line, bool* too_long) {
  line->clear();
  *too_long = false;
  for (int c = in.get(); c != std::ifstream::traits_type::eof(); c = in.get()) {
    if (c == '\n') return true;
    if (line->size() == kMaxTextBytes) *too_long = true;
    if (!*too_long) line->push_back(static_cast<char>(c));
  }
  return !line->empty();
}

void ReadLines(std::ifstream& in, std::string& line, const OnText& on_text) {
  bool too_long = false;
  for (int64_t number = 0; ReadLine(in, &line, &too_long); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const bool go_on =
        too_long ? on_text(number, absl::OutOfRangeError(kTooLong)) : on_text(number, std::string_view(line));
    if (!go_on) return;
  }
  if (in.bad()) on_text(-1, absl::UnavailableError("cannot be read to its end"));
}

}  // namespace

absl::StatusOr<std::vector<Input>> ListInputs(const std::vector<std::string>& paths) {
  std::vector<Input> inputs;
  for (const std::string& path : paths) RETURN_IF_ERROR(AddPath(path, &inputs));
  if (inputs.empty()) return absl::InvalidArgumentError("no .json or .ndjson file below the paths given");
  std::sort(inputs.begin(), inputs.end(), [](const Input& a, const Input& b) { return a.path < b.path; });
  const auto same = [](const Input& a, const Input& b) { return a.path == b.path; };
  inputs.erase(std::unique(inputs.begin(), inputs.end(), same), inputs.end());
  return inputs;
}

void ReadInput(const Input& input, std::string& buffer, const OnText& on_text) {
  std::ifstream in(input.path, std::ios::binary);
  if (!in) {
    on_text(-1, absl::UnavailableError("cannot be opened"));
    return;
  }
  if (fs::path(input.path).extension() == ".ndjson") return ReadLines(in, buffer, on_text);
  if (input.bytes > kMaxTextBytes) {
    on_text(-1, absl::OutOfRangeError(kTooLong));
    return;
  }
  if (buffer.size() < input.bytes) buffer.resize(input.bytes);
  in.read(buffer.data(), static_cast<std::streamsize>(input.bytes));
  if (in.bad() || static_cast<uint64_t>(in.gcount()) != input.bytes) {
    on_text(-1, absl::UnavailableError("cannot be read to its end"));
    return;
  }
  on_text(-1, std::string_view(buffer).substr(0, input.bytes));
}

}  // namespace anamnesis::importer
