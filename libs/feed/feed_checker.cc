#include "feed/feed_checker.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "feed/envelope.h"

namespace anamnesis::feed {
namespace {

namespace v1 = event::v1;

absl::Status Broken(uint64_t position, const std::string& what) {
  return absl::DataLossError(absl::StrCat("the feed cannot be trusted at position ", position, ": ", what));
}

// Where a message ends: as its bookmark says, or, from an older server, as its content does.
uint64_t EndOf(const v1::SubscribeResponse& message) {
  if (message.has_bookmark()) return message.bookmark().position();
  switch (message.content_case()) {
    case v1::SubscribeResponse::kBatch:
      return message.batch().events().empty() ? 0 : message.batch().events().rbegin()->position();
    case v1::SubscribeResponse::kCheckpoint:
      return message.checkpoint().position();
    case v1::SubscribeResponse::kCaughtUp:
      return message.caught_up().position();
    case v1::SubscribeResponse::kFellBehind:
      return message.fell_behind().position();
    case v1::SubscribeResponse::CONTENT_NOT_SET:
      break;
  }
  return 0;
}

}  // namespace

FeedChecker::FeedChecker(const v1::SubscribeRequest& request)
    : filter_(ToFilter(request)),
      log_id_(request.after().log_id()),
      position_(request.has_after() ? request.after().position() : request.after_position()),
      last_event_(position_),
      known_after_(position_) {}

absl::Status FeedChecker::Check(const v1::SubscribeResponse& message) {
  RETURN_IF_ERROR(CheckPlace(message));
  const uint64_t reached = EndOf(message);
  last_event_ = position_;
  const auto& events = message.batch().events();
  for (const v1::EventEnvelope& event : events) {
    RETURN_IF_ERROR(CheckEvent(event, reached));
    const bool torn = run_.Continues(MarkOf(event)) && &event == &events.Get(0) && message.has_bookmark();
    if (torn) return Broken(event.position(), "it does not come with what was recorded together with it");
  }
  if (filter_.WantsAll() && last_event_ != reached) {
    return Broken(last_event_ + 1, absl::StrCat("no event, though the message reaches to ", reached));
  }
  position_ = reached;
  return absl::OkStatus();
}

absl::Status FeedChecker::CheckPlace(const v1::SubscribeResponse& message) {
  if (message.has_bookmark()) {
    const v1::Bookmark& bookmark = message.bookmark();
    if (log_id_.empty()) log_id_ = bookmark.log_id();
    if (bookmark.log_id() != log_id_) return Broken(position_, "it is of another log now");
    if (message.previous_position() != position_) {
      return Broken(position_, absl::StrCat("the message that follows begins after ", message.previous_position()));
    }
  }
  if (EndOf(message) < position_) return Broken(position_, absl::StrCat("it goes back to ", EndOf(message)));
  return absl::OkStatus();
}

absl::Status FeedChecker::CheckEvent(const v1::EventEnvelope& event, uint64_t reached) {
  const uint64_t position = event.position();
  if (position <= last_event_ || position > reached) {
    return Broken(position, absl::StrCat("an event that does not stand between ", last_event_, " and ", reached));
  }
  if (filter_.WantsAll() && position != last_event_ + 1) {
    return Broken(last_event_ + 1, absl::StrCat("the next event is that of ", position));
  }
  if (!filter_.Wants(event.stream(), event.type())) return Broken(position, "an event that was not asked for");
  if (!filter_.WantsAll() && filter_.type_prefix.empty()) RETURN_IF_ERROR(CheckStream(event));
  last_event_ = position;
  return absl::OkStatus();
}

absl::Status FeedChecker::CheckStream(const v1::EventEnvelope& event) {
  if (last_of_stream_.size() >= kMaxStreams) {
    last_of_stream_.clear();
    known_after_ = last_event_;
  }
  const auto [last, is_new] = last_of_stream_.try_emplace(event.stream(), 0);
  const bool follows = is_new ? event.previous_position() <= known_after_ : event.previous_position() == last->second;
  if (!follows) {
    return Broken(event.position(), absl::StrCat("the event before it in its stream, that of ",
                                                 event.previous_position(), ", did not come"));
  }
  last->second = event.position();
  return absl::OkStatus();
}

}  // namespace anamnesis::feed
