#include "service/log_evidence.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/directory.h"
#include "base/durable_file.h"
#include "base/failpoint.h"
#include "base/status.h"
#include "evidence/merkle.h"
#include "evidence/note.h"
#include "evidence/signed_checkpoint.h"
#include "evidence/signing_key.h"

namespace anamnesis::service {
namespace {

constexpr std::chrono::hours kCatchUpPatience{12};
constexpr char kCosignedDir[] = "/cosigned/";

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
  absl::StatusOr<evidence::Checkpoint> checkpoint = evidence::VerifiedCheckpoint(*note, signer.verifier());
  if (checkpoint.ok()) return std::optional(*std::move(checkpoint));
  return absl::DataLossError(absl::StrCat(path, " is not signed by this service's key: ", checkpoint.status().message(),
                                          "; put back the key or the file that belong together"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<LogEvidence>> LogEvidence::Open(const std::string& data_dir, const std::string& service,
                                                               const eventlog::EventLog& log) {
  const std::string origin = absl::StrCat("anamnesis/", service, "/", log.LogId());
  // A log that nothing was ever said of gets a key; any other is not given another.
  std::error_code error;
  bool is_new = true;
  for (const char* trace : {"/checkpoint", "/high-water", "/signing.key.pub"}) {
    is_new = is_new && !std::filesystem::exists(data_dir + trace, error) && !error;
  }
  ASSIGN_OR_RETURN(evidence::Signer signer, OwnSigner(data_dir + "/signing.key", origin, is_new));
  if (signer.verifier().name() != origin) {
    return absl::DataLossError(absl::StrCat(data_dir, "/signing.key is of the log ", signer.verifier().name(),
                                            ", the log is ", origin,
                                            "; put back the log or the key that belong together"));
  }
  ASSIGN_OR_RETURN(std::unique_ptr<evidence::TreeStore> tree, evidence::TreeStore::Open(data_dir + "/tree"));
  ASSIGN_OR_RETURN(std::unique_ptr<evidence::HighWater> high_water,
                   evidence::HighWater::Open(data_dir + "/high-water", log.LogId(), log.Tail()));
  std::unique_ptr<LogEvidence> opened(
      new LogEvidence(data_dir, origin, std::move(signer), std::move(tree), std::move(high_water), log));
  RETURN_IF_ERROR(opened->LoadCosigned());
  RETURN_IF_ERROR(opened->CheckHistory());
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

absl::Status LogEvidence::CheckHistory() {
  ASSIGN_OR_RETURN(const std::optional<evidence::Checkpoint> newest,
                   NewestCheckpoint(data_dir_ + "/checkpoint", signer_));
  const eventlog::Position tail = Durable();
  if (high_water_->found() > tail) {
    return absl::DataLossError(absl::StrCat(
        "the log ends at position ", tail, ", but it was durable up to ", high_water_->found(), ": the events ",
        tail + 1, " to ", high_water_->found(), " are missing. Do not serve it: find them or restore a newer backup"));
  }
  // First what says most: a log that lost its end is not that of its tree either.
  if (newest.has_value()) RETURN_IF_ERROR(CheckBeginsWith(*newest, "its newest checkpoint"));
  RETURN_IF_ERROR(keeper_.AwaitSize(tail, std::chrono::steady_clock::now() + kCatchUpPatience));
  // What a death left on disk without telling anybody is told from now on.
  if (high_water_->found() < tail) RETURN_IF_ERROR(high_water_->Raise(tail));
  MutexLock lock(mutex_);
  if (newest.has_value()) written_ = newest->size;
  return absl::OkStatus();
}

absl::Status LogEvidence::CheckBeginsWith(const evidence::Checkpoint& checkpoint, const std::string& name) {
  const eventlog::Position tail = Durable();
  if (checkpoint.size > tail) {
    return absl::DataLossError(absl::StrCat("the log ends at position ", tail, ", but ", name, " covers ",
                                            checkpoint.size, ": the events ", tail + 1, " to ", checkpoint.size,
                                            " are missing. Do not serve it: find them or restore a newer backup"));
  }
  absl::Status asked = keeper_.AwaitSize(checkpoint.size, std::chrono::steady_clock::now() + kCatchUpPatience);
  const absl::StatusOr<evidence::Hash> root = evidence::RootOf(*tree_, checkpoint.size);
  asked.Update(root.status());
  // Damage of the tree, which is derived, says nothing against the log.
  if (!asked.ok()) return absl::InternalError(asked.message());
  if (*root == checkpoint.root) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("the log is not the one that ", name, ", of ", checkpoint.size,
                                          " events, commits to: its history was changed or it belongs to another log. ",
                                          "Do not serve it: restore a backup and find out who wrote"));
}

absl::Status LogEvidence::Confront(std::string_view note, const std::string& keeper) {
  const absl::StatusOr<evidence::Checkpoint> checkpoint = evidence::VerifiedCheckpoint(note, signer_.verifier());
  if (!checkpoint.ok()) {
    return absl::FailedPreconditionError(absl::StrCat("what ", keeper, " keeps is not signed by this service's key: ",
                                                      checkpoint.status().message(), "; find out which is right"));
  }
  absl::Status begins = CheckBeginsWith(*checkpoint, absl::StrCat("the checkpoint that ", keeper, " keeps"));
  MutexLock lock(mutex_);
  contradicted_ = contradicted_ || absl::IsDataLoss(begins);
  return begins;
}

absl::Status LogEvidence::KeepCosigned(const std::string& witness, const std::string& note) {
  RETURN_IF_ERROR(ReplaceFileDurably(absl::StrCat(data_dir_, kCosignedDir, witness), note));
  MutexLock lock(mutex_);
  cosigned_[witness] = note;
  return absl::OkStatus();
}

std::vector<std::string> LogEvidence::Cosigned() const {
  MutexLock lock(mutex_);
  std::vector<std::string> notes;
  for (const auto& [witness, note] : cosigned_) notes.push_back(note);
  return notes;
}

absl::Status LogEvidence::LoadCosigned() {
  RETURN_IF_ERROR(MakePrivateDirectory(data_dir_ + kCosignedDir));
  std::error_code error;
  std::filesystem::directory_iterator entry(data_dir_ + kCosignedDir, error);
  for (const std::filesystem::directory_iterator end; !error && entry != end; entry.increment(error)) {
    const std::string witness = entry->path().filename().string();
    if (witness.find('.') != std::string::npos) continue;  // One that a crash left half written.
    ASSIGN_OR_RETURN(std::string note, ReadPrivateFile(entry->path().string(), evidence::kMaxNoteBytes));
    MutexLock lock(mutex_);
    cosigned_[witness] = std::move(note);
  }
  if (!error) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("cannot list ", data_dir_, kCosignedDir, ": ", error.message()));
}

eventlog::Position LogEvidence::Durable() const {
  MutexLock lock(mutex_);
  return tail_;
}

void LogEvidence::Advance(eventlog::Position tail) {
  const absl::Status raised = high_water_->Raise(tail);
  {
    // Before the tree has it: a checkpoint never covers more than this.
    MutexLock lock(mutex_);
    status_.Update(raised);
    tail_ = tail;
    if (tail_ - written_ >= kCheckpointEvery) work_.NotifyAll();
  }
  keeper_.Advance(tail);
}

absl::StatusOr<std::string> LogEvidence::Checkpoint() {
  RETURN_IF_ERROR(keeper_.status());
  {
    MutexLock lock(mutex_);
    keeper_.Want(tail_);
  }
  return Sign(tree_->size());
}

absl::StatusOr<std::string> LogEvidence::CheckpointOf(uint64_t size) {
  RETURN_IF_ERROR(keeper_.AwaitSize(size, std::chrono::steady_clock::now() + kCatchUpPatience));
  return Sign(size);
}

absl::StatusOr<std::string> LogEvidence::Sign(uint64_t size) const {
  evidence::Checkpoint checkpoint{.origin = origin_, .size = size};
  ASSIGN_OR_RETURN(checkpoint.root, evidence::RootOf(*tree_, size));
  return evidence::SignCheckpoint(checkpoint, signer_);
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
    if (tail == written_ || contradicted_) return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::string note, CheckpointOf(tail));
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
