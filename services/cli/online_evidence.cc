#include "services/cli/online_evidence.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/directory.h"
#include "base/durable_file.h"
#include "base/random.h"
#include "base/status.h"
#include "evidence/bundle.h"
#include "evidence/merkle.h"
#include "evidence/signed_checkpoint.h"
#include "nlohmann/json.hpp"
#include "services/cli/evidence_asker.h"
#include "services/cli/witness_evidence.h"

namespace anamnesis::cli {
namespace {

constexpr uint64_t kRecordsToProve = 64;
constexpr size_t kMaxKnownBytes = 16 << 20;

// One position of each of kRecordsToProve stretches of the history, or all of a short one: which, nobody can foresee.
std::vector<uint64_t> PositionsToProve(uint64_t size) {
  std::vector<uint64_t> positions;
  const uint64_t step = std::max<uint64_t>(1, size / kRecordsToProve);
  for (uint64_t first = 1; first <= size; first += step) {
    uint64_t random = 0;
    RandomBytes(reinterpret_cast<unsigned char*>(&random), sizeof(random));
    positions.push_back(first + random % std::min(step, size - first + 1));
  }
  return positions;
}

}  // namespace

std::string KnownCheckpoints::DefaultPath() {
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  const std::string base =
      state != nullptr && *state != '\0' ? state : absl::StrCat(home == nullptr ? "." : home, "/.local/state");
  return base + "/anamnesis/checkpoints.json";
}

absl::Status KnownCheckpoints::Load() {
  const std::filesystem::path directory = std::filesystem::absolute(path_).parent_path();
  std::error_code error;
  if (!makes_directory_ && !std::filesystem::is_directory(directory, error)) {
    return absl::NotFoundError(
        absl::StrCat("there is no directory ", directory.string(), " for the file that --known names"));
  }
  const absl::StatusOr<std::string> text = ReadFile(path_, kMaxKnownBytes);
  if (absl::IsNotFound(text.status())) return absl::OkStatus();
  RETURN_IF_ERROR(text.status());
  return Parse(*text);
}

absl::Status KnownCheckpoints::Parse(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  const absl::Status malformed = absl::FailedPreconditionError(
      absl::StrCat(path_, " does not hold checkpoints: keep it as evidence and put back a copy"));
  if (!json.is_object()) return malformed;
  for (const auto& [name, entry] : json.items()) {
    Known& known = entries_[name];
    for (const auto& [key, value] : {
             std::pair("verifier_key", &known.verifier_key), {"checkpoint", &known.checkpoint}
    }) {
      if (!entry.is_object() || !entry.contains(key) || !entry[key].is_string()) return malformed;
      *value = entry[key];
    }
  }
  return absl::OkStatus();
}

absl::Status KnownCheckpoints::Save() const {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [name, known] : entries_) {
    json[name] = {
        {"verifier_key", known.verifier_key},
        {"checkpoint",   known.checkpoint  }
    };
  }
  if (makes_directory_) RETURN_IF_ERROR(MakePrivateDirectory(std::filesystem::absolute(path_).parent_path()));
  return ReplaceFileDurably(path_, json.dump(2) + "\n");
}

absl::StatusOr<Bundle> BundleOf(const Connection& connection, const std::string& service,
                                const std::vector<uint64_t>& positions) {
  const EvidenceAsker asker(connection, service);
  ASSIGN_OR_RETURN(const auto response, asker.WholeCheckpoint());
  ASSIGN_OR_RETURN(const evidence::VerifierKey key, evidence::VerifierKey::Parse(response.verifier_key()));
  ASSIGN_OR_RETURN(const evidence::Checkpoint now, evidence::VerifiedCheckpoint(response.checkpoint(), key));
  std::vector<evidence::ProvedRecord> records;
  for (const uint64_t position : positions) {
    ASSIGN_OR_RETURN(records.emplace_back(), asker.Proved(now.size, position));
  }
  ASSIGN_OR_RETURN(std::string json, evidence::MakeBundle(response.checkpoint(), records));
  return Bundle{std::move(json), response.verifier_key()};
}

absl::StatusOr<OnlineVerdict> CheckOnline(const Connection& connection, const std::string& service,
                                          KnownCheckpoints& known) {
  const EvidenceAsker asker(connection, service);
  // Before the log is asked: then it has come at least as far.
  ASSIGN_OR_RETURN(const std::vector<WitnessWord> words, WordsOfWitnesses(connection, service));
  ASSIGN_OR_RETURN(const auto response, asker.WholeCheckpoint());
  KnownCheckpoints::Known& before = known.entries()[absl::StrCat(connection.Address(service), " ", service)];
  const bool first = before.verifier_key.empty();
  OnlineVerdict verdict{.verifier_key = response.verifier_key()};
  if (!first && before.verifier_key != response.verifier_key()) {
    verdict.problems.push_back(absl::StrCat("the service signs with another key than before: ", before.verifier_key));
    return verdict;
  }
  ASSIGN_OR_RETURN(const evidence::VerifierKey key, evidence::VerifierKey::Parse(response.verifier_key()));
  const absl::StatusOr<evidence::Checkpoint> now = evidence::VerifiedCheckpoint(response.checkpoint(), key);
  if (!now.ok()) {
    verdict.problems.push_back(absl::StrCat("the checkpoint: ", now.status().message()));
    return verdict;
  }
  verdict.size = now->size;
  if (first) {
    verdict.evidence = "nothing: its key is seen for the first time";
  } else {
    ASSIGN_OR_RETURN(const evidence::Checkpoint earlier, evidence::VerifiedCheckpoint(before.checkpoint, key));
    ASSIGN_OR_RETURN(const bool continues, asker.Continues(earlier, *now));
    verdict.evidence = absl::StrCat("the checkpoint of ", earlier.size);
    if (!continues) {
      verdict.problems.push_back(absl::StrCat("the history is not that which was verified at ", earlier.size,
                                              " events: it was rewritten or cut"));
    }
  }
  for (const uint64_t position : PositionsToProve(now->size)) {
    ASSIGN_OR_RETURN(const bool contains, asker.Contains(*now, position));
    if (contains) {
      ++verdict.proved;
    } else {
      verdict.problems.push_back(absl::StrCat("position ", position, " is not in the tree that was signed"));
    }
  }
  absl::StrAppend(&verdict.evidence, ", ", verdict.proved, " records proved");
  RETURN_IF_ERROR(CheckWords(words, asker, key, *now, response.cosigned(), verdict));
  if (verdict.problems.empty()) before = {response.verifier_key(), response.checkpoint()};
  return verdict;
}

}  // namespace anamnesis::cli
