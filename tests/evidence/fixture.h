// What the tests of evidence share: a directory, keys that are always the same, and trees in memory.
#pragma once

#include <string>
#include <vector>

#include "evidence/merkle.h"
#include "evidence/note_key.h"

namespace anamnesis::evidence {

// A directory that is gone with the object.
class TempDirectory {
 public:
  TempDirectory();
  ~TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

// The signer whose seed is 32 times `seed`.
Signer SignerOf(char seed, std::string name, SignatureType type = SignatureType::kNote);

// The record at a position in the logs of these tests: no two are the same, and lengths differ.
std::string RecordBytes(uint64_t position);
// The leaves of the first `count` of them.
std::vector<Hash> Leaves(size_t count);

// Every node of a tree, as Frontier tells of them.
class MemoryTree final : public NodeSource {
 public:
  explicit MemoryTree(const std::vector<Hash>& leaves);
  absl::StatusOr<Hash> Node(int level, uint64_t index) const override;
  uint64_t size() const { return frontier_.size(); }
  Hash Root() const { return frontier_.Root(); }

 private:
  Frontier frontier_;
  std::vector<std::vector<Hash>> levels_;
};

// A checkpoint of the tree, signed.
std::string SignedCheckpoint(const MemoryTree& tree, const Signer& signer);

std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, const std::string& bytes);

}  // namespace anamnesis::evidence
