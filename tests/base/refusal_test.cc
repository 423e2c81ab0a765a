#include "base/refusal.h"

#include <gtest/gtest.h>

#include "anamnesis/rpc/v1/errors.pb.h"

namespace anamnesis {
namespace {

TEST(RefusalTest, CarriesTheCatalogueEntry) {
  const absl::Status status = Refuse(rpc::v1::ETAG_MISMATCH, {.metadata = {{"etag", "7"}}});
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  const google::rpc::ErrorInfo info = RefusalInfo(status);
  EXPECT_EQ(info.reason(), "ETAG_MISMATCH");
  EXPECT_EQ(info.domain(), "rpc.anamnesis");
  EXPECT_EQ(info.metadata().at("etag"), "7");
}

TEST(RefusalTest, SurvivesTheWire) {
  RefusalDetails details;
  details.retry_after_millis = 1500;
  details.fields.emplace_back().set_field("demographics.names");
  const absl::Status status = Refuse(rpc::v1::OVERLOADED, details);
  const absl::Status back = FromRpcStatus(ToRpcStatus(status));
  EXPECT_EQ(back, status);
  EXPECT_EQ(ToRpcStatus(status).details_size(), 3);
  EXPECT_EQ(RefusalInfo(back).reason(), "OVERLOADED");
}

TEST(RefusalTest, ItsTextTellsTheMetadataInOrder) {
  const absl::Status status = Refuse(rpc::v1::NOT_CAUGHT_UP, {.metadata = {{"patient", "4"}, {"encounter", "2"}}});
  EXPECT_EQ(RefusalText(status), std::string(status.message()) + " (encounter: 2) (patient: 4)");
  EXPECT_EQ(RefusalText(absl::NotFoundError("x")), "x");
}

TEST(RefusalTest, APlainStatusHasNoInfo) { EXPECT_EQ(RefusalInfo(absl::NotFoundError("x")).reason(), ""); }

}  // namespace
}  // namespace anamnesis
