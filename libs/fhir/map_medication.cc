// MedicationRequest → RecordOrder: a fact of the past, whatever the safety rules would say to it today.
#include "absl/strings/numbers.h"
#include "fhir/finish.h"
#include "fhir/map_resources.h"
#include "fhir/map_types.h"

namespace anamnesis::fhir {
namespace {

using medication::v1::Dosage;
using medication::v1::Order;

constexpr std::pair<std::string_view, medication::v1::OrderStatus> kStatuses[] = {
    {"active",        medication::v1::ORDER_STATUS_ACTIVE          },
    {"on-hold",       medication::v1::ORDER_STATUS_ON_HOLD         },
    {"cancelled",     medication::v1::ORDER_STATUS_CANCELLED       },
    {"completed",     medication::v1::ORDER_STATUS_COMPLETED       },
    {"stopped",       medication::v1::ORDER_STATUS_STOPPED         },
    {"draft",         medication::v1::ORDER_STATUS_DRAFT           },
    {"unknown",       medication::v1::ORDER_STATUS_UNKNOWN         },
    {kEnteredInError, medication::v1::ORDER_STATUS_ENTERED_IN_ERROR},
};

constexpr std::pair<std::string_view, medication::v1::OrderIntent> kIntents[] = {
    {"proposal",       medication::v1::ORDER_INTENT_PROPOSAL      },
    {"plan",           medication::v1::ORDER_INTENT_PLAN          },
    {"order",          medication::v1::ORDER_INTENT_ORDER         },
    {"original-order", medication::v1::ORDER_INTENT_ORIGINAL_ORDER},
    {"reflex-order",   medication::v1::ORDER_INTENT_REFLEX_ORDER  },
    {"filler-order",   medication::v1::ORDER_INTENT_FILLER_ORDER  },
    {"instance-order", medication::v1::ORDER_INTENT_INSTANCE_ORDER},
    {"option",         medication::v1::ORDER_INTENT_OPTION        },
};

constexpr std::pair<std::string_view, medication::v1::OrderPriority> kPriorities[] = {
    {"routine", medication::v1::ORDER_PRIORITY_ROUTINE},
    {"urgent",  medication::v1::ORDER_PRIORITY_URGENT },
    {"asap",    medication::v1::ORDER_PRIORITY_ASAP   },
    {"stat",    medication::v1::ORDER_PRIORITY_STAT   },
};

void ReadRatio(const Field& field, medication::v1::Ratio* out) {
  if (const Field numerator = field["numerator"]) ReadQuantity(numerator, out->mutable_numerator());
  if (const Field denominator = field["denominator"]) ReadQuantity(denominator, out->mutable_denominator());
}

void ReadRange(const Field& field, medication::v1::QuantityRange* out) {
  if (const Field low = field["low"]) ReadQuantity(low, out->mutable_low());
  if (const Field high = field["high"]) ReadQuantity(high, out->mutable_high());
}

void ReadTiming(Mapping& mapping, const Field& field, medication::v1::Timing* out) {
  const Field repeat = field["repeat"];
  if (const auto frequency = repeat["frequency"].Count(); frequency.has_value()) out->set_frequency(*frequency);
  if (const auto most = repeat["frequencyMax"].Count(); most.has_value()) out->set_frequency_max(*most);
  out->set_period(repeat["period"].Decimal());
  out->set_period_max(repeat["periodMax"].Decimal());
  out->set_period_unit(repeat["periodUnit"].Text());
  ReadEach(repeat["when"], [&](const Field& when) { out->add_when(when.Text()); });
  if (const Field bounds = repeat["boundsPeriod"]) ReadPeriod(mapping, bounds, out->mutable_bounds());
  if (const Field code = field["code"]) ReadConcept(mapping, code, out->mutable_code());
}

// The first of doseAndRate, which by FHIR repeats only for other kinds of dose (`ordered`, `calculated`).
void ReadDoseAndRate(const Field& field, Dosage* out) {
  if (const Field dose = field["doseQuantity"]) ReadQuantity(dose, out->mutable_dose());
  if (const Field range = field["doseRange"]) ReadRange(range, out->mutable_dose_range());
  if (const Field ratio = field["rateRatio"]) ReadRatio(ratio, out->mutable_rate());
  if (const Field rate = field["rateQuantity"]) ReadQuantity(rate, out->mutable_rate()->mutable_numerator());
  if (const Field range = field["rateRange"]) ReadRange(range, out->mutable_rate_range());
}

void ReadDosage(Mapping& mapping, const Field& field, Dosage* out) {
  if (const auto sequence = field["sequence"].Count(); sequence.has_value()) out->set_sequence(*sequence);
  out->set_text(field["text"].Text());
  if (const auto needed = field["asNeededBoolean"].Bool(); needed.has_value()) out->set_as_needed(*needed);
  if (const Field reason = field["asNeededCodeableConcept"]) {
    out->set_as_needed(true);
    ReadConcept(mapping, reason, out->mutable_as_needed_for());
  }
  if (const Field dose = field["doseAndRate"].First()) ReadDoseAndRate(dose, out);
  if (const Field route = field["route"]) ReadConcept(mapping, route, out->mutable_route());
  if (const Field method = field["method"]) ReadConcept(mapping, method, out->mutable_method());
  if (const Field site = field["site"]) ReadConcept(mapping, site, out->mutable_site());
  if (const Field timing = field["timing"]) ReadTiming(mapping, timing, out->mutable_timing());
  ReadEach(field["additionalInstruction"],
           [&](const Field& words) { ReadConcept(mapping, words, out->add_additional_instructions()); });
  if (const Field most = field["maxDosePerPeriod"]) ReadRatio(most, out->mutable_max_dose_per_period());
}

bool HasDose(const Order& order) {
  for (const Dosage& dosage : order.dosages()) {
    if (!dosage.dose().value().empty() || !dosage.dose_range().low().value().empty() ||
        !dosage.dose_range().high().value().empty() || dosage.has_rate() || dosage.has_rate_range()) {
      return true;
    }
  }
  return false;
}

// The medication itself, or the one that a Medication of the bundle or of the request names.
void ReadMedication(Mapping& mapping, const Field& r, Order* out) {
  Field medication = r["medicationCodeableConcept"];
  if (const Field reference = r["medicationReference"]) {
    const std::string text = reference["reference"].Text();
    if (text.starts_with('#')) {
      for (const Field& contained : r["contained"].Items()) {
        if (contained["id"].Text() == text.substr(1)) medication = contained["code"];
      }
    } else if (const Json* resource = mapping.Resolve(reference).resource; resource != nullptr) {
      medication = Field(resource, &mapping.findings())["code"];
    }
  }
  if (!medication) return mapping.findings().RejectMissing(*r.json(), "medicationCodeableConcept");
  ReadConcept(mapping, medication, out->mutable_medication());
}

// Whole days only; another unit than days or weeks is not a number of days.
void ReadDaysSupply(const Field& duration, Order* out) {
  const std::string unit = duration["code"] ? duration["code"].Text() : duration["unit"].Text();
  const uint32_t days = unit == "d" || unit == "day" || unit == "days" ? 1 : unit == "wk" ? 7 : 0;
  uint32_t count = 0;
  if (days != 0 && absl::SimpleAtoi(duration["value"].Decimal(), &count) && count <= 36500) {
    out->set_days_supply(count * days);
  }
}

void ReadDispenseRequest(Mapping& mapping, const Field& supply, Order* out) {
  if (const Field quantity = supply["quantity"]) ReadQuantity(quantity, out->mutable_quantity());
  const auto refills = supply["numberOfRepeatsAllowed"].Count();
  if (refills.has_value()) out->set_refills_allowed(*refills);
  ReadDaysSupply(supply["expectedSupplyDuration"], out);
  if (const Field validity = supply["validityPeriod"]) ReadPeriod(mapping, validity, out->mutable_validity());
}

void ReadIndications(Mapping& mapping, const Field& r, Order* out) {
  ReadEach(r["reasonReference"], [&](const Field& reason) {
    std::string problem_id = mapping.Reference(reason, "Condition");
    if (!problem_id.empty()) {
      out->add_indications()->set_problem_id(std::move(problem_id));
    } else if (const Field display = reason["display"]) {
      out->add_indications()->mutable_code()->set_text(display.Text());
    }
  });
  ReadEach(r["reasonCode"],
           [&](const Field& reason) { ReadConcept(mapping, reason, out->add_indications()->mutable_code()); });
}

}  // namespace

void MapMedicationRequest(Mapping& mapping, std::vector<Command>* out) {
  const Field r = mapping.resource();
  medication::v1::MedicationCommand command;
  auto* request = command.mutable_record_order();
  request->set_patient_id(mapping.Patient("subject"));
  mapping.Encounter(r["encounter"]);
  for (const std::string_view member : {"status", "intent"}) mapping.Require(member);
  Order* order = request->mutable_order();
  order->set_id(mapping.Id());
  ReadMedication(mapping, r, order);
  ReadEach(r["dosageInstruction"], [&](const Field& dosage) { ReadDosage(mapping, dosage, order->add_dosages()); });
  if (!HasDose(*order)) mapping.Flag("dose-missing", "no dosage says how much is to be taken");
  ReadDispenseRequest(mapping, r["dispenseRequest"], order);
  ReadIndications(mapping, r, order);
  order->set_prescriber_id(mapping.Reference(r["requester"], "Practitioner"));
  if (const Field authored = r["authoredOn"]) *order->mutable_authored_on() = mapping.Time(authored);
  order->set_intent(r["intent"].Code(kIntents));
  order->set_priority(r["priority"].Code(kPriorities));
  order->set_status(r["status"].Code(kStatuses));
  if (const Field reason = r["statusReason"]) ReadConcept(mapping, reason, order->mutable_status_reason());
  mapping.Happened(r["authoredOn"]);
  Finish(mapping, command, request, order, out);
}

}  // namespace anamnesis::fhir
