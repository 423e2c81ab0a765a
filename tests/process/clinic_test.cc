// The simulated clinic exercises every command, every event and every rule. What there is, the test learns from the
// descriptors and from the tables in the record: whatever is added without a step in a story fails here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "anamnesis/encounter/v1/encounter_service.pb.h"
#include "anamnesis/encounter/v1/errors.pb.h"
#include "anamnesis/encounter/v1/events.pb.h"
#include "anamnesis/event/v1/feed_service.grpc.pb.h"
#include "anamnesis/medication/v1/errors.pb.h"
#include "anamnesis/medication/v1/events.pb.h"
#include "anamnesis/medication/v1/medication_service.grpc.pb.h"
#include "anamnesis/patient/v1/errors.pb.h"
#include "anamnesis/patient/v1/events.pb.h"
#include "anamnesis/patient/v1/patient_service.grpc.pb.h"
#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/uuid.h"
#include "nlohmann/json.hpp"
#include "rpc/client.h"
#include "tests/support/cluster.h"
#include "tests/support/command.h"

namespace anamnesis {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::MethodDescriptor;
using testing::IsEmpty;
using testing::Not;
using testing_support::Answer;
using testing_support::Cluster;

using Names = std::set<std::string>;

constexpr std::chrono::seconds kTimeout{60};
constexpr char kPlay[] = "simulate --play --json";

// A service that takes commands.
struct Writer {
  std::string name;
  const Descriptor* command;
  const Descriptor* event;
  const EnumDescriptor* errors;
};

const std::vector<Writer>& Writers() {
  static const auto* const writers = new std::vector<Writer>{
      {"patient",    patient::v1::PatientCommand::descriptor(),       patient::v1::PatientEvent::descriptor(),
       patient::v1::PatientError_descriptor()      },
      {"encounter",  encounter::v1::EncounterCommand::descriptor(),   encounter::v1::EncounterEvent::descriptor(),
       encounter::v1::EncounterError_descriptor()  },
      {"medication", medication::v1::MedicationCommand::descriptor(), medication::v1::MedicationEvent::descriptor(),
       medication::v1::MedicationError_descriptor()},
  };
  return *writers;
}

// What of `all` is not in `some`, and a line that says how much is.
Names Missing(const std::string& what, const Names& all, const Names& some) {
  Names missing;
  for (const std::string& name : all) {
    if (!some.contains(name)) missing.insert(name);
  }
  std::cout << what << ": " << all.size() - missing.size() << " of " << all.size() << "\n";
  return missing;
}

// Every event of a log, whole.
std::vector<event::v1::EventEnvelope> EventsOf(const Cluster& cluster, const std::string& service) {
  const auto stub = event::v1::EventFeedService::NewStub(cluster.Channel(service));
  grpc::ClientContext context;
  rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
  const auto reader = stub->Subscribe(&context, {});
  std::vector<event::v1::EventEnvelope> events;
  event::v1::SubscribeResponse response;
  while (reader->Read(&response)) {
    events.insert(events.end(), response.batch().events().begin(), response.batch().events().end());
  }
  EXPECT_TRUE(reader->Finish().ok());
  return events;
}

// The rules that hold whatever the tables say: those that the code names where it makes an alert itself.
Names RulesWithoutTable() {
  static const std::regex kMade(R"re((?:MakeAlert|AlertOfAllergies|set_rule_id)\("([a-z0-9-]+)")re");
  Names rules;
  const std::filesystem::path services = std::filesystem::path(std::getenv("ANAMNESIS_SOURCE_DIR")) / "services";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(services)) {
    if (entry.path().extension() != ".cc" || entry.path().string().find("/domain/") == std::string::npos) continue;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    const std::string code = text.str();
    for (std::sregex_iterator found(code.begin(), code.end(), kMade), end; found != end; ++found) {
      rules.insert((*found)[1]);
    }
  }
  return rules;
}

// What the rules say to an order when the patient service has not been heard of.
Names AlertsWhileAlone(Cluster& cluster) {
  cluster.Stop("patient");
  cluster.Stop("medication");
  cluster.Start("medication");
  medication::v1::PrescribeRequest request;
  request.set_patient_id(NewUuid());
  request.mutable_order()->mutable_medication()->set_text("acetaminophen");
  grpc::ClientContext context;
  rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
  rpc::v1::CommandOutcome outcome;
  const auto stub = medication::v1::MedicationService::NewStub(cluster.Channel("medication"));
  EXPECT_TRUE(stub->Prescribe(&context, request, &outcome).ok());
  Names alerts;
  for (const rpc::v1::Alert& alert : outcome.alerts()) alerts.insert(alert.rule_id());
  cluster.Start("patient");
  for (const std::string& name : Cluster::Names()) cluster.AwaitHealthy(name);
  return alerts;
}

// A clinic that was played once; shared by all tests.
class ClinicTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    dir_ = std::make_unique<testing_support::TempDir>();
    cluster_ = std::make_unique<Cluster>(dir_->path());
    cluster_->StartAll();
    played_ = testing_support::Run(*cluster_, kPlay);
    for (const Writer& writer : Writers()) events_[writer.name] = EventsOf(*cluster_, writer.name);
    const nlohmann::json answer = played_.json();
    if (!answer.is_object()) return;
    for (const nlohmann::json& step : answer["steps"]) {
      const std::string service = step["service"], command = step["command"], refused = step["refused"];
      for (const std::string alert : step["alerts"]) raised_.insert(alert);
      if (!refused.empty()) {
        refused_.insert(refused);
        continue;
      }
      accepted_[service].insert(command);
      if (step["streamed"] == true) submitted_.insert(service);
    }
  }
  static void TearDownTestSuite() {
    cluster_.reset();
    dir_.reset();
  }

  static inline std::unique_ptr<testing_support::TempDir> dir_;
  static inline std::unique_ptr<Cluster> cluster_;
  static inline Answer played_;
  static inline std::map<std::string, std::vector<event::v1::EventEnvelope>> events_;  // By service, after the play.
  static inline std::map<std::string, Names> accepted_;                                // By service, commands.
  static inline Names submitted_;                                                      // Services.
  static inline Names raised_;
  static inline Names refused_;
};

TEST_F(ClinicTest, EveryStepComesOutAsItsStorySays) {
  EXPECT_EQ(played_.exit_code, 0) << played_.said;
  EXPECT_THAT(played_.said, IsEmpty());
  ASSERT_TRUE(played_.json().is_object());
  EXPECT_EQ(played_.json()["recorded_before"], 0);
  EXPECT_THAT(played_.json()["steps"], Not(IsEmpty()));
}

TEST_F(ClinicTest, EveryCommandIsAccepted) {
  for (const Writer& writer : Writers()) {
    Names all;
    for (int i = 0; i < writer.command->field_count(); ++i) all.insert(writer.command->field(i)->name());
    EXPECT_THAT(Missing(writer.name + " commands accepted", all, accepted_[writer.name]), IsEmpty());
  }
}

TEST_F(ClinicTest, EveryRpcIsCalled) {
  Names all, called;
  for (const Writer& writer : Writers()) {
    const auto& contract = *writer.command->file()->service(0);
    for (int i = 0; i < contract.method_count(); ++i) {
      const MethodDescriptor& method = *contract.method(i);
      all.insert(method.full_name());
      if (method.client_streaming() && submitted_.contains(writer.name)) called.insert(method.full_name());
      for (const std::string& command : accepted_[writer.name]) {
        if (writer.command->FindFieldByName(command)->message_type() == method.input_type()) {
          called.insert(method.full_name());
        }
      }
    }
  }
  EXPECT_THAT(Missing("RPCs called", all, called), IsEmpty());
}

TEST_F(ClinicTest, EveryEventIsRecorded) {
  for (const Writer& writer : Writers()) {
    Names all, recorded;
    for (int i = 0; i < writer.event->field_count(); ++i) {
      all.insert(writer.event->field(i)->message_type()->full_name());
    }
    for (const event::v1::EventEnvelope& event : events_[writer.name]) recorded.insert(event.type());
    EXPECT_THAT(Missing(writer.name + " events recorded", all, recorded), IsEmpty());
  }
}

TEST_F(ClinicTest, EveryRuleHasSomethingToSay) {
  Names all = RulesWithoutTable();
  EXPECT_THAT(all, testing::IsSupersetOf({"allergy-ingredient", "unmerge-review"})) << "else this test sees nothing";
  Names raised = raised_;
  for (const event::v1::EventEnvelope& envelope : events_["medication"]) {
    medication::v1::MedicationEvent event;
    ASSERT_TRUE(event.ParseFromString(envelope.payload()));
    for (const auto& rule : event.rule_table_loaded().table().safety().rules()) all.insert(rule.id());
    for (const auto& rule : event.rule_table_loaded().table().intrathecal().rules()) all.insert(rule.id());
  }
  for (const event::v1::EventEnvelope& envelope : events_["encounter"]) {
    encounter::v1::EncounterEvent event;
    ASSERT_TRUE(event.ParseFromString(envelope.payload()));
    for (const auto& rule : event.rule_table_loaded().table().interventions().rules()) all.insert(rule.id());
    // What this rule says is no alert but a time.
    if (event.intervention_performed().has_outcome_due()) raised.insert("outcome-due");
  }
  // What this one says no clinic can bring about whose services all run.
  raised.merge(AlertsWhileAlone(*cluster_));
  EXPECT_THAT(Missing("rules raised", all, raised), IsEmpty());
}

TEST_F(ClinicTest, RefusalsAreCounted) {
  std::vector<const EnumDescriptor*> catalogues = {rpc::v1::RpcError_descriptor()};
  for (const Writer& writer : Writers()) catalogues.push_back(writer.errors);
  for (const EnumDescriptor* catalogue : catalogues) {
    Names all;
    for (int i = 1; i < catalogue->value_count(); ++i) all.insert(catalogue->value(i)->name());
    EXPECT_LT(Missing(catalogue->name() + " met", all, refused_).size(), all.size());
  }
}

TEST_F(ClinicTest, PlayedAgainItAddsNothing) {
  const auto count = [] {
    std::map<std::string, size_t> events;
    for (const Writer& writer : Writers()) events[writer.name] = EventsOf(*cluster_, writer.name).size();
    return events;
  };
  const auto before = count();
  const Answer again = testing_support::Run(*cluster_, kPlay);
  EXPECT_EQ(again.exit_code, 0) << again.said;
  ASSERT_TRUE(again.json().is_object());
  EXPECT_THAT(again.json()["steps"], IsEmpty());
  EXPECT_EQ(again.json()["recorded_before"], played_.json()["steps"].size());
  EXPECT_EQ(count(), before);
}

TEST(ClinicDifferenceTest, WhatComesOutOtherwiseIsSaid) {
  testing_support::TempDir dir;
  Cluster cluster(dir.path());
  cluster.StartAll();
  patient::v1::RegisterPatientRequest request;
  request.set_patient_id(SourceUuid("urn:anamnesis:simulated-clinic", "symbol", "@greta"));
  request.mutable_demographics()->add_names()->set_family("Somebody");
  grpc::ClientContext context;
  rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
  rpc::v1::CommandOutcome outcome;
  const auto stub = patient::v1::PatientService::NewStub(cluster.Channel("patient"));
  ASSERT_TRUE(stub->RegisterPatient(&context, request, &outcome).ok());
  const Answer refused = testing_support::Run(cluster, "simulate --play");
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.said, testing::HasSubstr("has recorded 1 events that are not of this clinic"));
  const Answer played = testing_support::Run(cluster, "simulate --play --yes");
  EXPECT_EQ(played.exit_code, 1);
  EXPECT_THAT(played.said,
              testing::HasSubstr("interactions/registration was to be accepted; is PATIENT_ALREADY_EXISTS"));
  EXPECT_THAT(played.said, testing::HasSubstr("what came of 1 steps is otherwise"));
  EXPECT_THAT(played.text, testing::HasSubstr("interactions"));
}

}  // namespace
}  // namespace anamnesis
