// What the events of procedure_events.proto do to views.
#pragma once

#include <string>

#include "anamnesis/encounter/v1/events.pb.h"
#include "anamnesis/projection/v1/projection_service.pb.h"

namespace anamnesis::encounter {

// Each for one subject: the patient, or the practitioner.
using SubjectId = std::string;
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::PrivilegeGranted& event);
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::PrivilegeRevoked& event);
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::InterventionRecorded& event);
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::InterventionPlanned& event);
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::InterventionPlanRevised& event);
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::InterventionConsented& event);
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::TimeOutDone& event);
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::InterventionPerformed& event);
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::InterventionAborted& event);
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::InterventionRetracted& event);
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::ComplicationReported& event);
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::OutcomeReported& event);
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::OutcomeRetracted& event);
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::AnaesthesiaStarted& event);
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::AnaesthesiaRecorded& event);
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::AnaesthesiaVitalsRecorded& event);
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::AnaesthesiaEntriesRecorded& event);
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::AnaesthesiaEnded& event);
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::AldreteScored& event);
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::RecoveryLeft& event);
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::ErasElementsRecorded& event);
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::AnaesthesiaRetracted& event);
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::PainConsultRecorded& event);
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::PainConsultRetracted& event);
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::DeviceProgrammeRecorded& event);
projection::v1::ViewChange ChangeOf(const SubjectId& subject_id, const v1::DeviceProgrammeRetracted& event);

}  // namespace anamnesis::encounter
