#include "tests/evidence/fixture.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/uuid.h"
#include "evidence/checkpoint.h"
#include "evidence/note.h"

namespace anamnesis::evidence {

TempDirectory::TempDirectory() : path_(testing::TempDir() + "evidence_test_" + NewUuid()) {
  std::filesystem::create_directory(path_);
}

TempDirectory::~TempDirectory() {
  std::error_code ignored;  // What is left is the next clean-up's.
  std::filesystem::remove_all(path_, ignored);
}

Signer SignerOf(char seed, std::string name, SignatureType type) {
  Ed25519Seed bytes;
  bytes.fill(static_cast<uint8_t>(seed));
  return Signer::Create(std::move(name), type, Ed25519PrivateKey(bytes)).value();
}

std::string RecordBytes(uint64_t position) {
  return "record " + std::to_string(position) + std::string(position % 7, '.');
}

std::vector<Hash> Leaves(size_t count) {
  std::vector<Hash> leaves;
  for (size_t i = 0; i < count; ++i) leaves.push_back(LeafHash(RecordBytes(i + 1)));
  return leaves;
}

MemoryTree::MemoryTree(const std::vector<Hash>& leaves) {
  for (const Hash& leaf : leaves) {
    frontier_.Append(leaf, [this](int level, uint64_t index, const Hash& hash) {
      levels_.resize(std::max(levels_.size(), static_cast<size_t>(level) + 1));
      EXPECT_EQ(levels_[level].size(), index);
      levels_[level].push_back(hash);
    });
  }
}

absl::StatusOr<Hash> MemoryTree::Node(int level, uint64_t index) const {
  if (static_cast<size_t>(level) >= levels_.size() || index >= levels_[level].size()) {
    return absl::OutOfRangeError("no such node");
  }
  return levels_[level][index];
}

std::string SignedCheckpoint(const MemoryTree& tree, const Signer& signer) {
  const Checkpoint checkpoint = {signer.verifier().name(), tree.size(), tree.Root(), {}};
  return SignNote(FormatCheckpoint(checkpoint).value(), signer).value();
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  file << bytes;
  EXPECT_TRUE(file.flush()) << path;
}

}  // namespace anamnesis::evidence
