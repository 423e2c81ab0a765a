// The end of every mapping: the command that records the resource, and the one that takes it back where the source says
// that it was entered in error, so that the history shows both.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/mapping.h"

namespace anamnesis::fhir {

inline constexpr std::string_view kEnteredInError = "entered-in-error";

// `request` and `resource` are parts of `command`, which is moved from.
template <class ServiceCommand, class Request, class Resource>
void Finish(Mapping& mapping, ServiceCommand& command, Request* request, Resource* resource,
            std::vector<Command>* out) {
  mapping.FillProvenance(resource->mutable_provenance());
  mapping.Seal(request);
  out->emplace_back(std::move(command));
}

// `set_id` names the resource in the request: `set_problem_id`.
template <class ServiceCommand, class Request, class SetId>
void Retract(Mapping& mapping, const std::string& patient_id, Request* (ServiceCommand::*request)(), SetId set_id,
             std::vector<Command>* out) {
  ServiceCommand command;
  Request* retract = (command.*request)();
  retract->set_patient_id(patient_id);
  set_id(retract, mapping.Id());
  mapping.Seal(retract, kEnteredInError);
  out->emplace_back(std::move(command));
}

}  // namespace anamnesis::fhir
