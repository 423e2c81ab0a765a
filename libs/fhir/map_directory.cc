// Practitioner → RegisterPractitioner, Organization → RegisterOrganization. Many bundles carry the same ones, so
// nothing here depends on the rest of the bundle: the same content makes the same command.
#include "fhir/finish.h"
#include "fhir/map_resources.h"
#include "fhir/map_types.h"

namespace anamnesis::fhir {
namespace {

using encounter::v1::EncounterCommand;

// What Practitioner and Organization have in common.
template <class Resource>
void ReadDirectoryEntry(Mapping& mapping, const Field& r, Resource* out) {
  out->set_id(mapping.Id());
  if (const auto active = r["active"].Bool(); active.has_value()) out->set_active(*active);
  ReadEach(r["identifier"], [&](const Field& identifier) {
    if (identifier["value"]) ReadIdentifier(mapping, identifier, out->add_identifiers());
  });
  ReadEach(r["address"], [&](const Field& address) { ReadAddress(address, out->add_addresses()); });
  ReadEach(r["telecom"], [&](const Field& contact) { ReadContact(contact, out->add_contacts()); });
}

}  // namespace

void MapPractitioner(Mapping& mapping, std::vector<Command>* out) {
  const Field r = mapping.resource();
  EncounterCommand command;
  auto* request = command.mutable_register_practitioner();
  encounter::v1::Practitioner* practitioner = request->mutable_practitioner();
  ReadDirectoryEntry(mapping, r, practitioner);
  mapping.Require("name");
  ReadEach(r["name"], [&](const Field& name) { ReadName(mapping, name, practitioner->add_names()); });
  practitioner->set_gender(r["gender"].Text());
  ReadEach(r["qualification"], [&](const Field& qualification) {
    std::string words = ConceptWords(qualification["code"]);
    if (!words.empty()) practitioner->add_qualifications(std::move(words));
  });
  Finish(mapping, command, request, practitioner, out);
}

void MapOrganization(Mapping& mapping, std::vector<Command>* out) {
  const Field r = mapping.resource();
  EncounterCommand command;
  auto* request = command.mutable_register_organization();
  encounter::v1::Organization* organization = request->mutable_organization();
  ReadDirectoryEntry(mapping, r, organization);
  mapping.Require("name");
  organization->set_name(r["name"].Text());
  ReadEach(r["alias"], [&](const Field& alias) { organization->add_aliases(alias.Text()); });
  ReadEach(r["type"], [&](const Field& type) { ReadConcept(mapping, type, organization->add_types()); });
  Finish(mapping, command, request, organization, out);
}

}  // namespace anamnesis::fhir
