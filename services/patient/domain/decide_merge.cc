// Two records of the same person become one: the survivor goes on, the duplicate keeps its history and points to it.
#include "base/refusal.h"
#include "base/status.h"
#include "services/patient/domain/decide.h"

namespace anamnesis::patient {
namespace {

absl::Status CheckDuplicate(const v1::PatientState& duplicate) {
  if (duplicate.revision() == 0) return Refuse(v1::MERGE_DUPLICATE_NOT_FOUND);
  if (!duplicate.survivor_id().empty()) {
    return Refuse(v1::MERGE_DUPLICATE_MERGED_AWAY, {.metadata = {{"survivor_id", duplicate.survivor_id()}}});
  }
  return absl::OkStatus();
}

}  // namespace

// Because neither record may point to another one, links never form a ring.
absl::StatusOr<Decision> Decide(const Situation& at, const v1::MergePatientsRequest& request) {
  RETURN_IF_ERROR(CheckPatient(at.patient, request.context()));
  if (at.duplicate == nullptr) return Refuse(v1::MERGE_WITH_ITSELF);
  RETURN_IF_ERROR(CheckDuplicate(*at.duplicate));
  RETURN_IF_ERROR(CheckReason(request.context()));

  Decision decision{.resource_id = request.survivor_id(), .revision = at.patient.revision() + 1};
  v1::PatientEvent survivor;
  v1::DuplicateAbsorbed& absorbed = *survivor.mutable_duplicate_absorbed();
  absorbed.set_duplicate_id(request.duplicate_id());
  absorbed.set_reason(request.context().reason());
  absorbed.set_revision(decision.revision);
  decision.events.push_back({.event = survivor, .stream = 0});

  v1::PatientEvent duplicate;
  v1::MergedInto& merged = *duplicate.mutable_merged_into();
  merged.set_survivor_id(request.survivor_id());
  merged.set_reason(request.context().reason());
  merged.set_revision(at.duplicate->revision() + 1);
  decision.events.push_back({.event = duplicate, .stream = 1});
  return decision;
}

}  // namespace anamnesis::patient
