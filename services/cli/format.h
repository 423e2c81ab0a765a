// Clinical values as people read them. What is unknown is said to be unknown, never shown as zero or left out.
#pragma once

#include <string>

#include "anamnesis/clinical/v1/types.pb.h"
#include "anamnesis/encounter/v1/results.pb.h"
#include "anamnesis/medication/v1/types.pb.h"
#include "anamnesis/patient/v1/history.pb.h"
#include "anamnesis/projection/v1/views.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace anamnesis::cli {

inline constexpr char kUnknown[] = "unknown";

// `2026-03-14` and `2026-03-14 09:30`, in UTC.
std::string Day(const google::protobuf::Timestamp& time);
std::string Minute(const google::protobuf::Timestamp& time);
// `1966-04`, as much as is known.
std::string Date(const clinical::v1::PartialDate& date);
// The text, else the first display, else the first code; `unknown` where there is none.
std::string Concept(const clinical::v1::CodeableConcept& concept_value);
// `7.5 mg`, `< 5 mmol/L`.
std::string Amount(const clinical::v1::Quantity& quantity);
// `Dr. Ada Lovelace`.
std::string Name(const clinical::v1::HumanName& name);
// `10 mg, by mouth, 4 times in 24 h, as needed`; the text that came with it where there is one.
std::string DosageSentence(const medication::v1::Dosage& dosage);
// The value of an observation, with its components.
std::string ObservationValue(const encounter::v1::Observation& observation);
// An enum value without its prefix: ORDER_STATUS_ON_HOLD is `on hold`.
std::string EnumWords(const google::protobuf::EnumDescriptor& type, int value);
template <class Enum>
std::string Words(Enum value) {
  return EnumWords(*google::protobuf::GetEnumDescriptor<Enum>(), value);
}
// `encounter-after-death, dose-missing`; empty where nothing is doubtful.
std::string Flags(const clinical::v1::Provenance& provenance);
// `Dr. Ada Lovelace`, or the id of the directory's entry where no name was said.
std::string Somebody(const patient::v1::Party& party);
// `lower back, left: 6.5 of 10, burning; knee, right: severity unknown`.
std::string PainPlaces(const patient::v1::PainHistory& history);
// What a parser said, which may show the place in lines of its own, on one.
std::string OneLine(const std::string& text);
// One line on any view: `Low back pain, active`.
std::string Summary(const projection::v1::View& view);

}  // namespace anamnesis::cli
