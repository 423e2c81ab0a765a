#include "backup/manifest.h"

#include <map>
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "backup/layout.h"
#include "backup/numbers.h"
#include "base/clock.h"
#include "base/directory.h"
#include "base/durable_file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "google/protobuf/util/time_util.h"
#include "nlohmann/json.hpp"

namespace anamnesis::backup {
namespace {

using google::protobuf::util::TimeUtil;
using Json = nlohmann::ordered_json;

constexpr int kFormat = 1;
constexpr char kSuffix[] = ".json";
constexpr char kSumSuffix[] = ".json.sha256";
constexpr size_t kMaxManifestBytes = 1 << 20;

std::string TimeText(int64_t micros) {
  return micros == 0 ? "" : TimeUtil::ToString(ToTimestamp(micros));
}

int64_t TimeFrom(const std::string& text) {
  google::protobuf::Timestamp time;
  return TimeUtil::FromString(text, &time) ? ToMicros(time) : 0;
}

// Of a directory of its own beside the others.
bool IsServiceName(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && !absl::StrContains(name, '/');
}

Json ToJson(const Part& part) {
  Json files = Json::array();
  for (const StoredFile& file : part.files) {
    files.push_back({
        {"name",   file.name  },
        {"bytes",  file.bytes },
        {"sha256", file.sha256}
    });
  }
  return {
      {"service",      part.service                  },
      {"log_id",       part.log_id                   },
      {"log_backup",   part.log_backup               },
      {"position",     part.position                 },
      {"recorded",     TimeText(part.recorded_micros)},
      {"new_bytes",    part.new_bytes                },
      {"shared_bytes", part.shared_bytes             },
      {"kek_ids",      part.kek_ids                  },
      {"files",        std::move(files)              }
  };
}

Part PartFrom(const Json& json) {
  Part part{.service = json.at("service"), .log_id = json.at("log_id")};
  json.at("log_backup").get_to(part.log_backup);
  json.at("position").get_to(part.position);
  part.recorded_micros = TimeFrom(json.at("recorded"));
  json.at("new_bytes").get_to(part.new_bytes);
  json.at("shared_bytes").get_to(part.shared_bytes);
  json.at("kek_ids").get_to(part.kek_ids);
  for (const Json& file : json.at("files")) {
    part.files.push_back({.name = file.at("name"), .bytes = file.at("bytes"), .sha256 = file.at("sha256")});
  }
  return part;
}

// The files that a part may have; true where without it there is no part.
std::map<std::string, bool> FilesOf(uint32_t log_backup) {
  const std::string beside = FilesName(log_backup) + "/";
  std::map<std::string, bool> files = {
      {AccountName(log_backup), true},
      {beside + "checkpoint",   true}
  };
  for (const DataFile& file : DataFiles()) {
    if (file.what == InBackup::kCopied) files[beside + file.name] = true;
    if (file.what == InBackup::kCopiedIfThere) files[beside + file.name] = false;
  }
  return files;
}

// Whatever a manifest names beside the log is restored, so it names nothing else than what is backed up.
absl::Status CheckFiles(const Part& part) {
  const auto wrong = [&part](const char* what, const std::string& name) {
    return absl::DataLossError(absl::StrCat("the manifest has ", what, " of the ", part.service, " service: ", name));
  };
  const std::map<std::string, bool> known = FilesOf(part.log_backup);
  std::set<std::string> named;
  for (const StoredFile& file : part.files) {
    if (!known.contains(file.name)) return wrong("a file that is in no backup", file.name);
    if (!named.insert(file.name).second) return wrong("a file twice", file.name);
  }
  for (const auto& [name, needed] : known) {
    if (needed && !named.contains(name)) return wrong("not every file", name + " is missing");
  }
  return absl::OkStatus();
}

absl::Status CheckParts(const Manifest& manifest) {
  if (manifest.parts.empty()) return absl::DataLossError("the manifest is of no service");
  std::set<std::string> services;
  for (const Part& part : manifest.parts) {
    if (!IsServiceName(part.service)) return absl::DataLossError("the manifest names a directory elsewhere");
    if (!services.insert(part.service).second) {
      return absl::DataLossError(absl::StrCat("the manifest has the ", part.service, " service twice"));
    }
    RETURN_IF_ERROR(CheckFiles(part));
  }
  return absl::OkStatus();
}

std::string PathOf(const std::string& directory, uint32_t number, const char* suffix) {
  return absl::StrCat(ManifestsDirectory(directory), "/", number, suffix);
}

// What `sha256sum -c` reads.
std::string SumLine(const std::string& text, uint32_t number) {
  return absl::StrCat(absl::BytesToHexString(Sha256(text)), "  ", number, kSuffix, "\n");
}

}  // namespace

std::string FormatManifest(const Manifest& manifest) {
  Json parts = Json::array();
  for (const Part& part : manifest.parts) parts.push_back(ToJson(part));
  const Json json = {
      {"format",   kFormat                       },
      {"number",   manifest.number               },
      {"made",     TimeText(manifest.made_micros)},
      {"services", std::move(parts)              }
  };
  return json.dump(2) + "\n";
}

absl::StatusOr<Manifest> ParseManifest(const std::string& text) {
  Manifest manifest;
  try {  // The library says only by an exception that something is missing or of another type.
    const Json json = Json::parse(text);
    if (json.at("format") != kFormat) {
      return absl::FailedPreconditionError(absl::StrCat("the manifest has format ", json.at("format").dump(),
                                                        ", this release knows ", kFormat, "; use a newer one"));
    }
    json.at("number").get_to(manifest.number);
    manifest.made_micros = TimeFrom(json.at("made"));
    for (const Json& part : json.at("services")) manifest.parts.push_back(PartFrom(part));
  } catch (const nlohmann::json::exception& error) {
    return absl::DataLossError(absl::StrCat("the manifest is malformed: ", error.what()));
  }
  RETURN_IF_ERROR(CheckParts(manifest));
  if (FormatManifest(manifest) == text) return manifest;
  return absl::DataLossError("the manifest is not as it was written");
}

absl::StatusOr<uint32_t> WriteManifest(const std::string& directory, Manifest manifest) {
  RETURN_IF_ERROR(CheckParts(manifest));
  RETURN_IF_ERROR(MakePrivateDirectory(ManifestsDirectory(directory)));
  // A checksum may be there without its manifest: of a backup that was cut short.
  ASSIGN_OR_RETURN(const std::set<uint32_t> taken, NumbersIn(ManifestsDirectory(directory), kSumSuffix));
  manifest.number = taken.empty() ? 1 : *taken.rbegin() + 1;
  const std::string text = FormatManifest(manifest);
  absl::Status written =
      CreateFileDurably(PathOf(directory, manifest.number, kSumSuffix), SumLine(text, manifest.number));
  if (written.ok()) written = CreateFileDurably(PathOf(directory, manifest.number, kSuffix), text);
  if (written.ok()) return manifest.number;
  if (!absl::IsAlreadyExists(written)) return written;
  return absl::AbortedError(absl::StrCat("another backup was made in ", directory, " at the same time; make it again"));
}

absl::StatusOr<std::vector<uint32_t>> ListManifests(const std::string& directory) {
  ASSIGN_OR_RETURN(const std::set<uint32_t> numbers, NumbersIn(ManifestsDirectory(directory), kSuffix));
  return std::vector<uint32_t>(numbers.begin(), numbers.end());
}

absl::StatusOr<Manifest> ReadManifest(const std::string& directory, uint32_t number) {
  const std::string path = PathOf(directory, number, kSuffix);
  const absl::StatusOr<std::string> text = ReadFile(path, kMaxManifestBytes);
  if (absl::IsNotFound(text.status())) {
    return absl::NotFoundError(absl::StrCat("there is no backup ", number, " in ", directory));
  }
  RETURN_IF_ERROR(text.status());
  const absl::StatusOr<std::string> sum = ReadFile(PathOf(directory, number, kSumSuffix), kMaxManifestBytes);
  if (!sum.ok() || *sum != SumLine(*text, number)) {
    return absl::DataLossError(absl::StrCat(path, " is damaged: its checksum beside it is another, or is not there"));
  }
  absl::StatusOr<Manifest> manifest = ParseManifest(*text);
  if (manifest.ok() && manifest->number == number) return manifest;
  if (manifest.ok()) return absl::DataLossError(absl::StrCat(path, " is the manifest of another backup"));
  return absl::Status(manifest.status().code(), absl::StrCat(path, ": ", manifest.status().message()));
}

}  // namespace anamnesis::backup
