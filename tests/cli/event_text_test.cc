#include "services/cli/event_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "anamnesis/patient/v1/events.pb.h"
#include "nlohmann/json.hpp"

namespace anamnesis::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPatientId[] = "01990000-0000-7000-8000-000000000001";

patient::v1::PatientEvent Registered() {
  patient::v1::PatientEvent event;
  event.mutable_patient_registered()->mutable_demographics()->add_names()->set_family("Lovelace");
  return event;
}

event::v1::EventEnvelope Envelope(const std::string& payload) {
  event::v1::EventEnvelope event;
  event.set_position(42);
  event.set_previous_position(41);
  event.set_stream(std::string("patient-") + kPatientId);
  event.set_version(7);
  event.set_type("anamnesis.patient.v1.PatientRegistered");
  event.mutable_recorded_time()->set_seconds(1773480605);   // 2026-03-14T09:30:05Z
  event.mutable_effective_time()->set_seconds(1773446400);  // 2026-03-14T00:00:00Z
  event.set_actor("user:ada");
  event.set_payload(payload);
  return event;
}

nlohmann::json Json(const std::string& service, const event::v1::EventEnvelope& event) {
  return nlohmann::json::parse(EventJson(service, event));
}

TEST(EventJson, SaysAllThatIsRecorded) {
  event::v1::EventEnvelope event = Envelope(Registered().SerializeAsString());
  event.set_on_behalf_of("user:babbage");
  event.set_causation_id("request-1");
  auto* known = event.add_decided_against();
  known->set_service("medication");
  known->set_position(9);

  const nlohmann::json json = Json("patient", event);
  EXPECT_EQ(json["position"], 42);
  EXPECT_EQ(json["previous_position"], 41);
  EXPECT_EQ(json["service"], "patient");
  EXPECT_EQ(json["stream"], event.stream());
  EXPECT_EQ(json["version"], 7);
  EXPECT_EQ(json["type"], event.type());
  EXPECT_EQ(json["recorded_time"], "2026-03-14T09:30:05Z");
  EXPECT_EQ(json["effective_time"], "2026-03-14T00:00:00Z");
  EXPECT_EQ(json["actor"], "user:ada");
  EXPECT_EQ(json["on_behalf_of"], "user:babbage");
  EXPECT_EQ(json["request_id"], "request-1");
  EXPECT_EQ(json["decided_against"], nlohmann::json({
                                         {"medication", 9}
  }));
  EXPECT_EQ(json["event"]["patient_registered"]["demographics"]["names"][0]["family"], "Lovelace");
  EXPECT_FALSE(json.contains("payload")) << "it is decoded";
}

TEST(EventJson, LeavesOutWhatWasNotSaid) {
  const nlohmann::json json = Json("patient", Envelope(Registered().SerializeAsString()));
  for (const char* key : {"on_behalf_of", "purpose_of_use", "correlation_id", "request_id", "decided_against"}) {
    EXPECT_FALSE(json.contains(key)) << key;
  }
}

TEST(EventJson, IsOneLine) {
  patient::v1::PatientEvent event = Registered();
  event.mutable_patient_registered()->mutable_demographics()->mutable_names(0)->set_family("Love\nlace");
  EXPECT_THAT(EventJson("patient", Envelope(event.SerializeAsString())), Not(HasSubstr("\n")));
}

TEST(EventJson, ShowsAPayloadItDoesNotKnowInBase64) {
  patient::v1::PatientEvent later;
  later.GetReflection()->MutableUnknownFields(&later)->AddLengthDelimited(1000, "of a later release");
  const struct {
    const char* name;
    const char* service;
    std::string payload;
  } cases[] = {
      {"an event of a later release", "patient",  later.SerializeAsString()       },
      {"not an event",                "patient",  "\xff\xfe not protobuf"         },
      {"nothing",                     "patient",  ""                              },
      {"a service it does not know",  "pharmacy", Registered().SerializeAsString()},
  };
  for (const auto& test : cases) {
    const nlohmann::json json = Json(test.service, Envelope(test.payload));
    EXPECT_FALSE(json.contains("event")) << test.name;
    EXPECT_EQ(json["payload"], absl::Base64Escape(test.payload)) << test.name;
  }
}

TEST(EventJson, ReplacesWhatIsNotUtf8) {
  event::v1::EventEnvelope event = Envelope(Registered().SerializeAsString());
  event.set_actor("user:\xff");
  EXPECT_EQ(Json("patient", event)["actor"], "user:\uFFFD");
}

TEST(EventLine, StandsBelowItsHeading) {
  const std::string heading = EventHeading();
  const std::string line = EventLine("patient", Envelope(""));
  EXPECT_EQ(
      line,
      "       42  2026-03-14 09:30:05  2026-03-14 00:00  patient     01990000…  PatientRegistered         user:ada");
  EXPECT_EQ(line.substr(heading.find("RECORDED"), 19), "2026-03-14 09:30:05");
  EXPECT_EQ(line.substr(heading.find("SERVICE"), 7), "patient");
}

TEST(EventLine, CannotSteerATerminal) {
  event::v1::EventEnvelope event = Envelope("");
  event.set_actor("user:\x1b[2J\nada\xff");
  EXPECT_THAT(EventLine("patient", event), HasSubstr("user: [2J ada?"));
}

}  // namespace
}  // namespace anamnesis::cli
