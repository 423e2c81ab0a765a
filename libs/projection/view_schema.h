// What the owner of the views tells the machinery that keeps them: how they merge and how they are found.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "projection/view_store_keys.h"

namespace anamnesis::projection {

// Pure functions, called from any thread.
struct ViewSchema {
  // The view after a PATCH: of `view` (empty: there was none) the paths are cleared, then `patch` is merged in. The
  // result is the same bytes for the same content. INVALID_ARGUMENT where bytes or a path are not of the kind.
  std::function<absl::StatusOr<std::string>(std::string_view kind, std::string_view view, std::string_view patch,
                                            const google::protobuf::RepeatedPtrField<std::string>& replace)>
      merge;

  // The terms by which a view is found, none twice. Scans go by prefixes of terms, in byte order. INVALID_ARGUMENT
  // where the bytes are not a view of the kind.
  std::function<absl::StatusOr<std::vector<std::string>>(const ViewRef& ref, std::string_view view)> terms;
};

}  // namespace anamnesis::projection
