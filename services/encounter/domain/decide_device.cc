// How devices are set, and pain consults after operations: facts, taken as they are said.
#include "services/encounter/domain/decide.h"

namespace anamnesis::encounter {

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordDeviceProgrammeRequest& request) {
  v1::DeviceProgramme programme = request.device_programme();
  if (!programme.has_time()) *programme.mutable_time() = EffectiveTime(at, request.context());
  return Record(at, at.state.device_programmes(), std::move(programme),
                &v1::EncounterEvent::mutable_device_programme_recorded,
                &v1::DeviceProgrammeRecorded::mutable_device_programme);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractDeviceProgrammeRequest& request) {
  return Retract(at.state.device_programmes(), request.context(), request.device_programme_id(),
                 &v1::EncounterEvent::mutable_device_programme_retracted,
                 &v1::DeviceProgrammeRetracted::mutable_device_programme_id);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordPainConsultRequest& request) {
  v1::PainConsult consult = request.pain_consult();
  if (!consult.has_time()) *consult.mutable_time() = EffectiveTime(at, request.context());
  return Record(at, at.state.pain_consults(), std::move(consult), &v1::EncounterEvent::mutable_pain_consult_recorded,
                &v1::PainConsultRecorded::mutable_pain_consult);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractPainConsultRequest& request) {
  return Retract(at.state.pain_consults(), request.context(), request.pain_consult_id(),
                 &v1::EncounterEvent::mutable_pain_consult_retracted,
                 &v1::PainConsultRetracted::mutable_pain_consult_id);
}

}  // namespace anamnesis::encounter
