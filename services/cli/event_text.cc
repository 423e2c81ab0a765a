#include "services/cli/event_text.h"

#include <array>
#include <iterator>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "anamnesis/encounter/v1/events.pb.h"
#include "anamnesis/medication/v1/events.pb.h"
#include "anamnesis/patient/v1/events.pb.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/time_util.h"
#include "nlohmann/json.hpp"
#include "services/cli/format.h"
#include "services/cli/table.h"

namespace anamnesis::cli {
namespace {

// In terminal cells. A longer text is not cut, so that a position or an actor is always whole.
constexpr size_t kWidths[] = {9, 19, 16, 10, 9, 24, 0};
using Cells = std::array<std::string, std::size(kWidths)>;

std::string Line(const Cells& cells) {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::string cell = Printable(cells[i]);
    const size_t width = DisplayWidth(cell);
    const std::string fill(kWidths[i] > width ? kWidths[i] - width : 0, ' ');
    absl::StrAppend(&line, i == 0 ? "" : "  ", i == 0 ? fill : "", cell, i == 0 ? "" : fill);
  }
  return line;
}

std::unique_ptr<google::protobuf::Message> NewEvent(const std::string& service) {
  if (service == "patient") return std::make_unique<patient::v1::PatientEvent>();
  if (service == "encounter") return std::make_unique<encounter::v1::EncounterEvent>();
  if (service == "medication") return std::make_unique<medication::v1::MedicationEvent>();
  return nullptr;
}

std::string ShortType(const std::string& type) {
  return type.substr(type.rfind('.') + 1);
}

// `patient-0199…` with enough of the id to tell streams apart in a table.
std::string ShortStream(const std::string& stream) {
  const size_t hyphen = stream.find('-');
  return hyphen == std::string::npos ? stream : stream.substr(hyphen + 1, 8) + "…";
}

std::string Seconds(const google::protobuf::Timestamp& time) {
  return Minute(time) + absl::StrFormat(":%02d", time.seconds() % 60);
}

// The payload's event as JSON, or null where it is not one that this program knows.
nlohmann::ordered_json Decoded(const std::string& service, const std::string& payload) {
  const auto event = NewEvent(service);
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  if (event == nullptr || !event->ParseFromString(payload) ||
      !google::protobuf::util::MessageToJsonString(*event, &json, options).ok()) {
    return nullptr;
  }
  return nlohmann::ordered_json::parse(json, nullptr, /*allow_exceptions=*/false);
}

}  // namespace

std::string EventHeading() {
  return Line({"POSITION", "RECORDED", "EFFECTIVE", "SERVICE", "STREAM", "EVENT", "ACTOR"});
}

std::string EventLine(const std::string& service, const event::v1::EventEnvelope& event) {
  return Line({std::to_string(event.position()), Seconds(event.recorded_time()), Minute(event.effective_time()),
               service, ShortStream(event.stream()),
               absl::StrCat(ShortType(event.type()), event.erased() ? " (erased)" : ""), event.actor()});
}

std::string EventJson(const std::string& service, const event::v1::EventEnvelope& event) {
  using google::protobuf::util::TimeUtil;
  nlohmann::ordered_json json = {
      {"position",          event.position()                          },
      {"service",           service                                   },
      {"stream",            event.stream()                            },
      {"version",           event.version()                           },
      {"previous_position", event.previous_position()                 },
      {"type",              event.type()                              },
      {"schema_version",    event.schema_version()                    },
      {"event_id",          event.event_id()                          },
      {"recorded_time",     TimeUtil::ToString(event.recorded_time()) },
      {"effective_time",    TimeUtil::ToString(event.effective_time())},
      {"actor",             event.actor()                             },
  };
  if (!event.on_behalf_of().empty()) json["on_behalf_of"] = event.on_behalf_of();
  if (!event.purpose_of_use().empty()) json["purpose_of_use"] = event.purpose_of_use();
  if (!event.correlation_id().empty()) json["correlation_id"] = event.correlation_id();
  if (!event.causation_id().empty()) json["request_id"] = event.causation_id();
  if (event.appended_with_previous()) json["appended_with_previous"] = true;
  for (const auto& known : event.decided_against()) json["decided_against"][known.service()] = known.position();
  if (event.erased()) json["erased"] = true;
  nlohmann::ordered_json payload = Decoded(service, event.payload());
  if (payload.is_object() && !payload.empty()) {
    json["event"] = std::move(payload);
  } else if (!event.erased()) {
    std::string encoded;
    absl::Base64Escape(event.payload(), &encoded);
    json["payload"] = encoded;
  }
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace anamnesis::cli
