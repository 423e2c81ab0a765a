#include "tests/readmodel/store_fixture.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "gtest/gtest.h"

namespace anamnesis::readmodel {
namespace {

using projection::v1::ViewChange;

ViewChange Change(uint64_t position, int subject, const std::string& kind, int view,
                  projection::v1::ChangeOperation operation, const std::string& bytes) {
  ViewChange change;
  change.set_subject_id(Id(subject));
  change.set_kind(kind);
  change.set_view_id(Id(view));
  change.set_operation(operation);
  change.set_view(bytes);
  change.set_position(position);
  const int64_t micros = kYear2020 + static_cast<int64_t>(position) * kSecond;
  *change.mutable_recorded_time() = ToTimestamp(micros);
  return HappenedAt(micros, std::move(change));
}

std::string NewDirectory() {
  std::string pattern = testing::TempDir() + "/views-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) std::abort();
  return pattern;
}

int ShortId(const std::string& bytes) {
  return static_cast<uint8_t>(bytes.back());
}

}  // namespace

std::string Id(int n) {
  char text[37];
  std::snprintf(text, sizeof(text), "00000000-0000-4000-8000-%012x", n);
  return text;
}

projection::v1::PublishHello Hello(uint64_t tail, uint32_t version, const std::string& log,
                                   const std::string& service) {
  projection::v1::PublishHello hello;
  hello.set_service(service);
  hello.set_log_id(log);
  hello.set_projection_version(version);
  hello.set_tail_position(tail);
  return hello;
}

ViewChange Put(uint64_t position, int subject, const std::string& kind, int view, const std::string& bytes) {
  return Change(position, subject, kind, view, projection::v1::CHANGE_OPERATION_PUT, bytes);
}

ViewChange Patch(uint64_t position, int subject, const std::string& kind, int view, const std::string& bytes,
                 const std::vector<std::string>& replace) {
  ViewChange change = Change(position, subject, kind, view, projection::v1::CHANGE_OPERATION_PATCH, bytes);
  change.mutable_replace()->Assign(replace.begin(), replace.end());
  return change;
}

ViewChange Remove(uint64_t position, int subject, const std::string& kind, int view) {
  return Change(position, subject, kind, view, projection::v1::CHANGE_OPERATION_REMOVE, "");
}

ViewChange Purge(uint64_t position, int subject) {
  ViewChange change = Remove(position, subject, "", 0);
  change.clear_view_id();
  change.set_operation(projection::v1::CHANGE_OPERATION_PURGE);
  return change;
}

ViewChange HappenedAt(int64_t micros, ViewChange change) {
  *change.mutable_effective_time() = ToTimestamp(micros);
  return change;
}

ViewChange Put(uint64_t position, int subject, const std::string& kind, int view, const projection::v1::View& message) {
  return Put(position, subject, kind, view, message.SerializeAsString());
}

projection::v1::PublishBatch Batch(uint64_t after, uint64_t up_to, const std::vector<ViewChange>& changes) {
  projection::v1::PublishBatch batch;
  batch.set_after_position(after);
  batch.set_up_to_position(up_to);
  batch.mutable_changes()->Assign(changes.begin(), changes.end());
  batch.set_tail_position(up_to);
  *batch.mutable_up_to_recorded_time() = ToTimestamp(kYear2020 + static_cast<int64_t>(up_to) * kSecond);
  return batch;
}

bool IsInAFile(const std::string& directory, const std::string& text) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    std::ostringstream content;
    content << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    if (content.str().find(text) != std::string::npos) return true;
  }
  return false;
}

StoreOnDisk::StoreOnDisk(projection::ViewSchema schema) : schema_(std::move(schema)), parent_(NewDirectory()) {
  Reopen();
}

StoreOnDisk::~StoreOnDisk() {
  store_.reset();
  std::filesystem::remove_all(parent_);
}

absl::StatusOr<uint64_t> StoreOnDisk::Apply(const std::string& service,
                                            const std::vector<projection::v1::PublishBatch>& batches) {
  std::vector<const projection::v1::PublishBatch*> group;
  for (const projection::v1::PublishBatch& batch : batches) group.push_back(&batch);
  return store_->Apply(service, group);
}

void StoreOnDisk::Reopen() {
  store_.reset();
  auto opened = projection::ViewStore::Open(
      directory(), schema_,
      {.block_cache_bytes = 1 << 20, .write_buffer_bytes = 1 << 20, .purge_patience = std::chrono::milliseconds(0)});
  if (!opened.ok()) {
    ADD_FAILURE() << opened.status();
    std::abort();
  }
  store_ = *std::move(opened);
}

projection::ViewSchema TextSchema() {
  return {.merge = [](std::string_view, std::string_view view, std::string_view patch, const auto& replace)
              -> absl::StatusOr<std::string> { return std::string(replace.empty() ? view : "") + std::string(patch); },
          .terms = [](const projection::ViewRef&, std::string_view view) -> absl::StatusOr<std::vector<std::string>> {
            if (view == "bad") return absl::InvalidArgumentError("the view is bad");
            return absl::StrSplit(absl::string_view(view.data(), view.size()), ' ');
          }};
}

std::vector<std::string> Texts(const projection::ViewStore& store, const projection::ReadTimes& times) {
  std::vector<std::string> texts;
  const absl::Status read = store.Read().RowsAt("", times, [&texts](projection::ViewRow&& row) {
    texts.push_back(absl::StrCat(row.service, " ", row.ref.kind, " ", ShortId(row.ref.view), " ", row.view));
    return true;
  });
  EXPECT_TRUE(read.ok()) << read;
  return texts;
}

std::vector<int> Found(const projection::ViewStore& store, const std::string& prefix) {
  std::vector<int> ids;
  const absl::Status read = store.Read().Scan({prefix}, "", [&ids](const projection::IndexEntry& entry) {
    ids.push_back(ShortId(entry.ref.view));
    return true;
  });
  EXPECT_TRUE(read.ok()) << read;
  return ids;
}

}  // namespace anamnesis::readmodel
