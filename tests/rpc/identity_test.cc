#include "rpc/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace anamnesis::rpc {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::MatchesRegex;

constexpr char kTrace[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(IdentityTest, ReadsWhoCalls) {
  CallContext context;
  EXPECT_TRUE(ReadIdentity({{"anamnesis-actor", "dr-a"},
                            {"anamnesis-roles", "prescriber, nurse,,"},
                            {"anamnesis-roles", "auditor"},
                            {"anamnesis-on-behalf-of", "dr-b"},
                            {"anamnesis-purpose-of-use", "TREAT"},
                            {"traceparent", kTrace}},
                           context));
  EXPECT_EQ(context.caller.actor, "dr-a");
  EXPECT_THAT(context.caller.roles, ElementsAre("prescriber", "nurse", "auditor"));
  EXPECT_EQ(context.caller.on_behalf_of, "dr-b");
  EXPECT_EQ(context.caller.purpose_of_use, "TREAT");
  EXPECT_EQ(context.traceparent, kTrace);
  EXPECT_EQ(TraceId(context.traceparent), "4bf92f3577b34da6a3ce929d0e0e4736");
}

TEST(IdentityTest, NobodyIsUnknown) {
  const std::string longer_than_allowed(kMaxIdentityBytes + 1, 'x');
  const Metadata cases[] = {
      {},
      {{"anamnesis-actor", ""}},
      {{"anamnesis-roles", "prescriber"}},
      {{"anamnesis-actor", "a"}, {"anamnesis-actor", "b"}},
      {{"anamnesis-actor", longer_than_allowed}},
      {{"anamnesis-actor", "a"}, {"anamnesis-on-behalf-of", longer_than_allowed}},
      {{"anamnesis-actor", "a"}, {"anamnesis-purpose-of-use", "x"}, {"anamnesis-purpose-of-use", "y"}},
  };
  for (const Metadata& metadata : cases) {
    CallContext context;
    EXPECT_FALSE(ReadIdentity(metadata, context));
  }
}

TEST(IdentityTest, AnActorWithoutRolesHasNone) {
  CallContext context;
  EXPECT_TRUE(ReadIdentity({{"anamnesis-actor", "a"}, {"anamnesis-roles", " , "}}, context));
  EXPECT_THAT(context.caller.roles, IsEmpty());
}

TEST(IdentityTest, ATraceThatIsNoneIsReplaced) {
  for (const char* sent : {"", "x", "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                           "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                           "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0\n"}) {
    CallContext context;
    EXPECT_TRUE(ReadIdentity({{"anamnesis-actor", "a"}, {"traceparent", sent}}, context));
    EXPECT_NE(context.traceparent, sent);
    EXPECT_THAT(context.traceparent, MatchesRegex("00-[0-9a-f]+-[0-9a-f]+-01"));
    EXPECT_EQ(TraceId(context.traceparent).size(), 32u);
  }
}

}  // namespace
}  // namespace anamnesis::rpc
