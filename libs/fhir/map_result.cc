// Observation → RecordObservation, DiagnosticReport → RecordDiagnosticReport, ImagingStudy → RecordImagingStudy.
#include "absl/strings/numbers.h"
#include "fhir/code_checks.h"
#include "fhir/finish.h"
#include "fhir/map_resources.h"
#include "fhir/map_types.h"

namespace anamnesis::fhir {
namespace {

using encounter::v1::EncounterCommand;
using encounter::v1::ObservationValue;

constexpr std::pair<std::string_view, encounter::v1::ResultStatus> kResultStatuses[] = {
    {"registered",    encounter::v1::RESULT_STATUS_REGISTERED },
    {"partial",       encounter::v1::RESULT_STATUS_PRELIMINARY},
    {"preliminary",   encounter::v1::RESULT_STATUS_PRELIMINARY},
    {"final",         encounter::v1::RESULT_STATUS_FINAL      },
    {"amended",       encounter::v1::RESULT_STATUS_AMENDED    },
    {"appended",      encounter::v1::RESULT_STATUS_AMENDED    },
    {"corrected",     encounter::v1::RESULT_STATUS_CORRECTED  },
    {"cancelled",     encounter::v1::RESULT_STATUS_CANCELLED  },
    {"unknown",       encounter::v1::RESULT_STATUS_UNKNOWN    },
    {kEnteredInError, encounter::v1::RESULT_STATUS_UNKNOWN    },
};

constexpr std::pair<std::string_view, encounter::v1::ImagingStudyStatus> kStudyStatuses[] = {
    {"registered",    encounter::v1::IMAGING_STUDY_STATUS_REGISTERED},
    {"available",     encounter::v1::IMAGING_STUDY_STATUS_AVAILABLE },
    {"cancelled",     encounter::v1::IMAGING_STUDY_STATUS_CANCELLED },
    {"unknown",       encounter::v1::IMAGING_STUDY_STATUS_UNKNOWN   },
    {kEnteredInError, encounter::v1::IMAGING_STUDY_STATUS_UNKNOWN   },
};

bool ReadValue(Mapping& mapping, const Field& r, ObservationValue* out) {
  if (const Field quantity = r["valueQuantity"]) {
    ReadQuantity(quantity, out->mutable_quantity());
  } else if (const Field finding = r["valueCodeableConcept"]) {
    ReadConcept(mapping, finding, out->mutable_coded());
  } else if (const Field text = r["valueString"] ? r["valueString"] : r["valueTime"]) {
    out->set_text(text.Text());
  } else if (const auto boolean = r["valueBoolean"].Bool(); boolean.has_value()) {
    out->set_boolean(*boolean);
  } else if (const Field integer = r["valueInteger"]) {
    int64_t value = 0;
    if (!absl::SimpleAtoi(integer.Decimal(), &value)) integer.Reject("expected a whole number");
    out->set_integer(value);
  } else if (const Field time = r["valueDateTime"]) {
    *out->mutable_time() = mapping.Time(time);
  } else {
    return false;
  }
  return true;
}

// The same for an observation and for one part of it.
template <class Observed>
void ReadObserved(Mapping& mapping, const Field& r, Observed* out) {
  if (const Field code = r["code"]) ReadConcept(mapping, code, out->mutable_code());
  if (!ReadValue(mapping, r, out->mutable_value())) out->clear_value();
  if (const Field reason = r["dataAbsentReason"]) ReadConcept(mapping, reason, out->mutable_data_absent_reason());
  ReadEach(r["interpretation"],
           [&](const Field& meaning) { ReadConcept(mapping, meaning, out->add_interpretations()); });
  FlagNotKept(mapping, r, {"valueRange", "valueRatio", "valueSampledData", "valuePeriod"},
              "the observation has a value of a type that is not kept");
  for (const auto& coding : out->code().codings()) {
    if (IsIntegerScale(coding.system(), coding.code()) && HasFraction(out->value().quantity().value())) {
      mapping.Flag("decimal-score-on-integer-scale", "the score has decimals; its scale has whole numbers only");
    }
  }
}

// effective[x] of Observation and DiagnosticReport.
template <class Resource>
void ReadEffective(Mapping& mapping, const Field& r, Resource* out) {
  const Field instant = r["effectiveDateTime"] ? r["effectiveDateTime"] : r["effectiveInstant"];
  if (instant) {
    *out->mutable_effective_time() = mapping.Time(instant);
  } else if (const Field period = r["effectivePeriod"]) {
    ReadPeriod(mapping, period, out->mutable_effective_period());
  }
  FlagNotKept(mapping, r, {"effectiveTiming"});
  if (const Field issued = r["issued"]) *out->mutable_issued() = mapping.Time(issued);
  mapping.Happened(instant ? instant : r["effectivePeriod"]["start"]);
}

void ReadObservation(Mapping& mapping, const Field& r, encounter::v1::Observation* out) {
  out->set_id(mapping.Id());
  out->set_status(r["status"].Code(kResultStatuses));
  FlagApproximated(mapping, r["status"], {"partial", "appended"});
  ReadEach(r["category"], [&](const Field& category) { ReadConcept(mapping, category, out->add_categories()); });
  ReadObserved(mapping, r, out);
  ReadEffective(mapping, r, out);
  if (const Field site = r["bodySite"]) ReadConcept(mapping, site, out->mutable_body_site());
  ReadEach(r["component"], [&](const Field& component) { ReadObserved(mapping, component, out->add_components()); });
  ReadEach(r["performer"],
           [&](const Field& performer) { AddActor(mapping, performer, "Practitioner", out->mutable_performer_ids()); });
}

void ReadReport(Mapping& mapping, const Field& r, encounter::v1::DiagnosticReport* out) {
  out->set_id(mapping.Id());
  out->set_status(r["status"].Code(kResultStatuses));
  FlagApproximated(mapping, r["status"], {"partial", "appended"});
  ReadEach(r["category"], [&](const Field& category) { ReadConcept(mapping, category, out->add_categories()); });
  if (const Field code = r["code"]) ReadConcept(mapping, code, out->mutable_code());
  ReadEffective(mapping, r, out);
  ReadEach(r["result"], [&](const Field& item) {
    encounter::v1::ReportResult* result = out->add_results();
    result->set_observation_id(mapping.Reference(item, "Observation"));
    result->set_display(item["display"].Text());
  });
  out->set_conclusion(r["conclusion"].Text());
  ReadEach(r["conclusionCode"], [&](const Field& code) { ReadConcept(mapping, code, out->add_conclusion_codes()); });
  ReadEach(r["performer"], [&](const Field& performer) {
    const bool organization = mapping.Resolve(performer).type == "Organization";
    AddActor(mapping, performer, organization ? "Organization" : "Practitioner", out->mutable_performer_ids());
  });
}

void ReadInstance(Mapping& mapping, const Field& r, encounter::v1::ImagingInstance* out) {
  out->set_uid(r["uid"].Text());
  if (const Field sop_class = r["sopClass"]) ReadCoding(mapping, sop_class, out->mutable_sop_class());
  if (const auto number = r["number"].Count(); number.has_value()) out->set_number(*number);
  out->set_title(r["title"].Text());
}

void ReadSeries(Mapping& mapping, const Field& r, encounter::v1::ImagingSeries* out) {
  out->set_uid(r["uid"].Text());
  if (const auto number = r["number"].Count(); number.has_value()) out->set_number(*number);
  if (const Field modality = r["modality"]) ReadCoding(mapping, modality, out->mutable_modality());
  if (const Field site = r["bodySite"]) ReadCoding(mapping, site, out->mutable_body_site());
  if (const Field started = r["started"]) *out->mutable_started() = mapping.Time(started);
  ReadEach(r["instance"], [&](const Field& instance) { ReadInstance(mapping, instance, out->add_instances()); });
}

}  // namespace

void MapObservation(Mapping& mapping, std::vector<Command>* out) {
  const Field r = mapping.resource();
  EncounterCommand command;
  auto* request = command.mutable_record_observation();
  request->set_patient_id(mapping.Patient("subject"));
  mapping.Encounter(r["encounter"]);
  for (const std::string_view member : {"status", "code"}) mapping.Require(member);
  ReadObservation(mapping, r, request->mutable_observation());
  const std::string patient_id = request->patient_id();
  Finish(mapping, command, request, request->mutable_observation(), out);
  if (r["status"].Text() == kEnteredInError) {
    Retract<EncounterCommand>(
        mapping, patient_id, &EncounterCommand::mutable_retract_observation,
        [](auto* retract, const std::string& id) { retract->set_observation_id(id); }, out);
  }
}

void MapDiagnosticReport(Mapping& mapping, std::vector<Command>* out) {
  const Field r = mapping.resource();
  EncounterCommand command;
  auto* request = command.mutable_record_diagnostic_report();
  request->set_patient_id(mapping.Patient("subject"));
  mapping.Encounter(r["encounter"]);
  for (const std::string_view member : {"status", "code"}) mapping.Require(member);
  ReadReport(mapping, r, request->mutable_diagnostic_report());
  const std::string patient_id = request->patient_id();
  Finish(mapping, command, request, request->mutable_diagnostic_report(), out);
  if (r["status"].Text() == kEnteredInError) {
    Retract<EncounterCommand>(
        mapping, patient_id, &EncounterCommand::mutable_retract_diagnostic_report,
        [](auto* retract, const std::string& id) { retract->set_diagnostic_report_id(id); }, out);
  }
}

void MapImagingStudy(Mapping& mapping, std::vector<Command>* out) {
  const Field r = mapping.resource();
  EncounterCommand command;
  auto* request = command.mutable_record_imaging_study();
  request->set_patient_id(mapping.Patient("subject"));
  mapping.Encounter(r["encounter"]);
  mapping.Require("status");
  encounter::v1::ImagingStudy* study = request->mutable_imaging_study();
  study->set_id(mapping.Id());
  study->set_status(r["status"].Code(kStudyStatuses));
  ReadEach(r["identifier"], [&](const Field& identifier) {
    if (identifier["value"]) ReadIdentifier(mapping, identifier, study->add_identifiers());
  });
  if (const Field started = r["started"]) *study->mutable_started() = mapping.Time(started);
  ReadEach(r["procedureCode"], [&](const Field& code) { ReadConcept(mapping, code, study->add_procedure_codes()); });
  ReadEach(r["series"], [&](const Field& series) { ReadSeries(mapping, series, study->add_series()); });
  study->set_description(r["description"].Text());
  mapping.Happened(r["started"]);
  const std::string patient_id = request->patient_id();
  Finish(mapping, command, request, study, out);
  if (r["status"].Text() == kEnteredInError) {
    Retract<EncounterCommand>(
        mapping, patient_id, &EncounterCommand::mutable_retract_imaging_study,
        [](auto* retract, const std::string& id) { retract->set_imaging_study_id(id); }, out);
  }
}

}  // namespace anamnesis::fhir
