// What the patient decides: consents, privacy directives, advance directives. To take one back needs no reason: that is
// the patient's right.
#include <string>

#include "base/status.h"
#include "services/patient/domain/decide.h"
#include "services/patient/domain/resource.h"

namespace anamnesis::patient {

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordConsentRequest& request) {
  v1::PatientEvent event;
  v1::ConsentRecorded& recorded = *event.mutable_consent_recorded();
  return Record(at, request.consent(), event, recorded, *recorded.mutable_consent());
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::WithdrawConsentRequest& request) {
  v1::PatientEvent event;
  v1::ConsentWithdrawn& ended = *event.mutable_consent_withdrawn();
  ended.set_consent_id(request.consent_id());
  return End(at, v1::RESOURCE_KIND_CONSENT, request.consent_id(), request, event, ended);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractConsentRequest& request) {
  v1::PatientEvent event;
  v1::ConsentRetracted& retracted = *event.mutable_consent_retracted();
  retracted.set_consent_id(request.consent_id());
  return Retract(at, v1::RESOURCE_KIND_CONSENT, request.consent_id(), request.context(), event, retracted);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordAdvanceDirectiveRequest& request) {
  v1::PatientEvent event;
  v1::AdvanceDirectiveRecorded& recorded = *event.mutable_advance_directive_recorded();
  return Record(at, request.advance_directive(), event, recorded, *recorded.mutable_advance_directive());
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RevokeAdvanceDirectiveRequest& request) {
  v1::PatientEvent event;
  v1::AdvanceDirectiveRevoked& ended = *event.mutable_advance_directive_revoked();
  ended.set_advance_directive_id(request.advance_directive_id());
  return End(at, v1::RESOURCE_KIND_ADVANCE_DIRECTIVE, request.advance_directive_id(), request, event, ended);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractAdvanceDirectiveRequest& request) {
  v1::PatientEvent event;
  v1::AdvanceDirectiveRetracted& retracted = *event.mutable_advance_directive_retracted();
  retracted.set_advance_directive_id(request.advance_directive_id());
  return Retract(at, v1::RESOURCE_KIND_ADVANCE_DIRECTIVE, request.advance_directive_id(), request.context(), event,
                 retracted);
}

}  // namespace anamnesis::patient
