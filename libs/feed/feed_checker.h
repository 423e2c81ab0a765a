// What a feed promises (feed_service.proto), checked where its messages arrive: that nothing was left out, repeated,
// disordered or torn.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "absl/status/status.h"
#include "anamnesis/event/v1/feed_service.pb.h"
#include "eventlog/append_run.h"
#include "eventlog/filter.h"

namespace anamnesis::feed {

// For the messages of one subscription, each before it is used. Not thread-safe. Keeps the last position of each stream
// where the filter takes some streams and those whole, of at most kMaxStreams: beyond that it begins anew with them, as
// after a resumption. What an older release's server does not say is not checked.
class FeedChecker {
 public:
  static constexpr size_t kMaxStreams = 1 << 17;

  explicit FeedChecker(const event::v1::SubscribeRequest& request);

  // DATA_LOSS, saying at which position and what, where a promise is broken: then the message is not to be used, and
  // the subscription is to be opened anew after the last one that was.
  absl::Status Check(const event::v1::SubscribeResponse& message);

 private:
  absl::Status CheckPlace(const event::v1::SubscribeResponse& message);
  absl::Status CheckEvent(const event::v1::EventEnvelope& event, uint64_t reached);
  absl::Status CheckStream(const event::v1::EventEnvelope& event);

  const eventlog::Filter filter_;
  std::string log_id_;   // Empty: not known yet.
  uint64_t position_;    // Where the last message ended.
  uint64_t last_event_;  // Of the message being checked; where it begins, before its first.
  // Streams of which nothing has been seen have no events between known_after_ and position_.
  uint64_t known_after_;
  std::unordered_map<std::string, uint64_t> last_of_stream_;
  eventlog::AppendRun run_;
};

}  // namespace anamnesis::feed
