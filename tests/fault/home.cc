#include "tests/fault/home.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/uuid.h"
#include "eventlog/rocks_commit_log.h"
#include "eventlog/sequenced_log.h"
#include "evidence/note.h"

namespace anamnesis::fault {
namespace {

using eventlog::AppendRequest;
using eventlog::AppendResult;
using eventlog::Position;
using eventlog::Record;

constexpr uint64_t kStreams = 7;
constexpr uint64_t kErasesOneIn = 60;

absl::Status Lost(const std::string& what) {
  return absl::InternalError("LOST: " + what);
}

}  // namespace

absl::StatusOr<std::unique_ptr<OpenHome>> OpenHome::Open(const std::string& data_dir, eventlog::LogOptions options,
                                                         eventlog::FatalHandler failed) {
  std::unique_ptr<OpenHome> home(new OpenHome());
  const std::string directory = data_dir + "/log";
  ASSIGN_OR_RETURN(options.acknowledged, service::LogEvidence::Acknowledged(data_dir));
  if (options.keks == nullptr) {
    ASSIGN_OR_RETURN(options.keks, eventlog::LoadKeks(directory, options));
  }
  ASSIGN_OR_RETURN(std::shared_ptr<eventlog::CommitLog> engine,
                   eventlog::RocksCommitLog::Open(directory, options, failed));
  ASSIGN_OR_RETURN(home->log_, eventlog::SequencedLog::Open(std::move(engine), options, std::move(failed)));
  ASSIGN_OR_RETURN(home->evidence_, service::LogEvidence::Open(data_dir, "fault", *home->log_));
  home->log_->SetCommitObserver(
      [evidence = home->evidence_.get()](const eventlog::CommitReport& report) { evidence->Advance(report.tail); });
  return home;
}

OpenHome::~OpenHome() {
  if (log_ != nullptr) log_->Close();
  evidence_.reset();
}

AppendRequest Ledger::NextRequest(std::mt19937_64& random) {
  const auto below = [&random](uint64_t bound) {
    return std::uniform_int_distribution<uint64_t>(0, bound - 1)(random);
  };
  AppendRequest request;
  {
    MutexLock lock(mutex_);
    request.request_id = absl::StrCat("request-", ++requests_);
  }
  request.request_digest = std::string(eventlog::kRequestDigestBytes, 'd');
  request.result = absl::StrCat("answer to ", request.request_id, " ");
  request.may_commit_here = below(2) == 0;
  request.erases = below(kErasesOneIn) == 0;
  eventlog::StreamAppend append{.stream = absl::StrCat("ward-", below(kStreams))};
  const uint64_t events = 1 + below(3);
  for (uint64_t i = 0; i < events; ++i) {
    const size_t size = below(20) == 0 ? 30'000 : 10 + below(400);
    std::string payload = absl::StrCat(request.request_id, "/", i, " ");
    while (payload.size() < size) payload.push_back(static_cast<char>(random()));
    append.events.push_back({.event_id = NewUuid(), .type = "fault.v1.Happened", .payload = std::move(payload)});
  }
  request.streams.push_back(std::move(append));
  return request;
}

void Ledger::Sequenced(const AppendRequest& request, const AppendResult& result) {
  MutexLock lock(mutex_);
  for (Position position = result.first_position; position <= result.last_position; ++position) {
    asked_[position] = {.request_id = request.request_id,
                        .stream = request.streams[0].stream,
                        .payload = request.streams[0].events[position - result.first_position].payload,
                        .last_of_request = result.last_position,
                        .erases = request.erases};
  }
  if (result.last_position > acknowledged_) unanswered_.insert(result.last_position);
}

void Ledger::Acknowledged(const AppendResult& result) {
  MutexLock lock(mutex_);
  acknowledged_ = std::max(acknowledged_, result.last_position);
  unanswered_.erase(unanswered_.begin(), unanswered_.upper_bound(acknowledged_));
  changed_.NotifyAll();
}

Position Ledger::acknowledged() const {
  MutexLock lock(mutex_);
  return acknowledged_;
}

size_t Ledger::unanswered() const {
  MutexLock lock(mutex_);
  return unanswered_.size();
}

void Ledger::AwaitAnswers(const std::atomic<bool>& dead) {
  MutexLock lock(mutex_);
  changed_.Wait(mutex_, [&]() NO_THREAD_SAFETY_ANALYSIS { return unanswered_.empty() || dead; });
}

void Ledger::Wake() {
  MutexLock lock(mutex_);
  changed_.NotifyAll();
}

void Ledger::See(OpenHome& home) {
  MutexLock lock(mutex_);
  const Position tail = home.log().Tail();
  const absl::Status read = home.log().ReadStored(
      seen_.size() + 1, tail,
      [this](std::string_view bytes) NO_THREAD_SAFETY_ANALYSIS { seen_.push_back(evidence::LeafHash(bytes)); });
  const auto subscription = home.log().Subscribe({}, live_.size());
  absl::StatusOr<eventlog::SubscriptionItem> item;
  while ((item = subscription->Poll(1 << 20)).ok() && live_.size() < tail) {
    live_.insert(live_.end(), item->records.begin(), item->records.end());
  }
  const absl::StatusOr<std::string> note = home.evidence().Checkpoint();
  if (!read.ok() || !note.ok()) return;  // Nobody saw anything; that it can be read is Check's to say.
  const auto checkpoint = evidence::ParseCheckpoint(evidence::ParseNote(*note)->text);
  tree_size_ = checkpoint->size;
  tree_root_ = checkpoint->root;
}

Ledger::Erasures Ledger::ErasuresUpTo(Position tail) const {
  Erasures erased;
  std::string before;
  for (auto asked = asked_.begin(); asked != asked_.end() && asked->first <= tail; ++asked) {
    const bool is_first = asked->second.request_id != std::exchange(before, asked->second.request_id);
    // What the erasing append says itself is sealed with a new key.
    if (asked->second.erases && is_first) erased[asked->second.stream] = asked->first;
  }
  return erased;
}

absl::Status Ledger::Check(OpenHome& home) const {
  MutexLock lock(mutex_);
  const Position tail = home.log().Tail();
  if (tail < acknowledged_) return Lost(absl::StrCat("acknowledged ", acknowledged_, ", recovered ", tail));
  if (tail < seen_.size()) return Lost(absl::StrCat("seen ", seen_.size(), ", recovered ", tail));
  Erasures erased = ErasuresUpTo(tail);
  std::map<std::string, eventlog::Version> versions;
  Position expected = 0;
  int64_t recorded = 0;
  const auto cursor = home.log().Read({}, 0, eventlog::Direction::kForwards);
  for (; cursor->Valid(); cursor->Next()) {
    const Record& record = cursor->record();
    if (record.position != ++expected) return Lost(absl::StrCat("no position ", expected));
    if (record.version != ++versions[record.stream]) return Lost(absl::StrCat("a version at ", expected));
    if (record.recorded_micros <= recorded) return Lost(absl::StrCat("time goes back at ", expected));
    recorded = record.recorded_micros;
    if (record.erased != (record.position < erased[record.stream])) {
      return Lost(absl::StrCat("position ", expected, record.erased ? " is" : " is not", " erased"));
    }
    if (!record.erased) RETURN_IF_ERROR(CheckRecord(record));
  }
  RETURN_IF_ERROR(cursor->status());
  if (expected != tail) return Lost(absl::StrCat("read ", expected, " of ", tail));
  RETURN_IF_ERROR(CheckBytes(home.log(), tail));
  RETURN_IF_ERROR(CheckStreams(home.log(), versions));
  RETURN_IF_ERROR(CheckRequests(home.log(), tail, erased));
  return CheckTree(home);
}

absl::Status Ledger::CheckBytes(eventlog::EventLog& log, Position tail) const {
  Position position = 0;
  absl::Status same;
  RETURN_IF_ERROR(log.ReadStored(1, tail, [&](std::string_view bytes) NO_THREAD_SAFETY_ANALYSIS {
    if (position++ < seen_.size() && evidence::LeafHash(bytes) != seen_[position - 1]) {
      same = Lost(absl::StrCat("other bytes at ", position));
    }
  }));
  return same;
}

absl::Status Ledger::CheckStreams(eventlog::EventLog& log,
                                  const std::map<std::string, eventlog::Version>& versions) const {
  for (const auto& [stream, version] : versions) {
    ASSIGN_OR_RETURN(const eventlog::Version head, log.StreamVersion(stream));
    if (head != version) return Lost(absl::StrCat("the head of a stream is ", head, ", not ", version));
    ASSIGN_OR_RETURN(const std::vector<Record> records, log.ReadForDeciding(stream, 0));
    if (records.size() != version) return Lost("the index of a stream is short");
  }
  return absl::OkStatus();
}

absl::Status Ledger::CheckRecord(const Record& record) const {
  const auto asked = asked_.find(record.position);
  if (asked == asked_.end()) return Lost(absl::StrCat("nobody asked for position ", record.position));
  if (asked->second.stream != record.stream || asked->second.payload != record.payload) {
    return Lost(absl::StrCat("something else at position ", record.position));
  }
  if (record.position > live_.size() || *live_[record.position - 1] == record) return absl::OkStatus();
  return Lost(absl::StrCat("subscribers were given something else at position ", record.position));
}

absl::Status Ledger::CheckRequests(eventlog::EventLog& log, Position tail, const Erasures& erased) const {
  for (const auto& [position, asked] : asked_) {
    if (position != asked.last_of_request) continue;
    ASSIGN_OR_RETURN(const auto found,
                     log.FindRequest(asked.request_id, std::string(eventlog::kRequestDigestBytes, 'd')));
    const auto erasure = erased.find(asked.stream);
    const bool there = position <= tail && (erasure == erased.end() || position >= erasure->second);
    if (found.has_value() != there) {
      return Lost(absl::StrCat("the request of position ", position, there ? " is forgotten" : " is remembered"));
    }
    if (there && (found->last_position != position ||
                  !found->result.starts_with(absl::StrCat("answer to ", asked.request_id, " ")))) {
      return Lost(absl::StrCat("the request of position ", position, " has another outcome"));
    }
  }
  return absl::OkStatus();
}

absl::Status Ledger::CheckTree(OpenHome& home) const {
  const evidence::TreeStore& tree = home.evidence().tree();
  if (tree.size() < tree_size_) return Lost("the tree is shorter than its head was");
  ASSIGN_OR_RETURN(const evidence::Hash root, evidence::RootOf(tree, tree.size()));
  ASSIGN_OR_RETURN(const evidence::Proof proof, evidence::ConsistencyProof(tree, tree_size_, tree.size()));
  if (evidence::VerifyConsistency(tree_size_, tree_root_, tree.size(), root, proof)) return absl::OkStatus();
  return Lost("the head of the tree does not extend the one before");
}

void Ledger::Forget(Position tail) {
  MutexLock lock(mutex_);
  asked_.erase(asked_.upper_bound(tail), asked_.end());
  unanswered_.clear();
}

}  // namespace anamnesis::fault
