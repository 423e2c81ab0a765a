// One line on any view.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/cli/care_lines.h"
#include "services/cli/format.h"

namespace anamnesis::cli {
namespace {

std::string CodingWords(const clinical::v1::Coding& coding) {
  clinical::v1::CodeableConcept concept_value;
  *concept_value.add_codings() = coding;
  return Concept(concept_value);
}

std::string EncounterLine(const encounter::v1::Encounter& encounter) {
  const std::string type = encounter.types().empty() ? CodingWords(encounter.class_()) : Concept(encounter.types(0));
  std::string line = absl::StrCat(type, ", ", Words(encounter.status()));
  if (!encounter.reasons().empty()) absl::StrAppend(&line, ", for ", Concept(encounter.reasons(0)));
  return line;
}

// `Radiofrequency ablation, left`: a side that is said is never left out.
template <class Sided>
std::string SidedLine(const Sided& sided) {
  return absl::StrCat(Concept(sided.code()), sided.laterality() == 0 ? "" : ", ",
                      sided.laterality() == 0 ? "" : Words(sided.laterality()));
}

std::string CarePlanLine(const patient::v1::CarePlan& plan) {
  std::string title = plan.title();
  if (title.empty()) title = plan.categories().empty() ? "care plan" : Concept(plan.categories(0));
  return absl::StrCat(title, ", ", Words(plan.status()), ", ", plan.activities_size(),
                      plan.activities_size() == 1 ? " activity" : " activities");
}

std::string ImagingLine(const encounter::v1::ImagingStudy& study) {
  if (study.series().empty()) return study.description().empty() ? "imaging study" : study.description();
  const encounter::v1::ImagingSeries& first = study.series(0);
  return absl::StrCat(CodingWords(first.modality()), " of ", CodingWords(first.body_site()));
}

std::string NoteLine(const encounter::v1::Note& note) {
  const std::string& title = note.content().title();
  return absl::StrCat(title.empty() ? Concept(note.content().type()) : title, ", ", Words(note.status()));
}

std::string OrderLine(const medication::v1::Order& order) {
  std::string line = absl::StrCat(Concept(order.medication()), ", ", Words(order.status()));
  if (order.dosages().empty()) absl::StrAppend(&line, ", dose unknown");
  for (const auto& dosage : order.dosages()) absl::StrAppend(&line, ", ", DosageSentence(dosage));
  return line;
}

std::string ReferralLine(const patient::v1::ReferralIn& referral) {
  std::string line = absl::StrCat("from ", Somebody(referral.referred_by()), ", ",
                                  referral.status() == 0 ? "received" : Words(referral.status()));
  if (referral.urgency() != 0) absl::StrAppend(&line, ", ", Words(referral.urgency()));
  if (!referral.reasons().empty()) absl::StrAppend(&line, ", for ", Concept(referral.reasons(0)));
  return line;
}

std::string DocumentLine(const patient::v1::ReceivedDocument& document) {
  const std::string title = document.title().empty() ? Concept(document.type()) : document.title();
  return absl::StrCat(title, ", from ", Somebody(document.received_from()));
}

std::string ReviewLine(const patient::v1::PlanReview& review) {
  std::string line = review.decision() == 0 ? "decision not said" : Words(review.decision());
  if (review.has_next_review_due()) absl::StrAppend(&line, ", next due ", Date(review.next_review_due()));
  return line;
}

std::string ProgressLine(const patient::v1::GoalProgress& progress) {
  if (progress.value().value().empty()) return Concept(progress.achievement());
  if (!progress.has_achievement()) return Amount(progress.value());
  return absl::StrCat(Amount(progress.value()), ", ", Concept(progress.achievement()));
}

std::string EducationLine(const patient::v1::Education& education) {
  const std::string topics = absl::StrJoin(
      education.topics(), ", ", [](std::string* out, const auto& topic) { absl::StrAppend(out, Concept(topic)); });
  return absl::StrCat(topics.empty() ? kUnknown : topics, ", to ", Words(education.audience()),
                      education.understanding() == 0 ? "" : ", understood: ",
                      education.understanding() == 0 ? "" : Words(education.understanding()));
}

std::string AgreementEndWords(const projection::v1::TreatmentAgreementView& view) {
  return view.has_ended() ? absl::StrCat(", ", Words(view.end())) : "";
}

std::string DrugTestLine(const projection::v1::DrugTestView& view) {
  if (view.findings().empty()) return "urine drug test, as expected";
  return absl::StrCat("urine drug test, ", view.findings_size(), " unexpected, ",
                      view.conclusion().empty() ? "not concluded on" : "concluded on");
}

std::string OpioidTherapyLine(const projection::v1::OpioidTherapyView& view) {
  if (view.daily_mme().empty()) return kUnknown;
  const medication::v1::DailyMmeTotal& last = view.daily_mme(view.daily_mme_size() - 1);
  return absl::StrCat("opioids, ", last.at_least() ? "at least " : "", last.mme_per_day(), " MME a day");
}

std::string InterventionLine(const encounter::v1::Intervention& intervention) {
  const encounter::v1::InterventionPlan& plan = intervention.plan();
  return absl::StrCat(Words(plan.kind()), ", ", Words(plan.region()), " ", absl::StrJoin(plan.levels(), " "),
                      plan.levels().empty() ? "" : " ", Words(plan.side()), ", ", Words(intervention.status()));
}

}  // namespace

std::string Somebody(const patient::v1::Party& party) {
  for (const std::string& said : {party.name(), party.practitioner_id(), party.organization_id()}) {
    if (!said.empty()) return said;
  }
  return kUnknown;
}

std::string PainPlaces(const patient::v1::PainHistory& history) {
  if (history.locations().empty()) return "place unknown";
  return absl::StrJoin(history.locations(), "; ", [](std::string* out, const auto& location) {
    absl::StrAppend(out, location.has_site() ? Concept(location.site()) : Words(location.region()));
    if (location.laterality() != 0) absl::StrAppend(out, ", ", Words(location.laterality()));
    absl::StrAppend(out, ": ",
                    location.severity().empty() ? "severity unknown" : absl::StrCat(location.severity(), " of 10"));
    for (const auto& quality : location.qualities()) absl::StrAppend(out, ", ", Concept(quality));
    if (location.course() != 0) absl::StrAppend(out, ", ", Words(location.course()));
  });
}

std::string Summary(const projection::v1::View& view) {
  using View = projection::v1::View;
  switch (view.view_case()) {
    case View::kPatient:
      return view.patient().demographics().names().empty() ? kUnknown : Name(view.patient().demographics().names(0));
    case View::kAllergy:
      return absl::StrCat(Concept(view.allergy().allergy().substance()), ", ",
                          Words(view.allergy().allergy().clinical_status()));
    case View::kProblem:
      return absl::StrCat(SidedLine(view.problem().problem()), ", ", Words(view.problem().problem().clinical_status()));
    case View::kCarePlan:
      return CarePlanLine(view.care_plan().care_plan());
    case View::kGoal:
      return absl::StrCat(Concept(view.goal().goal().description()), ", ", Words(view.goal().goal().status()));
    case View::kEncounter:
      return EncounterLine(view.encounter().encounter());
    case View::kObservation:
      return ObservationLine(view.observation());
    case View::kProcedure:
      return absl::StrCat(SidedLine(view.procedure().procedure()), ", ", Words(view.procedure().procedure().status()));
    case View::kDiagnosticReport:
      return absl::StrCat(Concept(view.diagnostic_report().diagnostic_report().code()), ", ",
                          view.diagnostic_report().diagnostic_report().results_size(), " results");
    case View::kImagingStudy:
      return ImagingLine(view.imaging_study().imaging_study());
    case View::kImmunization:
      return absl::StrCat(Concept(view.immunization().immunization().vaccine()), ", ",
                          Words(view.immunization().immunization().status()));
    case View::kNote:
      return NoteLine(view.note().note());
    case View::kPractitioner:
      return view.practitioner().practitioner().names().empty() ? kUnknown
                                                                : Name(view.practitioner().practitioner().names(0));
    case View::kOrganization:
      return view.organization().organization().name().empty() ? kUnknown : view.organization().organization().name();
    case View::kOrder:
      return OrderLine(view.order().order());
    case View::kReferralIn:
      return ReferralLine(view.referral_in().referral_in());
    case View::kDocument:
      return DocumentLine(view.document().document());
    case View::kPainHistory:
      return PainPlaces(view.pain_history().pain_history());
    case View::kPlanReview:
      return ReviewLine(view.plan_review().plan_review());
    case View::kGoalProgress:
      return ProgressLine(view.goal_progress().goal_progress());
    case View::kCareTeamMember:
      return absl::StrCat(Concept(view.care_team_member().care_team_member().role()), ": ",
                          Somebody(view.care_team_member().care_team_member().member()));
    case View::kConsent:
      return absl::StrCat(Concept(view.consent().consent().category()), ", ",
                          Words(view.consent().consent().decision()));
    case View::kAdvanceDirective:
      return absl::StrCat(Concept(view.advance_directive().advance_directive().type()),
                          view.advance_directive().advance_directive().has_revoked_time() ? ", revoked" : "");
    case View::kEducation:
      return EducationLine(view.education().education());
    case View::kSupportGroup:
      return view.support_group().support_group().name().empty() ? kUnknown
                                                                 : view.support_group().support_group().name();
    case View::kPdmpReview:
      return absl::StrCat("monitoring programme, ", Words(view.pdmp_review().pdmp_review().finding()));
    case View::kTreatmentAgreement:
      return absl::StrCat("treatment agreement", AgreementEndWords(view.treatment_agreement()));
    case View::kDrugTest:
      return DrugTestLine(view.drug_test());
    case View::kNaloxoneOffer:
      return absl::StrCat("naloxone offered, ", Words(view.naloxone_offer().naloxone_offer().response()));
    case View::kReassessment:
      return absl::StrCat("therapy reassessed, ", Words(view.reassessment().reassessment().plan()),
                          ", gain of function ", Words(view.reassessment().reassessment().functional_gain()));
    case View::kTaper:
      return TaperLine(view.taper());
    case View::kReconciliation:
      return absl::StrCat("medications reconciled, ", view.reconciliation().findings_size(),
                          view.reconciliation().findings_size() == 1 ? " difference" : " differences");
    case View::kPump:
      return PumpLine(view.pump());
    case View::kOpioidTherapy:
      return OpioidTherapyLine(view.opioid_therapy());
    case View::kPrivilege:
      return absl::StrCat("privilege for ", Words(view.privilege().privilege().kind()),
                          view.privilege().has_revoked_time() ? ", revoked" : "");
    case View::kIntervention:
      return InterventionLine(view.intervention().intervention());
    case View::kAnaesthesia:
      return absl::StrCat(Words(view.anaesthesia().record().technique()), " anaesthesia, ",
                          Words(view.anaesthesia().record().status()));
    case View::kDeviceProgramme:
      return absl::StrCat(Concept(view.device_programme().device_programme().device().type()), " programme",
                          view.device_programme().device_programme().name().empty() ? "" : " ",
                          view.device_programme().device_programme().name());
    case View::kPainConsult:
      return absl::StrCat("pain consult: ", view.pain_consult().pain_consult().question());
    case View::kQuestionnaireResponse:
      return QuestionnaireLine(view.questionnaire_response().questionnaire_response());
    case View::kCredential:
      return CredentialLine(view.credential().credential());
    case View::kPhysicalExamination:
      return ExaminationLine(view.physical_examination().physical_examination());
    case View::kDifferentialDiagnosis:
      return DifferentialLine(view.differential_diagnosis().differential_diagnosis());
    case View::kStudyOrder:
      return StudyOrderLine(view.study_order().study_order());
    case View::kOutgoingReferral:
      return absl::StrCat("referral to ", Words(view.outgoing_referral().referral().service()), ", ",
                          Words(view.outgoing_referral().referral().status()));
    case View::kConference:
      return ConferenceLine(view.conference().conference());
    case View::VIEW_NOT_SET:
      return kUnknown;
  }
  return kUnknown;
}

}  // namespace anamnesis::cli
