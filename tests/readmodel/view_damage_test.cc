// What becomes of the views when their files are damaged while nobody looks: a store that opens shows what its position
// says, or an error; never fewer views, nor a change twice.
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/sha256.h"
#include "base/uuid.h"
#include "gtest/gtest.h"
#include "tests/readmodel/store_fixture.h"
#include "tests/support/copy_running.h"

namespace anamnesis::readmodel {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kBatches = 120;
constexpr uint64_t kBatchesOfALife = 60;
constexpr int kCuts = 40;
constexpr int kFlips = 3;
constexpr int kOneSortedFileIn = 4;

class ViewDamageTest : public testing::Test {
 protected:
  // Views that each grow by patches, so that a patch that is applied twice shows; some of the families that are written
  // together are filled up before others.
  void SetUp() override {
    fs::create_directory(parent_);
    std::unique_ptr<projection::ViewStore> store;
    for (uint64_t position = 0; position <= kBatches; ++position) {
      if (position % kBatchesOfALife == 0 && position < kBatches) {
        store.reset();
        store = *Open(parent_ + "/views");
        ASSERT_TRUE(store->Begin(Hello(position)).ok());
      }
      if (position > 0) {
        const projection::v1::PublishBatch batch = BatchOf(position);
        ASSERT_TRUE(store->Apply("patient", {&batch}).ok());
      }
      shown_.push_back(*Shown(*store));
    }
    testing_support::CopyRunning(parent_ + "/views", image().string());
    store.reset();
    ASSERT_TRUE(Judge().ok()) << "undamaged: " << Judge();
  }
  void TearDown() override { fs::remove_all(parent_); }

  static projection::v1::PublishBatch BatchOf(uint64_t position) {
    const int n = static_cast<int>(position);
    return Batch(position - 1, position,
                 {Patch(position, n % 5, "note", n % 15, absl::StrCat(" w", position, Blank()))});
  }

  // Two kilobytes of one word.
  static std::string Blank() {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += " x";
    return text;
  }

  // Where it would end the process, `stopped_` is true from then on.
  absl::StatusOr<std::unique_ptr<projection::ViewStore>> Open(const std::string& directory) {
    return projection::ViewStore::Open(directory, TextSchema(),
                                       {.block_cache_bytes = 1 << 20,
                                        .write_buffer_bytes = 64 << 10,
                                        .damaged = [this](const absl::Status&) { stopped_ = true; }});
  }

  // A digest of all views.
  static absl::StatusOr<std::string> Shown(const projection::ViewStore& store) {
    std::string texts;
    const absl::Status read = store.Read().RowsAt("", {}, [&texts](projection::ViewRow&& row) {
      absl::StrAppend(&texts, row.ref.subject, row.ref.view, row.view);
      return true;
    });
    if (!read.ok()) return read;
    return Sha256(texts);
  }

  // What a service that goes on publishing finds: OK where it is what was shown at the position that is said, an error
  // of the store where it does not serve, INTERNAL where it lies.
  absl::Status Judge() {
    stopped_ = false;
    fs::remove_all(copy());
    fs::copy(image(), copy(), fs::copy_options::recursive);
    if (damage_) damage_();
    const auto store = Open(copy().string());
    if (!store.ok()) return store.status();
    const absl::StatusOr<uint64_t> position = (*store)->Begin(Hello(kBatches));
    if (!position.ok()) return position.status();
    const auto shown = Shown(**store);
    if (!shown.ok()) return shown.status();
    if (stopped_) return absl::DataLossError("stopped by a compaction");
    if (*shown == shown_[*position]) return absl::OkStatus();
    return absl::InternalError(absl::StrCat("LOST: other views than position ", *position, " had"));
  }

  void Expect(const fs::path& file, std::function<void(const fs::path&)> inflict) {
    damage_ = [this, file, inflict = std::move(inflict)] { inflict(copy() / file); };
    const absl::Status judged = Judge();
    EXPECT_NE(judged.code(), absl::StatusCode::kInternal) << file << ": " << judged;
    ++(judged.ok() ? survived_ : refused_);
  }

  std::vector<fs::path> Files() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(image())) {
      const std::string name = entry.path().filename();
      if (entry.file_size() > 0 && name != "LOCK" && !name.starts_with("LOG")) files.emplace_back(name);
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  fs::path image() const { return parent_ + "/image"; }
  fs::path copy() const { return parent_ + "/copy"; }

  const std::string parent_ = testing::TempDir() + "view_damage_" + NewUuid();
  std::vector<std::string> shown_;  // By position.
  std::function<void()> damage_;
  std::atomic<bool> stopped_{false};
  int survived_ = 0, refused_ = 0;
};

TEST_F(ViewDamageTest, WhatOpensShowsWhatItsPositionSays) {
  std::mt19937_64 random(7);
  bool manifest = false, wal = false;
  int sorted = 0;
  for (const fs::path& file : Files()) {
    const uint64_t size = fs::file_size(image() / file);
    const bool is_log = file.string().ends_with(".log");
    manifest = manifest || file.string().starts_with("MANIFEST");
    wal = wal || is_log;
    if (file.string().ends_with(".sst") && sorted++ % kOneSortedFileIn != 0) continue;  // One is like another.
    Expect(file, [](const fs::path& path) { fs::remove(path); });
    const int cuts = is_log || file.string().starts_with("MANIFEST") ? kCuts : 2;
    for (int cut = 0; cut < cuts; ++cut) {
      Expect(file, [&](const fs::path& path) { fs::resize_file(path, size * cut / cuts); });
    }
    for (int flip = 0; flip < kFlips; ++flip) {
      Expect(file, [&](const fs::path& path) {
        const auto at = static_cast<std::streamoff>(random() % size);
        std::fstream bytes(path, std::ios::in | std::ios::out | std::ios::binary);
        bytes.seekg(at);
        const int byte = bytes.get();
        bytes.seekp(at);
        bytes.put(static_cast<char>(byte ^ (1 << random() % 8)));
      });
    }
  }
  EXPECT_TRUE(manifest && wal && sorted > 0) << "else nothing is shown";
  EXPECT_GT(survived_, 0);
  EXPECT_GT(refused_, 0);
}

}  // namespace
}  // namespace anamnesis::readmodel
