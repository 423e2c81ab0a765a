#include "services/cli/witness_evidence.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "evidence/note.h"
#include "evidence/signed_checkpoint.h"
#include "services/cli/data_dir.h"

namespace anamnesis::cli {
namespace {

using Notes = google::protobuf::RepeatedPtrField<std::string>;

// How far a witness vouched in the notes that the service shows; nothing where it did in none of them.
absl::StatusOr<std::optional<uint64_t>> CosignedBy(const std::string& witness_key, const evidence::VerifierKey& key,
                                                   const Notes& notes) {
  ASSIGN_OR_RETURN(const evidence::VerifierKey verifier, evidence::VerifierKey::Parse(witness_key));
  const std::vector<evidence::VerifierKey> witness = {verifier};
  std::optional<uint64_t> most;
  for (const std::string& note : notes) {
    const auto checkpoint = evidence::VerifiedCheckpoint(note, key);
    if (!checkpoint.ok() || !evidence::VerifyNote(note, witness).ok()) continue;
    most = std::max(most.value_or(0), checkpoint->size);
  }
  return most;
}

// Of which of the witnesses each note is; nothing is said while one of them has not witnessed anything yet.
void CheckCosigners(const std::vector<WitnessWord>& words, const Notes& notes, OnlineVerdict& verdict) {
  std::vector<evidence::VerifierKey> witnesses;
  for (const WitnessWord& word : words) {
    if (word.known.checkpoint().empty()) return;
    const auto key = evidence::VerifierKey::Parse(word.known.witness_key());
    if (key.ok()) witnesses.push_back(*key);
  }
  for (const std::string& note : notes) {
    const bool is_one_of_theirs = std::ranges::any_of(witnesses, [&](const evidence::VerifierKey& key) {
      return evidence::VerifyNote(note, std::vector<evidence::VerifierKey>{key}).ok();
    });
    if (!is_one_of_theirs)
      verdict.problems.push_back("a cosignature that the service shows is of none of its witnesses");
  }
}

}  // namespace

absl::StatusOr<std::vector<WitnessWord>> WordsOfWitnesses(const Connection& connection, const std::string& service) {
  std::vector<WitnessWord> words;
  for (const std::string witness : kLogOwners) {
    if (witness == service) continue;
    const auto stub = audit::v1::WitnessService::NewStub(connection.Channel(witness));
    grpc::ClientContext context;
    connection.Prepare(context);
    audit::v1::GetWitnessedRequest request;
    request.set_log(service);
    WitnessWord& word = words.emplace_back();
    word.witness = witness;
    const grpc::Status status = stub->GetWitnessed(&context, request, &word.known);
    if (!status.ok()) return connection.Explain(witness, status);
  }
  return words;
}

absl::Status CheckWords(const std::vector<WitnessWord>& words, const EvidenceAsker& asker,
                        const evidence::VerifierKey& key, const evidence::Checkpoint& now, const Notes& cosigned,
                        OnlineVerdict& verdict) {
  for (const auto& [witness, known] : words) {
    if (!known.refused().empty()) {
      verdict.problems.push_back(absl::StrCat(witness, " was shown another history of it, and keeps the checkpoint"));
    }
    if (known.checkpoint().empty()) {
      absl::StrAppend(&verdict.evidence, ", not witnessed by ", witness, " yet");
      continue;
    }
    const auto before = evidence::VerifiedCheckpoint(known.checkpoint(), key);
    if (!before.ok()) {
      verdict.problems.push_back(absl::StrCat(
          "what ", witness, " remembers is not signed with the service's key: ", before.status().message()));
      continue;
    }
    ASSIGN_OR_RETURN(const bool continues, asker.Continues(*before, now));
    if (!continues) {
      verdict.problems.push_back(absl::StrCat("the history is not that which ", witness, " witnessed at ", before->size,
                                              " events: it was rewritten or cut"));
      continue;
    }
    verdict.witnessed[witness] = before->size;
    ASSIGN_OR_RETURN(const std::optional<uint64_t> vouched, CosignedBy(known.witness_key(), key, cosigned));
    absl::StrAppend(&verdict.evidence, ", ", witness, " witnessed ", before->size,
                    vouched.has_value() ? absl::StrCat(" and cosigned ", *vouched) : "");
  }
  CheckCosigners(words, cosigned, verdict);
  return absl::OkStatus();
}

}  // namespace anamnesis::cli
