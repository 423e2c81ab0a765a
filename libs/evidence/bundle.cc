#include "evidence/bundle.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "evidence/checkpoint.h"
#include "evidence/encoding.h"
#include "evidence/note.h"
#include "nlohmann/json.hpp"

namespace anamnesis::evidence {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(const ProvedRecord& record) {
  Json hashes = Json::array();
  for (const Hash& hash : record.proof) hashes.push_back(ToBase64(BytesOf(hash)));
  return Json{
      {"position", record.position       },
      {"record",   ToBase64(record.bytes)},
      {"proof",    std::move(hashes)     }
  };
}

}  // namespace

absl::StatusOr<std::string> MakeBundle(std::string_view checkpoint, std::span<const ProvedRecord> records) {
  if (records.empty()) return absl::InvalidArgumentError("a bundle without records proves nothing");
  ASSIGN_OR_RETURN(const Note note, ParseNote(checkpoint));
  ASSIGN_OR_RETURN(const Checkpoint tree, ParseCheckpoint(note.text));
  Json proved = Json::array();
  uint64_t last_position = 0;
  for (const ProvedRecord& record : records) {
    if (record.position <= last_position) {
      return absl::InvalidArgumentError(absl::StrCat("position ", record.position, " follows ", last_position));
    }
    if (!VerifyInclusion(LeafHash(record.bytes), record.position - 1, tree.size, record.proof, tree.root)) {
      return absl::FailedPreconditionError(
          absl::StrCat("the record at position ", record.position, " is not in the tree of the checkpoint"));
    }
    proved.push_back(ToJson(record));
    last_position = record.position;
  }
  const Json bundle = {
      {"checkpoint", std::string(checkpoint)},
      {"records",    std::move(proved)      }
  };
  return bundle.dump() + "\n";
}

}  // namespace anamnesis::evidence
