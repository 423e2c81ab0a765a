// One line on questionnaires, credentials, assessments, study orders, conferences, tapers and pumps; parts of Summary.
#pragma once

#include <string>

#include "anamnesis/projection/v1/views.pb.h"

namespace anamnesis::cli {

// `20/3` is `6.7`; what is not known is `unknown`.
std::string Score(const encounter::v1::Fraction& score);

std::string ObservationLine(const projection::v1::ObservationView& view);
std::string QuestionnaireLine(const encounter::v1::QuestionnaireResponse& response);
std::string CredentialLine(const encounter::v1::Credential& credential);
std::string ExaminationLine(const encounter::v1::PhysicalExamination& examination);
std::string DifferentialLine(const encounter::v1::DifferentialDiagnosis& differential);
std::string StudyOrderLine(const encounter::v1::StudyOrder& order);
std::string ConferenceLine(const encounter::v1::Conference& conference);

std::string TaperLine(const projection::v1::TaperView& view);
std::string PumpLine(const projection::v1::PumpView& view);

}  // namespace anamnesis::cli
