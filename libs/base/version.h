// The version of the programs; the one place that says it to the code.
#pragma once

namespace anamnesis {

inline constexpr char kVersion[] = "0.1.0";

}  // namespace anamnesis
