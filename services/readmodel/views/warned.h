// The resources that the clinical rules warn about, in their views. Pure.
#pragma once

#include <optional>
#include <string>

#include "anamnesis/projection/v1/views.pb.h"

namespace anamnesis::readmodel {

// Refers to the view.
struct Warned {
  std::string name;                    // `order/<id>`.
  const std::string& practitioner_id;  // Who prescribed, programmed, performed or asked; empty where unknown.
  const google::protobuf::RepeatedPtrField<rpc::v1::AlertStep>& steps;
};

// Nothing for a view of what no rule warns about.
std::optional<Warned> WarnedOf(const projection::v1::View& view);

// Whether a warning about the view's resource is open, as far as is recorded.
bool HasOpenAlerts(const projection::v1::View& view);

}  // namespace anamnesis::readmodel
