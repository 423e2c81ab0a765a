// What every command of a resource comes to wherever the resource stands, however it got there.
#include <gtest/gtest.h>

#include "tests/patient/builders.h"

namespace anamnesis::patient {
namespace {

using Commands = std::vector<v1::PatientCommand>;

struct Row {
  const char* where;
  std::vector<Commands> ways;  // Each after the registration.
  const char* record;
  const char* revise;
  const char* end;
  const char* retract;
};

// The commands of one kind of resource; `end` only for those that end.
struct Kind {
  v1::PatientCommand record;
  v1::PatientCommand revise;
  v1::PatientCommand end;
  v1::PatientCommand retract;
};

void Check(const Kind& kind, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    for (size_t way = 0; way < row.ways.size(); ++way) {
      SCOPED_TRACE(testing::Message() << row.where << ", way " << way);
      Commands given{Register()};
      given.insert(given.end(), row.ways[way].begin(), row.ways[way].end());
      const World world = After(given);
      EXPECT_EQ(Told(DecideOn(world, kind.record)), row.record);
      EXPECT_EQ(Told(DecideOn(world, kind.revise)), row.revise);
      EXPECT_EQ(Told(DecideOn(world, kind.retract)), row.retract);
      if (row.end == nullptr) continue;
      EXPECT_EQ(Told(DecideOn(world, kind.end)), row.end);
    }
  }
}

constexpr char kExists[] = "RESOURCE_ALREADY_EXISTS";
constexpr char kMissing[] = "RESOURCE_NOT_FOUND";
constexpr char kRetracted[] = "RESOURCE_RETRACTED";

// clang-format off
TEST(LifecycleTest, Allergy) {
  Check({Record(Allergy()), Revise(Allergy()), {}, RetractAllergy()}, {
      {"not there", {{}},                                                            "AllergyRecorded", kMissing, nullptr, kMissing},
      {"recorded",  {{Record(Allergy())}, {Record(Allergy()), Revise(Allergy())}},   kExists, "AllergyRevised", nullptr, "AllergyRetracted"},
      {"retracted", {{Record(Allergy()), RetractAllergy()}},                         kExists, kRetracted, nullptr, kRetracted},
  });
}

TEST(LifecycleTest, Goal) {
  Check({Record(Goal()), Revise(Goal()), {}, RetractGoal()}, {
      {"not there", {{}},                                                            "GoalRecorded", kMissing, nullptr, kMissing},
      {"recorded",  {{Record(Goal())}, {Record(Goal()), Revise(Goal())}},            kExists, "GoalRevised", nullptr, "GoalRetracted"},
      {"retracted", {{Record(Goal()), RetractGoal()}},                               kExists, kRetracted, nullptr, kRetracted},
  });
}

TEST(LifecycleTest, Problem) {
  const v1::PatientCommand resolved = Record(Problem(v1::CLINICAL_STATUS_RESOLVED));
  Check({Record(Problem()), Revise(Problem()), Resolve(), RetractProblem()}, {
      {"not there", {{}},                                                            "ProblemRecorded", kMissing, kMissing, kMissing},
      {"present",   {{Record(Problem())}, {Record(Problem()), Revise(Problem())}, {resolved, Revise(Problem())}, {Record(Problem()), Resolve(), Revise(Problem())}},
                                                                                     kExists, "ProblemRevised", "ProblemResolved", "ProblemRetracted"},
      {"resolved",  {{Record(Problem()), Resolve()}, {resolved}, {Record(Until(kNow, Problem()))}, {Record(Problem()), Revise(Until(kNow, Problem()))}},
                                                                                     kExists, "ProblemRevised", "PROBLEM_ALREADY_RESOLVED", "ProblemRetracted"},
      {"retracted", {{Record(Problem()), RetractProblem()}, {resolved, RetractProblem()}},
                                                                                     kExists, kRetracted, kRetracted, kRetracted},
  });
}

TEST(LifecycleTest, CarePlan) {
  const auto recorded = [](v1::PlanStatus status) { return Record(CarePlan(status)); };
  Check({Record(CarePlan()), Revise(CarePlan()), End(), RetractCarePlan()}, {
      {"not there", {{}},                                                            "CarePlanRecorded", kMissing, kMissing, kMissing},
      {"open",      {{recorded(v1::PLAN_STATUS_PLANNED)}, {recorded(v1::PLAN_STATUS_ACTIVE)}, {recorded(v1::PLAN_STATUS_ON_HOLD)}, {Record(CarePlan()), Revise(CarePlan())}},
                                                                                     kExists, "CarePlanRevised", "CarePlanEnded", "CarePlanRetracted"},
      {"ended",     {{recorded(v1::PLAN_STATUS_COMPLETED)}, {recorded(v1::PLAN_STATUS_STOPPED)}, {Record(CarePlan()), End()}, {Record(CarePlan()), End(v1::PLAN_STATUS_STOPPED)},
                     {Record(CarePlan()), Revise(CarePlan(v1::PLAN_STATUS_STOPPED))}},
                                                                                     kExists, "CARE_PLAN_ALREADY_ENDED", "CARE_PLAN_ALREADY_ENDED", "CarePlanRetracted"},
      {"retracted", {{Record(CarePlan()), RetractCarePlan()}, {Record(CarePlan()), End(), RetractCarePlan()}},
                                                                                     kExists, kRetracted, kRetracted, kRetracted},
  });
}
// clang-format on

}  // namespace
}  // namespace anamnesis::patient
