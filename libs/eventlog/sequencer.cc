#include "eventlog/sequencer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "eventlog/append_run.h"

namespace anamnesis::eventlog {
namespace {

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

// What `expected` demands in words, empty if the version satisfies it.
std::string Unmet(const Expected& expected, Version version) {
  return std::visit(
      Overloaded{
          [&](NoStream) { return version == 0 ? "" : std::string("no stream"); },
          [&](StreamExists) { return version > 0 ? "" : std::string("any event"); },
          [](AnyVersion) { return std::string(); },
          [&](ExactVersion exact) { return version == exact.version ? "" : absl::StrCat("version ", exact.version); },
      },
      expected);
}

// Streams are named by their place in the request: a name may point at a person.
absl::Status CheckExpected(const AppendRequest& request, const std::vector<StreamHead>& heads) {
  for (size_t i = 0; i < heads.size(); ++i) {
    const std::string unmet = Unmet(request.streams[i].expected, heads[i].version);
    if (unmet.empty()) continue;
    return absl::AbortedError(
        absl::StrCat("stream ", i + 1, " of the append is at version ", heads[i].version, ", expected ", unmet));
  }
  return absl::OkStatus();
}

}  // namespace

std::optional<StreamHead> Sequencer::Head(const std::string& stream) {
  if (const auto found = recent_of_.find(stream); found != recent_of_.end()) {
    recent_.splice(recent_.begin(), recent_, found->second);
    return found->second->second;
  }
  if (const auto found = pending_.find(stream); found != pending_.end()) {
    const Record& last = *found->second.back();
    return StreamHead{last.version, last.position};
  }
  return std::nullopt;
}

const RequestRow* Sequencer::FindRequest(const std::string& request_id) const {
  const auto found = requests_.find(request_id);
  return found == requests_.end() ? nullptr : &found->second;
}

std::vector<std::shared_ptr<const Record>> Sequencer::Pending(const std::string& stream) const {
  const auto found = pending_.find(stream);
  if (found == pending_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

void Sequencer::Remember(const std::string& stream, StreamHead head) {
  if (const auto found = recent_of_.find(stream); found != recent_of_.end()) {
    found->second->second = head;
    recent_.splice(recent_.begin(), recent_, found->second);
    return;
  }
  recent_.emplace_front(stream, head);
  recent_of_[stream] = recent_.begin();
  if (recent_.size() <= recent_streams_) return;
  recent_of_.erase(recent_.back().first);
  recent_.pop_back();
}

std::shared_ptr<const Record> Sequencer::Place(const std::string& stream, StreamHead& head, NewEvent event,
                                               const Metadata& metadata) {
  auto record = std::make_shared<Record>();
  record->position = ++last_;
  record->previous_position = head.position;
  record->stream = stream;
  record->version = head.version + 1;
  record->event_id = std::move(event.event_id);
  record->type = std::move(event.type);
  record->schema_version = event.schema_version;
  record->recorded_micros = ++last_recorded_micros_;
  record->effective_micros = event.effective_micros;
  record->metadata = metadata;
  record->payload = std::move(event.payload);
  head = StreamHead{record->version, record->position};
  return record;
}

absl::StatusOr<SequencedAppend> Sequencer::Sequence(AppendRequest request, const std::vector<StreamHead>& stored,
                                                    int64_t now_micros) {
  std::vector<StreamHead> heads;
  for (size_t i = 0; i < request.streams.size(); ++i) {
    heads.push_back(Head(request.streams[i].stream).value_or(stored[i]));
  }
  RETURN_IF_ERROR(CheckExpected(request, heads));

  last_recorded_micros_ = std::max(now_micros, last_recorded_micros_ + kMicrosBetweenAppends) - 1;
  SequencedAppend append;
  for (size_t i = 0; i < request.streams.size(); ++i) {
    StreamAppend& stream = request.streams[i];
    auto& pending = pending_[stream.stream];
    for (NewEvent& event : stream.events) {
      append.records.push_back(Place(stream.stream, heads[i], std::move(event), request.metadata));
      pending.push_back(append.records.back());
    }
    Remember(stream.stream, heads[i]);
  }
  AppendResult& outcome = append.request.outcome;
  outcome.first_position = append.records.front()->position;
  outcome.last_position = append.records.back()->position;
  outcome.stream_version = heads.front().version;
  outcome.recorded_micros = append.records.back()->recorded_micros;
  outcome.result = std::move(request.result);
  append.request.digest = std::move(request.request_digest);
  append.request_id = std::move(request.request_id);
  append.erases = request.erases;
  if (!append.request_id.empty()) requests_[append.request_id] = append.request;
  return append;
}

void Sequencer::Retire(const SequencedAppend& append) {
  ++generation_;
  for (const std::shared_ptr<const Record>& record : append.records) {
    const auto found = pending_.find(record->stream);
    found->second.pop_front();
    if (found->second.empty()) pending_.erase(found);
  }
  if (!append.request_id.empty()) requests_.erase(append.request_id);
}

}  // namespace anamnesis::eventlog
