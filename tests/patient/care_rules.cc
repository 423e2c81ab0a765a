// Referrals, documents, the history of the pain, parts of plans, reviews and progress, consents: what is not alike for
// all kinds of resources (kinds_test.cc has that).
#include <map>

#include "absl/strings/str_cat.h"
#include "tests/patient/rules.h"

namespace anamnesis::patient {
namespace {

using Commands = std::vector<v1::PatientCommand>;

// kPatient, then these.
Commands Given(const Commands& then) {
  Commands commands{Register()};
  commands.insert(commands.end(), then.begin(), then.end());
  return commands;
}

v1::PatientCommand Refer(const std::string& more = "") {
  return Say(absl::StrCat("record_referral_in { referral_in { id: 'r' ", more, " } }"));
}
v1::PatientCommand Accept(const std::string& more = "") {
  return Say(absl::StrCat("accept_referral_in { referral_in_id: 'r' ", more, " }"));
}
v1::PatientCommand Decline(const std::string& more = "") {
  return Say(absl::StrCat("decline_referral_in { referral_in_id: 'r' ", more, " }"));
}
v1::PatientCommand Close() {
  return Say("close_referral_in { referral_in_id: 'r' outcome { text: 'seen' } }");
}

v1::PatientCommand Receive(size_t hash_bytes) {
  v1::PatientCommand command = Say("receive_document { document { id: 'r' } }");
  command.mutable_receive_document()->mutable_document()->set_sha256(std::string(hash_bytes, '\xab'));
  return command;
}

v1::PatientCommand Pain(const std::string& severity) {
  return Say(
      absl::StrCat("record_pain_history { pain_history { id: 'r' locations { region: BODY_REGION_KNEE severity: '",
                   severity, "' } } }"));
}
v1::PatientCommand RevisePain(const std::string& location) {
  return Say(absl::StrCat("revise_pain_history { pain_history { id: 'r' locations { ", location, " } } }"));
}

// A plan with one part, `a`, that stands there.
v1::PatientCommand Plan(const std::string& status, const std::string& more = "") {
  return Say(absl::StrCat("record_care_plan { care_plan { id: '", kCarePlan,
                          "' status: PLAN_STATUS_ACTIVE activities { id: 'a' status: PLAN_STATUS_", status, " ", more,
                          " } } }"));
}
v1::PatientCommand Replan(const std::string& activities) {
  return Say(absl::StrCat("revise_care_plan { care_plan { id: '", kCarePlan, "' status: PLAN_STATUS_ACTIVE ",
                          activities, " } }"));
}
v1::PatientCommand Move(const std::string& status, const std::string& more = "", const std::string& part = "a") {
  return Say(absl::StrCat("change_plan_activity_status { care_plan_id: '", kCarePlan, "' activity_id: '", part,
                          "' status: PLAN_STATUS_", status, " ", more, " }"));
}

v1::PatientCommand Review() {
  return Say(absl::StrCat("record_plan_review { plan_review { id: 'v' care_plan_id: '", kCarePlan, "' } }"));
}
v1::PatientCommand Progress(const std::string& more) {
  return Say(absl::StrCat("record_goal_progress { goal_progress { id: 'v' goal_id: '", kGoal, "' ", more, " } }"));
}

constexpr char kMoved[] = "PlanActivityStatusChanged";

// From each status to each other one: what may be done, and nothing else.
void AddTransitions(std::vector<Rule>& rules) {
  struct Way {
    const char* name;
    const char* from;
    const char* to;
    bool allowed;
  };
  // clang-format off
  const Way ways[] = {
      {"PlannedBegins",           "PLANNED",     "ACTIVE",    true},  {"PlannedIsStopped",        "PLANNED",   "STOPPED",   true},
      {"PlannedIsNotCompleted",   "PLANNED",     "COMPLETED", false}, {"PlannedIsNotHeld",        "PLANNED",   "ON_HOLD",   false},
      {"PlannedIsNotPlanned",     "PLANNED",     "PLANNED",   false},
      {"ActiveIsCompleted",       "ACTIVE",      "COMPLETED", true},  {"ActiveIsStopped",         "ACTIVE",    "STOPPED",   true},
      {"ActiveIsHeld",            "ACTIVE",      "ON_HOLD",   true},  {"ActiveIsNotPlannedAgain", "ACTIVE",    "PLANNED",   false},
      {"ActiveDoesNotBeginAgain", "ACTIVE",      "ACTIVE",    false},
      {"HeldGoesOn",              "ON_HOLD",     "ACTIVE",    true},  {"HeldIsStopped",           "ON_HOLD",   "STOPPED",   true},
      {"HeldIsNotCompleted",      "ON_HOLD",     "COMPLETED", false}, {"HeldIsNotPlanned",        "ON_HOLD",   "PLANNED",   false},
      {"CompletedIsOver",         "COMPLETED",   "ACTIVE",    false}, {"CompletedIsNotStopped",   "COMPLETED", "STOPPED",   false},
      {"StoppedIsOver",           "STOPPED",     "ACTIVE",    false}, {"StoppedIsNotCompleted",   "STOPPED",   "COMPLETED", false},
      {"FromUnknownToPlanned",    "UNSPECIFIED", "PLANNED",   true},  {"FromUnknownToCompleted",  "UNSPECIFIED", "COMPLETED", true},
  };
  // clang-format on
  for (const Way& way : ways) {
    // The metadata names the status; Told shows its last letter.
    static const auto* told = new std::map<std::string, std::string>{
        {"PLANNED",   "PLAN_ACTIVITY_STATUS_NOT_NEXT status=D"},
        {"ACTIVE",    "PLAN_ACTIVITY_STATUS_NOT_NEXT status=E"},
        {"ON_HOLD",   "PLAN_ACTIVITY_STATUS_NOT_NEXT status=D"},
        {"COMPLETED", "PLAN_ACTIVITY_STATUS_NOT_NEXT status=D"},
        {"STOPPED",   "PLAN_ACTIVITY_STATUS_NOT_NEXT status=D"}
    };
    rules.push_back(
        {way.name, Given({Plan(way.from)}), Move(way.to), way.allowed ? kMoved : told->at(way.from).c_str()});
  }
}

}  // namespace

const std::vector<Rule>& CareRules() {
  static const auto* rules = [] {
    auto* all = new std::vector<Rule>{
  // clang-format off
      // Referrals.
      {"AReferralIsAccepted",            Given({Refer()}), Accept(), "ReferralInAccepted"},
      {"AReferralIsDeclined",            Given({Refer()}), Decline(), "ReferralInDeclined"},
      {"ADeclinedOneSaysWhy",            Given({Refer()}), WithoutReason(Decline()), "REASON_REQUIRED"},
      {"AnAcceptedOneNeedNot",           Given({Refer()}), WithoutReason(Accept()), "ReferralInAccepted"},
      {"OneIsAnsweredOnce",              Given({Refer(), Accept()}), Accept(), "REFERRAL_ALREADY_ANSWERED"},
      {"TheAcceptedAreNotDeclined",      Given({Refer(), Accept()}), Decline(), "REFERRAL_ALREADY_ANSWERED"},
      {"TheImportedAnswerCounts",        Given({Refer("status: REFERRAL_STATUS_ACCEPTED")}), Accept(), "REFERRAL_ALREADY_ANSWERED"},
      {"TheDeclinedAreNotAccepted",      Given({Refer(), Decline()}), Accept(), "RESOURCE_ALREADY_ENDED"},
      {"TheDeclinedAreNotClosed",        Given({Refer(), Decline()}), Close(), "RESOURCE_ALREADY_ENDED"},
      {"TheAcceptedAreClosed",           Given({Refer(), Accept()}), Close(), "ReferralInClosed"},
      {"TheUnansweredAreClosedToo",      Given({Refer()}), Close(), "ReferralInClosed"},
      {"TheClosedAreNotAccepted",        Given({Refer(), Close()}), Accept(), "RESOURCE_ALREADY_ENDED"},
      {"AnImportedEndOfOneCounts",       Given({Refer("status: REFERRAL_STATUS_CLOSED")}), Close(), "RESOURCE_ALREADY_ENDED"},
      {"EndedBeatsAnswered",             Given({Refer(), Accept(), Close()}), Accept(), "RESOURCE_ALREADY_ENDED"},
      {"NoAnswerBeforeItCame",           Given({Refer("received_time { seconds: 100 }")}), Accept("answered_time { seconds: 99 }"), "END_BEFORE_START"},
      {"AnAnswerAsItComes",              Given({Refer("received_time { seconds: 100 }")}), Accept("answered_time { seconds: 100 }"), "ReferralInAccepted"},
      {"NoRefusalBeforeItCame",          Given({Refer("received_time { seconds: 100 }")}), Decline("answered_time { seconds: 99 }"), "END_BEFORE_START"},
      {"BeforeItCameBeatsTheReason",     Given({Refer("received_time { seconds: 100 }")}), WithoutReason(Decline("answered_time { seconds: 99 }")), "END_BEFORE_START"},
      {"TheReasonBeatsAnswered",         Given({Refer(), Accept()}), WithoutReason(Decline()), "REASON_REQUIRED"},
      {"AStaleEtagBeatsTheAnswer",       Given({Refer(), Accept()}), Seen(1, Accept()), "ETAG_MISMATCH etag=2"},
      {"AnAcceptedReferralIsRetracted",  Given({Refer(), Accept()}), Say("retract_referral_in { referral_in_id: 'r' }"), "ReferralInRetracted"},
      {"ARetractedOneIsNotAnswered",     Given({Refer(), Say("retract_referral_in { referral_in_id: 'r' }")}), Decline(), "RESOURCE_RETRACTED"},
      // Documents.
      {"AHashOf31Bytes",                 Given({}), Receive(31), "INVALID_FIELDS"},
      {"AHashOf32Bytes",                 Given({}), Receive(32), "DocumentReceived"},
      {"AHashOf33Bytes",                 Given({}), Receive(33), "INVALID_FIELDS"},
      {"AHashBeatsNotFound",             {}, Receive(31), "INVALID_FIELDS"},
      // The history of the pain.
      {"SeverityNone",                   Given({}), Pain("0"), "PainHistoryRecorded"},
      {"SeverityUnknown",                Given({}), Pain(""), "PainHistoryRecorded"},
      {"SeverityTen",                    Given({}), Pain("10"), "PainHistoryRecorded"},
      {"SeverityTenExactly",             Given({}), Pain("10.00"), "PainHistoryRecorded"},
      {"SeverityWithAPart",              Given({}), Pain("9.99"), "PainHistoryRecorded"},
      {"SeverityAboveTen",               Given({}), Pain("10.01"), "INVALID_FIELDS"},
      {"SeverityEleven",                 Given({}), Pain("11"), "INVALID_FIELDS"},
      {"SeverityBelowNone",              Given({}), Pain("-1"), "INVALID_FIELDS"},
      {"SeverityIsANumber",              Given({}), Pain("bad"), "INVALID_FIELDS"},
      {"SeverityWithoutItsPart",         Given({}), Pain("7."), "INVALID_FIELDS"},
      {"SeverityWithoutItsWhole",        Given({}), Pain(".5"), "INVALID_FIELDS"},
      {"SeverityWithAZeroBefore",        Given({}), Pain("07"), "INVALID_FIELDS"},
      {"SeverityBeatsNotFound",          {}, Pain("11"), "INVALID_FIELDS"},
      {"APainIsSomewhere",               Given({Pain("7")}), RevisePain("severity: '7'"), "INVALID_FIELDS"},
      {"OnTheBodyMap",                   Given({Pain("7")}), RevisePain("region: BODY_REGION_HIP"), "PainHistoryRevised"},
      {"OrByACode",                      Given({Pain("7")}), RevisePain("site { codings { system: 'http://snomed.info/sct' code: '72696002' } }"), "PainHistoryRevised"},
      {"ARevisedSeverityIsChecked",      Given({Pain("7")}), RevisePain("region: BODY_REGION_HIP severity: '12'"), "INVALID_FIELDS"},
      {"NoHistoryIsNotRevised",          Given({}), RevisePain("region: BODY_REGION_HIP"), "RESOURCE_NOT_FOUND"},
      {"AHistoryOnAStaleEtag",           Given({Pain("7")}), Seen(2, RevisePain("region: BODY_REGION_HIP")), "ETAG_MISMATCH etag=1"},
      // Parts of plans.
      {"AStoppedPartSaysWhy",            Given({Plan("ACTIVE")}), WithoutReason(Move("STOPPED")), "REASON_REQUIRED"},
      {"ACompletedPartNeedNot",          Given({Plan("ACTIVE")}), WithoutReason(Move("COMPLETED")), kMoved},
      {"NoOtherPart",                    Given({Plan("ACTIVE")}), Move("COMPLETED", "", "b"), "PLAN_ACTIVITY_NOT_FOUND"},
      {"TheReasonBeatsNoPart",           Given({Plan("ACTIVE")}), WithoutReason(Move("STOPPED", "", "b")), "REASON_REQUIRED"},
      {"NothingMovesInAnEndedPlan",      Given({Plan("ACTIVE"), End()}), Move("COMPLETED"), "CARE_PLAN_ALREADY_ENDED"},
      {"AnEndedPlanBeatsNoPart",         Given({Plan("ACTIVE"), End()}), Move("COMPLETED", "", "b"), "CARE_PLAN_ALREADY_ENDED"},
      {"NothingMovesInNoPlan",           Given({}), Move("COMPLETED"), "RESOURCE_NOT_FOUND"},
      {"TheEtagIsThePlans",              Given({Plan("PLANNED"), Move("ACTIVE")}), Seen(1, Move("COMPLETED")), "ETAG_MISMATCH etag=2"},
      {"APartDoesNotEndBeforeItBegins",  Given({Plan("PLANNED"), Move("ACTIVE", "time { seconds: 100 }")}), Move("COMPLETED", "time { seconds: 99 }"), "END_BEFORE_START"},
      {"APartEndsAsItBegins",            Given({Plan("PLANNED"), Move("ACTIVE", "time { seconds: 100 }")}), Move("COMPLETED", "time { seconds: 100 }"), kMoved},
      {"BeforeItBeginsBeatsTheReason",   Given({Plan("ACTIVE", "period { start { seconds: 100 } }")}), WithoutReason(Move("STOPPED", "time { seconds: 99 }")), "END_BEFORE_START"},
      {"ARevisionLeavesWhereAPartStands", Given({Plan("PLANNED")}), Replan("activities { id: 'a' status: PLAN_STATUS_PLANNED code { text: 'TENS' } }"), "CarePlanRevised"},
      {"ARevisionMovesNothing",          Given({Plan("PLANNED")}), Replan("activities { id: 'a' status: PLAN_STATUS_ACTIVE }"), "PLAN_ACTIVITY_STATUS_NOT_NEXT status=D"},
      {"ARevisionMayLeaveAPartOut",      Given({Plan("PLANNED")}), Replan(""), "CarePlanRevised"},
      {"ARevisionMayAddOneThatGoesOn",   Given({Plan("PLANNED")}), Replan("activities { id: 'b' status: PLAN_STATUS_ACTIVE }"), "CarePlanRevised"},
      {"TwoPartsHaveTwoNames",           Given({}), Say("record_care_plan { care_plan { activities { id: 'a' } activities { id: 'a' } } }"), "INVALID_FIELDS"},
      {"AlsoInARevision",                Given({Plan("PLANNED")}), Replan("activities { id: 'a' } activities { id: 'a' }"), "INVALID_FIELDS"},
      // Reviews and progress.
      {"APlanIsReviewed",                Given({Plan("ACTIVE")}), Review(), "PlanReviewRecorded"},
      {"AnEndedPlanIsReviewed",          Given({Plan("ACTIVE"), End()}), Review(), "PlanReviewRecorded"},
      {"NoPlanIsNotReviewed",            Given({}), Review(), "RESOURCE_NOT_FOUND"},
      {"ARetractedPlanIsNotReviewed",    Given({Plan("ACTIVE"), RetractCarePlan()}), Review(), "RESOURCE_RETRACTED"},
      {"AReviewIsRecordedOnce",          Given({Plan("ACTIVE"), Review()}), Review(), "RESOURCE_ALREADY_EXISTS"},
      {"ThereBeatsNoPlan",               Given({Record(Goal("v"))}), Review(), "RESOURCE_ALREADY_EXISTS"},
      {"AReviewIsRetracted",             Given({Plan("ACTIVE"), Review()}), Say("retract_plan_review { plan_review_id: 'v' }"), "PlanReviewRetracted"},
      {"ProgressIsAValue",               Given({Record(Goal())}), Progress("value { value: '350' }"), "GoalProgressRecorded"},
      {"OrAnAchievement",                Given({Record(Goal())}), Progress("achievement { text: 'improving' }"), "GoalProgressRecorded"},
      {"NeitherIsNoProgress",            Given({Record(Goal())}), Progress("note: 'n'"), "INVALID_FIELDS"},
      {"AnUnknownValueIsNoProgress",     Given({Record(Goal())}), Progress("value { unit: 'm' }"), "INVALID_FIELDS"},
      {"ProgressTowardsNoGoal",          Given({}), Progress("value { value: '350' }"), "RESOURCE_NOT_FOUND"},
      {"APlanIsNoGoal",                  Given({Plan("ACTIVE")}), Say(absl::StrCat("record_goal_progress { goal_progress { goal_id: '", kCarePlan, "' value { value: '1' } } }")), "RESOURCE_NOT_FOUND"},
      {"ProgressIsRetracted",            Given({Record(Goal()), Progress("value { value: '350' }")}), Say("retract_goal_progress { goal_progress_id: 'v' }"), "GoalProgressRetracted"},
      // Consents.
      {"ARefusalIsWithdrawn",            Given({Say("record_consent { consent { id: 'r' decision: CONSENT_DECISION_REFUSED } }")}), Say("withdraw_consent { consent_id: 'r' }"), "ConsentWithdrawn"},
      {"AnImportedWithdrawalCounts",     Given({Say("record_consent { consent { id: 'r' decision: CONSENT_DECISION_WITHDRAWN } }")}), Say("withdraw_consent { consent_id: 'r' }"), "RESOURCE_ALREADY_ENDED"},
      {"AConsentWithATermIsWithdrawn",   Given({Say("record_consent { consent { id: 'r' period { end { seconds: 1 } } } }")}), Say("withdraw_consent { consent_id: 'r' }"), "ConsentWithdrawn"},
      {"AnImportedRevocationCounts",     Given({Say("record_advance_directive { advance_directive { id: 'r' revoked_time { seconds: 1 } } }")}), Say("revoke_advance_directive { advance_directive_id: 'r' }"), "RESOURCE_ALREADY_ENDED"},
      {"WhoHasLeftDoesNotLeave",         Given({Say("add_care_team_member { care_team_member { id: 'r' period { end { seconds: 1 } } } }")}), Say("end_care_team_member { care_team_member_id: 'r' }"), "RESOURCE_ALREADY_ENDED"},
      {"AnImportedPeriodMayEndEarly",    Given({}), Say("record_support_group { support_group { period { start { seconds: 2 } end { seconds: 1 } } } }"), "SupportGroupRecorded"},
  // clang-format on
    };
    AddTransitions(*all);
    return all;
  }();
  return *rules;
}

}  // namespace anamnesis::patient
