// An event that a projection chokes on, between a real publisher and a real read model: that patient's views are marked
// failed and reported, everybody else's go on, and a rebuild by a projection that copes heals it.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "anamnesis/chart/v1/chart_service.grpc.pb.h"
#include "anamnesis/ops/v1/ops_service.grpc.pb.h"
#include "anamnesis/patient/v1/events.pb.h"
#include "base/refusal.h"
#include "base/uuid.h"
#include "eventlog/open.h"
#include "projection/publisher.h"
#include "rpc/client.h"
#include "rpc/status.h"
#include "services/patient/projection/patient_projection.h"
#include "services/readmodel/readmodel_module.h"
#include "tests/fault/patients.h"
#include "tests/fault/suite.h"
#include "tests/support/cluster.h"

namespace anamnesis::fault {
namespace {

constexpr std::chrono::seconds kTimeout{60};

class PoisonTest : public testing::Test {
 protected:
  PoisonTest() : model_(*readmodel::ReadModel::Start({.data_dir = dir_.path()})) {
    const auto channel = QuickChannel(address());
    chart_ = chart::v1::ChartService::NewStub(channel);
    ops_ = ops::v1::OpsService::NewStub(channel);
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(model_->port()); }

  void Append(const std::string& patient, const std::string& type, std::string payload) {
    eventlog::AppendRequest request;
    request.streams.push_back(
        {"patient-" + patient, eventlog::AnyVersion{}, {{NewUuid(), type, 1, 0, std::move(payload)}}});
    ASSERT_TRUE(log_->AppendAndWait(std::move(request)).ok());
  }
  void Register(const std::string& patient, const std::string& family) {
    patient::v1::PatientEvent event;
    auto& registered = *event.mutable_patient_registered();
    registered.mutable_demographics()->add_names()->set_family(family);
    Append(patient, registered.GetTypeName(), event.SerializeAsString());
  }

  void Publish(projection::Project project, uint32_t version) {
    publisher_.reset();
    publisher_ =
        std::make_unique<projection::Publisher>(*log_, std::move(project), QuickChannel(address()),
                                                projection::PublisherOptions{
                                                    .service = "patient",
                                                    .projection_version = version,
                                                    .caller = {.actor = "service:patient", .roles = {"service"}}
    });
  }

  // The chart once everything is applied.
  absl::StatusOr<chart::v1::GetChartResponse> Chart(const std::string& patient) {
    grpc::ClientContext context;
    rpc::PrepareContext(context, Anybody(), kTimeout);
    chart::v1::GetChartRequest request;
    request.set_patient_id(patient);
    (*request.mutable_options()->mutable_min_positions())["patient"] = log_->Tail();
    chart::v1::GetChartResponse response;
    const absl::Status status = rpc::FromGrpcStatus(chart_->GetChart(&context, request, &response));
    if (!status.ok()) return status;
    return response;
  }
  chart::v1::SearchPatientsResponse Search(const std::string& name) {
    grpc::ClientContext context;
    rpc::PrepareContext(context, Anybody(), kTimeout);
    chart::v1::SearchPatientsRequest request;
    request.set_name(name);
    chart::v1::SearchPatientsResponse response;
    EXPECT_TRUE(chart_->SearchPatients(&context, request, &response).ok());
    return response;
  }
  ops::v1::LinkStatus Link() {
    grpc::ClientContext context;
    rpc::PrepareContext(context, Anybody(), kTimeout);
    ops::v1::GetStatusResponse response;
    EXPECT_TRUE(ops_->GetStatus(&context, {}, &response).ok());
    EXPECT_EQ(response.links_size(), 1);
    return response.links(0);
  }

  testing_support::TempDir dir_;
  const std::unique_ptr<readmodel::ReadModel> model_;
  const std::unique_ptr<eventlog::EventLog> log_ = eventlog::NewMemoryLog({});
  std::unique_ptr<chart::v1::ChartService::Stub> chart_;
  std::unique_ptr<ops::v1::OpsService::Stub> ops_;
  std::unique_ptr<projection::Publisher> publisher_;
};

TEST_F(PoisonTest, OnePatientsViewsFailAndTheRestGoesOn) {
  const std::string kind = "poisoned event in a projection";
  const std::string poisoned = NewUuid();
  const std::string sound = NewUuid();
  const std::string unborn = NewUuid();  // Already the first event is not one.
  Register(poisoned, "Poisoned");
  Register(sound, "Sound");
  const std::string secret = "not an event, and nobody's business";
  Append(poisoned, "anamnesis.patient.v1.ProblemRecorded", secret);
  const eventlog::Position at = log_->Tail();
  Append(unborn, "anamnesis.patient.v1.PatientRegistered", secret);
  Register(NewUuid(), "Later");
  CountInjected(kind, 2);
  Publish(patient::ProjectPatient, 1);

  EXPECT_TRUE(Chart(sound).ok()) << Chart(sound).status();
  EXPECT_EQ(Search("later").matches_size(), 1);
  for (const std::string& patient : {poisoned, unborn}) {
    const auto refused = Chart(patient);
    EXPECT_EQ(RefusalInfo(refused.status()).reason(), "VIEWS_FAILED") << refused.status();
    CountRefused(kind, refused.status());
  }
  const auto info = RefusalInfo(Chart(poisoned).status());
  EXPECT_EQ(info.metadata().at("service"), "patient");
  EXPECT_EQ(info.metadata().at("position"), std::to_string(at));
  EXPECT_EQ(info.metadata().at("reason"), "anamnesis.patient.v1.ProblemRecorded: DATA_LOSS");
  const auto found = Search("poisoned");
  ASSERT_EQ(found.matches_size(), 1) << "who looks for the patient finds it";
  EXPECT_TRUE(found.matches(0).views_failed());
  EXPECT_EQ(found.info().failed_subjects(), 2u);
  EXPECT_FALSE(Search("sound").matches(0).views_failed());
  EXPECT_FALSE(Link().healthy());
  EXPECT_NE(Link().problem().find("the views of 2 records failed"), std::string::npos) << Link().problem();
  EXPECT_EQ(Link().problem().find(secret), std::string::npos);
  EXPECT_TRUE(publisher_->state().healthy()) << publisher_->state().problem;

  // Mended: the same log, by a projection that copes.
  Publish(
      [](const eventlog::Record& record) {
        auto changes = patient::ProjectPatient(record);
        return changes.ok() ? changes : std::vector<projection::v1::ViewChange>{};
      },
      2);
  const auto give_up = std::chrono::steady_clock::now() + kTimeout;
  while (Search("poisoned").info().failed_subjects() > 0) ASSERT_LT(std::chrono::steady_clock::now(), give_up);
  EXPECT_TRUE(Chart(poisoned).ok()) << Chart(poisoned).status();
  EXPECT_TRUE(Link().healthy()) << Link().problem();
}

}  // namespace
}  // namespace anamnesis::fault
