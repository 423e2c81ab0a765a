// Commands and facts in few words, and what a decision came to in one.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "anamnesis/encounter/v1/encounter_service.pb.h"
#include "anamnesis/encounter/v1/state.pb.h"
#include "services/encounter/domain/encounter_decider.h"

namespace anamnesis::encounter {

inline constexpr char kPatient[] = "00000000-0000-4000-8000-000000000001";
inline constexpr char kSurvivor[] = "00000000-0000-4000-8000-000000000002";
inline constexpr char kDoctor[] = "00000000-0000-4000-8000-0000000000d0";
inline constexpr char kId[] = "00000000-0000-4000-8000-00000000000a";
inline constexpr char kNewId[] = "00000000-0000-4000-8000-0000000000ff";
inline constexpr int64_t kNow = 1'700'000'000'000'000;
inline constexpr int64_t kHour = 3'600'000'000;

// The command in protobuf's text form.
v1::EncounterCommand Command(const std::string& text);

// A command for kPatient that says why. In `fields`, $0 is the id.
v1::EncounterCommand ForPatient(const std::string& name, const std::string& fields, std::string_view id);

// Encounters.
v1::EncounterCommand Plan(std::string_view id = kId);
v1::EncounterCommand RecordEncounter(v1::EncounterStatus status, std::string_view id = kId);
v1::EncounterCommand Arrive(std::string_view id = kId);
v1::EncounterCommand Start(std::string_view id = kId);
v1::EncounterCommand Finish(std::string_view id = kId);
v1::EncounterCommand Cancel(std::string_view id = kId);
v1::EncounterCommand NoShow(std::string_view id = kId);
v1::EncounterCommand RetractEncounter(std::string_view id = kId);

// Notes.
v1::EncounterCommand RecordNote(v1::NoteStatus status, std::string_view id = kId);
v1::EncounterCommand Draft(std::string_view id = kId, std::string_view text = "pain is worse at night");
v1::EncounterCommand ReviseDraft(std::string_view id = kId, std::string_view text = "pain is worse at noon");
v1::EncounterCommand Sign(std::string_view id = kId);
v1::EncounterCommand Add(std::string_view id = kId, std::string_view text = "and in the rain");
v1::EncounterCommand RetractNote(std::string_view id = kId);

// A kind of resource that is recorded, changed and retracted, with the events that follow.
struct Kind {
  std::string name;  // As in views: `observation`.
  std::string recorded, changed, retracted;
  bool can_change() const { return !changed.empty(); }
  v1::EncounterCommand Record(std::string_view id = kId) const;
  v1::EncounterCommand Change(std::string_view id = kId) const;
  v1::EncounterCommand Retract(std::string_view id = kId) const;
};
std::ostream& operator<<(std::ostream& out, const Kind& kind);
// Observation, procedure, report, study, immunization.
const std::vector<Kind>& Kinds();

// The directory; `kind` is `practitioner` or `organization`.
v1::EncounterCommand Register(std::string_view kind, std::string_view id = kId);
v1::EncounterCommand Update(std::string_view kind, std::string_view id = kId);

// The command of a caller who saw the resource at this revision.
v1::EncounterCommand Seen(int revision, v1::EncounterCommand command);
v1::EncounterCommand WithoutReason(v1::EncounterCommand command);
// The command about something that happened then.
v1::EncounterCommand At(int64_t micros, v1::EncounterCommand command);

// Facts.
v1::PatientFacts Deceased();
v1::PatientFacts MergedAway();
v1::PatientFacts MergedAwayAndDeceased();

decider::DecisionInput Input();

decider::Decision<v1::EncounterEvent> DecideOn(const v1::EncounterState& state, const v1::EncounterCommand& command,
                                               const v1::PatientFacts& facts = {});

// The state after commands, each of which must be accepted.
v1::EncounterState After(const std::vector<v1::EncounterCommand>& commands);

// The event of the last command, which must be accepted as all before it.
v1::EncounterEvent EventOfLast(std::vector<v1::EncounterCommand> commands);

// `EncounterStarted`, or a refusal's name.
std::string Told(const decider::Decision<v1::EncounterEvent>& decision);

}  // namespace anamnesis::encounter
