// What the witnesses of a log say of it, held against what the log's own service says.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "anamnesis/audit/v1/witness_service.grpc.pb.h"
#include "evidence/checkpoint.h"
#include "evidence/note_key.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "services/cli/connection.h"
#include "services/cli/evidence_asker.h"

namespace anamnesis::cli {

// What was found of one service.
struct OnlineVerdict {
  uint64_t size = 0;
  std::string evidence;
  std::string verifier_key;
  uint64_t proved = 0;                        // Records that were shown to be in the tree.
  std::map<std::string, uint64_t> witnessed;  // By witness, how much of it.
  std::vector<std::string> problems;
};

// What one witness answered.
struct WitnessWord {
  std::string witness;
  audit::v1::GetWitnessedResponse known;
};

// Asks every other service that owns a log what it remembers of this one's.
absl::StatusOr<std::vector<WitnessWord>> WordsOfWitnesses(const Connection& connection, const std::string& service);

// Whether the history that is served continues what each witness remembers, and whether the cosignatures that the
// service shows are theirs. `now` was signed with `key` after the witnesses were asked. Adds what it finds to the
// verdict.
absl::Status CheckWords(const std::vector<WitnessWord>& words, const EvidenceAsker& asker,
                        const evidence::VerifierKey& key, const evidence::Checkpoint& now,
                        const google::protobuf::RepeatedPtrField<std::string>& cosigned, OnlineVerdict& verdict);

}  // namespace anamnesis::cli
