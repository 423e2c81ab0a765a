#include "tests/tidy/arrows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace anamnesis::tidy {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(ArrowsTest, TheRepositoryFollowsThem) {
  for (const File& file : ReadTree({"libs", "services"})) {
    if (!HasExtension(file, {".h", ".cc"})) continue;
    EXPECT_THAT(CheckArrows(file), IsEmpty());
  }
}

TEST(PurityTest, TheRepositorysDomainsArePure) {
  int domain_files = 0;
  for (const File& file : ReadTree({"services"})) {
    if (file.path.find("/domain/") != std::string::npos) ++domain_files;
    if (!HasExtension(file, {".h", ".cc"})) continue;
    EXPECT_THAT(CheckPurity(file), IsEmpty());
  }
  EXPECT_GT(domain_files, 0);
}

struct Arrow {
  const char* from;
  const char* to;
  bool allowed;
};

TEST(ArrowsTest, EachArrowIsJudged) {
  const Arrow arrows[] = {
      {"libs/rpc/gate.cc", "base/clock.h", true},
      {"libs/rpc/gate.cc", "absl/status/status.h", true},
      {"libs/base/uuid.cc", "rpc/gate.h", false},
      {"libs/base/uuid.cc", "anamnesis/patient/v1/types.pb.h", false},
      {"libs/feed/follower.cc", "anamnesis/event/v1/envelope.pb.h", true},
      {"libs/feed/follower.cc", "anamnesis/patient/v1/events.pb.h", false},
      {"libs/feed/follower.cc", "services/patient/domain/state.h", false},
      {"libs/feed/follower.cc", "tests/support/child.h", false},
      {"libs/projection/publisher.cc", "anamnesis/projection/v1/projection_service.pb.h", true},
      {"libs/projection/publisher.cc", "anamnesis/projection/v1/views.pb.h", false},
      {"libs/projection/publisher.cc", "anamnesis/projection/v1/patient_views.pb.h", false},
      {"libs/evidence/tree_keeper.cc", "base/mutex.h", true},
      {"libs/evidence/tree_keeper.cc", "eventlog/event_log.h", false},
      {"libs/evidence/bundle.cc", "anamnesis/event/v1/envelope.pb.h", false},
      {"libs/fhir/bundle.cc", "anamnesis/medication/v1/events.pb.h", true},
      {"libs/fhir/bundle.cc", "rpc/client.h", false},
      {"services/patient/domain/decide.cc", "decider/decision.h", true},
      {"services/patient/domain/decide.cc", "anamnesis/patient/v1/events.pb.h", true},
      {"services/patient/domain/decide.cc", "anamnesis/medication/v1/events.pb.h", false},
      {"services/patient/domain/decide.cc", "eventlog/event_log.h", false},
      {"services/patient/domain/decide.cc", "services/patient/patient_module.h", false},
      {"services/medication/domain/patient_facts.cc", "anamnesis/patient/v1/events.pb.h", true},
      {"services/medication/domain/patient_facts.cc", "anamnesis/encounter/v1/events.pb.h", false},
      {"services/patient/projection/patient_projection.cc", "eventlog/record.h", true},
      {"services/patient/projection/patient_projection.cc", "eventlog/open.h", false},
      {"services/patient/projection/patient_projection.cc", "services/patient/domain/state.h", true},
      {"services/patient/projection/patient_projection.cc", "services/encounter/domain/state.h", false},
      {"services/patient/projection/patient_projection.cc", "services/encounter/domain/state.h", false},
      {"services/patient/main.cc", "service/main.h", true},
      {"services/patient/main.cc", "services/encounter/domain/state.h", false},
      {"services/readmodel/query.cc", "anamnesis/chart/v1/chart_service.pb.h", true},
      {"services/readmodel/query.cc", "services/patient/domain/state.h", false},
      {"services/cli/import.cc", "fhir/bundle.h", true},
      {"services/cli/import.cc", "services/readmodel/views/names.h", false},
      {"tests/patient/decide_test.cc", "services/patient/domain/decide.h", true},
  };
  for (const Arrow& arrow : arrows) {
    const File file = {arrow.from, std::string("#include \"") + arrow.to + "\"\n"};
    EXPECT_THAT(CheckArrows(file), SizeIs(arrow.allowed ? 0 : 1)) << arrow.from << " → " << arrow.to;
  }
}

TEST(PurityTest, ImpureLinesAreFound) {
  for (const char* line :
       {"#include <thread>", "#include <mutex>", "#include <random>", "#include <fstream>", "#include <iostream>",
        "#include <ctime>", "#include \"rocksdb/db.h\"", "#include \"grpcpp/channel.h\"",
        "#include \"absl/time/clock.h\"", "const auto now = std::chrono::system_clock::now();",
        "Event event(SystemClock().Now());", "auto id = NewUuid();"}) {
    EXPECT_THAT(CheckPurity({"services/patient/domain/decide.cc", line}), SizeIs(1)) << line;
    EXPECT_THAT(CheckPurity({"services/patient/patient_module.cc", line}), IsEmpty()) << line;
  }
  for (const char* line : {"#include <string>", "#include <algorithm>", "#include \"absl/strings/str_cat.h\"",
                           "#include \"google/protobuf/timestamp.pb.h\"", "// never NewUuid() here"}) {
    EXPECT_THAT(CheckPurity({"services/patient/domain/decide.cc", line}), IsEmpty()) << line;
  }
}

}  // namespace
}  // namespace anamnesis::tidy
