// Orders, commands and facts in few words, and what a decision came to in one line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "anamnesis/audit/v1/decisions.pb.h"
#include "anamnesis/medication/v1/medication_service.pb.h"
#include "anamnesis/medication/v1/state.pb.h"
#include "services/medication/domain/medication_decider.h"

namespace anamnesis::medication {

inline constexpr char kPatient[] = "00000000-0000-4000-8000-000000000001";
inline constexpr char kOrder[] = "00000000-0000-4000-8000-00000000000a";
inline constexpr char kOtherOrder[] = "00000000-0000-4000-8000-00000000000b";
inline constexpr char kDispense[] = "00000000-0000-4000-8000-00000000000d";
inline constexpr char kDose[] = "00000000-0000-4000-8000-00000000000e";
inline constexpr char kRecord[] = "00000000-0000-4000-8000-00000000000f";
inline constexpr char kOtherRecord[] = "00000000-0000-4000-8000-0000000000f0";
inline constexpr char kProblem[] = "00000000-0000-4000-8000-0000000000ab";
inline constexpr char kAllergy[] = "00000000-0000-4000-8000-0000000000aa";
inline constexpr char kEncounter[] = "00000000-0000-4000-8000-0000000000ec";
inline constexpr char kSurvivor[] = "00000000-0000-4000-8000-000000000002";
inline constexpr char kNewId[] = "00000000-0000-4000-8000-0000000000ff";
inline constexpr int64_t kNow = 1'700'000'000'000'000;

// RxNorm ingredients.
inline constexpr char kOxycodone[] = "7804";
inline constexpr char kAcetaminophen[] = "161";
inline constexpr char kMorphine[] = "7052";

clinical::v1::Coding RxNorm(std::string_view code);

// An order for a product (the code of the ingredients with a `p` between them) with ingredients.
v1::Order OrderOf(const std::vector<std::string>& ingredients, std::string_view id = kOrder);
// An order for oxycodone.
v1::Order Oxycodone(std::string_view id = kOrder);
// The order in a status.
v1::Order In(v1::OrderStatus status, v1::Order order = Oxycodone());
// The order written in the encounter kEncounter.
v1::Order InEncounter(v1::Order order);

// Commands; those that change an order change kOrder, and say why.
v1::MedicationCommand Prescribe(const v1::Order& order = Oxycodone());
v1::MedicationCommand RecordOrder(const v1::Order& order);
v1::MedicationCommand ChangeDose(std::string_view text = "two tablets");
v1::MedicationCommand Hold();
v1::MedicationCommand Resume();
v1::MedicationCommand Discontinue();
v1::MedicationCommand Retract();
v1::MedicationCommand Dispense(std::string_view id = kDispense);
v1::MedicationCommand Administer(std::string_view id = kDose);
v1::MedicationCommand RetractDose(std::string_view id = kDose);

// The command of a caller who saw the resource at this revision.
v1::MedicationCommand Seen(int revision, v1::MedicationCommand command);
v1::MedicationCommand WithoutReason(v1::MedicationCommand command);
// The dispense or administration as another system reports it.
v1::MedicationCommand Reported(v1::MedicationCommand command);
// The command with its effective time, so many days from kNow; parts of a day by microseconds.
v1::MedicationCommand On(int64_t day, v1::MedicationCommand command, int64_t micros = 0);
// The stewardship record, all of it said.
v1::MedicationCommand ReviewPdmp(std::string_view id = kRecord);
v1::MedicationCommand SignAgreement(std::string_view id = kRecord);
v1::MedicationCommand EndAgreement();
v1::MedicationCommand TestUrine(std::string_view rxnorm, v1::AnalyteResult result, bool illicit = false);
v1::MedicationCommand ConcludeTest();
v1::MedicationCommand OfferNaloxone(std::string_view id = kRecord);
v1::MedicationCommand Reassess(v1::FunctionalGain gain, std::string_view id = kRecord);
v1::MedicationCommand RetractRecord();

v1::MedicationCommand Renew(std::string_view new_id = kOtherOrder);
v1::MedicationCommand Complete();

// The command with an override of a rule.
v1::MedicationCommand Overriding(std::string_view rule_id, v1::MedicationCommand command);

// Facts.
v1::MedicationFacts Deceased();
v1::MedicationFacts MergedAway();
v1::MedicationFacts MergedAwayAndDeceased();
v1::KnownAllergy AllergyTo(std::string_view ingredient);
v1::MedicationFacts Knowing(const std::vector<v1::KnownAllergy>& allergies);
v1::MedicationFacts EncounterIsVoid();
// A problem, ICD-10-CM.
v1::MedicationFacts Having(std::string_view icd10cm, bool active = true);
// Both.
v1::MedicationFacts And(v1::MedicationFacts facts, const v1::MedicationFacts& more);
// An estimated glomerular filtration rate, `29.9` or `>60`, so many days from kNow.
v1::MedicationFacts Filtering(const std::string& egfr, int64_t day);
// A score of the Opioid Risk Tool, so many days from kNow.
v1::MedicationFacts Scoring(int score, int64_t day);
v1::MedicationFacts BornOn(uint32_t year, uint32_t month = 0, uint32_t day = 0);

// Of a clinician's command that arrives at kNow.
decider::DecisionInput Input();

// Decides on one patient's state.
decider::Decision<v1::MedicationEvent> DecideOn(const v1::MedicationState& state, const v1::MedicationCommand& command,
                                                const v1::MedicationFacts& facts = {},
                                                std::shared_ptr<const RuleShelf> rules = nullptr);

// The state after commands, each of which must be accepted.
v1::MedicationState After(const std::vector<v1::MedicationCommand>& commands,
                          const std::shared_ptr<const RuleShelf>& rules = nullptr);

// What comes of the event's command, decided again on the state before with what was known then.
audit::v1::DecidedAgain Again(const v1::MedicationState& before, const v1::MedicationEvent& recorded,
                              const Known& known);

// `OrderHeld`, `OrderPrescribed + OrderRenewed`, `OrderPrescribed: warn duplicate-order, block allergy-ingredient
// (overridden)`, or a refusal's name.
std::string Told(const decider::Decision<v1::MedicationEvent>& decision);

}  // namespace anamnesis::medication
