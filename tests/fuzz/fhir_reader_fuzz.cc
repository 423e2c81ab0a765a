// Any bytes at all are mapped or refused: no crash, no undefined behaviour, and what is mapped can be sent.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "fhir/bundle.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const absl::Status status = anamnesis::fhir::MapText(text, "urn:fuzz", [](anamnesis::fhir::MappedEntry entry) {
    if ((entry.disposition == anamnesis::fhir::Disposition::kMapped) == entry.commands.empty()) std::abort();
    for (const anamnesis::fhir::Command& command : entry.commands) {
      // A string field that is not UTF-8 would be refused by the server as malformed.
      if (!std::visit([](const auto& c) { return std::decay_t<decltype(c)>().ParseFromString(c.SerializeAsString()); },
                      command)) {
        std::abort();
      }
    }
    return true;
  });
  if (!status.ok() && status.code() != absl::StatusCode::kInvalidArgument) std::abort();
  return 0;
}
