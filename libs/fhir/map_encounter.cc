// Encounter → RecordEncounter, Procedure → RecordProcedure, Immunization → RecordImmunization.
#include "base/clock.h"
#include "fhir/finish.h"
#include "fhir/map_resources.h"
#include "fhir/map_types.h"

namespace anamnesis::fhir {
namespace {

using encounter::v1::EncounterCommand;

constexpr std::pair<std::string_view, encounter::v1::EncounterStatus> kEncounterStatuses[] = {
    {"planned",       encounter::v1::ENCOUNTER_STATUS_PLANNED    },
    {"arrived",       encounter::v1::ENCOUNTER_STATUS_ARRIVED    },
    {"triaged",       encounter::v1::ENCOUNTER_STATUS_ARRIVED    },
    {"in-progress",   encounter::v1::ENCOUNTER_STATUS_IN_PROGRESS},
    {"onleave",       encounter::v1::ENCOUNTER_STATUS_IN_PROGRESS},
    {"finished",      encounter::v1::ENCOUNTER_STATUS_FINISHED   },
    {"cancelled",     encounter::v1::ENCOUNTER_STATUS_CANCELLED  },
    {"unknown",       encounter::v1::ENCOUNTER_STATUS_UNKNOWN    },
    {kEnteredInError, encounter::v1::ENCOUNTER_STATUS_UNKNOWN    },
};

constexpr std::pair<std::string_view, encounter::v1::ProcedureStatus> kProcedureStatuses[] = {
    {"preparation",   encounter::v1::PROCEDURE_STATUS_PREPARATION},
    {"in-progress",   encounter::v1::PROCEDURE_STATUS_IN_PROGRESS},
    {"not-done",      encounter::v1::PROCEDURE_STATUS_NOT_DONE   },
    {"on-hold",       encounter::v1::PROCEDURE_STATUS_ON_HOLD    },
    {"stopped",       encounter::v1::PROCEDURE_STATUS_STOPPED    },
    {"completed",     encounter::v1::PROCEDURE_STATUS_COMPLETED  },
    {"unknown",       encounter::v1::PROCEDURE_STATUS_UNKNOWN    },
    {kEnteredInError, encounter::v1::PROCEDURE_STATUS_UNKNOWN    },
};

constexpr std::pair<std::string_view, encounter::v1::ImmunizationStatus> kImmunizationStatuses[] = {
    {"completed",     encounter::v1::IMMUNIZATION_STATUS_COMPLETED},
    {"not-done",      encounter::v1::IMMUNIZATION_STATUS_NOT_DONE },
    {kEnteredInError, encounter::v1::IMMUNIZATION_STATUS_COMPLETED},
};

void ReadEncounter(Mapping& mapping, const Field& r, encounter::v1::Encounter* out) {
  out->set_id(mapping.Id());
  out->set_status(r["status"].Code(kEncounterStatuses));
  FlagApproximated(mapping, r["status"], {"triaged", "onleave"});
  if (const Field setting = r["class"]) ReadCoding(mapping, setting, out->mutable_class_());
  ReadEach(r["type"], [&](const Field& type) { ReadConcept(mapping, type, out->add_types()); });
  ReadEach(r["reasonCode"], [&](const Field& reason) { ReadConcept(mapping, reason, out->add_reasons()); });
  if (const Field period = r["period"]) {
    const bool planned = out->status() == encounter::v1::ENCOUNTER_STATUS_PLANNED;
    ReadPeriod(mapping, period, planned ? out->mutable_planned_period() : out->mutable_period());
  }
  ReadEach(r["participant"], [&](const Field& item) {
    encounter::v1::EncounterParticipant* participant = out->add_participants();
    const Field individual = item["individual"];
    participant->set_display(individual["display"].Text());
    participant->set_practitioner_id(participant->display().empty() ? ReadActor(mapping, individual, "Practitioner")
                                                                    : mapping.Reference(individual, "Practitioner"));
    if (const Field role = item["type"].First()) ReadConcept(mapping, role, participant->mutable_role());
  });
  out->set_service_provider_id(ReadActor(mapping, r["serviceProvider"], "Organization"));
  out->set_location(r["location"].First()["location"]["display"].Text());
  if (const Field disposition = r["hospitalization"]["dischargeDisposition"]) {
    ReadConcept(mapping, disposition, out->mutable_discharge_disposition());
  }
  ReadEach(r["identifier"], [&](const Field& identifier) {
    if (identifier["value"]) ReadIdentifier(mapping, identifier, out->add_identifiers());
  });
}

// A moment starts and ends at once.
void ReadPerformed(Mapping& mapping, const Field& r, clinical::v1::Period* out) {
  if (const Field moment = r["performedDateTime"]) {
    *out->mutable_start() = mapping.Time(moment);
    *out->mutable_end() = out->start();
  } else {
    ReadPeriod(mapping, r["performedPeriod"], out);
  }
}

void ReadProcedure(Mapping& mapping, const Field& r, encounter::v1::Procedure* out) {
  out->set_id(mapping.Id());
  out->set_status(r["status"].Code(kProcedureStatuses));
  if (const Field code = r["code"]) ReadConcept(mapping, code, out->mutable_code());
  if (r["performedDateTime"] || r["performedPeriod"]) ReadPerformed(mapping, r, out->mutable_performed_period());
  FlagNotKept(mapping, r, {"performedAge", "performedRange", "performedString"});
  ReadEach(r["bodySite"], [&](const Field& site) { ReadConcept(mapping, site, out->add_body_sites()); });
  ReadEach(r["reasonReference"], [&](const Field& reason) {
    std::string problem_id = mapping.Reference(reason, "Condition");
    if (!problem_id.empty()) {
      out->add_reason_problem_ids(std::move(problem_id));
    } else if (const Field display = reason["display"]) {
      out->add_reasons()->set_text(display.Text());
    }
  });
  ReadEach(r["reasonCode"], [&](const Field& reason) { ReadConcept(mapping, reason, out->add_reasons()); });
  out->set_outcome(ConceptWords(r["outcome"]));
  ReadEach(r["performer"], [&](const Field& performer) {
    AddActor(mapping, performer["actor"], "Practitioner", out->mutable_performer_ids());
  });
}

void ReadImmunization(Mapping& mapping, const Field& r, encounter::v1::Immunization* out) {
  out->set_id(mapping.Id());
  out->set_status(r["status"].Code(kImmunizationStatuses));
  if (const Field reason = r["statusReason"]) ReadConcept(mapping, reason, out->mutable_status_reason());
  if (const Field vaccine = r["vaccineCode"]) ReadConcept(mapping, vaccine, out->mutable_vaccine());
  if (const Field time = r["occurrenceDateTime"]) *out->mutable_occurrence_time() = mapping.Time(time);
  FlagNotKept(mapping, r, {"occurrenceString"});
  if (r["isSubpotent"].Bool().value_or(false)) mapping.Flag("dose-subpotent", "the dose is said to have been too weak");
  if (const auto primary = r["primarySource"].Bool(); primary.has_value()) out->set_primary_source(*primary);
  out->set_lot_number(r["lotNumber"].Text());
  if (const Field dose = r["doseQuantity"]) ReadQuantity(dose, out->mutable_dose());
  if (const Field site = r["site"]) ReadConcept(mapping, site, out->mutable_site());
  if (const Field route = r["route"]) ReadConcept(mapping, route, out->mutable_route());
  ReadEach(r["performer"], [&](const Field& performer) {
    AddActor(mapping, performer["actor"], "Practitioner", out->mutable_performer_ids());
  });
}

}  // namespace

void MapEncounter(Mapping& mapping, std::vector<Command>* out) {
  const Field r = mapping.resource();
  EncounterCommand command;
  auto* request = command.mutable_record_encounter();
  request->set_patient_id(mapping.Patient("subject"));
  for (const std::string_view member : {"status", "class"}) mapping.Require(member);
  ReadEncounter(mapping, r, request->mutable_encounter());
  mapping.Happened(r["period"]["start"]);
  const std::optional<int64_t> died = mapping.lifespan().died;
  if (died.has_value() && mapping.happened().has_value() && ToMicros(*mapping.happened()) > *died) {
    mapping.Flag("encounter-after-death", "it is said to begin after the patient died");
  }
  const std::string patient_id = request->patient_id();
  Finish(mapping, command, request, request->mutable_encounter(), out);
  if (r["status"].Text() == kEnteredInError) {
    Retract<EncounterCommand>(
        mapping, patient_id, &EncounterCommand::mutable_retract_encounter,
        [](auto* retract, const std::string& id) { retract->set_encounter_id(id); }, out);
  }
}

void MapProcedure(Mapping& mapping, std::vector<Command>* out) {
  const Field r = mapping.resource();
  EncounterCommand command;
  auto* request = command.mutable_record_procedure();
  request->set_patient_id(mapping.Patient("subject"));
  mapping.Encounter(r["encounter"]);
  for (const std::string_view member : {"status", "code"}) mapping.Require(member);
  ReadProcedure(mapping, r, request->mutable_procedure());
  mapping.Happened(r["performedDateTime"] ? r["performedDateTime"] : r["performedPeriod"]["start"]);
  const std::string patient_id = request->patient_id();
  Finish(mapping, command, request, request->mutable_procedure(), out);
  if (r["status"].Text() == kEnteredInError) {
    Retract<EncounterCommand>(
        mapping, patient_id, &EncounterCommand::mutable_retract_procedure,
        [](auto* retract, const std::string& id) { retract->set_procedure_id(id); }, out);
  }
}

void MapImmunization(Mapping& mapping, std::vector<Command>* out) {
  const Field r = mapping.resource();
  EncounterCommand command;
  auto* request = command.mutable_record_immunization();
  request->set_patient_id(mapping.Patient("patient"));
  mapping.Encounter(r["encounter"]);
  mapping.SourceRecorded(r["recorded"]);
  for (const std::string_view member : {"status", "vaccineCode"}) mapping.Require(member);
  ReadImmunization(mapping, r, request->mutable_immunization());
  mapping.Happened(r["occurrenceDateTime"]);
  const std::string patient_id = request->patient_id();
  Finish(mapping, command, request, request->mutable_immunization(), out);
  if (r["status"].Text() == kEnteredInError) {
    Retract<EncounterCommand>(
        mapping, patient_id, &EncounterCommand::mutable_retract_immunization,
        [](auto* retract, const std::string& id) { retract->set_immunization_id(id); }, out);
  }
}

}  // namespace anamnesis::fhir
