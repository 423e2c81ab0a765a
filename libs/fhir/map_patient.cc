// Patient → RegisterPatient, and RecordDeath where the source says that the patient died.
#include "fhir/map_resources.h"
#include "fhir/map_types.h"
#include "fhir/time.h"

namespace anamnesis::fhir {
namespace {

using patient::v1::Demographics;

constexpr std::pair<std::string_view, patient::v1::Sex> kSexes[] = {
    {"female",  patient::v1::SEX_FEMALE },
    {"male",    patient::v1::SEX_MALE   },
    {"other",   patient::v1::SEX_OTHER  },
    {"unknown", patient::v1::SEX_UNKNOWN},
};

void ReadDemographics(Mapping& mapping, const Field& r, Demographics* out) {
  ReadEach(r["name"], [&](const Field& name) { ReadName(mapping, name, out->add_names()); });
  out->set_sex(r["gender"].Code(kSexes));
  if (const Field birth = r["birthDate"]) ReadDate(birth, out->mutable_birth_date());
  ReadEach(r["address"], [&](const Field& address) { ReadAddress(address, out->add_addresses()); });
  ReadEach(r["telecom"], [&](const Field& contact) { ReadContact(contact, out->add_contacts()); });
  ReadEach(r["communication"], [&](const Field& communication) {
    if (const Field language = communication["language"]) ReadConcept(mapping, language, out->add_languages());
  });
  if (const Field status = r["maritalStatus"]) ReadConcept(mapping, status, out->mutable_marital_status());
}

void RecordDeath(Mapping& mapping, const std::optional<google::protobuf::Timestamp>& time, std::vector<Command>* out) {
  patient::v1::PatientCommand command;
  auto* request = command.mutable_record_death();
  request->set_patient_id(mapping.Id());
  mapping.HappenedAt(time);
  if (time.has_value()) *request->mutable_deceased_time() = *time;
  mapping.Seal(request);
  out->emplace_back(std::move(command));
}

}  // namespace

void MapPatient(Mapping& mapping, std::vector<Command>* out) {
  const Field r = mapping.resource();
  patient::v1::PatientCommand command;
  auto* request = command.mutable_register_patient();
  request->set_patient_id(mapping.Id());
  ReadDemographics(mapping, r, request->mutable_demographics());
  if (request->demographics().names().empty()) mapping.findings().RejectMissing(*r.json(), "name");
  ReadEach(r["identifier"], [&](const Field& identifier) {
    if (identifier["value"]) ReadIdentifier(mapping, identifier, request->add_identifiers());
  });
  if (r["link"]) mapping.Flag("linked-elsewhere", "the source links this record with another of the same person");
  if (!r["active"].Bool().value_or(true)) mapping.Flag("record-not-active", "the source no longer uses this record");
  const Field died = r["deceasedDateTime"];
  const bool is_dead = died || r["deceasedBoolean"].Bool().value_or(false);
  std::optional<google::protobuf::Timestamp> death_time;
  if (died) death_time = mapping.Time(died);
  // The record speaks of the person from birth on: imported history lies before any registration.
  if (const auto birth = ParseTime(r["birthDate"].Text()); birth.has_value()) mapping.HappenedAt(birth->time);
  mapping.FillProvenance(request->mutable_provenance());
  mapping.Seal(request);
  out->emplace_back(std::move(command));
  if (is_dead) RecordDeath(mapping, death_time, out);
}

}  // namespace anamnesis::fhir
