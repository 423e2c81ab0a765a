// FHIR R4 text to the commands that record it. Never fails on what a resource holds: a resource that cannot be recorded
// is rejected by name and the rest goes on. No input crashes it (tests/fuzz).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "fhir/mapping.h"

namespace anamnesis::fhir {

inline constexpr std::string_view kDefaultSourceSystem = "urn:anamnesis:source:fhir";

// What becomes of a resource.
enum class Disposition {
  kMapped,
  kOutOfScope,  // By its type: financial, or not known here.
  kRejected,
};

// One resource of a text.
struct MappedEntry {
  size_t index = 0;           // Of the bundle's entry, from 0; 0 for a lone resource.
  std::string resource_type;  // Empty where it is not said.
  std::string resource_id;    // The source's; empty where it is not said.
  Disposition disposition = Disposition::kRejected;
  std::vector<Command> commands;  // In the order in which they must be carried out; at least one where mapped.
  std::vector<clinical::v1::DataFlag> flags;
  Fault fault;  // Where rejected.
};

// Takes entries one by one, so that only one is in memory beside the text; false stops the mapping.
using EntrySink = std::function<bool(MappedEntry)>;

// A transaction, collection, batch or searchset bundle, or a lone resource. Patients, practitioners and organizations
// come first, everything else in the order of the text. INVALID_ARGUMENT where the text is not JSON or not FHIR, with
// the place: then nothing was given to the sink. The same text and source give the same commands, byte for byte.
absl::Status MapText(std::string_view text, std::string_view source_system, const EntrySink& sink);

}  // namespace anamnesis::fhir
