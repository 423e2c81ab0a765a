#include "evidence/tree_store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "rocksdb/db.h"
#include "tests/evidence/fixture.h"

namespace anamnesis::evidence {
namespace {

class TreeStoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<TreeStore> Open() { return TreeStore::Open(path_).value(); }

  const TempDirectory directory_;
  const std::string path_ = directory_.path() + "/tree";
};

TEST_F(TreeStoreTest, HoldsTheTree) {
  const std::vector<Hash> leaves = Leaves(100);
  const MemoryTree tree(leaves);
  const auto store = Open();
  EXPECT_EQ(store->size(), 0);
  EXPECT_EQ(RootOf(*store, 0).value(), EmptyRoot());
  ASSERT_TRUE(store->Append(std::span(leaves).first(37)).ok());
  ASSERT_TRUE(store->Append({}).ok());
  ASSERT_TRUE(store->Append(std::span(leaves).subspan(37)).ok());
  EXPECT_EQ(store->size(), 100);
  EXPECT_EQ(RootOf(*store, 100).value(), tree.Root());
  EXPECT_EQ(InclusionProof(*store, 41, 77).value(), InclusionProof(tree, 41, 77).value());
  EXPECT_EQ(ConsistencyProof(*store, 41, 77).value(), ConsistencyProof(tree, 41, 77).value());
}

TEST_F(TreeStoreTest, ContinuesAfterItWasClosed) {
  const std::vector<Hash> leaves = Leaves(18);
  for (size_t size = 0; size < leaves.size(); ++size) {
    const auto store = Open();
    ASSERT_EQ(store->size(), size);
    ASSERT_TRUE(store->Append(std::span(leaves).subspan(size, 1)).ok());
  }
  EXPECT_EQ(RootOf(*Open(), leaves.size()).value(), MemoryTree(leaves).Root());
}

TEST_F(TreeStoreTest, OnlyCompleteNodesAreThere) {
  const auto store = Open();
  ASSERT_TRUE(store->Append(Leaves(6)).ok());
  EXPECT_TRUE(store->Node(0, 5).ok());
  EXPECT_TRUE(store->Node(1, 2).ok());
  EXPECT_TRUE(store->Node(2, 0).ok());
  for (const auto& [level, index] : {
           std::pair{0,  6},
           {1,  3},
           {2,  1},
           {3,  0},
           {64, 0},
           {-1, 0}
  }) {
    EXPECT_EQ(store->Node(level, static_cast<uint64_t>(index)).status().code(), absl::StatusCode::kOutOfRange);
  }
}

TEST_F(TreeStoreTest, IsOpenedOnce) {
  const auto store = Open();
  EXPECT_EQ(TreeStore::Open(path_).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(TreeStoreTest, WhatIsNoTreeIsLeftAlone) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* db = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, path_, &db).ok());
  ASSERT_TRUE(db->Put(rocksdb::WriteOptions(), "other", "content").ok());
  delete db;
  EXPECT_EQ(TreeStore::Open(path_).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(TreeStoreTest, LostNodesAreNoticed) {
  ASSERT_TRUE(Open()->Append(Leaves(17)).ok());
  rocksdb::DB* db = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(rocksdb::Options(), path_, &db).ok());
  ASSERT_TRUE(db->Delete(rocksdb::WriteOptions(), std::string("\x04\0\0\0\0\0\0\0\0", 9)).ok());
  delete db;
  EXPECT_EQ(TreeStore::Open(path_).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(TreeStoreTest, ReadersSeeWholeTreesWhileItGrows) {
  constexpr size_t kSize = 1000;
  const std::vector<Hash> leaves = Leaves(kSize);
  const auto store = Open();
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      uint64_t size = 0;
      while (size < kSize) {
        size = store->size();
        if (size == 0) continue;
        const uint64_t index = size / 3;
        const auto root = RootOf(*store, size);
        const auto proof = InclusionProof(*store, index, size);
        ASSERT_TRUE(root.ok() && proof.ok()) << root.status() << proof.status();
        ASSERT_TRUE(VerifyInclusion(leaves[index], index, size, *proof, *root));
      }
    });
  }
  for (size_t i = 0; i < kSize; i += 10) ASSERT_TRUE(store->Append(std::span(leaves).subspan(i, 10)).ok());
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace anamnesis::evidence
