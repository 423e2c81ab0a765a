#include "services/readmodel/views/view_kinds.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/status.h"
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

// A study's own time where it was done, else the time that is agreed, else that of the order.
std::optional<int64_t> StudyOrderTime(const encounter::v1::StudyOrder& order) {
  if (order.has_completed_time()) return ToMicros(order.completed_time());
  if (order.has_scheduled_time()) return ToMicros(order.scheduled_time());
  return Micros(order.has_ordered_time(), order.ordered_time());
}

// When a credential begins, where its first day is known.
std::optional<int64_t> StartOfDay(const encounter::v1::Credential& credential) {
  constexpr int64_t kMicrosADay = 86'400'000'000;
  const clinical::v1::PartialDate& date = credential.valid_from();
  if (date.year() == 0) return std::nullopt;
  const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(date.year())),
                                        std::chrono::month(std::max(1U, date.month())),
                                        std::chrono::day(date.month() == 0 ? 1U : std::max(1U, date.day()))};
  return std::chrono::sys_days(day).time_since_epoch().count() * kMicrosADay;
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
  RETURN_IF_ERROR(ParseViewInto(kind, bytes, view));
  return view;
}

absl::Status ParseViewInto(std::string_view kind, std::string_view bytes, View& view) {
  if (!view.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError("the bytes are not a view");
  }
  const auto* field = view.GetReflection()->GetOneofFieldDescriptor(view, &KindsOneof());
  if (field == nullptr || field->name() != kind) return absl::InvalidArgumentError("the view is not of its kind");
  return absl::OkStatus();
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
    case View::kPdmpReview:
      return Micros(view.pdmp_review().pdmp_review().has_reviewed(), view.pdmp_review().pdmp_review().reviewed());
    case View::kTreatmentAgreement:
      return Micros(view.treatment_agreement().agreement().has_signed_(),
                    view.treatment_agreement().agreement().signed_());
    case View::kDrugTest:
      return Micros(view.drug_test().drug_test().has_collected(), view.drug_test().drug_test().collected());
    case View::kNaloxoneOffer:
      return Micros(view.naloxone_offer().naloxone_offer().has_offered(),
                    view.naloxone_offer().naloxone_offer().offered());
    case View::kReassessment:
      return Micros(view.reassessment().reassessment().has_reassessed(),
                    view.reassessment().reassessment().reassessed());
    case View::kTaper: {
      const auto& taper = view.taper().taper();
      return Micros(taper.steps_size() > 0, taper.steps_size() > 0 ? taper.steps(0).starts() : Timestamp());
    }
    case View::kReconciliation: {
      const auto& reconciliation = view.reconciliation().reconciliation();
      return Micros(reconciliation.has_reconciled(), reconciliation.reconciled());
    }
    case View::kPump:
      return Micros(view.pump().programme().has_programmed(), view.pump().programme().programmed());
    case View::kReferralIn:
      return Micros(view.referral_in().referral_in().has_received_time(),
                    view.referral_in().referral_in().received_time());
    case View::kDocument:
      return Micros(view.document().document().has_received_time(), view.document().document().received_time());
    case View::kPainHistory:
      return Micros(view.pain_history().pain_history().has_told_time(), view.pain_history().pain_history().told_time());
    case View::kPlanReview:
      return Micros(view.plan_review().plan_review().has_reviewed_time(),
                    view.plan_review().plan_review().reviewed_time());
    case View::kGoalProgress:
      return Micros(view.goal_progress().goal_progress().has_measured_time(),
                    view.goal_progress().goal_progress().measured_time());
    case View::kCareTeamMember:
      return Start(view.care_team_member().care_team_member().period());
    case View::kConsent:
      return Micros(view.consent().consent().has_decided_time(), view.consent().consent().decided_time());
    case View::kAdvanceDirective:
      return Micros(view.advance_directive().advance_directive().has_made_time(),
                    view.advance_directive().advance_directive().made_time());
    case View::kEducation:
      return Micros(view.education().education().has_given_time(), view.education().education().given_time());
    case View::kSupportGroup:
      return Start(view.support_group().support_group().period());
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
    case View::kQuestionnaireResponse: {
      const auto& response = view.questionnaire_response().questionnaire_response();
      return Micros(response.has_authored_time(), response.authored_time());
    }
    case View::kCredential:
      return StartOfDay(view.credential().credential());
    case View::kPhysicalExamination: {
      const auto& examination = view.physical_examination().physical_examination();
      return Micros(examination.has_examined_time(), examination.examined_time());
    }
    case View::kDifferentialDiagnosis: {
      const auto& differential = view.differential_diagnosis().differential_diagnosis();
      return Micros(differential.has_assessed_time(), differential.assessed_time());
    }
    case View::kStudyOrder:
      return StudyOrderTime(view.study_order().study_order());
    case View::kOutgoingReferral: {
      const auto& referral = view.outgoing_referral().referral();
      return Micros(referral.has_sent_time(), referral.sent_time());
    }
    case View::kConference:
      return Micros(view.conference().conference().has_held_time(), view.conference().conference().held_time());
    case View::kOpioidTherapy:
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

bool IsActive(const projection::v1::CareTeamMemberView& view) {
  return !view.care_team_member().period().has_end();
}

bool IsActive(const projection::v1::ReferralInView& view) {
  return view.referral_in().status() != patient::v1::REFERRAL_STATUS_DECLINED &&
         view.referral_in().status() != patient::v1::REFERRAL_STATUS_CLOSED;
}

bool IsActive(const projection::v1::ConsentView& view) {
  return view.consent().decision() != patient::v1::CONSENT_DECISION_WITHDRAWN;
}

bool IsActive(const projection::v1::AdvanceDirectiveView& view) {
  return !view.advance_directive().has_revoked_time();
}

}  // namespace anamnesis::readmodel
