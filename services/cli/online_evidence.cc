#include "services/cli/online_evidence.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "anamnesis/audit/v1/evidence_service.grpc.pb.h"
#include "base/directory.h"
#include "base/durable_file.h"
#include "base/status.h"
#include "evidence/bundle.h"
#include "evidence/merkle.h"
#include "evidence/note.h"
#include "nlohmann/json.hpp"

namespace anamnesis::cli {
namespace {

using audit::v1::EvidenceService;

constexpr uint64_t kRecordsToProve = 64;
constexpr int kMostAsked = 1000;  // Until the tree has what the log had: it follows within milliseconds.

std::optional<evidence::Proof> ToProof(const google::protobuf::RepeatedPtrField<std::string>& hashes) {
  evidence::Proof proof;
  for (const std::string& bytes : hashes) {
    if (bytes.size() != evidence::kHashBytes) return std::nullopt;
    std::copy_n(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), proof.emplace_back().begin());
  }
  return proof;
}

// The calls to one service.
class Asker {
 public:
  Asker(const Connection& connection, std::string service)
      : connection_(connection),
        service_(std::move(service)),
        stub_(EvidenceService::NewStub(connection.Channel(service_))) {}

  template <class Request, class Response>
  absl::StatusOr<Response> Ask(grpc::Status (EvidenceService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                             Response*),
                               const Request& request) const {
    grpc::ClientContext context;
    connection_.Prepare(context);
    Response response;
    const grpc::Status status = (stub_.get()->*method)(&context, request, &response);
    if (!status.ok()) return connection_.Explain(service_, status);
    return response;
  }

 private:
  const Connection& connection_;
  const std::string service_;
  const std::unique_ptr<EvidenceService::Stub> stub_;
};

// One that covers all that the log held when this was called.
absl::StatusOr<audit::v1::GetCheckpointResponse> WholeCheckpoint(const Asker& asker) {
  uint64_t wanted = 0;
  for (int i = 0; i < kMostAsked; ++i) {
    ASSIGN_OR_RETURN(auto response,
                     asker.Ask(&EvidenceService::Stub::GetCheckpoint, audit::v1::GetCheckpointRequest()));
    if (i == 0) wanted = response.tail_position();
    ASSIGN_OR_RETURN(const evidence::Note note, evidence::ParseNote(response.checkpoint()));
    ASSIGN_OR_RETURN(const evidence::Checkpoint checkpoint, evidence::ParseCheckpoint(note.text));
    if (checkpoint.size >= wanted) return response;
  }
  return absl::DeadlineExceededError("the tree does not follow the log; see the server's health");
}

// Whether the known checkpoint is the beginning of the new one.
absl::StatusOr<bool> Continues(const Asker& asker, const evidence::Checkpoint& before,
                               const evidence::Checkpoint& now) {
  if (before.size > now.size) return false;
  audit::v1::GetConsistencyProofRequest request;
  request.set_old_size(before.size);
  request.set_new_size(now.size);
  ASSIGN_OR_RETURN(const auto response, asker.Ask(&EvidenceService::Stub::GetConsistencyProof, request));
  const auto proof = ToProof(response.hashes());
  return proof.has_value() && evidence::VerifyConsistency(before.size, before.root, now.size, now.root, *proof);
}

absl::StatusOr<evidence::ProvedRecord> Proved(const Asker& asker, uint64_t tree_size, uint64_t position) {
  audit::v1::GetInclusionProofRequest request;
  request.set_position(position);
  request.set_tree_size(tree_size);
  ASSIGN_OR_RETURN(auto response, asker.Ask(&EvidenceService::Stub::GetInclusionProof, request));
  std::optional<evidence::Proof> proof = ToProof(response.hashes());
  // A proof of other lengths proves nothing, as an empty one.
  return evidence::ProvedRecord{position, std::move(*response.mutable_record()),
                                std::move(proof).value_or(evidence::Proof())};
}

absl::StatusOr<bool> Contains(const Asker& asker, const evidence::Checkpoint& now, uint64_t position) {
  ASSIGN_OR_RETURN(const evidence::ProvedRecord record, Proved(asker, now.size, position));
  return evidence::VerifyInclusion(evidence::LeafHash(record.bytes), position - 1, now.size, record.proof, now.root);
}

}  // namespace

absl::StatusOr<evidence::Checkpoint> VerifiedCheckpoint(const std::string& note, const evidence::VerifierKey& key) {
  const std::vector<evidence::VerifierKey> keys = {key};
  RETURN_IF_ERROR(evidence::VerifyNote(note, keys).status());
  ASSIGN_OR_RETURN(const evidence::Note parsed, evidence::ParseNote(note));
  ASSIGN_OR_RETURN(evidence::Checkpoint checkpoint, evidence::ParseCheckpoint(parsed.text));
  if (checkpoint.origin == key.name()) return checkpoint;
  return absl::UnauthenticatedError("the checkpoint is of another log than its key");
}

std::string KnownCheckpoints::DefaultPath() {
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  const std::string base =
      state != nullptr && *state != '\0' ? state : absl::StrCat(home == nullptr ? "." : home, "/.local/state");
  return base + "/anamnesis/checkpoints.json";
}

absl::Status KnownCheckpoints::Load() {
  std::ifstream file(path_);
  if (!file) return absl::OkStatus();
  return Parse(std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()));
}

absl::Status KnownCheckpoints::Parse(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  const absl::Status malformed =
      absl::FailedPreconditionError(absl::StrCat(path_, " does not hold checkpoints; move it away"));
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
  RETURN_IF_ERROR(MakePrivateDirectory(std::filesystem::absolute(path_).parent_path()));
  return ReplaceFileDurably(path_, json.dump(2) + "\n");
}

absl::StatusOr<Bundle> BundleOf(const Connection& connection, const std::string& service,
                                const std::vector<uint64_t>& positions) {
  const Asker asker(connection, service);
  ASSIGN_OR_RETURN(const auto response, WholeCheckpoint(asker));
  ASSIGN_OR_RETURN(const evidence::VerifierKey key, evidence::VerifierKey::Parse(response.verifier_key()));
  ASSIGN_OR_RETURN(const evidence::Checkpoint now, VerifiedCheckpoint(response.checkpoint(), key));
  std::vector<evidence::ProvedRecord> records;
  for (const uint64_t position : positions) {
    ASSIGN_OR_RETURN(records.emplace_back(), Proved(asker, now.size, position));
  }
  ASSIGN_OR_RETURN(std::string json, evidence::MakeBundle(response.checkpoint(), records));
  return Bundle{std::move(json), response.verifier_key()};
}

absl::StatusOr<OnlineVerdict> CheckOnline(const Connection& connection, const std::string& service,
                                          KnownCheckpoints& known) {
  const Asker asker(connection, service);
  ASSIGN_OR_RETURN(const auto response, WholeCheckpoint(asker));
  KnownCheckpoints::Known& before = known.entries()[absl::StrCat(connection.Address(service), " ", service)];
  const bool first = before.verifier_key.empty();
  OnlineVerdict verdict{.verifier_key = response.verifier_key()};
  if (!first && before.verifier_key != response.verifier_key()) {
    verdict.problems.push_back(absl::StrCat("the service signs with another key than before: ", before.verifier_key));
    return verdict;
  }
  ASSIGN_OR_RETURN(const evidence::VerifierKey key, evidence::VerifierKey::Parse(response.verifier_key()));
  const absl::StatusOr<evidence::Checkpoint> now = VerifiedCheckpoint(response.checkpoint(), key);
  if (!now.ok()) {
    verdict.problems.push_back(absl::StrCat("the checkpoint: ", now.status().message()));
    return verdict;
  }
  verdict.size = now->size;
  if (first) {
    verdict.evidence = "nothing: its key is seen for the first time";
  } else {
    ASSIGN_OR_RETURN(const evidence::Checkpoint earlier, VerifiedCheckpoint(before.checkpoint, key));
    ASSIGN_OR_RETURN(const bool continues, Continues(asker, earlier, *now));
    verdict.evidence = absl::StrCat("the checkpoint of ", earlier.size);
    if (!continues) {
      verdict.problems.push_back(absl::StrCat("the history is not that which was verified at ", earlier.size,
                                              " events: it was rewritten or cut"));
    }
  }
  const uint64_t step = std::max<uint64_t>(1, now->size / kRecordsToProve);
  for (uint64_t position = 1; position <= now->size; position += step) {
    ASSIGN_OR_RETURN(const bool contains, Contains(asker, *now, position));
    if (contains) {
      ++verdict.proved;
    } else {
      verdict.problems.push_back(absl::StrCat("position ", position, " is not in the tree that was signed"));
    }
  }
  absl::StrAppend(&verdict.evidence, ", ", verdict.proved, " records proved");
  if (verdict.problems.empty()) before = {response.verifier_key(), response.checkpoint()};
  return verdict;
}

}  // namespace anamnesis::cli
