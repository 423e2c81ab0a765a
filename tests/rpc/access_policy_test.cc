#include "rpc/access_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

namespace anamnesis::rpc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kTable[] =
    "# Who may do what.\n"
    "reader: patient.read\n"
    "\n"
    "prescriber:  patient.read\tmedication.write  # and no more\n"
    "prescriber: medication.read patient.read\n"
    "nobody:\n";

TEST(AccessPolicyTest, GrantsWhatTheTableSays) {
  const auto policy = AccessPolicy::Parse(kTable);
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_THAT(policy->RolesWith("patient.read"), ElementsAre("prescriber", "reader"));
  EXPECT_THAT(policy->RolesWith("medication.write"), ElementsAre("prescriber"));
  EXPECT_THAT(policy->RolesWith("medication.read"), ElementsAre("prescriber"));
}

TEST(AccessPolicyTest, DeniesWhatTheTableDoesNotSay) {
  const auto policy = AccessPolicy::Parse(kTable);
  ASSERT_TRUE(policy.ok()) << policy.status();
  for (const char* permission : {"", "patient", "patient.rea", "patient.read ", "patient.*", "*", "nobody"}) {
    EXPECT_THAT(policy->RolesWith(permission), IsEmpty()) << permission;
  }
}

TEST(AccessPolicyTest, NamesTheLineThatIsMalformed) {
  for (const char* line : {"reader", "reader patient.read", ": patient.read", "two words: patient.read",
                           "reader: patient.read: more", "reader: patient.*", "re*der: patient.read"}) {
    const auto policy = AccessPolicy::Parse(std::string("a: b\n") + line + "\n");
    EXPECT_EQ(policy.status().code(), absl::StatusCode::kInvalidArgument) << line;
    EXPECT_THAT(std::string(policy.status().message()), HasSubstr("line 2")) << line;
  }
}

TEST(AccessPolicyTest, IsLoadedFromAFile) {
  const std::string path = testing::TempDir() + "/roles_" + std::to_string(getpid());
  EXPECT_EQ(AccessPolicy::Load(path).status().code(), absl::StatusCode::kNotFound);
  std::ofstream(path) << kTable;
  const auto policy = AccessPolicy::Load(path);
  std::remove(path.c_str());
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_THAT(policy->RolesWith("medication.write"), ElementsAre("prescriber"));
}

}  // namespace
}  // namespace anamnesis::rpc
