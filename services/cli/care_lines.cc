#include "services/cli/care_lines.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/cli/format.h"

namespace anamnesis::cli {
namespace {

std::string Band(encounter::v1::ScoreBand band) {
  return band == encounter::v1::SCORE_BAND_UNSPECIFIED ? "" : absl::StrCat(", ", Words(band));
}

// `1 finding`, `2 findings`.
std::string Count(int count, const char* thing) {
  return absl::StrCat(count, " ", thing, count == 1 ? "" : "s");
}

std::string Told(const std::string& text) {
  return text.empty() ? kUnknown : text;
}

// What the credential is, without its dates.
std::string Held(const encounter::v1::Credential& credential) {
  using encounter::v1::Credential;
  switch (credential.credential_case()) {
    case Credential::kProfession:
      return Concept(credential.profession().profession());
    case Credential::kTraining:
      return absl::StrCat(Words(credential.training().stage()), ", ", Told(credential.training().institution()));
    case Credential::kBoardCertification:
      return absl::StrCat("certified by ", Told(credential.board_certification().board()));
    case Credential::kLicense:
      return absl::StrCat("licence of ", Told(credential.license().state()));
    case Credential::kDeaRegistration:
      return "DEA registration";
    case Credential::kContinuingEducation:
      return absl::StrCat(Told(credential.continuing_education().activity()), ", ",
                          Told(credential.continuing_education().hours()), " h");
    case Credential::CREDENTIAL_NOT_SET:
      return kUnknown;
  }
  return kUnknown;
}

}  // namespace

std::string Score(const encounter::v1::Fraction& score) {
  if (score.denominator() == 0) return kUnknown;
  if (score.denominator() == 1) return absl::StrCat(score.numerator());
  return absl::StrFormat("%.1f", static_cast<double>(score.numerator()) / static_cast<double>(score.denominator()));
}

std::string ObservationLine(const projection::v1::ObservationView& view) {
  return absl::StrCat(Concept(view.observation().code()), ": ", ObservationValue(view.observation()),
                      Band(view.scored().band()), view.has_scored() ? ", not scored here" : "");
}

std::string QuestionnaireLine(const encounter::v1::QuestionnaireResponse& response) {
  std::string line =
      absl::StrCat(Words(response.tool()), ": ", Score(response.score().value()), Band(response.score().band()));
  if (response.score().change().meaningful()) absl::StrAppend(&line, ", changed meaningfully");
  return line;
}

std::string CredentialLine(const encounter::v1::Credential& credential) {
  std::string line = Held(credential);
  if (credential.has_valid_to()) absl::StrAppend(&line, ", to ", Date(credential.valid_to()));
  return line;
}

std::string ExaminationLine(const encounter::v1::PhysicalExamination& examination) {
  int abnormal = 0;
  for (const auto& finding : examination.findings()) {
    if (finding.result() == encounter::v1::FINDING_RESULT_ABNORMAL) ++abnormal;
  }
  return absl::StrCat("examination, ", Count(examination.findings_size(), "finding"), ", ", abnormal, " abnormal");
}

std::string DifferentialLine(const encounter::v1::DifferentialDiagnosis& differential) {
  std::string line = Concept(differential.complaint());
  if (differential.candidates().empty()) return line;
  const encounter::v1::CandidateDiagnosis& first = differential.candidates(0);
  return absl::StrCat(line, ": ", Concept(first.diagnosis()), ", ", Words(first.likelihood()), ", 1 of ",
                      differential.candidates_size());
}

std::string StudyOrderLine(const encounter::v1::StudyOrder& order) {
  std::string line = order.has_code() ? Concept(order.code()) : Words(order.kind());
  if (!order.body_sites().empty()) absl::StrAppend(&line, " of ", Concept(order.body_sites(0)));
  return absl::StrCat(line, ", ", Words(order.status()));
}

std::string ConferenceLine(const encounter::v1::Conference& conference) {
  return absl::StrCat("conference of ", conference.participants_size(), ", ",
                      Count(conference.decisions_size(), "decision"));
}

std::string TaperLine(const projection::v1::TaperView& view) {
  const medication::v1::TaperPlan& plan = view.taper();
  std::string line = absl::StrCat("taper in ", Count(plan.steps_size(), "step"));
  if (plan.has_ends()) absl::StrAppend(&line, ", to nothing from ", Day(plan.ends()), " on");
  if (!view.stop_reason().empty()) absl::StrAppend(&line, ", stopped");
  return line;
}

std::string PumpLine(const projection::v1::PumpView& view) {
  std::string line = "pump";
  for (const medication::v1::PumpDrug& drug : view.programme().drugs()) {
    clinical::v1::CodeableConcept substance;
    *substance.add_codings() = drug.substance();
    absl::StrAppend(&line, ", ", Concept(substance), " ", Amount(drug.daily_dose()));
  }
  if (view.has_ended()) return line + (view.stop_reason().empty() ? ", programmed anew" : ", stopped");
  return absl::StrCat(line, view.has_refill_due() ? ", to be filled by " + Day(view.refill_due().due())
                                                  : std::string(", refill date unknown"));
}

}  // namespace anamnesis::cli
