// Condition → RecordProblem, AllergyIntolerance → RecordAllergy.
#include "fhir/finish.h"
#include "fhir/map_resources.h"
#include "fhir/map_types.h"

namespace anamnesis::fhir {
namespace {

using patient::v1::Laterality;
using patient::v1::PatientCommand;

constexpr std::string_view kSnomed = "http://snomed.info/sct";

constexpr std::pair<std::string_view, patient::v1::ClinicalStatus> kClinicalStatuses[] = {
    {"active",     patient::v1::CLINICAL_STATUS_ACTIVE    },
    {"recurrence", patient::v1::CLINICAL_STATUS_RECURRENCE},
    {"relapse",    patient::v1::CLINICAL_STATUS_RELAPSE   },
    {"inactive",   patient::v1::CLINICAL_STATUS_INACTIVE  },
    {"remission",  patient::v1::CLINICAL_STATUS_REMISSION },
    {"resolved",   patient::v1::CLINICAL_STATUS_RESOLVED  },
};

// What was entered in error is recorded as said and then retracted.
constexpr std::pair<std::string_view, patient::v1::Verification> kVerifications[] = {
    {"unconfirmed",   patient::v1::VERIFICATION_UNCONFIRMED },
    {"provisional",   patient::v1::VERIFICATION_PROVISIONAL },
    {"differential",  patient::v1::VERIFICATION_DIFFERENTIAL},
    {"confirmed",     patient::v1::VERIFICATION_CONFIRMED   },
    {"refuted",       patient::v1::VERIFICATION_REFUTED     },
    {kEnteredInError, patient::v1::VERIFICATION_UNSPECIFIED },
};

constexpr std::pair<std::string_view, patient::v1::AllergyKind> kAllergyKinds[] = {
    {"allergy",     patient::v1::ALLERGY_KIND_ALLERGY    },
    {"intolerance", patient::v1::ALLERGY_KIND_INTOLERANCE},
};

constexpr std::pair<std::string_view, patient::v1::Criticality> kCriticalities[] = {
    {"low",              patient::v1::CRITICALITY_LOW             },
    {"high",             patient::v1::CRITICALITY_HIGH            },
    {"unable-to-assess", patient::v1::CRITICALITY_UNABLE_TO_ASSESS},
};

// SNOMED CT's qualifiers for a side.
constexpr std::pair<std::string_view, Laterality> kSides[] = {
    {"7771000",  patient::v1::LATERALITY_LEFT     },
    {"24028007", patient::v1::LATERALITY_RIGHT    },
    {"51440002", patient::v1::LATERALITY_BILATERAL},
};

// Left and right, each named alone, are both sides.
Laterality SideOf(const patient::v1::Problem& problem) {
  bool left = false;
  bool right = false;
  for (const auto& site : problem.body_sites()) {
    for (const auto& coding : site.codings()) {
      for (const auto& [code, side] : kSides) {
        if (coding.system() != kSnomed || coding.code() != code) continue;
        left |= side != patient::v1::LATERALITY_RIGHT;
        right |= side != patient::v1::LATERALITY_LEFT;
      }
    }
  }
  if (left && right) return patient::v1::LATERALITY_BILATERAL;
  if (left) return patient::v1::LATERALITY_LEFT;
  return right ? patient::v1::LATERALITY_RIGHT : patient::v1::LATERALITY_UNSPECIFIED;
}

bool IsEnteredInError(const Field& r) {
  const auto found = FindStatus(r["verificationStatus"], kVerifications);
  return found != std::end(kVerifications) && found->first == kEnteredInError;
}

// The beginning as far as it is said: at an instant or over a period.
Field OnsetOf(const Field& r) {
  return r["onsetDateTime"] ? r["onsetDateTime"] : r["onsetPeriod"]["start"];
}
Field AbatementOf(const Field& r) {
  return r["abatementDateTime"] ? r["abatementDateTime"] : r["abatementPeriod"]["end"];
}

// True if the source says in any way that the problem abated.
bool HasAbated(const Field& r) {
  return HasAny(r, {"abatementDateTime", "abatementAge", "abatementPeriod", "abatementRange", "abatementString"});
}

// What abated is not active, also where no status says so (FHIR's con-4).
patient::v1::ClinicalStatus StatusOf(const Field& r) {
  if (!r["clinicalStatus"] && HasAbated(r)) return patient::v1::CLINICAL_STATUS_INACTIVE;
  return ReadStatusConcept(r["clinicalStatus"], kClinicalStatuses);
}

void ReadProblem(Mapping& mapping, const Field& r, patient::v1::Problem* out) {
  out->set_id(mapping.Id());
  if (const Field code = r["code"]) ReadConcept(mapping, code, out->mutable_code());
  ReadEach(r["bodySite"], [&](const Field& site) { ReadConcept(mapping, site, out->add_body_sites()); });
  out->set_laterality(SideOf(*out));
  out->set_clinical_status(StatusOf(r));
  out->set_verification(ReadStatusConcept(r["verificationStatus"], kVerifications));
  if (const Field onset = OnsetOf(r)) *out->mutable_onset() = mapping.Time(onset);
  if (const Field abatement = AbatementOf(r)) *out->mutable_abatement() = mapping.EndTime(abatement);
  FlagNotKept(mapping, r,
              {"onsetAge", "onsetRange", "onsetString", "abatementAge", "abatementRange", "abatementString"});
}

void ReadAllergy(Mapping& mapping, const Field& r, patient::v1::Allergy* out) {
  out->set_id(mapping.Id());
  if (const Field code = r["code"]) ReadConcept(mapping, code, out->mutable_substance());
  out->set_kind(r["type"].Code(kAllergyKinds));
  ReadEach(r["category"], [&](const Field& category) { out->add_categories(category.Text()); });
  out->set_criticality(r["criticality"].Code(kCriticalities));
  out->set_clinical_status(ReadStatusConcept(r["clinicalStatus"], kClinicalStatuses));
  out->set_verification(ReadStatusConcept(r["verificationStatus"], kVerifications));
  ReadEach(r["reaction"], [&](const Field& reaction) {
    ReadEach(reaction["manifestation"], [&](const Field& manifestation) {
      patient::v1::AllergyReaction* added = out->add_reactions();
      ReadConcept(mapping, manifestation, added->mutable_manifestation());
      added->set_severity(reaction["severity"].Text());
    });
  });
  if (const Field onset = OnsetOf(r)) *out->mutable_onset() = mapping.Time(onset);
  FlagNotKept(mapping, r, {"onsetAge", "onsetRange", "onsetString"});
}

}  // namespace

void MapCondition(Mapping& mapping, std::vector<Command>* out) {
  const Field r = mapping.resource();
  PatientCommand command;
  auto* request = command.mutable_record_problem();
  request->set_patient_id(mapping.Patient("subject"));
  mapping.Encounter(r["encounter"]);
  mapping.SourceRecorded(r["recordedDate"]);
  mapping.Require("code");
  ReadProblem(mapping, r, request->mutable_problem());
  mapping.Happened(OnsetOf(r) ? OnsetOf(r) : r["recordedDate"]);
  const std::string patient_id = request->patient_id();
  Finish(mapping, command, request, request->mutable_problem(), out);
  if (IsEnteredInError(r)) {
    Retract<PatientCommand>(
        mapping, patient_id, &PatientCommand::mutable_retract_problem,
        [](auto* retract, const std::string& id) { retract->set_problem_id(id); }, out);
  }
}

void MapAllergyIntolerance(Mapping& mapping, std::vector<Command>* out) {
  const Field r = mapping.resource();
  PatientCommand command;
  auto* request = command.mutable_record_allergy();
  request->set_patient_id(mapping.Patient("patient"));
  mapping.Encounter(r["encounter"]);
  mapping.SourceRecorded(r["recordedDate"]);
  mapping.Require("code");
  ReadAllergy(mapping, r, request->mutable_allergy());
  mapping.Happened(OnsetOf(r) ? OnsetOf(r) : r["recordedDate"]);
  const std::string patient_id = request->patient_id();
  Finish(mapping, command, request, request->mutable_allergy(), out);
  if (IsEnteredInError(r)) {
    Retract<PatientCommand>(
        mapping, patient_id, &PatientCommand::mutable_retract_allergy,
        [](auto* retract, const std::string& id) { retract->set_allergy_id(id); }, out);
  }
}

}  // namespace anamnesis::fhir
