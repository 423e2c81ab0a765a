// Decides, in memory and at once, which place every appended event gets, and remembers what is decided and not yet
// durable. No I/O, no threads, no clock: what the engine knows is handed in.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "eventlog/commit_log.h"
#include "eventlog/event_log.h"
#include "eventlog/rows.h"

namespace anamnesis::eventlog {

// An append in its place, on its way to the disk.
struct SequencedAppend {
  std::vector<std::shared_ptr<const Record>> records;
  std::string request_id;
  bool erases = false;  // See AppendRequest.
  RequestRow request;   // The outcome; with its digest if there is a request id.
  std::function<void(const AppendResult&)> on_durable;
};

// Not thread-safe.
class Sequencer {
 public:
  // Continues a log whose last event is at `last`, recorded then; keeps the heads of about `recent_streams` streams.
  Sequencer(Position last, int64_t last_recorded_micros, size_t recent_streams)
      : recent_streams_(recent_streams), last_(last), last_recorded_micros_(last_recorded_micros) {}

  // The head of a stream including what is not durable, if it is known here; otherwise the engine knows it.
  std::optional<StreamHead> Head(const std::string& stream);
  // A request on its way to the disk.
  const RequestRow* FindRequest(const std::string& request_id) const;
  // What is sequenced for a stream and not retired, in order.
  std::vector<std::shared_ptr<const Record>> Pending(const std::string& stream) const;
  // Changes whenever Retire forgets something. What the engine answered is still true if this has not changed since, or
  // else Head and FindRequest know better.
  uint64_t generation() const { return generation_; }

  // Gives a valid request its place. `stored` has the engine's head for each stream of the request that Head does not
  // know. ABORTED if a stream is not as expected; then nothing has changed.
  absl::StatusOr<SequencedAppend> Sequence(AppendRequest request, const std::vector<StreamHead>& stored,
                                           int64_t now_micros);
  // Forgets an append that the engine has now; in the order of Sequence.
  void Retire(const SequencedAppend& append);

 private:
  using Recent = std::list<std::pair<std::string, StreamHead>>;

  void Remember(const std::string& stream, StreamHead head);
  std::shared_ptr<const Record> Place(const std::string& stream, StreamHead& head, NewEvent event,
                                      const Metadata& metadata);

  const size_t recent_streams_;
  Position last_;
  int64_t last_recorded_micros_;
  uint64_t generation_ = 0;
  std::unordered_map<std::string, std::deque<std::shared_ptr<const Record>>> pending_;
  std::unordered_map<std::string, RequestRow> requests_;
  // Heads of the streams appended to last, the latest in front; always as new as the last Sequence.
  Recent recent_;
  std::unordered_map<std::string, Recent::iterator> recent_of_;
};

}  // namespace anamnesis::eventlog
