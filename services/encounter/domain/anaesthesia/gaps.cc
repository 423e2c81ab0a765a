#include "services/encounter/domain/anaesthesia/gaps.h"

#include <algorithm>
#include <string>

#include "base/clock.h"

namespace anamnesis::encounter {

std::vector<v1::VitalsGap> GapsOf(std::string_view vital, std::vector<int64_t> measured, int64_t from, int64_t to,
                                  int64_t most_micros) {
  std::erase_if(measured, [&](int64_t time) { return time < from || time > to; });
  measured.push_back(to);
  std::ranges::sort(measured);
  std::vector<v1::VitalsGap> gaps;
  int64_t last = from;
  for (const int64_t time : measured) {
    if (time - last > most_micros) {
      v1::VitalsGap& gap = gaps.emplace_back();
      gap.set_vital(std::string(vital));
      *gap.mutable_from() = ToTimestamp(last);
      *gap.mutable_to() = ToTimestamp(time);
    }
    last = time;
  }
  return gaps;
}

std::vector<v1::VitalsGap> VitalsGaps(const v1::AnaesthesiaState& record, int64_t end, int64_t most_micros) {
  std::vector<v1::VitalsGap> gaps;
  const auto add = [&](std::string_view vital, const google::protobuf::RepeatedField<int64_t>& measured) {
    if (!record.has_start() && measured.empty()) return;
    const int64_t from = record.has_start() ? ToMicros(record.start()) : *std::ranges::min_element(measured);
    for (v1::VitalsGap& gap : GapsOf(vital, {measured.begin(), measured.end()}, from, end, most_micros)) {
      gaps.push_back(std::move(gap));
    }
  };
  add("blood-pressure", record.pressure_micros());
  add("heart-rate", record.heart_rate_micros());
  return gaps;
}

std::vector<std::string_view> MissingItems(const v1::AldreteItems& items) {
  std::vector<std::string_view> missing;
  if (!items.has_activity()) missing.push_back("activity");
  if (!items.has_respiration()) missing.push_back("respiration");
  if (!items.has_circulation()) missing.push_back("circulation");
  if (!items.has_consciousness()) missing.push_back("consciousness");
  if (!items.has_spo2()) missing.push_back("spo2");
  return missing;
}

uint32_t AldreteTotal(const v1::AldreteItems& items) {
  return items.activity() + items.respiration() + items.circulation() + items.consciousness() + items.spo2();
}

}  // namespace anamnesis::encounter
