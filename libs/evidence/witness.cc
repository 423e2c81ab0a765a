#include "evidence/witness.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/directory.h"
#include "base/durable_file.h"
#include "base/status.h"
#include "evidence/note.h"
#include "evidence/signed_checkpoint.h"
#include "evidence/signing_key.h"

namespace anamnesis::evidence {
namespace {

namespace fs = std::filesystem;

constexpr char kRefusedSuffix[] = ".refused";
constexpr int64_t kMicrosPerSecond = 1'000'000;

bool IsLogName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxLogNameBytes &&
         std::all_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

absl::StatusOr<Signer> OwnSigner(const std::string& path, const std::string& name) {
  absl::StatusOr<Signer> signer = LoadSigningKey(path);
  if (absl::IsNotFound(signer.status())) return GenerateSigningKey(path, name, SignatureType::kCosignature);
  return signer;
}

absl::StatusOr<WitnessedLog> Parse(std::string_view key_text, std::string note) {
  ASSIGN_OR_RETURN(VerifierKey key, VerifierKey::Parse(key_text));
  ASSIGN_OR_RETURN(Checkpoint checkpoint, VerifiedCheckpoint(note, key));
  return WitnessedLog{std::move(key), std::move(note), std::move(checkpoint)};
}

}  // namespace

absl::StatusOr<std::optional<WitnessedLog>> ReadWitnessed(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadPrivateFile(path, kMaxNoteBytes);
  if (absl::IsNotFound(text.status())) return std::optional<WitnessedLog>();
  RETURN_IF_ERROR(text.status());
  const size_t line = text->find('\n');
  if (line != std::string::npos) {
    absl::StatusOr<WitnessedLog> log = Parse(std::string_view(*text).substr(0, line), text->substr(line + 1));
    if (log.ok()) return std::optional(*std::move(log));
  }
  return absl::DataLossError(absl::StrCat(path,
                                          " does not hold a key and a checkpoint that it signed: find out who "
                                          "wrote it, and put back a copy or remove it"));
}

absl::StatusOr<std::unique_ptr<Witness>> Witness::Open(const std::string& directory, const std::string& name,
                                                       const Clock& clock) {
  RETURN_IF_ERROR(MakePrivateDirectory(directory));
  ASSIGN_OR_RETURN(Signer signer, OwnSigner(directory + ".key", name));
  return std::unique_ptr<Witness>(new Witness(directory, std::move(signer), clock));
}

absl::StatusOr<WitnessVerdict> Witness::Add(const ShownCheckpoint& shown) {
  using Kind = WitnessVerdict::Kind;
  if (!IsLogName(shown.log)) return WitnessVerdict{.kind = Kind::kUnverified, .problem = "no name of a log"};
  const absl::StatusOr<WitnessedLog> now = Parse(shown.verifier_key, shown.note);
  if (!now.ok()) return WitnessVerdict{.kind = Kind::kUnverified, .problem = std::string(now.status().message())};
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(const std::optional<WitnessedLog> before, ReadWitnessed(PathOf(shown.log)));
  if (before.has_value()) return Compare(shown, *before, *now);
  if (LogCount() >= kMaxWitnessedLogs) return WitnessVerdict{.kind = Kind::kTooManyLogs};
  if (shown.old_size != 0) return WitnessVerdict{.kind = Kind::kKnowsAnother, .known_size = 0};
  return Vouch(shown, *now);
}

absl::StatusOr<WitnessVerdict> Witness::Compare(const ShownCheckpoint& shown, const WitnessedLog& before,
                                                const WitnessedLog& now) {
  using Kind = WitnessVerdict::Kind;
  const uint64_t known_size = before.checkpoint.size;
  bool continues = before.key == now.key;
  if (continues) {
    // Also where it is smaller: one that was on its way for long is no crime, and nothing to vouch for.
    if (shown.old_size != known_size || now.checkpoint.size < known_size) {
      return WitnessVerdict{.kind = Kind::kKnowsAnother, .known_size = known_size};
    }
    continues = VerifyConsistency(known_size, before.checkpoint.root, now.checkpoint.size, now.checkpoint.root,
                                  shown.consistency);
  }
  if (continues) return Vouch(shown, now);
  const std::string refused = PathOf(shown.log) + kRefusedSuffix;
  std::error_code error;
  // The first is kept: it is nearest to when it happened, and what comes later cannot push it out.
  if (!fs::exists(refused, error)) RETURN_IF_ERROR(Remember(refused, now));
  return WitnessVerdict{.kind = Kind::kNotContinuation, .known_size = known_size};
}

absl::StatusOr<WitnessVerdict> Witness::Vouch(const ShownCheckpoint& shown, const WitnessedLog& now) {
  const auto seconds = static_cast<uint64_t>(std::max<int64_t>(0, clock_.NowMicros()) / kMicrosPerSecond);
  absl::StatusOr<std::string> cosigned = Cosign(shown.note, signer_, seconds);
  if (!cosigned.ok()) {
    return WitnessVerdict{.kind = WitnessVerdict::Kind::kUnverified,
                          .problem = std::string(cosigned.status().message())};
  }
  RETURN_IF_ERROR(Remember(PathOf(shown.log), now));
  return WitnessVerdict{.note = *std::move(cosigned), .known_size = now.checkpoint.size};
}

absl::Status Witness::Remember(const std::string& path, const WitnessedLog& log) {
  return ReplaceFileDurably(path, absl::StrCat(log.key.ToString(), "\n", log.note));
}

absl::StatusOr<std::optional<WitnessedLog>> Witness::Known(const std::string& log) const {
  if (!IsLogName(log)) return std::optional<WitnessedLog>();
  return ReadWitnessed(PathOf(log));
}

absl::StatusOr<std::optional<WitnessedLog>> Witness::Refused(const std::string& log) const {
  if (!IsLogName(log)) return std::optional<WitnessedLog>();
  return ReadWitnessed(PathOf(log) + kRefusedSuffix);
}

size_t Witness::LogCount() const {
  std::error_code error;  // What cannot be listed cannot be written either; that is said then.
  size_t count = 0;
  for (fs::directory_iterator entry(directory_, error), end; entry != end && !error; entry.increment(error)) {
    count += IsLogName(entry->path().filename().string()) ? 1 : 0;
  }
  return count;
}

std::vector<std::string> Witness::RefusedLogs() const {
  std::error_code error;
  std::vector<std::string> logs;
  for (fs::directory_iterator entry(directory_, error), end; entry != end && !error; entry.increment(error)) {
    if (entry->path().extension() == kRefusedSuffix) logs.push_back(entry->path().stem().string());
  }
  std::sort(logs.begin(), logs.end());
  return logs;
}

}  // namespace anamnesis::evidence
