// How a view is patched. Pure.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace anamnesis::readmodel {

// `view` (serialized View; empty: there was none) with the dotted paths below its kind's message cleared, then `patch`
// merged in: scalars overwrite, lists append. A path clears the whole field that it names; what is not set is passed
// over. The result is the same bytes for the same content. INVALID_ARGUMENT where bytes or a path are not of the kind.
absl::StatusOr<std::string> MergeView(std::string_view kind, std::string_view view, std::string_view patch,
                                      const google::protobuf::RepeatedPtrField<std::string>& replace);

}  // namespace anamnesis::readmodel
