// Who the patient is, death, erasure.
#include "tests/patient/rules.h"

namespace anamnesis::patient {

const std::vector<Rule>& PatientRules() {
  static const auto* rules = new std::vector<Rule>{
  // clang-format off
      // Registration.
      {"APatientIsRegistered",              {}, Register(), "PatientRegistered"},
      {"APatientWithoutIdGetsOne",          {}, Of("", Register()), "PatientRegistered"},
      {"APatientIsRegisteredOnce",          {Register()}, Register(), "PATIENT_ALREADY_EXISTS"},
      {"AMergedPatientIsNotRegisteredAnew", {Register(), Of(kOther, Register()), Merge(kOther, kPatient)}, Register(), "PATIENT_ALREADY_EXISTS"},
      {"APatientHasAName",                  {}, [] { auto c = Register(); c.mutable_register_patient()->mutable_demographics()->clear_names(); return c; }(), "INVALID_FIELDS"},
      // Demographics.
      {"DemographicsAreReplaced",           {Register()}, Update(Named("Roe")), "DemographicsUpdated"},
      {"OneFieldIsReplaced",                {Register()}, Update({}, {"sex"}), "DemographicsUpdated"},
      {"AnUnknownFieldIsNot",               {Register()}, Update(Named("Roe"), {"names", "hair"}), "INVALID_FIELDS"},
      {"APartOfAFieldIsNot",                {Register()}, Update(Named("Roe"), {"birth_date.year"}), "INVALID_FIELDS"},
      {"NamesAreNotTakenAway",              {Register()}, Update({}, {"names"}), "INVALID_FIELDS"},
      {"NamesAreNotTakenAwayWithAllElse",   {Register()}, Update({}), "INVALID_FIELDS"},
      {"NobodyHasNoDemographics",           {}, Update(Named("Roe")), "PATIENT_NOT_FOUND"},
      {"AnInvalidMaskBeatsNotFound",        {}, Update(Named("Roe"), {"hair"}), "INVALID_FIELDS"},
      {"DemographicsOnAFreshEtag",          {Register(), Update(Named("Roe"))}, Seen(2, Update(Named("Poe"))), "DemographicsUpdated"},
      {"DemographicsOnAStaleEtag",          {Register(), Update(Named("Roe"))}, Seen(1, Update(Named("Poe"))), "ETAG_MISMATCH etag=2"},
      // Identifiers.
      {"AnIdentifierIsAdded",               {Register()}, Add(Mrn("1")), "IdentifierAdded"},
      {"AnIdentifierIsAddedOnce",           {Register({Mrn("1")})}, Add(Mrn("1")), "IDENTIFIER_ALREADY_PRESENT"},
      {"AnotherValueIsAnother",             {Register({Mrn("1")})}, Add(Mrn("2")), "IdentifierAdded"},
      {"AnIdentifierIsRetired",             {Register({Mrn("1")})}, Retire(Mrn("1")), "IdentifierRetired"},
      {"ItNeedNotSayWhy",                   {Register({Mrn("1")})}, WithoutReason(Retire(Mrn("1"))), "IdentifierRetired"},
      {"WhatIsNotThereIsNotRetired",        {Register({Mrn("1")})}, Retire(Mrn("2")), "IDENTIFIER_NOT_FOUND"},
      {"ARetiredOneIsNotRetired",           {Register({Mrn("1")}), Retire(Mrn("1"))}, Retire(Mrn("1")), "IDENTIFIER_NOT_FOUND"},
      {"ARetiredOneIsTakenBackIntoUse",     {Register({Mrn("1")}), Retire(Mrn("1"))}, Add(Mrn("1")), "IdentifierAdded"},
      {"NobodyHasNoIdentifier",             {}, Add(Mrn("1")), "PATIENT_NOT_FOUND"},
      {"NobodysIdentifierIsNotRetired",     {}, Retire(Mrn("1")), "PATIENT_NOT_FOUND"},
      {"AStaleEtagBeatsPresent",            {Register({Mrn("1")})}, Seen(7, Add(Mrn("1"))), "ETAG_MISMATCH etag=1"},
      {"AStaleEtagBeatsNotThere",           {Register()}, Seen(7, Retire(Mrn("1"))), "ETAG_MISMATCH etag=1"},
      // Erasure.
      {"ARecordIsErased",                   {Register()}, Erase(), "PatientErased ErasureRecorded"},
      {"AMergedRecordIsErased",             {Register(), Of(kOther, Register()), Merge(kOther, kPatient)}, Erase(), "PatientErased ErasureRecorded"},
      {"WhoIsRegisteredNowhereIsErased",    {}, Erase(), "PatientErased ErasureRecorded"},
      {"AnErasureSaysWhy",                  {Register()}, WithoutReason(Erase()), "REASON_REQUIRED"},
      {"AStaleEtagBeatsErasing",            {Register(), Update(Named("Roe"))}, Seen(1, Erase()), "ETAG_MISMATCH etag=2"},
      {"OneIsErasedAsOftenAsAsked",         {Register(), Erase()}, Erase(), "PatientErased ErasureRecorded"},
      {"WhyItWasErasedIsNot",               {Register(), Erase()}, Of(kNewId, Erase()), "PATIENT_NOT_FOUND"},
      {"TheErasedDoNotDie",                 {Register(), Erase()}, Die(), "PATIENT_NOT_FOUND"},
      {"TheErasedAreRegisteredAnew",        {Register(), Record(Problem()), Erase()}, Register(), "PatientRegistered"},
      {"NothingIsLeftOfThem",               {Register(), Record(Problem()), Erase(), Register()}, Revise(Problem()), "RESOURCE_NOT_FOUND"},
      // Death.
      {"ADeathIsRecorded",                  {Register()}, Die(), "DeathRecorded"},
      {"ADeathNeedNotSayWhy",               {Register()}, WithoutReason(Die()), "DeathRecorded"},
      {"OneDiesOnce",                       {Register(), Die()}, Die(), "DEATH_ALREADY_RECORDED"},
      {"ADeathIsRetracted",                 {Register(), Die()}, Revive(), "DeathRetracted"},
      {"OneDiesAgainAfterARetraction",      {Register(), Die(), Revive()}, Die(), "DeathRecorded"},
      {"TheLivingAreNotRevived",            {Register()}, Revive(), "DEATH_NOT_RECORDED"},
      {"TheLivingAreNotRevivedAgain",       {Register(), Die(), Revive()}, Revive(), "DEATH_NOT_RECORDED"},
      {"ARetractedDeathSaysWhy",            {Register(), Die()}, WithoutReason(Revive()), "REASON_REQUIRED"},
      {"NoDeathBeatsReason",                {Register()}, WithoutReason(Revive()), "DEATH_NOT_RECORDED"},
      {"AStaleEtagBeatsTheDeath",           {Register(), Die()}, Seen(1, Die()), "ETAG_MISMATCH etag=2"},
      {"AStaleEtagBeatsNoDeath",            {Register()}, Seen(2, Revive()), "ETAG_MISMATCH etag=1"},
      {"NobodyDoesNotDie",                  {}, Die(), "PATIENT_NOT_FOUND"},
      {"NobodyIsNotRevived",                {}, Revive(), "PATIENT_NOT_FOUND"},
      {"TheDeadStillTakeRecords",           {Register(), Die()}, Record(Problem()), "ProblemRecorded"},
      {"TheDeadStillTakeNames",             {Register(), Die()}, Update(Named("Roe")), "DemographicsUpdated"},
  // clang-format on
  };
  return *rules;
}

}  // namespace anamnesis::patient
