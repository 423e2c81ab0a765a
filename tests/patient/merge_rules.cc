// Two records of one person, and of two after all.
#include "tests/patient/rules.h"

namespace anamnesis::patient {
namespace {

using Commands = std::vector<v1::PatientCommand>;

// kPatient, kOther and kThird, then these.
Commands Three(const Commands& then) {
  Commands commands{Register(), Of(kOther, Register()), Of(kThird, Register())};
  commands.insert(commands.end(), then.begin(), then.end());
  return commands;
}

}  // namespace

const std::vector<Rule>& MergeRules() {
  static const auto* rules = new std::vector<Rule>{
  // clang-format off
      // Merges.
      {"TwoRecordsAreMerged",               {Register(), Of(kOther, Register())}, Merge(kPatient, kOther), "DuplicateAbsorbed MergedInto"},
      {"TheDeadAreMerged",                  {Register(), Die(), Of(kOther, Register())}, Merge(kPatient, kOther), "DuplicateAbsorbed MergedInto"},
      {"ASurvivorAbsorbsMore",              {Register(), Of(kOther, Register()), Of(kThird, Register()), Merge(kPatient, kOther)}, Merge(kPatient, kThird), "DuplicateAbsorbed MergedInto"},
      {"ASurvivorIsAbsorbedItself",         {Register(), Of(kOther, Register()), Of(kThird, Register()), Merge(kPatient, kOther)}, Merge(kThird, kPatient), "DuplicateAbsorbed MergedInto"},
      {"NobodyDoesNotSurvive",              {Of(kOther, Register())}, Merge(kPatient, kOther), "PATIENT_NOT_FOUND"},
      {"NobodyIsNotADuplicate",             {Register()}, Merge(kPatient, kOther), "MERGE_DUPLICATE_NOT_FOUND"},
      {"ARecordIsNotMergedWithItself",      {Register()}, Merge(kPatient, kPatient), "MERGE_WITH_ITSELF"},
      {"NotFoundBeatsItself",               {}, Merge(kPatient, kPatient), "PATIENT_NOT_FOUND"},
      {"MergesMakeNoRing",                  {Register(), Of(kOther, Register()), Merge(kPatient, kOther)}, Merge(kOther, kPatient), "PATIENT_MERGED_AWAY survivor_id=1"},
      {"ADuplicateIsMergedOnce",            {Register(), Of(kOther, Register()), Of(kThird, Register()), Merge(kPatient, kOther)}, Merge(kThird, kOther), "MERGE_DUPLICATE_MERGED_AWAY survivor_id=1"},
      {"AMergeSaysWhy",                     {Register(), Of(kOther, Register())}, WithoutReason(Merge(kPatient, kOther)), "REASON_REQUIRED"},
      {"NoDuplicateBeatsReason",            {Register()}, WithoutReason(Merge(kPatient, kOther)), "MERGE_DUPLICATE_NOT_FOUND"},
      {"TheEtagIsTheSurvivors",             {Register(), Of(kOther, Register()), Die()}, Seen(2, Merge(kPatient, kOther)), "DuplicateAbsorbed MergedInto"},
      {"AStaleEtagIsNotTheSurvivors",       {Register(), Of(kOther, Register()), Die()}, Seen(1, Merge(kPatient, kOther)), "ETAG_MISMATCH etag=2"},
      {"AStaleEtagBeatsTheDuplicate",       {Register()}, Seen(7, Merge(kPatient, kOther)), "ETAG_MISMATCH etag=1"},
      // Nothing is changed in a record that is merged away.
      {"NoNameOfTheMergedAway",             {Register(), Of(kOther, Register()), Merge(kOther, kPatient)}, Update(Named("Roe")), "PATIENT_MERGED_AWAY survivor_id=2"},
      {"NoIdentifierOfTheMergedAway",       {Register(), Of(kOther, Register()), Merge(kOther, kPatient)}, Add(Mrn("1")), "PATIENT_MERGED_AWAY survivor_id=2"},
      {"NoRetirementOfTheMergedAway",       {Register({Mrn("1")}), Of(kOther, Register()), Merge(kOther, kPatient)}, Retire(Mrn("1")), "PATIENT_MERGED_AWAY survivor_id=2"},
      {"NoDeathOfTheMergedAway",            {Register(), Of(kOther, Register()), Merge(kOther, kPatient)}, Die(), "PATIENT_MERGED_AWAY survivor_id=2"},
      {"ADeathOfTheMergedAwayIsTakenBack",  {Register(), Die(), Of(kOther, Register()), Merge(kOther, kPatient)}, Revive(), "DeathRetracted"},
      {"WithAFreshEtagOnly",                {Register(), Die(), Of(kOther, Register()), Merge(kOther, kPatient)}, Seen(1, Revive()), "ETAG_MISMATCH etag=3"},
      {"MergedAwayBeatsAStaleEtag",         {Register(), Of(kOther, Register()), Merge(kOther, kPatient)}, Seen(1, Die()), "PATIENT_MERGED_AWAY survivor_id=2"},
      // Unmerges.
      {"AMergeIsUndone",                    Three({Merge(kPatient, kOther)}), Unmerge(kPatient, kOther), "DuplicateReleased UnmergedFrom"},
      {"AnUnmergeIsDoneOnce",               Three({Merge(kPatient, kOther), Unmerge(kPatient, kOther)}), Unmerge(kPatient, kOther), "UNMERGE_NOT_MERGED"},
      {"WhatWasNotMergedIsNotUnmerged",     Three({}), Unmerge(kPatient, kOther), "UNMERGE_NOT_MERGED"},
      {"OnlyFromItsSurvivor",               Three({Merge(kPatient, kOther)}), Unmerge(kThird, kOther), "UNMERGE_FROM_ANOTHER survivor_id=1"},
      {"ASurvivorIsNotUnmerged",            Three({Merge(kPatient, kOther)}), Unmerge(kOther, kPatient), "UNMERGE_NOT_MERGED"},
      {"NotFromWhatIsMergedAwayItself",     Three({Merge(kOther, kThird), Merge(kPatient, kOther)}), Unmerge(kOther, kThird), "UNMERGE_SURVIVOR_MERGED_AWAY survivor_id=1"},
      {"NotFromTheEndOfTheChain",           Three({Merge(kOther, kThird), Merge(kPatient, kOther)}), Unmerge(kPatient, kThird), "UNMERGE_FROM_ANOTHER survivor_id=2"},
      {"TheChainIsCutAtItsEnd",             Three({Merge(kOther, kThird), Merge(kPatient, kOther)}), Unmerge(kPatient, kOther), "DuplicateReleased UnmergedFrom"},
      {"TheOtherLinkHolds",                 Three({Merge(kOther, kThird), Merge(kPatient, kOther), Unmerge(kPatient, kOther)}), Of(kThird, Die()), "PATIENT_MERGED_AWAY survivor_id=2"},
      {"ThenItMayBeCutToo",                 Three({Merge(kOther, kThird), Merge(kPatient, kOther), Unmerge(kPatient, kOther)}), Unmerge(kOther, kThird), "DuplicateReleased UnmergedFrom"},
      {"TheUnmergedTakeRecords",            Three({Merge(kOther, kPatient), Unmerge(kOther, kPatient)}), Record(Allergy()), "AllergyRecorded"},
      {"TheUnmergedAreMergedAgain",         Three({Merge(kPatient, kOther), Unmerge(kPatient, kOther)}), Merge(kPatient, kOther), "DuplicateAbsorbed MergedInto"},
      {"TheOtherWayRoundToo",               Three({Merge(kPatient, kOther), Unmerge(kPatient, kOther)}), Merge(kOther, kPatient), "DuplicateAbsorbed MergedInto"},
      {"AndAreUnmergedAgain",               Three({Merge(kPatient, kOther), Unmerge(kPatient, kOther), Merge(kPatient, kOther)}), Unmerge(kPatient, kOther), "DuplicateReleased UnmergedFrom"},
      {"NobodyWasNotMergedInto",            {Of(kOther, Register())}, Unmerge(kPatient, kOther), "PATIENT_NOT_FOUND"},
      {"NobodyIsNotUnmerged",               {Register()}, Unmerge(kPatient, kOther), "MERGE_DUPLICATE_NOT_FOUND"},
      {"AnErasedDuplicateIsNotUnmerged",    Three({Merge(kPatient, kOther), Of(kOther, Erase())}), Unmerge(kPatient, kOther), "MERGE_DUPLICATE_NOT_FOUND"},
      {"NorWhenItIsRegisteredAnew",         Three({Merge(kPatient, kOther), Of(kOther, Erase()), Of(kOther, Register())}), Unmerge(kPatient, kOther), "UNMERGE_NOT_MERGED"},
      {"AnErasedSurvivorLetsNobodyGo",      Three({Merge(kPatient, kOther), Erase()}), Unmerge(kPatient, kOther), "PATIENT_NOT_FOUND"},
      {"RegisteredAnewItDoes",              Three({Merge(kPatient, kOther), Erase(), Register()}), Unmerge(kPatient, kOther), "DuplicateReleased UnmergedFrom"},
      {"ARecordIsNotUnmergedFromItself",    {Register()}, Unmerge(kPatient, kPatient), "MERGE_WITH_ITSELF"},
      {"AnUnmergeSaysWhy",                  Three({Merge(kPatient, kOther)}), WithoutReason(Unmerge(kPatient, kOther)), "REASON_REQUIRED"},
      {"ReasonBeatsNotMerged",              Three({}), WithoutReason(Unmerge(kPatient, kOther)), "REASON_REQUIRED"},
      {"NoDuplicateBeatsTheReason",         {Register()}, WithoutReason(Unmerge(kPatient, kOther)), "MERGE_DUPLICATE_NOT_FOUND"},
      {"FromAnotherBeatsMergedAway",        Three({Merge(kPatient, kOther), Merge(kPatient, kThird)}), Unmerge(kThird, kOther), "UNMERGE_FROM_ANOTHER survivor_id=1"},
      {"AnUnmergeOnAFreshEtag",             Three({Merge(kPatient, kOther)}), Seen(2, Unmerge(kPatient, kOther)), "DuplicateReleased UnmergedFrom"},
      {"AnUnmergeOnAStaleEtag",             Three({Merge(kPatient, kOther)}), Seen(1, Unmerge(kPatient, kOther)), "ETAG_MISMATCH etag=2"},
      {"AStaleEtagBeatsItself",             {Register()}, Seen(7, Unmerge(kPatient, kPatient)), "ETAG_MISMATCH etag=1"},
  // clang-format on
  };
  return *rules;
}

}  // namespace anamnesis::patient
