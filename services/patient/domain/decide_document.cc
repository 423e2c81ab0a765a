// Documents that were received: what and where they are, never what they say.
#include <string>

#include "base/status.h"
#include "services/patient/domain/decide.h"
#include "services/patient/domain/resource.h"

namespace anamnesis::patient {
namespace {

constexpr size_t kSha256Bytes = 32;

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReceiveDocumentRequest& request) {
  if (request.document().sha256().size() != kSha256Bytes) return InvalidField("document.sha256", "must be 32 bytes");
  v1::PatientEvent event;
  v1::DocumentReceived& received = *event.mutable_document_received();
  return Record(at, request.document(), event, received, *received.mutable_document());
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractDocumentRequest& request) {
  v1::PatientEvent event;
  v1::DocumentRetracted& retracted = *event.mutable_document_retracted();
  retracted.set_document_id(request.document_id());
  return Retract(at, v1::RESOURCE_KIND_DOCUMENT, request.document_id(), request.context(), event, retracted);
}

}  // namespace anamnesis::patient
