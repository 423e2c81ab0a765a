// Whatever bytes are given: ParseRecord refuses them or has read all of them, which writing them again proves.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "eventlog/coding.h"
#include "eventlog/record.h"

namespace {

void CheckRoundTrip(std::string_view bytes) {
  anamnesis::eventlog::StoredRecord stored;
  if (!anamnesis::eventlog::ParseRecord(bytes, stored).ok()) return;
  if (anamnesis::eventlog::WriteRecord(stored.header, stored.key_number, stored.payload) != bytes) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  CheckRoundTrip(bytes);
  // Nobody guesses a checksum, so the decoder behind it is reached by giving it one.
  anamnesis::eventlog::PutChecksum(bytes);
  CheckRoundTrip(bytes);
  return 0;
}
