#include "eventlog/validate_append.h"

#include <algorithm>
#include <unordered_set>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/uuid.h"

namespace anamnesis::eventlog {
namespace {

absl::Status Require(bool holds, const char* problem) {
  return holds ? absl::OkStatus() : absl::InvalidArgumentError(absl::StrCat("append: ", problem));
}

bool FitsMetadata(const std::string& text) {
  return text.size() <= kMaxMetadataBytes;
}

absl::Status ValidateMetadata(const Metadata& metadata) {
  for (const std::string* text : {&metadata.actor, &metadata.on_behalf_of, &metadata.purpose_of_use,
                                  &metadata.correlation_id, &metadata.causation_id, &metadata.traceparent}) {
    RETURN_IF_ERROR(Require(FitsMetadata(*text), "a text of the metadata is too long"));
  }
  RETURN_IF_ERROR(Require(metadata.decided_against.size() <= kMaxDecidedAgainst, "decided against too many logs"));
  for (const DecidedAgainst& followed : metadata.decided_against) {
    RETURN_IF_ERROR(Require(FitsMetadata(followed.log), "the name of a followed log is too long"));
  }
  return absl::OkStatus();
}

absl::Status ValidateStream(const StreamAppend& stream) {
  RETURN_IF_ERROR(Require(IsStreamName(stream.stream), "a stream is named <category>-<entity>, at most 128 bytes"));
  RETURN_IF_ERROR(Require(!stream.events.empty(), "a stream without an event"));
  const auto* exact = std::get_if<ExactVersion>(&stream.expected);
  RETURN_IF_ERROR(Require(exact == nullptr || exact->version > 0, "expected version 0; NoStream says that"));
  for (const NewEvent& event : stream.events) {
    RETURN_IF_ERROR(Require(IsUuid(event.event_id), "an event id that is not a lower-case UUID"));
    RETURN_IF_ERROR(
        Require(!event.type.empty() && event.type.size() <= kMaxTypeBytes, "an event type empty or too long"));
    RETURN_IF_ERROR(Require(event.payload.size() <= kMaxPayloadBytes, "an event larger than 1 MiB"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ValidateAppend(const AppendRequest& request) {
  RETURN_IF_ERROR(Require(!request.streams.empty(), "no stream"));
  RETURN_IF_ERROR(ValidateMetadata(request.metadata));
  RETURN_IF_ERROR(Require(FitsMetadata(request.request_id), "the request id is too long"));
  RETURN_IF_ERROR(Require(request.request_id.empty() || request.request_digest.size() == kRequestDigestBytes,
                          "a request id needs a digest of 32 bytes"));
  RETURN_IF_ERROR(Require(request.result.size() <= kMaxResultBytes, "the result is larger than 1 MiB"));
  size_t events = 0;
  size_t bytes = 0;
  std::unordered_set<std::string_view> names;
  for (const StreamAppend& stream : request.streams) {
    RETURN_IF_ERROR(ValidateStream(stream));
    RETURN_IF_ERROR(Require(names.insert(stream.stream).second, "the same stream twice"));
    events += stream.events.size();
    for (const NewEvent& event : stream.events) bytes += event.payload.size();
  }
  RETURN_IF_ERROR(Require(events <= kMaxEventsPerAppend, "more than 1000 events"));
  return Require(bytes <= kMaxAppendBytes, "more than 16 MiB of events");
}

}  // namespace anamnesis::eventlog
