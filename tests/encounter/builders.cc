#include "tests/encounter/builders.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "base/clock.h"
#include "base/refusal.h"
#include "google/protobuf/text_format.h"

namespace anamnesis::encounter {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The message that is set in the only oneof.
Message& Member(Message& envelope) {
  const auto& reflection = *envelope.GetReflection();
  const FieldDescriptor* field = reflection.GetOneofFieldDescriptor(envelope, envelope.GetDescriptor()->oneof_decl(0));
  return *reflection.MutableMessage(&envelope, field);
}

rpc::v1::CommandContext& Context(v1::EncounterCommand& command) {
  Message& request = Member(command);
  return static_cast<rpc::v1::CommandContext&>(
      *request.GetReflection()->MutableMessage(&request, request.GetDescriptor()->FindFieldByName("context")));
}

// What a resource of the kind must say, and what is different after a change.
std::string ContentOf(const std::string& kind, bool changed) {
  const std::string code = changed ? "code { text: 'changed' }" : "code { text: 'as recorded' }";
  if (kind == "procedure") return code + " status: PROCEDURE_STATUS_COMPLETED";
  if (kind == "imaging_study") return "status: IMAGING_STUDY_STATUS_AVAILABLE";
  if (kind == "immunization") return "status: IMMUNIZATION_STATUS_COMPLETED vaccine { text: 'influenza' }";
  return code + " status: RESULT_STATUS_FINAL";
}

}  // namespace

v1::EncounterCommand Command(const std::string& text) {
  v1::EncounterCommand command;
  EXPECT_TRUE(google::protobuf::TextFormat::MergeFromString(text, &command)) << text;
  return command;
}

v1::EncounterCommand ForPatient(const std::string& name, const std::string& fields, std::string_view id) {
  return Command(absl::StrCat(name, " { context { reason: 'as discussed' } patient_id: '", kPatient, "' ",
                              absl::Substitute(fields, std::string(id)), " }"));
}

v1::EncounterCommand Plan(std::string_view id) {
  return ForPatient("plan_encounter", "encounter { id: '$0' class { code: 'AMB' } }", id);
}
v1::EncounterCommand RecordEncounter(v1::EncounterStatus status, std::string_view id) {
  v1::EncounterCommand command = ForPatient("record_encounter", "encounter { id: '$0' class { code: 'AMB' } }", id);
  command.mutable_record_encounter()->mutable_encounter()->set_status(status);
  return command;
}
v1::EncounterCommand Arrive(std::string_view id) {
  return ForPatient("mark_arrived", "encounter_id: '$0'", id);
}
v1::EncounterCommand Start(std::string_view id) {
  return ForPatient("start_encounter", "encounter_id: '$0'", id);
}
v1::EncounterCommand Finish(std::string_view id) {
  return ForPatient("finish_encounter", "encounter_id: '$0'", id);
}
v1::EncounterCommand Cancel(std::string_view id) {
  return ForPatient("cancel_encounter", "encounter_id: '$0'", id);
}
v1::EncounterCommand NoShow(std::string_view id) {
  return ForPatient("mark_no_show", "encounter_id: '$0'", id);
}
v1::EncounterCommand RetractEncounter(std::string_view id) {
  return ForPatient("retract_encounter", "encounter_id: '$0'", id);
}

v1::EncounterCommand RecordNote(v1::NoteStatus status, std::string_view id) {
  v1::EncounterCommand command = ForPatient("record_note", "note { id: '$0' content { text: 'as told' } }", id);
  command.mutable_record_note()->mutable_note()->set_status(status);
  return command;
}
v1::EncounterCommand Draft(std::string_view id, std::string_view text) {
  v1::EncounterCommand command = ForPatient("draft_note", "note_id: '$0'", id);
  command.mutable_draft_note()->mutable_content()->set_text(std::string(text));
  return command;
}
v1::EncounterCommand ReviseDraft(std::string_view id, std::string_view text) {
  v1::EncounterCommand command = ForPatient("revise_draft", "note_id: '$0'", id);
  command.mutable_revise_draft()->mutable_content()->set_text(std::string(text));
  return command;
}
v1::EncounterCommand Sign(std::string_view id) {
  v1::EncounterCommand command = ForPatient("sign_note", "note_id: '$0'", id);
  command.mutable_sign_note()->set_signer_id(kDoctor);
  return command;
}
v1::EncounterCommand Add(std::string_view id, std::string_view text) {
  v1::EncounterCommand command = ForPatient("add_addendum", "note_id: '$0'", id);
  command.mutable_add_addendum()->set_text(std::string(text));
  command.mutable_add_addendum()->set_author_id(kDoctor);
  return command;
}
v1::EncounterCommand RetractNote(std::string_view id) {
  return ForPatient("retract_note", "note_id: '$0'", id);
}

v1::EncounterCommand Kind::Record(std::string_view id) const {
  return ForPatient("record_" + name, absl::StrCat(name, " { id: '$0' ", ContentOf(name, false), " }"), id);
}
v1::EncounterCommand Kind::Change(std::string_view id) const {
  const std::string verb = name == "procedure" ? "revise_" : "amend_";
  return ForPatient(verb + name, absl::StrCat(name, " { id: '$0' ", ContentOf(name, true), " }"), id);
}
v1::EncounterCommand Kind::Retract(std::string_view id) const {
  return ForPatient("retract_" + name, name + "_id: '$0'", id);
}
std::ostream& operator<<(std::ostream& out, const Kind& kind) {
  return out << kind.name;
}

const std::vector<Kind>& Kinds() {
  static const auto* kinds = new std::vector<Kind>{
      {"observation",       "ObservationRecorded",      "ObservationAmended",      "ObservationRetracted"     },
      {"procedure",         "ProcedureRecorded",        "ProcedureRevised",        "ProcedureRetracted"       },
      {"diagnostic_report", "DiagnosticReportRecorded", "DiagnosticReportAmended", "DiagnosticReportRetracted"},
      {"imaging_study",     "ImagingStudyRecorded",     "",                        "ImagingStudyRetracted"    },
      {"immunization",      "ImmunizationRecorded",     "",                        "ImmunizationRetracted"    },
  };
  return *kinds;
}

v1::EncounterCommand Register(std::string_view kind, std::string_view id) {
  const std::string name(kind);
  return Command(absl::StrCat("register_", name, " { ", name, " { id: '", std::string(id), "' } }"));
}
v1::EncounterCommand Update(std::string_view kind, std::string_view id) {
  const std::string name(kind);
  return Command(absl::StrCat("update_", name, " { ", name, " { id: '", std::string(id), "' active: false } }"));
}

v1::EncounterCommand Seen(int revision, v1::EncounterCommand command) {
  Context(command).set_etag(absl::StrCat(revision));
  return command;
}
v1::EncounterCommand WithoutReason(v1::EncounterCommand command) {
  Context(command).clear_reason();
  return command;
}
v1::EncounterCommand At(int64_t micros, v1::EncounterCommand command) {
  *Context(command).mutable_effective_time() = ToTimestamp(micros);
  return command;
}

v1::PatientFacts Deceased() {
  v1::PatientFacts facts;
  facts.set_deceased(true);
  return facts;
}
v1::PatientFacts MergedAway() {
  v1::PatientFacts facts;
  facts.set_survivor_id(kSurvivor);
  return facts;
}
v1::PatientFacts MergedAwayAndDeceased() {
  v1::PatientFacts facts = MergedAway();
  facts.set_deceased(true);
  return facts;
}

decider::DecisionInput Input() {
  return {.received_micros = kNow, .new_id = kNewId};
}

decider::Decision<v1::EncounterEvent> DecideOn(const v1::EncounterState& state, const v1::EncounterCommand& command,
                                               const v1::PatientFacts& facts) {
  const v1::EncounterState* const states[] = {&state};
  return EncounterDecider::Decide(states, command, Input(), {.patient = facts});
}

v1::EncounterState After(const std::vector<v1::EncounterCommand>& commands) {
  v1::EncounterState state;
  for (const v1::EncounterCommand& command : commands) {
    const auto decision = DecideOn(state, command);
    EXPECT_TRUE(decision.refusal.ok()) << command.ShortDebugString() << decision.refusal;
    for (const auto& emitted : decision.events) EXPECT_TRUE(EncounterDecider::Evolve(state, emitted.event).ok());
  }
  return state;
}

v1::EncounterEvent EventOfLast(std::vector<v1::EncounterCommand> commands) {
  const v1::EncounterCommand last = commands.back();
  commands.pop_back();
  const auto decision = DecideOn(After(commands), last);
  EXPECT_EQ(decision.events.size(), 1u) << decision.refusal;
  return decision.events.empty() ? v1::EncounterEvent() : decision.events.front().event;
}

std::string Told(const decider::Decision<v1::EncounterEvent>& decision) {
  if (!decision.refusal.ok()) return RefusalInfo(decision.refusal).reason();
  if (decision.events.size() != 1) return absl::StrCat(decision.events.size(), " events");
  v1::EncounterEvent event = decision.events.front().event;
  return Member(event).GetDescriptor()->name();
}

}  // namespace anamnesis::encounter
