// Notes: draft → signed → addenda. Signed text never changes: only a draft is revised, only a signed note gets an
// addendum.
#include "services/encounter/domain/decide.h"

namespace anamnesis::encounter {
namespace {

// The note, which is a draft; Find's refusals, NOTE_ALREADY_SIGNED.
absl::StatusOr<const v1::NoteEntry*> FindDraft(const v1::EncounterState& state, const std::string& id,
                                               const rpc::v1::CommandContext& context) {
  ASSIGN_OR_RETURN(const v1::NoteEntry* note, Find(state.notes(), id, context));
  if (note->status() == v1::NOTE_STATUS_SIGNED) return Refuse(v1::NOTE_ALREADY_SIGNED);
  return note;
}

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordNoteRequest& request) {
  return Record(at, at.state.notes(), request.note(), &v1::EncounterEvent::mutable_note_recorded,
                &v1::NoteRecorded::mutable_note);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::DraftNoteRequest& request) {
  const std::string& id = request.note_id().empty() ? at.input.new_id : request.note_id();
  RETURN_IF_ERROR(CheckNew(at.state.notes(), id));

  v1::EncounterEvent event;
  v1::NoteDrafted& drafted = *event.mutable_note_drafted();
  drafted.set_note_id(id);
  *drafted.mutable_content() = request.content();
  drafted.set_revision(1);
  return decider::Accepted(id, 1, std::move(event));
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReviseDraftRequest& request) {
  ASSIGN_OR_RETURN(const v1::NoteEntry* note, FindDraft(at.state, request.note_id(), request.context()));

  v1::EncounterEvent event;
  v1::DraftRevised& revised = *event.mutable_draft_revised();
  revised.set_note_id(request.note_id());
  *revised.mutable_content() = request.content();
  revised.set_revision(note->revision() + 1);
  return decider::Accepted(request.note_id(), revised.revision(), std::move(event));
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::SignNoteRequest& request) {
  ASSIGN_OR_RETURN(const v1::NoteEntry* note, FindDraft(at.state, request.note_id(), request.context()));

  v1::EncounterEvent event;
  v1::NoteSigned& signature = *event.mutable_note_signed();
  signature.set_note_id(request.note_id());
  signature.set_signer_id(request.signer_id());
  *signature.mutable_signed_time() = EffectiveTime(at, request.context());
  signature.set_revision(note->revision() + 1);
  return decider::Accepted(request.note_id(), signature.revision(), std::move(event));
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::AddAddendumRequest& request) {
  ASSIGN_OR_RETURN(const v1::NoteEntry* note, Find(at.state.notes(), request.note_id(), request.context()));
  if (note->status() != v1::NOTE_STATUS_SIGNED) return Refuse(v1::NOTE_NOT_SIGNED);

  v1::EncounterEvent event;
  v1::AddendumAdded& added = *event.mutable_addendum_added();
  added.set_note_id(request.note_id());
  added.mutable_addendum()->set_text(request.text());
  added.mutable_addendum()->set_author_id(request.author_id());
  *added.mutable_addendum()->mutable_time() = EffectiveTime(at, request.context());
  added.set_revision(note->revision() + 1);
  return decider::Accepted(request.note_id(), added.revision(), std::move(event));
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractNoteRequest& request) {
  return Retract(at.state.notes(), request.context(), request.note_id(), &v1::EncounterEvent::mutable_note_retracted,
                 &v1::NoteRetracted::mutable_note_id);
}

}  // namespace anamnesis::encounter
