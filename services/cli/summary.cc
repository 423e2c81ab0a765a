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

}  // namespace

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
