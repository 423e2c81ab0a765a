#include "base/rocks_damage.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "rocksdb/sst_file_reader.h"

namespace anamnesis {
namespace {

constexpr size_t kReadAheadBytes = 1 << 20;

class CheckingListener final : public rocksdb::EventListener {
 public:
  CheckingListener(rocksdb::Env* env, std::function<void(const absl::Status&)> damaged) : damaged_(std::move(damaged)) {
    if (env != nullptr) options_.env = env;
    read_options_.readahead_size = kReadAheadBytes;
    read_options_.fill_cache = false;
  }

  void OnCompactionBegin(rocksdb::DB*, const rocksdb::CompactionJobInfo& job) override {
    for (const std::string& file : job.input_files) {
      rocksdb::SstFileReader reader(options_);
      rocksdb::Status status = reader.Open(file);
      if (status.ok()) status = reader.VerifyChecksum(read_options_);
      if (!status.ok()) damaged_(absl::DataLossError(absl::StrCat(file, " cannot be read: ", status.ToString())));
    }
  }

 private:
  const std::function<void(const absl::Status&)> damaged_;
  rocksdb::Options options_;
  rocksdb::ReadOptions read_options_;
};

}  // namespace

rocksdb::ReadOptions ScanOptions() {
  rocksdb::ReadOptions options;
  options.ignore_range_deletions = true;  // With it, a file that is not empty is never taken for one.
  return options;
}

std::shared_ptr<rocksdb::EventListener> CheckBeforeCompaction(rocksdb::Env* env,
                                                              std::function<void(const absl::Status&)> damaged) {
  return std::make_shared<CheckingListener>(env, std::move(damaged));
}

std::function<void(const absl::Status&)> ExitDamaged(const std::string& what, const std::string& remedy) {
  return [what, remedy](const absl::Status& status) {
    constexpr int kSoftwareError = 70;
    std::fprintf(stderr, "anamnesis: damage in %s: %s; the process stops, before anything is built on it; %s\n",
                 what.c_str(), std::string(status.message()).c_str(), remedy.c_str());
    std::fflush(stderr);
    std::_Exit(kSoftwareError);
  };
}

}  // namespace anamnesis
