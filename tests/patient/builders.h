// Patients, commands and what a decision came to, in few words.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "anamnesis/patient/v1/patient_service.pb.h"
#include "anamnesis/patient/v1/state.pb.h"
#include "services/patient/domain/patient_decider.h"

namespace anamnesis::patient {

inline constexpr char kPatient[] = "00000000-0000-4000-8000-000000000001";
inline constexpr char kOther[] = "00000000-0000-4000-8000-000000000002";
inline constexpr char kThird[] = "00000000-0000-4000-8000-000000000003";
inline constexpr char kAllergy[] = "00000000-0000-4000-8000-0000000000aa";
inline constexpr char kProblem[] = "00000000-0000-4000-8000-0000000000bb";
inline constexpr char kCarePlan[] = "00000000-0000-4000-8000-0000000000cc";
inline constexpr char kGoal[] = "00000000-0000-4000-8000-0000000000dd";
inline constexpr char kNewId[] = "00000000-0000-4000-8000-0000000000ff";
inline constexpr int64_t kNow = 1'700'000'000'000'000;
inline constexpr int64_t kDay = int64_t{86'400} * 1'000'000;

// Values.
v1::Demographics Named(std::string_view family);
clinical::v1::Identifier Mrn(std::string_view value);
v1::Allergy Allergy(std::string_view id = kAllergy);
v1::Problem Problem(v1::ClinicalStatus status = v1::CLINICAL_STATUS_ACTIVE);
v1::Problem From(int64_t onset, v1::Problem problem);
v1::Problem Until(int64_t abatement, v1::Problem problem);
v1::CarePlan CarePlan(v1::PlanStatus status = v1::PLAN_STATUS_ACTIVE);
v1::CarePlan From(int64_t start, v1::CarePlan plan);
v1::CarePlan Until(int64_t end, v1::CarePlan plan);
v1::Goal Goal(std::string_view id = kGoal);

// Commands for kPatient; all say why.
v1::PatientCommand Register(const std::vector<clinical::v1::Identifier>& identifiers = {});
v1::PatientCommand Update(const v1::Demographics& demographics, const std::vector<std::string>& paths = {});
v1::PatientCommand Add(const clinical::v1::Identifier& identifier);
v1::PatientCommand Retire(const clinical::v1::Identifier& identifier);
v1::PatientCommand Die();
v1::PatientCommand Revive();
v1::PatientCommand Merge(std::string_view survivor, std::string_view duplicate);
v1::PatientCommand Unmerge(std::string_view survivor, std::string_view duplicate);
v1::PatientCommand Erase();
v1::PatientCommand Record(const v1::Allergy& allergy);
v1::PatientCommand Record(const v1::Problem& problem);
v1::PatientCommand Record(const v1::CarePlan& plan);
v1::PatientCommand Record(const v1::Goal& goal);
v1::PatientCommand Revise(const v1::Allergy& allergy);
v1::PatientCommand Revise(const v1::Problem& problem);
v1::PatientCommand Revise(const v1::CarePlan& plan);
v1::PatientCommand Revise(const v1::Goal& goal);
v1::PatientCommand Resolve(int64_t abatement = 0);  // 0: not said.
v1::PatientCommand End(v1::PlanStatus status = v1::PLAN_STATUS_COMPLETED, int64_t end = 0);
v1::PatientCommand RetractAllergy();
v1::PatientCommand RetractProblem();
v1::PatientCommand RetractCarePlan();
v1::PatientCommand RetractGoal();

// The command that is written in text form: `record_goal { goal { id: 'r' } }`.
v1::PatientCommand Say(const std::string& text);

// The same command for another patient.
v1::PatientCommand Of(std::string_view patient, v1::PatientCommand command);
// The command of a caller who saw the resource at this revision.
v1::PatientCommand Seen(int revision, v1::PatientCommand command);
v1::PatientCommand WithoutReason(v1::PatientCommand command);
// The command of what happened at another time than now.
v1::PatientCommand At(int64_t effective, v1::PatientCommand command);

// The state of every stream.
using World = std::map<std::string, v1::PatientState>;
using Decision = decider::Decision<v1::PatientEvent>;

decider::DecisionInput Input();
Decision DecideOn(const World& world, const v1::PatientCommand& command);
// Takes the events of an accepted decision into the streams of its command.
void Apply(const v1::PatientCommand& command, const Decision& decision, World& world);
// The world after commands, each of which must be accepted.
World After(const std::vector<v1::PatientCommand>& commands);

// `AllergyRecorded`, `DuplicateAbsorbed MergedInto`, or a refusal's name, followed by what its metadata say:
// `PATIENT_MERGED_AWAY survivor_id=…2` (the last character of an id).
std::string Told(const Decision& decision);

}  // namespace anamnesis::patient
