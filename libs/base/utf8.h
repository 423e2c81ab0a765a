// UTF-8 (RFC 3629).
#pragma once

#include <string_view>

namespace anamnesis {

// True for well-formed UTF-8: no overlong form, no surrogate, nothing above U+10FFFF.
bool IsUtf8(std::string_view text);

}  // namespace anamnesis
