#include "services/readmodel/views/view_kinds.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "google/protobuf/descriptor.h"

namespace anamnesis::readmodel {
namespace {

using google::protobuf::OneofDescriptor;
using google::protobuf::Timestamp;
using projection::v1::View;

const OneofDescriptor& KindsOneof() {
  return *View::descriptor()->oneof_decl(0);
}

std::optional<int64_t> Micros(bool present, const Timestamp& time) {
  if (!present) return std::nullopt;
  return ToMicros(time);
}

std::optional<int64_t> Start(const clinical::v1::Period& period) {
  return Micros(period.has_start(), period.start());
}

// An observation's or a report's: the moment or the period it is about, else when it was issued.
template <class Result>
std::optional<int64_t> ResultTime(const Result& result) {
  if (result.has_effective_time()) return ToMicros(result.effective_time());
  if (result.effective_period().has_start()) return ToMicros(result.effective_period().start());
  return Micros(result.has_issued(), result.issued());
}

std::optional<int64_t> EncounterTime(const encounter::v1::Encounter& encounter) {
  if (encounter.period().has_start()) return ToMicros(encounter.period().start());
  if (encounter.has_arrived_time()) return ToMicros(encounter.arrived_time());
  return Start(encounter.planned_period());
}

// When it was done or given up, else when it is meant to be done.
std::optional<int64_t> InterventionTime(const projection::v1::InterventionView& view) {
  if (view.intervention().performance().has_start()) return ToMicros(view.intervention().performance().start());
  if (view.has_aborted_time()) return ToMicros(view.aborted_time());
  return Micros(view.intervention().plan().has_planned_time(), view.intervention().plan().planned_time());
}

}  // namespace

const std::vector<std::string>& AllKinds() {
  static const std::vector<std::string>& kinds = *[] {
    auto* names = new std::vector<std::string>();
    for (int i = 0; i < KindsOneof().field_count(); ++i) names->push_back(KindsOneof().field(i)->name());
    return names;
  }();
  return kinds;
}

bool IsKind(std::string_view name) {
  return std::find(AllKinds().begin(), AllKinds().end(), name) != AllKinds().end();
}

bool IsOfDirectory(std::string_view kind) {
  return kind == "privilege";
}

absl::StatusOr<View> ParseView(std::string_view kind, std::string_view bytes) {
  View view;
  if (!view.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError("the bytes are not a view");
  }
  const auto* field = view.GetReflection()->GetOneofFieldDescriptor(view, &KindsOneof());
  if (field == nullptr || field->name() != kind) return absl::InvalidArgumentError("the view is not of its kind");
  return view;
}

std::optional<int64_t> ClinicalTime(const View& view) {
  switch (view.view_case()) {
    case View::kAllergy:
      return Micros(view.allergy().allergy().has_onset(), view.allergy().allergy().onset());
    case View::kProblem:
      return Micros(view.problem().problem().has_onset(), view.problem().problem().onset());
    case View::kCarePlan:
      return Start(view.care_plan().care_plan().period());
    case View::kEncounter:
      return EncounterTime(view.encounter().encounter());
    case View::kObservation:
      return ResultTime(view.observation().observation());
    case View::kProcedure:
      return Start(view.procedure().procedure().performed_period());
    case View::kDiagnosticReport:
      return ResultTime(view.diagnostic_report().diagnostic_report());
    case View::kImagingStudy:
      return Micros(view.imaging_study().imaging_study().has_started(), view.imaging_study().imaging_study().started());
    case View::kImmunization: {
      const auto& immunization = view.immunization().immunization();
      return Micros(immunization.has_occurrence_time(), immunization.occurrence_time());
    }
    case View::kNote:
      return Micros(view.note().note().has_signed_time(), view.note().note().signed_time());
    case View::kOrder:
      return Micros(view.order().order().has_authored_on(), view.order().order().authored_on());
    case View::kIntervention:
      return InterventionTime(view.intervention());
    case View::kAnaesthesia:
      return Micros(view.anaesthesia().record().has_start(), view.anaesthesia().record().start());
    case View::kDeviceProgramme: {
      const auto& programme = view.device_programme().device_programme();
      return Micros(programme.has_time(), programme.time());
    }
    case View::kPainConsult:
      return Micros(view.pain_consult().pain_consult().has_time(), view.pain_consult().pain_consult().time());
    case View::kPrivilege:
      return Micros(view.privilege().privilege().has_valid_from(), view.privilege().privilege().valid_from());
    case View::kPatient:
    case View::kGoal:
    case View::kPractitioner:
    case View::kOrganization:
    case View::VIEW_NOT_SET:
      return std::nullopt;
  }
  return std::nullopt;
}

bool IsActive(const projection::v1::ProblemView& view) {
  if (view.problem().verification() == patient::v1::VERIFICATION_REFUTED) return false;
  switch (view.problem().clinical_status()) {
    case patient::v1::CLINICAL_STATUS_INACTIVE:
    case patient::v1::CLINICAL_STATUS_REMISSION:
    case patient::v1::CLINICAL_STATUS_RESOLVED:
      return false;
    default:
      return true;
  }
}

bool IsActive(const projection::v1::AllergyView& view) {
  return view.allergy().verification() != patient::v1::VERIFICATION_REFUTED &&
         view.allergy().clinical_status() != patient::v1::CLINICAL_STATUS_RESOLVED;
}

bool IsActive(const projection::v1::OrderView& view) {
  return view.order().status() == medication::v1::ORDER_STATUS_ACTIVE ||
         view.order().status() == medication::v1::ORDER_STATUS_ON_HOLD;
}

bool IsActive(const projection::v1::CarePlanView& view) {
  switch (view.care_plan().status()) {
    case patient::v1::PLAN_STATUS_PLANNED:
    case patient::v1::PLAN_STATUS_ACTIVE:
    case patient::v1::PLAN_STATUS_ON_HOLD:
      return true;
    default:
      return false;
  }
}

bool IsActive(const projection::v1::GoalView& view) {
  return view.goal().status() != patient::v1::GOAL_STATUS_COMPLETED &&
         view.goal().status() != patient::v1::GOAL_STATUS_CANCELLED;
}

}  // namespace anamnesis::readmodel
