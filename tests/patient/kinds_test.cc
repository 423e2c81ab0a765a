// What is alike for every kind of resource that is recorded, may end, and may have been entered in error.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/clock.h"
#include "tests/patient/builders.h"

namespace anamnesis::patient {
namespace {

struct Kind {
  const char* name;      // Of its field.
  const char* record;    // The command's; the resource has the id `r`.
  const char* recorded;  // The event.
  const char* end;       // Empty where it has none.
  const char* ended;
  const char* retract;
  const char* retracted;
  const char* start;  // The field that begins it, below the resource; empty where nothing does.
};

const Kind kKinds[] = {
  // clang-format off
    {"referral_in", "record_referral_in { referral_in { id: 'r' @ } }", "ReferralInRecorded",
     "close_referral_in { referral_in_id: 'r' outcome { text: 'seen' } # }", "ReferralInClosed",
     "retract_referral_in { referral_in_id: 'r' }", "ReferralInRetracted", "received_time { & }"},
    {"document", "receive_document { document { id: 'r' sha256: '0123456789abcdef0123456789abcdef' } }", "DocumentReceived", "", "",
     "retract_document { document_id: 'r' }", "DocumentRetracted", ""},
    {"pain_history", "record_pain_history { pain_history { id: 'r' } }", "PainHistoryRecorded", "", "",
     "retract_pain_history { pain_history_id: 'r' }", "PainHistoryRetracted", ""},
    {"care_team_member", "add_care_team_member { care_team_member { id: 'r' @ } }", "CareTeamMemberAdded",
     "end_care_team_member { care_team_member_id: 'r' # }", "CareTeamMemberEnded",
     "retract_care_team_member { care_team_member_id: 'r' }", "CareTeamMemberRetracted", "period { start { & } }"},
    {"consent", "record_consent { consent { id: 'r' @ } }", "ConsentRecorded",
     "withdraw_consent { consent_id: 'r' # }", "ConsentWithdrawn",
     "retract_consent { consent_id: 'r' }", "ConsentRetracted", "decided_time { & }"},
    {"advance_directive", "record_advance_directive { advance_directive { id: 'r' @ } }", "AdvanceDirectiveRecorded",
     "revoke_advance_directive { advance_directive_id: 'r' # }", "AdvanceDirectiveRevoked",
     "retract_advance_directive { advance_directive_id: 'r' }", "AdvanceDirectiveRetracted", "made_time { & }"},
    {"education", "record_education { education { id: 'r' } }", "EducationRecorded", "", "",
     "retract_education { education_id: 'r' }", "EducationRetracted", ""},
    {"support_group", "record_support_group { support_group { id: 'r' @ } }", "SupportGroupRecorded",
     "end_support_group { support_group_id: 'r' # }", "SupportGroupEnded",
     "retract_support_group { support_group_id: 'r' }", "SupportGroupRetracted", "period { start { & } }"},
  // clang-format on
};

constexpr int64_t kStart = kNow / 1'000'000;

std::string Seconds(int64_t seconds) {
  return absl::StrCat("seconds: ", seconds);
}

v1::PatientCommand RecordOf(const Kind& kind, bool with_start = false) {
  const std::string start = absl::StrReplaceAll(kind.start, {
                                                                {"&", Seconds(kStart)}
  });
  return Say(absl::StrReplaceAll(kind.record, {
                                                  {"@", with_start ? start : ""}
  }));
}

v1::PatientCommand EndOf(const Kind& kind, int64_t seconds = 0) {
  const std::string field = std::string(kind.name) == "referral_in" ? "closed_time" : "end";
  const std::string end = seconds == 0 ? "" : absl::StrCat(field, " { ", Seconds(seconds), " }");
  return Say(absl::StrReplaceAll(kind.end, {
                                               {"#", end}
  }));
}

v1::PatientCommand RetractOf(const Kind& kind) {
  return Say(kind.retract);
}

std::string ToldAfter(const std::vector<v1::PatientCommand>& given, const v1::PatientCommand& when) {
  return Told(DecideOn(After(given), when));
}

TEST(KindsTest, IsRecordedOnceAndRetractedOnceWithAReason) {
  for (const Kind& kind : kKinds) {
    SCOPED_TRACE(kind.name);
    EXPECT_EQ(ToldAfter({}, RecordOf(kind)), "PATIENT_NOT_FOUND");
    EXPECT_EQ(ToldAfter({Register()}, RecordOf(kind)), kind.recorded);
    EXPECT_EQ(ToldAfter({Register(), RecordOf(kind)}, RecordOf(kind)), "RESOURCE_ALREADY_EXISTS");
    EXPECT_EQ(ToldAfter({Register(), Record(Goal("r"))}, RecordOf(kind)), "RESOURCE_ALREADY_EXISTS");
    EXPECT_EQ(ToldAfter({}, RetractOf(kind)), "PATIENT_NOT_FOUND");
    EXPECT_EQ(ToldAfter({Register()}, RetractOf(kind)), "RESOURCE_NOT_FOUND");
    EXPECT_EQ(ToldAfter({Register(), Record(Goal("r"))}, RetractOf(kind)), "RESOURCE_NOT_FOUND");
    EXPECT_EQ(ToldAfter({Register(), RecordOf(kind)}, RetractOf(kind)), kind.retracted);
    EXPECT_EQ(ToldAfter({Register(), RecordOf(kind)}, WithoutReason(RetractOf(kind))), "REASON_REQUIRED");
    EXPECT_EQ(ToldAfter({Register(), RecordOf(kind)}, Seen(2, RetractOf(kind))), "ETAG_MISMATCH etag=1");
    EXPECT_EQ(ToldAfter({Register(), RecordOf(kind), RetractOf(kind)}, RetractOf(kind)), "RESOURCE_RETRACTED");
  }
}

TEST(KindsTest, NothingOfItChangesInARecordThatIsMergedAway) {
  for (const Kind& kind : kKinds) {
    SCOPED_TRACE(kind.name);
    const std::vector<v1::PatientCommand> merged{Register(), RecordOf(kind), Of(kOther, Register()),
                                                 Merge(kOther, kPatient)};
    EXPECT_EQ(ToldAfter(merged, RecordOf(kind)), "PATIENT_MERGED_AWAY survivor_id=2");
    EXPECT_EQ(ToldAfter(merged, RetractOf(kind)), "PATIENT_MERGED_AWAY survivor_id=2");
    if (*kind.end == '\0') continue;
    EXPECT_EQ(ToldAfter(merged, EndOf(kind)), "PATIENT_MERGED_AWAY survivor_id=2");
  }
}

TEST(KindsTest, EndsOnceAndNotBeforeItBegan) {
  int ending = 0;
  for (const Kind& kind : kKinds) {
    if (*kind.end == '\0') continue;
    ++ending;
    SCOPED_TRACE(kind.name);
    const std::vector<v1::PatientCommand> given{Register(), RecordOf(kind, true)};
    EXPECT_EQ(ToldAfter(given, EndOf(kind, kStart + 1)), kind.ended);
    EXPECT_EQ(ToldAfter(given, EndOf(kind, kStart)), kind.ended);
    EXPECT_EQ(ToldAfter(given, EndOf(kind, kStart - 1)), "END_BEFORE_START");
    EXPECT_EQ(ToldAfter(given, At(kNow - kDay, EndOf(kind))), "END_BEFORE_START") << "the effective time is the end";
    EXPECT_EQ(ToldAfter({Register(), RecordOf(kind)}, EndOf(kind, 1)), kind.ended) << "an unknown start is no bound";
    EXPECT_EQ(ToldAfter(given, WithoutReason(EndOf(kind))), kind.ended);
    EXPECT_EQ(ToldAfter(given, Seen(2, EndOf(kind))), "ETAG_MISMATCH etag=1");
    EXPECT_EQ(ToldAfter({Register()}, EndOf(kind)), "RESOURCE_NOT_FOUND");
    const std::vector<v1::PatientCommand> ended{Register(), RecordOf(kind, true), EndOf(kind)};
    EXPECT_EQ(ToldAfter(ended, EndOf(kind)), "RESOURCE_ALREADY_ENDED");
    EXPECT_EQ(ToldAfter(ended, EndOf(kind, kStart - 1)), "END_BEFORE_START") << "beats ended";
    EXPECT_EQ(ToldAfter(ended, RetractOf(kind)), kind.retracted);
    EXPECT_EQ(ToldAfter({Register(), RecordOf(kind), RetractOf(kind)}, EndOf(kind)), "RESOURCE_RETRACTED");
  }
  EXPECT_EQ(ending, 5);
}

TEST(KindsTest, AnUnmergeListsItByTheKindOfItsView) {
  for (const Kind& kind : kKinds) {
    const World world = After({Register(), Of(kOther, Register()), Merge(kPatient, kOther), RecordOf(kind)});
    const Decision decision = DecideOn(world, Unmerge(kPatient, kOther));
    ASSERT_EQ(decision.events.at(0).event.duplicate_released().changed_resources_size(), 1) << kind.name;
    EXPECT_EQ(decision.events[0].event.duplicate_released().changed_resources(0).kind(), kind.name);
  }
}

TEST(KindsTest, AnEventOfWhatWasNeverRecordedIsDataLoss) {
  for (const Kind& kind : kKinds) {
    const World world = After({Register(), RecordOf(kind)});
    const Decision retracted = DecideOn(world, RetractOf(kind));
    World registered = After({Register()});
    v1::PatientState& state = registered.begin()->second;
    EXPECT_EQ(PatientDecider::Evolve(state, retracted.events.at(0).event).code(), absl::StatusCode::kDataLoss)
        << kind.name;
  }
}

}  // namespace
}  // namespace anamnesis::patient
