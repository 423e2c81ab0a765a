#include "services/cli/import/inputs.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "fhir/bundle_index.h"
#include "fhir/json.h"

namespace anamnesis::importer {
namespace {

namespace fs = std::filesystem;

constexpr char kTooLong[] = "larger than 256 MiB";

bool IsNdjson(const fs::path& path) {
  return absl::EqualsIgnoreCase(path.extension().string(), ".ndjson");
}

bool IsFhirFile(const fs::path& path) {
  return IsNdjson(path) || absl::EqualsIgnoreCase(path.extension().string(), ".json");
}

// True if both are there and are one file.
bool IsSameFile(const fs::path& a, const fs::path& b) {
  std::error_code error;
  return fs::equivalent(a, b, error) && !error;
}

// By path; the value is the file's size. What is passed over has none.
using Found = std::map<std::string, std::optional<uint64_t>>;

void AddFile(const fs::path& path, Found* out) {
  std::error_code error;
  const uintmax_t bytes = fs::file_size(path, error);
  (*out)[path.string()] = error ? 0 : static_cast<uint64_t>(bytes);
}

absl::Status AddPath(const fs::path& path, const fs::path& report, Found* out) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) return absl::NotFoundError(absl::StrCat(path.string(), ": no such file or directory"));
  if (!fs::is_directory(status)) {
    if (IsSameFile(path, report)) {
      return absl::InvalidArgumentError(
          absl::StrCat(path.string(), ": this is where the report goes; name another file with --report"));
    }
    AddFile(path, out);
    return absl::OkStatus();
  }
  fs::recursive_directory_iterator entries(path, error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    std::error_code ignored;
    if (!entries->is_regular_file(ignored) || IsSameFile(entries->path(), report)) continue;
    if (IsFhirFile(entries->path())) {
      AddFile(entries->path(), out);
    } else {
      out->emplace(entries->path().string(), std::nullopt);
    }
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

// Whether it begins with a resource that the resources of other files need.
bool IsNeededByOthers(const Input& input) {
  if (!IsNdjson(input.path) || input.bytes == 0) return false;  // A pipe, which has no size, is read once only.
  bool needed = false;
  std::string buffer;
  ReadInput(input, buffer, [&](int64_t, const absl::StatusOr<std::string_view>& text) {
    if (!text.ok()) return false;
    const auto document = fhir::JsonDocument::Parse(*text);
    needed = document.ok() && fhir::IsNeededByOthers(fhir::ResourceType((*document)->root()));
    return false;
  });
  return needed;
}

}  // namespace

absl::StatusOr<Inputs> ListInputs(const std::vector<std::string>& paths, const std::string& report_path) {
  Found found;
  for (const std::string& path : paths) RETURN_IF_ERROR(AddPath(path, report_path, &found));
  Inputs inputs;
  for (const auto& [path, bytes] : found) {
    if (bytes.has_value()) inputs.files.push_back({path, *bytes});
  }
  if (inputs.files.empty()) return absl::InvalidArgumentError("no .json or .ndjson file below the paths given");
  inputs.passed_over = found.size() - inputs.files.size();
  std::stable_partition(inputs.files.begin(), inputs.files.end(), IsNeededByOthers);
  return inputs;
}

void ReadInput(const Input& input, std::string& buffer, const OnText& on_text) {
  std::ifstream in(input.path, std::ios::binary);
  if (!in) {
    on_text(-1, absl::UnavailableError("cannot be opened"));
    return;
  }
  if (IsNdjson(input.path)) return ReadLines(in, buffer, on_text);
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
