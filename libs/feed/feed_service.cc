#include "feed/feed_service.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "anamnesis/event/v1/errors.pb.h"
#include "anamnesis/event/v1/feed_service.pb.h"
#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/refusal.h"
#include "base/status.h"
#include "feed/envelope.h"

namespace anamnesis::feed {
namespace {

namespace v1 = event::v1;

// What one message of a subscription holds, about.
constexpr size_t kBatchBytes = 64 << 10;
constexpr uint32_t kDefaultPageSize = 100;

// Where a page ends that has not as many events as were asked for.
constexpr size_t kPageBytes = 2 << 20;

using Records = std::vector<std::shared_ptr<const eventlog::Record>>;
using Envelopes = google::protobuf::RepeatedPtrField<v1::EventEnvelope>;

void ToEnvelopes(const Records& records, Envelopes& envelopes) {
  envelopes.Reserve(static_cast<int>(records.size()));
  eventlog::AppendRun run;
  for (const auto& record : records) {
    v1::EventEnvelope& envelope = *envelopes.Add();
    ToEnvelope(*record, envelope);
    if (run.Continues(eventlog::MarkOf(*record))) envelope.set_appended_with_previous(true);
  }
}

// One subscription as the call pulls it.
class SubscriptionSource final : public rpc::StreamSource<v1::SubscribeResponse> {
 public:
  SubscriptionSource(std::unique_ptr<eventlog::Subscription> subscription, std::string log_id, bool follow)
      : subscription_(std::move(subscription)), log_id_(std::move(log_id)), follow_(follow) {}

  absl::StatusOr<Step> Next() override {
    if (ended_) return Step(rpc::End{});
    ASSIGN_OR_RETURN(const eventlog::SubscriptionItem item, subscription_->Poll(kBatchBytes));
    using Kind = eventlog::SubscriptionItem::Kind;
    v1::SubscribeResponse response;
    response.set_previous_position(item.previous);
    response.mutable_bookmark()->set_log_id(log_id_);
    response.mutable_bookmark()->set_position(item.position);
    switch (item.kind) {
      case Kind::kNothingYet:
        return Step(rpc::Pending{});
      case Kind::kClosed:
        return Refuse(rpc::v1::SHUTTING_DOWN);
      case Kind::kEvents:
        ToEnvelopes(item.records, *response.mutable_batch()->mutable_events());
        break;
      case Kind::kCheckpoint:
        response.mutable_checkpoint()->set_position(item.position);
        break;
      case Kind::kCaughtUp:
        response.mutable_caught_up()->set_position(item.position);
        ended_ = !follow_;
        break;
      case Kind::kFellBehind:
        response.mutable_fell_behind()->set_position(item.position);
        break;
    }
    return Step(std::move(response));
  }

  void WhenReady(std::function<void()> wake) override { subscription_->WhenReady(std::move(wake)); }

 private:
  const std::unique_ptr<eventlog::Subscription> subscription_;
  const std::string log_id_;
  const bool follow_;
  bool ended_ = false;
};

// A violation of one field of a request.
absl::Status Misuse(const std::string& field, const std::string& description) {
  RefusalDetails details;
  details.fields.emplace_back().set_field(field);
  details.fields.back().set_description(description);
  return Refuse(rpc::v1::INVALID_FIELDS, details);
}

// What no rule of a single field says.
absl::Status CheckRequest(const v1::SubscribeRequest& request) {
  if (request.has_group() && request.group().index() >= request.group().size()) {
    return Misuse("group.index", "must be less than group.size");
  }
  if (request.has_after() && request.after_position() != 0 && request.after_position() != request.after().position()) {
    return Misuse("after_position", "must be that of `after`, or not be set");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<rpc::StreamSource<v1::SubscribeResponse>>> OpenSubscription(
    eventlog::EventLog& log, const v1::SubscribeRequest& request) {
  RETURN_IF_ERROR(CheckRequest(request));
  const std::string log_id = log.FeedId();
  if (request.has_after() && request.after().log_id() != log_id) {
    return Refuse(v1::BOOKMARK_OF_ANOTHER_LOG,
                  {
                      .metadata = {{"bookmark_log_id", request.after().log_id()}, {"log_id", log_id}}
    });
  }
  const uint64_t after = request.has_after() ? request.after().position() : request.after_position();
  if (after > log.Tail()) return Refuse(rpc::v1::INVALID_CURSOR);
  return std::make_unique<SubscriptionSource>(log.Subscribe(ToFilter(request), after), log_id, request.follow());
}

absl::StatusOr<v1::ReadEventsResponse> ReadPage(const eventlog::EventLog& log, const v1::ReadEventsRequest& request) {
  const auto direction = request.backwards() ? eventlog::Direction::kBackwards : eventlog::Direction::kForwards;
  const uint32_t page_size = request.page_size() == 0 ? kDefaultPageSize : request.page_size();
  ASSIGN_OR_RETURN(const eventlog::Page page, log.ReadPage(ToFilter(request.filter()), request.from_position(),
                                                           direction, {.records = page_size, .bytes = kPageBytes}));
  v1::ReadEventsResponse response;
  ToEnvelopes(page.records, *response.mutable_events());
  response.set_next_position(page.next);
  return response;
}

}  // namespace

FeedService::FeedService(std::string service_name, eventlog::EventLog& log, rpc::Gate& gate)
    : Service(*v1::SubscribeRequest::descriptor()->file()->FindServiceByName("EventFeedService"), gate) {
  ServerStream<v1::SubscribeRequest, v1::SubscribeResponse>(
      "Subscribe",
      [&log](const rpc::CallContext&, v1::SubscribeRequest&& request) { return OpenSubscription(log, request); });
  Unary<v1::ReadEventsRequest, v1::ReadEventsResponse>(
      "ReadEvents",
      [&log](const rpc::CallContext&, v1::ReadEventsRequest&& request, auto done) { done(ReadPage(log, request)); });
  Unary<v1::GetLogStatusRequest, v1::GetLogStatusResponse>(
      "GetLogStatus",
      [&log, name = std::move(service_name)](const rpc::CallContext&, v1::GetLogStatusRequest&&, auto done) {
        v1::GetLogStatusResponse response;
        response.set_service(name);
        response.set_log_id(log.FeedId());
        response.set_tail_position(log.Tail());
        done(std::move(response));
      });
}

}  // namespace anamnesis::feed
