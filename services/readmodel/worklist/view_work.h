// What is to be done about one view: a note that is not signed, a referral without an answer. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "anamnesis/chart/v1/chart_service.pb.h"
#include "anamnesis/projection/v1/views.pb.h"

namespace anamnesis::readmodel {

// Something to be done.
struct ViewWork {
  std::optional<int64_t> due_micros;  // From when on; nothing: since nobody can say when.
  std::string about;                  // `note/<id>`.
};

// What the list has for the view as of an instant; nothing: it is not on it. `practitioner_id` empty: whosoever's.
std::optional<ViewWork> WorkOf(chart::v1::Worklist worklist, const projection::v1::View& view, int64_t as_of_micros,
                               const std::string& practitioner_id);

}  // namespace anamnesis::readmodel
