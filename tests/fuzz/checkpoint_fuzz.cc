// Any bytes at all are a note, a checkpoint, a key, or refused; what is read is written again as the same bytes.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "evidence/checkpoint.h"
#include "evidence/note.h"
#include "evidence/note_key.h"

namespace {

namespace evidence = anamnesis::evidence;

void CheckCheckpoint(std::string_view text) {
  const auto checkpoint = evidence::ParseCheckpoint(text);
  if (!checkpoint.ok()) return;
  const auto again = evidence::FormatCheckpoint(*checkpoint);
  if (!again.ok() || *again != text) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  CheckCheckpoint(bytes);
  const auto key = evidence::VerifierKey::Parse(bytes);
  if (key.ok() && key->ToString() != bytes) std::abort();
  const auto note = evidence::ParseNote(bytes);
  if (!note.ok()) return 0;
  if (evidence::FormatNote(*note) != bytes) std::abort();
  CheckCheckpoint(note->text);
  return 0;
}
