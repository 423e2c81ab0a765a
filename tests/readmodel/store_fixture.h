// A view store on a directory of its own, what services publish, and how to say it in few words.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "anamnesis/projection/v1/views.pb.h"
#include "projection/view_store.h"

namespace anamnesis::readmodel {

// 00000000-0000-4000-8000-00000000000n
std::string Id(int n);

inline constexpr char kLog[] = "00000000-0000-4000-8000-00000000aaaa";
inline constexpr char kOtherLog[] = "00000000-0000-4000-8000-00000000bbbb";
inline constexpr int64_t kSecond = 1'000'000;
inline constexpr int64_t kYear2020 = 1'577'836'800 * kSecond;

projection::v1::PublishHello Hello(uint64_t tail, uint32_t version = 1, const std::string& log = kLog,
                                   const std::string& service = "patient");

// Changes by the event at `position`, which is recorded `position` seconds after 2020 began and happened then, too.
projection::v1::ViewChange Put(uint64_t position, int subject, const std::string& kind, int view,
                               const std::string& bytes);
projection::v1::ViewChange Patch(uint64_t position, int subject, const std::string& kind, int view,
                                 const std::string& bytes, const std::vector<std::string>& replace = {});
projection::v1::ViewChange Remove(uint64_t position, int subject, const std::string& kind, int view);
projection::v1::ViewChange Purge(uint64_t position, int subject);
projection::v1::ViewChange HappenedAt(int64_t micros, projection::v1::ViewChange change);

// The same with views.
projection::v1::ViewChange Put(uint64_t position, int subject, const std::string& kind, int view,
                               const projection::v1::View& message);

projection::v1::PublishBatch Batch(uint64_t after, uint64_t up_to,
                                   const std::vector<projection::v1::ViewChange>& changes);

// Whether a file in the directory, or in one below it, has the text in it.
bool IsInAFile(const std::string& directory, const std::string& text);

// Opens, closes and opens again. Its purges wait for no reader.
class StoreOnDisk {
 public:
  explicit StoreOnDisk(projection::ViewSchema schema);
  ~StoreOnDisk();

  projection::ViewStore& operator*() { return *store_; }
  projection::ViewStore* operator->() { return store_.get(); }
  void Reopen();
  absl::StatusOr<uint64_t> Apply(const std::string& service, const std::vector<projection::v1::PublishBatch>& batches);
  std::string directory() const { return parent_ + "/views"; }

 private:
  const projection::ViewSchema schema_;
  const std::string parent_;
  std::unique_ptr<projection::ViewStore> store_;
};

// A schema for text: a patch is appended, `all` replaces; each word is a term.
projection::ViewSchema TextSchema();

// Every present view as `service kind view text`, ids in the short form of Id.
std::vector<std::string> Texts(const projection::ViewStore& store, const projection::ReadTimes& times = {});
// The short ids of the views that have a term that begins with it, in the order of the index.
std::vector<int> Found(const projection::ViewStore& store, const std::string& prefix);

}  // namespace anamnesis::readmodel
