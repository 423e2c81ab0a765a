// Allergies, problems, care plans, goals: what depends on more than where the resource stands (lifecycle_test.cc has
// that).
#include "tests/patient/rules.h"

namespace anamnesis::patient {
namespace {

std::vector<v1::PatientCommand> MergedAwayWith(const v1::PatientCommand& record) {
  return {Register(), record, Of(kOther, Register()), Merge(kOther, kPatient)};
}

}  // namespace

const std::vector<Rule>& ResourceRules() {
  static const auto* rules = new std::vector<Rule>{
  // clang-format off
      // Whose they are.
      {"NobodyHasNoAllergy",            {}, Record(Allergy()), "PATIENT_NOT_FOUND"},
      {"NobodysGoalIsNotRevised",       {}, Revise(Goal()), "PATIENT_NOT_FOUND"},
      {"NobodysPlanDoesNotEnd",         {}, End(), "PATIENT_NOT_FOUND"},
      {"NotFoundBeatsReason",           {}, WithoutReason(RetractAllergy()), "PATIENT_NOT_FOUND"},
      {"NothingForTheMergedAway",       MergedAwayWith(Record(Goal())), Record(Allergy()), "PATIENT_MERGED_AWAY survivor_id=2"},
      {"NoRevisionForTheMergedAway",    MergedAwayWith(Record(Allergy())), Revise(Allergy()), "PATIENT_MERGED_AWAY survivor_id=2"},
      {"NoRetractionForTheMergedAway",  MergedAwayWith(Record(Goal())), RetractGoal(), "PATIENT_MERGED_AWAY survivor_id=2"},
      {"NoEndForTheMergedAway",         MergedAwayWith(Record(Problem())), Resolve(), "PATIENT_MERGED_AWAY survivor_id=2"},
      {"MergedAwayBeatsNotThere",       MergedAwayWith(Record(Goal())), Resolve(), "PATIENT_MERGED_AWAY survivor_id=2"},
      {"TheOthersAllergyIsAnother",     {Register(), Of(kOther, Register()), Record(Allergy())}, Of(kOther, Revise(Allergy())), "RESOURCE_NOT_FOUND"},
      {"TheOtherMayHaveTheSameId",      {Register(), Of(kOther, Register()), Record(Allergy())}, Of(kOther, Record(Allergy())), "AllergyRecorded"},
      // Ids.
      {"WithoutIdItGetsOne",            {Register()}, Record(Allergy("")), "AllergyRecorded"},
      {"AnIdIsOfOneKind",               {Register(), Record(Allergy(kGoal))}, Record(Goal()), "RESOURCE_ALREADY_EXISTS"},
      {"AnAllergyIsNoGoal",             {Register(), Record(Allergy(kGoal))}, Revise(Goal()), "RESOURCE_NOT_FOUND"},
      {"NoIdNamesNothing",              {Register(), Record(Allergy())}, Revise(Allergy("")), "RESOURCE_NOT_FOUND"},
      // Etags: of the resource, not of the patient.
      {"AFreshEtag",                    {Register(), Record(Allergy()), Revise(Allergy())}, Seen(2, Revise(Allergy())), "AllergyRevised"},
      {"AStaleEtag",                    {Register(), Record(Allergy()), Revise(Allergy())}, Seen(1, Revise(Allergy())), "ETAG_MISMATCH etag=2"},
      {"TheEtagIsNotThePatients",       {Register(), Record(Allergy()), Update(Named("Roe"))}, Seen(1, Revise(Allergy())), "AllergyRevised"},
      {"AStaleEtagBeatsRetracted",      {Register(), Record(Allergy()), RetractAllergy()}, Seen(1, Revise(Allergy())), "ETAG_MISMATCH etag=2"},
      {"AStaleEtagBeatsResolved",       {Register(), Record(Problem()), Resolve()}, Seen(1, Resolve()), "ETAG_MISMATCH etag=2"},
      {"AStaleEtagBeatsReason",         {Register(), Record(Goal())}, Seen(2, WithoutReason(RetractGoal())), "ETAG_MISMATCH etag=1"},
      {"NotThereBeatsEtag",             {Register()}, Seen(2, Revise(Goal())), "RESOURCE_NOT_FOUND"},
      // Reasons.
      {"ARetractedAllergySaysWhy",      {Register(), Record(Allergy())}, WithoutReason(RetractAllergy()), "REASON_REQUIRED"},
      {"ARetractedProblemSaysWhy",      {Register(), Record(Problem())}, WithoutReason(RetractProblem()), "REASON_REQUIRED"},
      {"ARetractedPlanSaysWhy",         {Register(), Record(CarePlan())}, WithoutReason(RetractCarePlan()), "REASON_REQUIRED"},
      {"ARetractedGoalSaysWhy",         {Register(), Record(Goal())}, WithoutReason(RetractGoal()), "REASON_REQUIRED"},
      {"RetractedBeatsReason",          {Register(), Record(Goal()), RetractGoal()}, WithoutReason(RetractGoal()), "RESOURCE_RETRACTED"},
      {"AStoppedPlanSaysWhy",           {Register(), Record(CarePlan())}, WithoutReason(End(v1::PLAN_STATUS_STOPPED)), "REASON_REQUIRED"},
      {"ACompletedPlanNeedNot",         {Register(), Record(CarePlan())}, WithoutReason(End(v1::PLAN_STATUS_COMPLETED)), "CarePlanEnded"},
      {"EndedBeatsReason",              {Register(), Record(CarePlan()), End()}, WithoutReason(End(v1::PLAN_STATUS_STOPPED)), "CARE_PLAN_ALREADY_ENDED"},
      {"AResolutionNeedNotSayWhy",      {Register(), Record(Problem())}, WithoutReason(Resolve()), "ProblemResolved"},
      // Ends of problems.
      {"AnImportedEndMayBeWrong",       {Register()}, Record(Until(kNow - kDay, From(kNow, Problem()))), "ProblemRecorded"},
      {"ARevisedEndMayNot",             {Register(), Record(Problem())}, Revise(Until(kNow - kDay, From(kNow, Problem()))), "END_BEFORE_START"},
      {"ResolvedAfterTheOnset",         {Register(), Record(From(kNow - kDay, Problem()))}, Resolve(kNow), "ProblemResolved"},
      {"ResolvedAtTheOnset",            {Register(), Record(From(kNow - kDay, Problem()))}, Resolve(kNow - kDay), "ProblemResolved"},
      {"NotBeforeTheOnset",             {Register(), Record(From(kNow, Problem()))}, Resolve(kNow - 1), "END_BEFORE_START"},
      {"NotNowWhereItBeginsTomorrow",   {Register(), Record(From(kNow + kDay, Problem()))}, Resolve(), "END_BEFORE_START"},
      {"TheEffectiveTimeIsTheEnd",      {Register(), Record(From(kNow + kDay, Problem()))}, At(kNow + 2 * kDay, Resolve()), "ProblemResolved"},
      {"AnUnknownOnsetIsNoBound",       {Register(), Record(Problem())}, Resolve(1), "ProblemResolved"},
      {"TheRevisedOnsetCounts",         {Register(), Record(From(kNow, Problem())), Revise(From(kNow - kDay, Problem()))}, Resolve(kNow - kDay), "ProblemResolved"},
      {"ATakenBackOnsetDoesNot",        {Register(), Record(From(kNow, Problem())), Revise(Problem())}, Resolve(kNow - 1), "ProblemResolved"},
      {"ResolvedBeatsTheOrder",         {Register(), Record(From(kNow, Problem())), Resolve()}, Resolve(kNow - 1), "PROBLEM_ALREADY_RESOLVED"},
      {"ARelapseIsResolvedAgain",       {Register(), Record(Problem()), Resolve(), Revise(Problem(v1::CLINICAL_STATUS_RELAPSE))}, Resolve(), "ProblemResolved"},
      {"InRemissionItIsNotOver",        {Register(), Record(Problem(v1::CLINICAL_STATUS_REMISSION))}, Resolve(), "ProblemResolved"},
      {"AnInactiveOneWithAnEndIsOver",  {Register(), Record(Until(kNow, Problem(v1::CLINICAL_STATUS_INACTIVE)))}, Resolve(), "PROBLEM_ALREADY_RESOLVED"},
      // Ends of care plans.
      {"AnImportedPeriodMayBeWrong",    {Register()}, Record(Until(kNow - kDay, From(kNow, CarePlan()))), "CarePlanRecorded"},
      {"ARevisedPeriodMayNot",          {Register(), Record(CarePlan())}, Revise(Until(kNow - kDay, From(kNow, CarePlan()))), "END_BEFORE_START"},
      {"APlanDoesNotEndBeforeItBegins", {Register(), Record(From(kNow, CarePlan()))}, End(v1::PLAN_STATUS_COMPLETED, kNow - 1), "END_BEFORE_START"},
      {"APlanEndsWhenItBegins",         {Register(), Record(From(kNow, CarePlan()))}, End(v1::PLAN_STATUS_COMPLETED, kNow), "CarePlanEnded"},
      {"TheOrderBeatsReason",           {Register(), Record(From(kNow, CarePlan()))}, WithoutReason(End(v1::PLAN_STATUS_STOPPED, kNow - 1)), "END_BEFORE_START"},
      {"AnEndIsCompletedOrStopped",     {Register(), Record(CarePlan())}, End(v1::PLAN_STATUS_ON_HOLD), "INVALID_FIELDS"},
      {"AnInvalidEndBeatsNotThere",     {Register()}, End(v1::PLAN_STATUS_ACTIVE), "INVALID_FIELDS"},
      {"AnEndedPlanIsCorrected",        {Register(), Record(CarePlan()), End()}, Revise(CarePlan(v1::PLAN_STATUS_STOPPED)), "CarePlanRevised"},
      {"EndedBeatsTheOrderOfAPeriod",   {Register(), Record(CarePlan()), End()}, Revise(Until(kNow - kDay, From(kNow, CarePlan()))), "CARE_PLAN_ALREADY_ENDED"},
  // clang-format on
  };
  return *rules;
}

}  // namespace anamnesis::patient
