// Physical examinations, differential diagnoses, conferences: what clinicians find, think and agree.
#include <algorithm>
#include <set>
#include <utility>

#include "services/encounter/domain/decide.h"

namespace anamnesis::encounter {
namespace {

// DIAGNOSIS_NOT_CODED, DIAGNOSIS_LISTED_TWICE.
absl::Status CheckCandidates(const v1::DifferentialDiagnosis& differential) {
  for (const v1::CandidateDiagnosis& candidate : differential.candidates()) {
    const auto& codings = candidate.diagnosis().codings();
    const bool coded =
        std::any_of(codings.begin(), codings.end(), [](const clinical::v1::Coding& c) { return !c.code().empty(); });
    if (!coded) return Refuse(v1::DIAGNOSIS_NOT_CODED);
  }
  std::set<std::pair<std::string, std::string>> others;
  for (const v1::CandidateDiagnosis& candidate : differential.candidates()) {
    std::set<std::pair<std::string, std::string>> own;  // A source may say a code of its own twice.
    for (const clinical::v1::Coding& coding : candidate.diagnosis().codings()) {
      if (!coding.code().empty()) own.emplace(coding.system(), coding.code());
    }
    for (const auto& code : own) {
      if (!others.insert(code).second) return Refuse(v1::DIAGNOSIS_LISTED_TWICE);
    }
  }
  return absl::OkStatus();
}

// PARTICIPANTS_REQUIRED.
absl::Status CheckParticipants(const v1::Conference& conference) {
  constexpr size_t kFewest = 2;
  std::set<std::string> named;
  for (const v1::ConferenceParticipant& participant : conference.participants()) {
    named.insert(participant.practitioner_id().empty() ? participant.name() : participant.practitioner_id());
  }
  const bool all_named = !named.contains("");
  const bool nobody_twice = named.size() == static_cast<size_t>(conference.participants_size());
  return all_named && nobody_twice && named.size() >= kFewest ? absl::OkStatus() : Refuse(v1::PARTICIPANTS_REQUIRED);
}

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordPhysicalExaminationRequest& request) {
  v1::PhysicalExamination examination = request.physical_examination();
  if (!examination.has_examined_time()) *examination.mutable_examined_time() = EffectiveTime(at, request.context());
  return Record(at, at.state.physical_examinations(), std::move(examination),
                &v1::EncounterEvent::mutable_physical_examination_recorded,
                &v1::PhysicalExaminationRecorded::mutable_physical_examination);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::AmendPhysicalExaminationRequest& request) {
  return Change(at.state.physical_examinations(), request.context(), request.physical_examination(),
                &v1::EncounterEvent::mutable_physical_examination_amended,
                &v1::PhysicalExaminationAmended::mutable_physical_examination);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractPhysicalExaminationRequest& request) {
  return Retract(at.state.physical_examinations(), request.context(), request.physical_examination_id(),
                 &v1::EncounterEvent::mutable_physical_examination_retracted,
                 &v1::PhysicalExaminationRetracted::mutable_physical_examination_id);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordDifferentialDiagnosisRequest& request) {
  v1::DifferentialDiagnosis differential = request.differential_diagnosis();
  if (differential.id().empty()) differential.set_id(at.input.new_id);
  RETURN_IF_ERROR(CheckNew(at.state.differential_diagnoses(), differential.id()));
  RETURN_IF_ERROR(CheckCandidates(differential));
  if (!differential.has_assessed_time()) *differential.mutable_assessed_time() = EffectiveTime(at, request.context());
  return Record(at, at.state.differential_diagnoses(), std::move(differential),
                &v1::EncounterEvent::mutable_differential_diagnosis_recorded,
                &v1::DifferentialDiagnosisRecorded::mutable_differential_diagnosis);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReviseDifferentialDiagnosisRequest& request) {
  v1::DifferentialDiagnosis differential = request.differential_diagnosis();
  RETURN_IF_ERROR(Find(at.state.differential_diagnoses(), differential.id(), request.context()).status());
  RETURN_IF_ERROR(CheckCandidates(differential));
  if (!differential.has_assessed_time()) *differential.mutable_assessed_time() = EffectiveTime(at, request.context());
  return Change(at.state.differential_diagnoses(), request.context(), differential,
                &v1::EncounterEvent::mutable_differential_diagnosis_revised,
                &v1::DifferentialDiagnosisRevised::mutable_differential_diagnosis);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractDifferentialDiagnosisRequest& request) {
  return Retract(at.state.differential_diagnoses(), request.context(), request.differential_diagnosis_id(),
                 &v1::EncounterEvent::mutable_differential_diagnosis_retracted,
                 &v1::DifferentialDiagnosisRetracted::mutable_differential_diagnosis_id);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordConferenceRequest& request) {
  v1::Conference conference = request.conference();
  if (conference.id().empty()) conference.set_id(at.input.new_id);
  RETURN_IF_ERROR(CheckNew(at.state.conferences(), conference.id()));
  RETURN_IF_ERROR(CheckParticipants(conference));
  if (!conference.has_held_time()) *conference.mutable_held_time() = EffectiveTime(at, request.context());
  return Record(at, at.state.conferences(), std::move(conference), &v1::EncounterEvent::mutable_conference_recorded,
                &v1::ConferenceRecorded::mutable_conference);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::AmendConferenceRequest& request) {
  RETURN_IF_ERROR(Find(at.state.conferences(), request.conference().id(), request.context()).status());
  RETURN_IF_ERROR(CheckParticipants(request.conference()));
  return Change(at.state.conferences(), request.context(), request.conference(),
                &v1::EncounterEvent::mutable_conference_amended, &v1::ConferenceAmended::mutable_conference);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractConferenceRequest& request) {
  return Retract(at.state.conferences(), request.context(), request.conference_id(),
                 &v1::EncounterEvent::mutable_conference_retracted, &v1::ConferenceRetracted::mutable_conference_id);
}

}  // namespace anamnesis::encounter
