// Entries of the problem list. An end before the beginning is kept where a source says so (record), not where it is
// said here (revise, resolve).
#include <string>

#include "base/refusal.h"
#include "base/status.h"
#include "services/patient/domain/decide.h"
#include "services/patient/domain/resource.h"

namespace anamnesis::patient {
namespace {

constexpr v1::ResourceKind kKind = v1::RESOURCE_KIND_PROBLEM;

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordProblemRequest& request) {
  v1::PatientEvent event;
  v1::ProblemRecorded& recorded = *event.mutable_problem_recorded();
  return Record(at, request.problem(), event, recorded, *recorded.mutable_problem());
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReviseProblemRequest& request) {
  const std::string& id = request.problem().id();
  ASSIGN_OR_RETURN(const v1::ResourceState* found, FindResource(at.patient, kKind, id, request.context()));
  const v1::Problem& problem = request.problem();
  RETURN_IF_ERROR(CheckOrder(problem.has_onset(), problem.onset(), problem.has_abatement(), problem.abatement()));
  v1::PatientEvent event;
  v1::ProblemRevised& revised = *event.mutable_problem_revised();
  *revised.mutable_problem() = request.problem();
  return Changed(id, *found, event, revised);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ResolveProblemRequest& request) {
  const std::string& id = request.problem_id();
  ASSIGN_OR_RETURN(const v1::ResourceState* found, FindResource(at.patient, kKind, id, request.context()));
  if (found->ended()) return Refuse(v1::PROBLEM_ALREADY_RESOLVED);
  v1::PatientEvent event;
  v1::ProblemResolved& resolved = *event.mutable_problem_resolved();
  resolved.set_problem_id(id);
  *resolved.mutable_abatement() = request.has_abatement() ? request.abatement() : EffectiveTime(at, request.context());
  RETURN_IF_ERROR(CheckOrder(found->has_start(), found->start(), true, resolved.abatement()));
  return Changed(id, *found, event, resolved);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractProblemRequest& request) {
  v1::PatientEvent event;
  v1::ProblemRetracted& retracted = *event.mutable_problem_retracted();
  retracted.set_problem_id(request.problem_id());
  return Retract(at, kKind, request.problem_id(), request.context(), event, retracted);
}

}  // namespace anamnesis::patient
