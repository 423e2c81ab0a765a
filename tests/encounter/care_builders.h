// Commands of questionnaires, credentials, assessments, study orders, referrals and conferences in few words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/encounter/builders.h"

namespace anamnesis::encounter {

// Answers as `item-1=7 item-2=yes item-3=7.5 item-4=`: a whole number, yes or no, a decimal, an item without answer.
v1::QuestionnaireResponse Answers(v1::QuestionnaireTool tool, const std::string& answers,
                                  v1::ScoringSex sex = v1::SCORING_SEX_UNSPECIFIED);
// `item-1=a item-2=b …` for the whole numbers given, by place.
std::string Items(const std::vector<int>& values);
v1::EncounterCommand Answered(v1::QuestionnaireResponse response, std::string_view id = kId);
// PEG with these three answers, given then.
v1::EncounterCommand Peg(const std::vector<int>& values, int64_t micros, std::string_view id = kId);
v1::EncounterCommand RetractAnswers(std::string_view id = kId);
// ` moderate`; empty for none.
std::string BandName(v1::ScoreBand band);

// Credentials of the practitioner kDoctor; `what` is the text form of the kind and what else it says.
inline constexpr char kLicence[] = "license { state: 'MA' number: '4711' }";
inline constexpr char kDea[] = "dea_registration { number: 'AB1234563' schedules: DRUG_SCHEDULE_II }";
v1::EncounterCommand RecordCredential(const std::string& what, std::string_view id = kId);
v1::EncounterCommand ReviseCredential(const std::string& what, std::string_view id = kId);
v1::EncounterCommand RetractCredential(std::string_view id = kId);

// Assessments and conferences: a kind that is recorded, changed and retracted like those of Kinds().
v1::EncounterCommand RecordExamination(std::string_view id = kId);
v1::EncounterCommand AmendExamination(std::string_view id = kId);
v1::EncounterCommand RetractExamination(std::string_view id = kId);
// A differential of these ICD-10-CM codes, the likeliest first; an empty code: words only.
v1::EncounterCommand RecordDifferential(const std::vector<std::string>& codes, std::string_view id = kId);
v1::EncounterCommand ReviseDifferential(const std::vector<std::string>& codes, std::string_view id = kId);
v1::EncounterCommand RetractDifferential(std::string_view id = kId);
// A conference of these names.
v1::EncounterCommand RecordConference(const std::vector<std::string>& names, std::string_view id = kId);
v1::EncounterCommand AmendConference(const std::vector<std::string>& names, std::string_view id = kId);
v1::EncounterCommand RetractConference(std::string_view id = kId);

// Study orders.
v1::EncounterCommand RecordStudyOrder(v1::StudyOrderStatus status, std::string_view id = kId);
v1::EncounterCommand OrderStudy(std::string_view id = kId);
v1::EncounterCommand ScheduleStudy(std::string_view id = kId);
v1::EncounterCommand CompleteStudy(std::string_view id = kId);
v1::EncounterCommand CancelStudy(std::string_view id = kId);
v1::EncounterCommand RetractStudyOrder(std::string_view id = kId);

// Referrals out.
v1::EncounterCommand RecordReferral(v1::ReferralStatus status, std::string_view id = kId);
v1::EncounterCommand SendReferral(std::string_view id = kId);
v1::EncounterCommand AcceptReferral(std::string_view id = kId);
v1::EncounterCommand AttendReferral(std::string_view id = kId);
v1::EncounterCommand ReportReferral(std::string_view id = kId);
v1::EncounterCommand DeclineReferral(std::string_view id = kId);
v1::EncounterCommand CancelReferral(std::string_view id = kId);
v1::EncounterCommand RetractReferral(std::string_view id = kId);

// Every command of this file that is for a patient's stream, in an order in which each is taken.
std::vector<v1::EncounterCommand> EveryCareCommand();

}  // namespace anamnesis::encounter
