#include "service/log_evidence.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/durable_file.h"
#include "base/failpoint.h"
#include "base/status.h"
#include "evidence/merkle.h"
#include "evidence/note.h"
#include "evidence/signing_key.h"

namespace anamnesis::service {
namespace {

constexpr std::chrono::hours kCatchUpPatience{12};

absl::StatusOr<evidence::Signer> OwnSigner(const std::string& path, const std::string& name, bool is_new) {
  absl::StatusOr<evidence::Signer> signer = evidence::LoadSigningKey(path);
  if (absl::IsNotFound(signer.status()) && is_new) {
    return evidence::GenerateSigningKey(path, name, evidence::SignatureType::kNote);
  }
  RETURN_IF_ERROR(signer.status());
  const absl::Status published = evidence::WriteVerifierKey(path, *signer);
  if (published.ok()) return signer;
  if (!absl::IsAlreadyExists(published)) return published;
  std::ostringstream stands;
  stands << std::ifstream(path + ".pub").rdbuf();
  if (stands.str() == signer->verifier().ToString() + "\n") return signer;
  return absl::DataLossError(absl::StrCat(path, ".pub is not the public part of ", path,
                                          ": find out who wrote it, then remove it, and it is written again"));
}

// The newest checkpoint that was written; none for a log that has none.
absl::StatusOr<std::optional<evidence::Checkpoint>> NewestCheckpoint(const std::string& path,
                                                                     const evidence::Signer& signer) {
  const absl::StatusOr<std::string> note = ReadPrivateFile(path, evidence::kMaxNoteBytes);
  if (absl::IsNotFound(note.status())) return std::optional<evidence::Checkpoint>();
  RETURN_IF_ERROR(note.status());
  const std::vector<evidence::VerifierKey> known = {signer.verifier()};
  const absl::Status verified = evidence::VerifyNote(*note, known).status();
  if (!verified.ok()) {
    return absl::DataLossError(absl::StrCat(path, " is not signed by this service's key: ", verified.message(),
                                            "; put back the key or the file that belong together"));
  }
  ASSIGN_OR_RETURN(const evidence::Note parsed, evidence::ParseNote(*note));
  ASSIGN_OR_RETURN(evidence::Checkpoint checkpoint, evidence::ParseCheckpoint(parsed.text));
  return std::optional(std::move(checkpoint));
}

}  // namespace

absl::StatusOr<std::unique_ptr<LogEvidence>> LogEvidence::Open(const std::string& data_dir, const std::string& service,
                                                               const eventlog::EventLog& log) {
  const std::string origin = absl::StrCat("anamnesis/", service, "/", log.LogId());
  // A log that never had a checkpoint gets a key; one that had is not given another.
  std::error_code error;
  const bool is_new = !std::filesystem::exists(data_dir + "/checkpoint", error) && !error;
  ASSIGN_OR_RETURN(evidence::Signer signer, OwnSigner(data_dir + "/signing.key", origin, is_new));
  ASSIGN_OR_RETURN(std::unique_ptr<evidence::TreeStore> tree, evidence::TreeStore::Open(data_dir + "/tree"));
  ASSIGN_OR_RETURN(std::unique_ptr<evidence::HighWater> high_water,
                   evidence::HighWater::Open(data_dir + "/high-water", log.LogId(), log.Tail()));
  std::unique_ptr<LogEvidence> opened(
      new LogEvidence(data_dir, origin, std::move(signer), std::move(tree), std::move(high_water), log));
  RETURN_IF_ERROR(opened->CheckHistory(log.Tail()));
  opened->thread_ = std::thread([self = opened.get()] { self->Run(); });
  return opened;
}

absl::StatusOr<eventlog::Position> LogEvidence::Acknowledged(const std::string& data_dir) {
  ASSIGN_OR_RETURN(const std::optional<evidence::HighWaterMark> mark,
                   evidence::ReadHighWater(data_dir + "/high-water"));
  return mark.has_value() ? mark->position : 0;
}

LogEvidence::LogEvidence(std::string data_dir, std::string origin, evidence::Signer signer,
                         std::unique_ptr<evidence::TreeStore> tree, std::unique_ptr<evidence::HighWater> high_water,
                         const eventlog::EventLog& log)
    : data_dir_(std::move(data_dir)),
      origin_(std::move(origin)),
      signer_(std::move(signer)),
      tree_(std::move(tree)),
      high_water_(std::move(high_water)),
      keeper_(
          *tree_,
          [&log](uint64_t first, uint64_t last, const std::function<void(std::string_view)>& take) {
            return log.ReadStored(first, last, take);
          },
          log.Tail()),
      tail_(log.Tail()) {}

LogEvidence::~LogEvidence() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    work_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
}

absl::Status LogEvidence::CheckHistory(eventlog::Position tail) {
  ASSIGN_OR_RETURN(const std::optional<evidence::Checkpoint> newest,
                   NewestCheckpoint(data_dir_ + "/checkpoint", signer_));
  if (high_water_->found() > tail) {
    return absl::DataLossError(absl::StrCat(
        "the log ends at position ", tail, ", but it was durable up to ", high_water_->found(), ": the events ",
        tail + 1, " to ", high_water_->found(), " are missing. Do not serve it: find them or restore a newer backup"));
  }
  if (newest.has_value() && newest->size > tail) {
    return absl::DataLossError(absl::StrCat("the log ends at position ", tail, ", but its newest checkpoint covers ",
                                            newest->size, ": the events ", tail + 1, " to ", newest->size,
                                            " are missing. Do not serve it: find them or restore a newer backup"));
  }
  RETURN_IF_ERROR(keeper_.AwaitSize(tail, std::chrono::steady_clock::now() + kCatchUpPatience));
  if (!newest.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const evidence::Hash root, evidence::RootOf(*tree_, newest->size));
  MutexLock lock(mutex_);
  written_ = newest->size;
  if (root == newest->root && newest->origin == origin_) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("the log is not the one that its newest checkpoint, of ", newest->size,
                                          " events, commits to: its history was changed or it belongs to another log. ",
                                          "Do not serve it: restore a backup and find out who wrote"));
}

void LogEvidence::Advance(eventlog::Position tail) {
  const absl::Status raised = high_water_->Raise(tail);
  keeper_.Advance(tail);
  MutexLock lock(mutex_);
  status_.Update(raised);
  tail_ = tail;
  if (tail_ - written_ >= kCheckpointEvery) work_.NotifyAll();
}

absl::StatusOr<std::string> LogEvidence::Checkpoint() {
  RETURN_IF_ERROR(keeper_.status());
  {
    MutexLock lock(mutex_);
    keeper_.Want(tail_);
  }
  evidence::Checkpoint checkpoint{.origin = origin_, .size = tree_->size()};
  ASSIGN_OR_RETURN(checkpoint.root, evidence::RootOf(*tree_, checkpoint.size));
  ASSIGN_OR_RETURN(const std::string text, evidence::FormatCheckpoint(checkpoint));
  return evidence::SignNote(text, signer_);
}

absl::Status LogEvidence::status() const {
  RETURN_IF_ERROR(keeper_.status());
  MutexLock lock(mutex_);
  return status_;
}

absl::Status LogEvidence::WriteCheckpoint() {
  eventlog::Position tail = 0;
  {
    MutexLock lock(mutex_);
    tail = tail_;
    if (tail == written_) return absl::OkStatus();
  }
  RETURN_IF_ERROR(keeper_.AwaitSize(tail, std::chrono::steady_clock::now() + kCatchUpPatience));
  ASSIGN_OR_RETURN(const std::string note, Checkpoint());
  Failpoint(Step::kCheckpointSigned);
  RETURN_IF_ERROR(ReplaceFileDurably(data_dir_ + "/checkpoint", note));
  MutexLock lock(mutex_);
  written_ = tail;
  return absl::OkStatus();
}

void LogEvidence::Run() {
  for (bool last = false; !last;) {
    {
      MutexLock lock(mutex_);
      work_.Wait(mutex_,
                 [this]() NO_THREAD_SAFETY_ANALYSIS { return stopping_ || tail_ - written_ >= kCheckpointEvery; });
      last = stopping_;
    }
    const absl::Status written = WriteCheckpoint();
    MutexLock lock(mutex_);
    status_.Update(written);
    if (!written.ok()) return;  // Health says so; the log itself is unharmed.
  }
}

}  // namespace anamnesis::service
