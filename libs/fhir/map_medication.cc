// MedicationRequest → RecordOrder: a fact of the past, whatever the safety rules would say to it today.
#include <algorithm>
#include <cmath>

#include "absl/strings/numbers.h"
#include "fhir/code_checks.h"
#include "fhir/finish.h"
#include "fhir/map_resources.h"
#include "fhir/map_types.h"

namespace anamnesis::fhir {
namespace {

using medication::v1::Dosage;
using medication::v1::Order;

// What an order holds of them.
constexpr int kMaxIngredients = 32;
// Days or weeks; more is no supply.
constexpr double kMaxDaysSupply = 36500;

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

// The first of doseAndRate with a dose, else the first: by FHIR it repeats only for other kinds of dose (`ordered`,
// `calculated`).
Field ChooseDoseAndRate(const Field& dosage) {
  for (const Field& item : dosage["doseAndRate"].Items()) {
    if (item["doseQuantity"] || item["doseRange"]) return item;
  }
  return dosage["doseAndRate"].First();
}

void ReadDoseAndRate(const Field& field, Dosage* out) {
  if (const Field dose = field["doseQuantity"]) ReadQuantity(dose, out->mutable_dose());
  if (const Field range = field["doseRange"]) ReadRange(range, out->mutable_dose_range());
  if (const Field ratio = field["rateRatio"]) ReadRatio(ratio, out->mutable_rate());
  if (const Field rate = field["rateQuantity"]) ReadQuantity(rate, out->mutable_rate()->mutable_numerator());
  if (const Field range = field["rateRange"]) ReadRange(range, out->mutable_rate_range());
}

// What limits a dosage and has no place here: without it, more may seem to be meant than is.
void FlagNotWhole(Mapping& mapping, const Field& dosage) {
  const Field timing = dosage["timing"];
  if (HasAny(dosage, {"maxDosePerAdministration", "maxDosePerLifetime"}) || timing["event"] ||
      HasAny(timing["repeat"], {"count", "countMax", "boundsDuration", "boundsRange", "dayOfWeek", "timeOfDay",
                                "duration", "durationMax"})) {
    mapping.Flag("dosage-not-whole", "a dosage says more of when, how long or how much than is kept");
  }
}

void ReadDosage(Mapping& mapping, const Field& field, Dosage* out) {
  RejectModifiers(field);
  FlagNotWhole(mapping, field);
  if (const auto sequence = field["sequence"].Count(); sequence.has_value()) out->set_sequence(*sequence);
  out->set_text(field["text"].Text());
  if (const auto needed = field["asNeededBoolean"].Bool(); needed.has_value()) out->set_as_needed(*needed);
  if (const Field reason = field["asNeededCodeableConcept"]) {
    out->set_as_needed(true);
    ReadConcept(mapping, reason, out->mutable_as_needed_for());
  }
  if (const Field dose = ChooseDoseAndRate(field)) ReadDoseAndRate(dose, out);
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

// The Medication of the request or of the bundle that the reference names; absent where neither holds it.
Field FindMedication(Mapping& mapping, const Field& r, const Field& reference) {
  const std::string text = reference["reference"].Text();
  if (text.starts_with('#')) {
    for (const Field& contained : r["contained"].Items()) {
      if (contained["id"].Text() == text.substr(1)) return contained;
    }
  }
  const ResourceKey target = mapping.Resolve(reference);
  return Field(target.type == "Medication" ? target.resource : nullptr, &mapping.findings());
}

bool IsRxNorm(const clinical::v1::Coding& coding) {
  return coding.system() == kRxNorm && !coding.code().empty();
}

// False where the ingredient is not coded as the rules read it. One without a strength would hide what they know of a
// product by its own code.
bool ReadIngredient(Mapping& mapping, const Field& field, bool product_is_known, medication::v1::Ingredient* out) {
  clinical::v1::CodeableConcept substance;
  if (const Field item = field["itemCodeableConcept"]) ReadConcept(mapping, item, &substance);
  const auto coding = std::find_if(substance.codings().begin(), substance.codings().end(), IsRxNorm);
  if (coding == substance.codings().end()) return false;
  *out->mutable_coding() = *coding;
  if (const Field strength = field["strength"]) ReadRatio(strength, out->mutable_strength());
  return out->strength().has_numerator() || !product_is_known;
}

// All active ingredients or none: a part of them would look like the whole.
void ReadIngredients(Mapping& mapping, const Field& medication, Order* out) {
  const auto& codings = out->medication().codings();
  const bool product_is_known = std::any_of(codings.begin(), codings.end(), IsRxNorm);
  bool whole = true;
  ReadEach(medication["ingredient"], [&](const Field& ingredient) {
    if (!ingredient["isActive"].Bool().value_or(true)) return;
    whole &= ReadIngredient(mapping, ingredient, product_is_known, out->add_ingredients());
  });
  if (whole && out->ingredients_size() <= kMaxIngredients) return;
  out->clear_ingredients();
  mapping.Flag("ingredients-not-kept", "one is said without RxNorm code, or without strength beside a product's code");
}

// What a reference names; its own words where the text does not hold that.
void ReadReferredMedication(Mapping& mapping, const Field& r, const Field& reference, Order* out) {
  const Field medication = FindMedication(mapping, r, reference);
  if (!medication) mapping.FlagUnresolved();
  RejectModifiers(medication);
  if (const Field code = medication["code"]) {
    ReadConcept(mapping, code, out->mutable_medication());
  } else if (const Field display = reference["display"]) {
    out->mutable_medication()->set_text(display.Text());
  } else {
    reference.Reject("names no medication that the text holds");
  }
  ReadIngredients(mapping, medication, out);
}

void ReadMedication(Mapping& mapping, const Field& r, Order* out) {
  if (const Field medication = r["medicationCodeableConcept"]) {
    ReadConcept(mapping, medication, out->mutable_medication());
  } else if (const Field reference = r["medicationReference"]) {
    ReadReferredMedication(mapping, r, reference, out);
  } else {
    mapping.findings().RejectMissing(*r.json(), "medicationCodeableConcept");
  }
}

// Whole days only; another unit than days or weeks is not a number of days.
void ReadDaysSupply(const Field& duration, Order* out) {
  const std::string unit = duration["code"] ? duration["code"].Text() : duration["unit"].Text();
  const uint32_t days = unit == "d" || unit == "day" || unit == "days" ? 1 : unit == "wk" ? 7 : 0;
  double count = 0;
  if (days == 0 || !absl::SimpleAtod(duration["value"].Decimal(), &count) || count != std::floor(count)) return;
  if (count >= 0 && count <= kMaxDaysSupply) out->set_days_supply(static_cast<uint32_t>(count) * days);
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

// What is only proposed, or one of several options, is nothing that is taken, whatever its status. A plan may be: so is
// written what the patient says to take.
void NoteIntent(Mapping& mapping, Order& order) {
  const bool in_force =
      order.status() == medication::v1::ORDER_STATUS_ACTIVE || order.status() == medication::v1::ORDER_STATUS_ON_HOLD;
  const bool ordered =
      order.intent() != medication::v1::ORDER_INTENT_PROPOSAL && order.intent() != medication::v1::ORDER_INTENT_OPTION;
  if (ordered || !in_force) return;
  order.set_status(medication::v1::ORDER_STATUS_DRAFT);
  FlagApproximated(mapping);
}

}  // namespace

void MapMedicationRequest(Mapping& mapping, std::vector<Command>* out) {
  const Field r = mapping.resource();
  medication::v1::MedicationCommand command;
  auto* request = command.mutable_record_order();
  request->set_patient_id(mapping.Patient("subject"));
  mapping.Encounter(r["encounter"]);
  for (const std::string_view member : {"status", "intent"}) mapping.Require(member);
  RejectNotToDo(r);
  Order* order = request->mutable_order();
  order->set_id(mapping.Id());
  ReadMedication(mapping, r, order);
  ReadEach(r["dosageInstruction"], [&](const Field& dosage) { ReadDosage(mapping, dosage, order->add_dosages()); });
  if (!HasDose(*order)) mapping.Flag("dose-missing", "no dosage says how much is to be taken");
  ReadDispenseRequest(mapping, r["dispenseRequest"], order);
  ReadIndications(mapping, r, order);
  order->set_prescriber_id(ReadActor(mapping, r["requester"], "Practitioner"));
  if (const Field authored = r["authoredOn"]) *order->mutable_authored_on() = mapping.Time(authored);
  order->set_intent(r["intent"].Code(kIntents));
  order->set_priority(r["priority"].Code(kPriorities));
  order->set_status(r["status"].Code(kStatuses));
  NoteIntent(mapping, *order);
  if (const Field reason = r["statusReason"]) ReadConcept(mapping, reason, order->mutable_status_reason());
  mapping.Happened(r["authoredOn"]);
  Finish(mapping, command, request, order, out);
}

}  // namespace anamnesis::fhir
