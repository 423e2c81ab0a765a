#include "feed/feed_service.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
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

eventlog::Filter ToFilter(const v1::EventFilter& filter) {
  return {.stream = filter.stream(), .entity = filter.patient_id(), .type_prefix = filter.type_prefix()};
}

// One subscription as the call pulls it.
class SubscriptionSource final : public rpc::StreamSource<v1::SubscribeResponse> {
 public:
  SubscriptionSource(std::unique_ptr<eventlog::Subscription> subscription, bool follow)
      : subscription_(std::move(subscription)), follow_(follow) {}

  absl::StatusOr<Step> Next() override {
    if (ended_) return Step(rpc::End{});
    ASSIGN_OR_RETURN(const eventlog::SubscriptionItem item, subscription_->Poll(kBatchBytes));
    using Kind = eventlog::SubscriptionItem::Kind;
    v1::SubscribeResponse response;
    switch (item.kind) {
      case Kind::kNothingYet:
        return Step(rpc::Pending{});
      case Kind::kClosed:
        return Refuse(rpc::v1::SHUTTING_DOWN);
      case Kind::kEvents:
        for (const auto& record : item.records) ToEnvelope(*record, *response.mutable_batch()->add_events());
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
  const bool follow_;
  bool ended_ = false;
};

absl::StatusOr<v1::ReadEventsResponse> ReadPage(const eventlog::EventLog& log, const v1::ReadEventsRequest& request) {
  const auto direction = request.backwards() ? eventlog::Direction::kBackwards : eventlog::Direction::kForwards;
  const uint32_t page_size = request.page_size() == 0 ? kDefaultPageSize : request.page_size();
  v1::ReadEventsResponse response;
  const auto cursor = log.Read(ToFilter(request.filter()), request.from_position(), direction);
  size_t bytes = 0;
  for (; cursor->Valid(); cursor->Next()) {
    const size_t size = cursor->record().payload.size();
    if (response.events_size() == static_cast<int>(page_size) ||
        (response.events_size() > 0 && bytes + size > 2 * eventlog::kMaxPayloadBytes)) {
      response.set_next_position(response.events().rbegin()->position());
      break;
    }
    bytes += size;
    ToEnvelope(cursor->record(), *response.add_events());
  }
  RETURN_IF_ERROR(cursor->status());
  return response;
}

}  // namespace

FeedService::FeedService(std::string service_name, eventlog::EventLog& log, rpc::Gate& gate)
    : Service(*v1::SubscribeRequest::descriptor()->file()->FindServiceByName("EventFeedService"), gate) {
  ServerStream<v1::SubscribeRequest, v1::SubscribeResponse>(
      "Subscribe",
      [&log](const rpc::CallContext&, v1::SubscribeRequest&& request)
          -> absl::StatusOr<std::unique_ptr<rpc::StreamSource<v1::SubscribeResponse>>> {
        if (request.after_position() > log.Tail()) return Refuse(rpc::v1::INVALID_CURSOR);
        return std::make_unique<SubscriptionSource>(log.Subscribe(ToFilter(request.filter()), request.after_position()),
                                                    request.follow());
      });
  Unary<v1::ReadEventsRequest, v1::ReadEventsResponse>(
      "ReadEvents",
      [&log](const rpc::CallContext&, v1::ReadEventsRequest&& request, auto done) { done(ReadPage(log, request)); });
  Unary<v1::GetLogStatusRequest, v1::GetLogStatusResponse>(
      "GetLogStatus",
      [&log, name = std::move(service_name)](const rpc::CallContext&, v1::GetLogStatusRequest&&, auto done) {
        v1::GetLogStatusResponse response;
        response.set_service(name);
        response.set_log_id(log.LogId());
        response.set_tail_position(log.Tail());
        done(std::move(response));
      });
}

}  // namespace anamnesis::feed
