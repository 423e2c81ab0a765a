// What is computed of an anaesthesia record: where a vital sign was not measured for too long, and the recovery score.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "anamnesis/encounter/v1/anaesthesia.pb.h"
#include "anamnesis/encounter/v1/procedure_state.pb.h"

namespace anamnesis::encounter {

// The stretches from the beginning over each measurement to the end that are longer than `most_micros`, in order; one
// of exactly that length is none. The measurements may be in any order; those outside count for nothing. Times are in
// microseconds since 1970.
std::vector<v1::VitalsGap> GapsOf(std::string_view vital, std::vector<int64_t> measured, int64_t from, int64_t to,
                                  int64_t most_micros);

// Of blood pressure, then of heart rate. Where the beginning is not known, each counts from its first measurement: what
// is missing before it is not known either.
std::vector<v1::VitalsGap> VitalsGaps(const v1::AnaesthesiaState& record, int64_t end, int64_t most_micros);

// The items that are not answered, by name.
std::vector<std::string_view> MissingItems(const v1::AldreteItems& items);
// The sum of the items, 0 to 10, where all are answered.
uint32_t AldreteTotal(const v1::AldreteItems& items);

}  // namespace anamnesis::encounter
