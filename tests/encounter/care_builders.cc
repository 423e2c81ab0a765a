#include "tests/encounter/care_builders.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/clock.h"

namespace anamnesis::encounter {
namespace {

// A command for kDoctor that says why.
v1::EncounterCommand ForDoctor(const std::string& name, const std::string& fields) {
  return Command(
      absl::StrCat(name, " { context { reason: 'as discussed' } practitioner_id: '", kDoctor, "' ", fields, " }"));
}

std::string Candidates(const std::vector<std::string>& codes) {
  std::string text = "complaint { text: 'leg pain' }";
  for (const std::string& code : codes) {
    absl::StrAppend(&text, " candidates { likelihood: DIAGNOSIS_LIKELIHOOD_HIGH diagnosis { text: 'x' ");
    if (!code.empty())
      absl::StrAppend(&text, "codings { system: 'http://hl7.org/fhir/sid/icd-10-cm' code: '", code, "' }");
    absl::StrAppend(&text, " } }");
  }
  return text;
}

std::string Participants(const std::vector<std::string>& names) {
  std::string text = "topics: 'next steps'";
  for (const std::string& name : names) absl::StrAppend(&text, " participants { name: '", name, "' }");
  return text;
}

}  // namespace

v1::QuestionnaireResponse Answers(v1::QuestionnaireTool tool, const std::string& answers, v1::ScoringSex sex) {
  v1::QuestionnaireResponse response;
  response.set_tool(tool);
  response.set_scoring_sex(sex);
  for (const auto& word : absl::StrSplit(answers, ' ', absl::SkipEmpty())) {
    const std::vector<std::string> parts = absl::StrSplit(word, '=');
    v1::QuestionnaireAnswer& answer = *response.add_answers();
    answer.set_link_id(parts[0]);
    if (parts[1] == "yes" || parts[1] == "no") {
      answer.set_boolean(parts[1] == "yes");
    } else if (parts[1].find('.') != std::string::npos) {
      answer.set_decimal(parts[1]);
    } else if (!parts[1].empty()) {
      answer.set_integer(std::stoll(parts[1]));
    }
  }
  return response;
}

std::string Items(const std::vector<int>& values) {
  std::string text;
  for (size_t i = 0; i < values.size(); ++i) absl::StrAppend(&text, "item-", i + 1, "=", values[i], " ");
  return text;
}

v1::EncounterCommand Answered(v1::QuestionnaireResponse response, std::string_view id) {
  v1::EncounterCommand command = ForPatient("record_questionnaire_response", "", id);
  response.set_id(std::string(id));
  *command.mutable_record_questionnaire_response()->mutable_questionnaire_response() = std::move(response);
  return command;
}

v1::EncounterCommand Peg(const std::vector<int>& values, int64_t micros, std::string_view id) {
  return At(micros, Answered(Answers(v1::QUESTIONNAIRE_TOOL_PEG, Items(values)), id));
}

v1::EncounterCommand RetractAnswers(std::string_view id) {
  return ForPatient("retract_questionnaire_response", "questionnaire_response_id: '$0'", id);
}

std::string BandName(v1::ScoreBand band) {
  if (band == v1::SCORE_BAND_UNSPECIFIED) return "";
  return " " + absl::AsciiStrToLower(v1::ScoreBand_Name(band).substr(std::string("SCORE_BAND_").size()));
}

v1::EncounterCommand RecordCredential(const std::string& what, std::string_view id) {
  return ForDoctor("record_credential", absl::StrCat("credential { id: '", std::string(id), "' ", what, " }"));
}
v1::EncounterCommand ReviseCredential(const std::string& what, std::string_view id) {
  return ForDoctor("revise_credential", absl::StrCat("credential { id: '", std::string(id), "' ", what, " }"));
}
v1::EncounterCommand RetractCredential(std::string_view id) {
  return ForDoctor("retract_credential", absl::StrCat("credential_id: '", std::string(id), "'"));
}

v1::EncounterCommand RecordExamination(std::string_view id) {
  return ForPatient("record_physical_examination",
                    "physical_examination { id: '$0' findings { examined { text: 'straight leg raise' } "
                    "laterality: LATERALITY_LEFT result: FINDING_RESULT_ABNORMAL } }",
                    id);
}
v1::EncounterCommand AmendExamination(std::string_view id) {
  return ForPatient("amend_physical_examination",
                    "physical_examination { id: '$0' summary: 'changed' findings { examined { text: 'gait' } "
                    "result: FINDING_RESULT_NORMAL } }",
                    id);
}
v1::EncounterCommand RetractExamination(std::string_view id) {
  return ForPatient("retract_physical_examination", "physical_examination_id: '$0'", id);
}

v1::EncounterCommand RecordDifferential(const std::vector<std::string>& codes, std::string_view id) {
  return ForPatient("record_differential_diagnosis",
                    absl::StrCat("differential_diagnosis { id: '$0' ", Candidates(codes), " }"), id);
}
v1::EncounterCommand ReviseDifferential(const std::vector<std::string>& codes, std::string_view id) {
  return ForPatient("revise_differential_diagnosis",
                    absl::StrCat("differential_diagnosis { id: '$0' ", Candidates(codes), " }"), id);
}
v1::EncounterCommand RetractDifferential(std::string_view id) {
  return ForPatient("retract_differential_diagnosis", "differential_diagnosis_id: '$0'", id);
}

v1::EncounterCommand RecordConference(const std::vector<std::string>& names, std::string_view id) {
  return ForPatient("record_conference", absl::StrCat("conference { id: '$0' ", Participants(names), " }"), id);
}
v1::EncounterCommand AmendConference(const std::vector<std::string>& names, std::string_view id) {
  return ForPatient("amend_conference", absl::StrCat("conference { id: '$0' ", Participants(names), " }"), id);
}
v1::EncounterCommand RetractConference(std::string_view id) {
  return ForPatient("retract_conference", "conference_id: '$0'", id);
}

v1::EncounterCommand RecordStudyOrder(v1::StudyOrderStatus status, std::string_view id) {
  v1::EncounterCommand command = ForPatient("record_study_order", "study_order { id: '$0' kind: STUDY_KIND_MRI }", id);
  command.mutable_record_study_order()->mutable_study_order()->set_status(status);
  return command;
}
v1::EncounterCommand OrderStudy(std::string_view id) {
  return ForPatient("order_study", "study_order { id: '$0' kind: STUDY_KIND_MRI }", id);
}
v1::EncounterCommand ScheduleStudy(std::string_view id) {
  v1::EncounterCommand command = ForPatient("schedule_study", "study_order_id: '$0'", id);
  *command.mutable_schedule_study()->mutable_scheduled_time() = ToTimestamp(kNow + kHour);
  return command;
}
v1::EncounterCommand CompleteStudy(std::string_view id) {
  v1::EncounterCommand command = ForPatient("complete_study", "study_order_id: '$0'", id);
  command.mutable_complete_study()->set_diagnostic_report_id(kNewId);
  return command;
}
v1::EncounterCommand CancelStudy(std::string_view id) {
  return ForPatient("cancel_study", "study_order_id: '$0'", id);
}
v1::EncounterCommand RetractStudyOrder(std::string_view id) {
  return ForPatient("retract_study_order", "study_order_id: '$0'", id);
}

v1::EncounterCommand RecordReferral(v1::ReferralStatus status, std::string_view id) {
  v1::EncounterCommand command =
      ForPatient("record_referral", "referral { id: '$0' service: REFERRAL_SERVICE_PSYCHOLOGY }", id);
  command.mutable_record_referral()->mutable_referral()->set_status(status);
  return command;
}
v1::EncounterCommand SendReferral(std::string_view id) {
  return ForPatient("send_referral", "referral { id: '$0' service: REFERRAL_SERVICE_PHYSICAL_THERAPY }", id);
}
v1::EncounterCommand AcceptReferral(std::string_view id) {
  return ForPatient("accept_referral", "referral_id: '$0'", id);
}
v1::EncounterCommand AttendReferral(std::string_view id) {
  return ForPatient("attend_referral", "referral_id: '$0'", id);
}
v1::EncounterCommand ReportReferral(std::string_view id) {
  return ForPatient("report_referral", "referral_id: '$0' report { text: 'walks further' sessions: 8 }", id);
}
v1::EncounterCommand DeclineReferral(std::string_view id) {
  return ForPatient("decline_referral", "referral_id: '$0'", id);
}
v1::EncounterCommand CancelReferral(std::string_view id) {
  return ForPatient("cancel_referral", "referral_id: '$0'", id);
}
v1::EncounterCommand RetractReferral(std::string_view id) {
  return ForPatient("retract_referral", "referral_id: '$0'", id);
}

std::vector<v1::EncounterCommand> EveryCareCommand() {
  return {Peg({5, 5, 5}, kNow),
          RetractAnswers(),
          RecordExamination(),
          AmendExamination(),
          RetractExamination(),
          RecordDifferential({"M54.16"}),
          ReviseDifferential({"M54.17"}),
          RetractDifferential(),
          OrderStudy("done"),
          ScheduleStudy("done"),
          CompleteStudy("done"),
          OrderStudy("given up"),
          CancelStudy("given up"),
          RecordStudyOrder(v1::STUDY_ORDER_STATUS_SCHEDULED),
          RetractStudyOrder(),
          SendReferral("done"),
          AcceptReferral("done"),
          AttendReferral("done"),
          ReportReferral("done"),
          SendReferral("declined"),
          DeclineReferral("declined"),
          SendReferral("given up"),
          CancelReferral("given up"),
          RecordReferral(v1::REFERRAL_STATUS_SENT),
          RetractReferral(),
          RecordConference({"Ada", "Grace"}),
          AmendConference({"Ada", "Grace", "Edith"}),
          RetractConference()};
}

}  // namespace anamnesis::encounter
