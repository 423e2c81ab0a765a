#include "services/medication/audit/past_decision.h"

#include "base/clock.h"
#include "decider/command.h"
#include "service/past_command.h"

namespace anamnesis::medication {
namespace {

using service::FillContext;
using service::FillOverrides;
using Event = v1::MedicationEvent;

}  // namespace

bool MedicationDecisions::IsType(std::string_view type) {
  return type == v1::PrescriptionRefused::descriptor()->full_name() ||
         type == v1::OrderPrescribed::descriptor()->full_name() || type == v1::DoseChanged::descriptor()->full_name() ||
         type == v1::OrderDiscontinued::descriptor()->full_name() ||
         type == v1::DrugTestRecorded::descriptor()->full_name();
}

std::optional<v1::MedicationCommand> MedicationDecisions::CommandOf(const eventlog::Record& record,
                                                                    const Event& event) {
  v1::MedicationCommand command;
  switch (event.event_case()) {
    case Event::kOrderPrescribed: {
      v1::PrescribeRequest& request = *command.mutable_prescribe();
      FillContext(record, "", request);
      *request.mutable_order() = event.order_prescribed().order();
      FillOverrides(event.order_prescribed().alerts(), request);
      return command;
    }
    case Event::kDoseChanged: {
      v1::ChangeDoseRequest& request = *command.mutable_change_dose();
      FillContext(record, event.dose_changed().reason(), request);
      request.set_order_id(event.dose_changed().order_id());
      *request.mutable_dosages() = event.dose_changed().dosages();
      FillOverrides(event.dose_changed().alerts(), request);
      return command;
    }
    case Event::kOrderDiscontinued: {
      v1::DiscontinueOrderRequest& request = *command.mutable_discontinue_order();
      FillContext(record, event.order_discontinued().reason(), request);
      request.set_order_id(event.order_discontinued().order_id());
      return command;
    }
    case Event::kDrugTestRecorded: {
      v1::RecordDrugTestRequest& request = *command.mutable_record_drug_test();
      FillContext(record, "", request);
      *request.mutable_drug_test() = event.drug_test_recorded().drug_test();
      return command;
    }
    case Event::kPrescriptionRefused: {
      const v1::PrescriptionRefused& refused = event.prescription_refused();
      if (refused.has_order()) {
        v1::PrescribeRequest& request = *command.mutable_prescribe();
        FillContext(record, refused.reason(), request);
        *request.mutable_order() = refused.order();
        FillOverrides(refused.alerts(), request);
      } else {
        v1::ChangeDoseRequest& request = *command.mutable_change_dose();
        FillContext(record, refused.reason(), request);
        request.set_order_id(refused.order_id());
        *request.mutable_dosages() = refused.dosages();
        FillOverrides(refused.alerts(), request);
      }
      return command;
    }
    default:
      return std::nullopt;
  }
}

void MedicationDecisions::KnowAsThen(const Event& event, Known& known) {
  const auto note = [&known](const auto& change) {
    if (change.has_facts_age_seconds()) known.age_seconds = change.facts_age_seconds();
  };
  if (event.has_order_prescribed()) note(event.order_prescribed());
  if (event.has_dose_changed()) note(event.dose_changed());
  if (event.has_prescription_refused()) note(event.prescription_refused());
}

void MedicationDecisions::Fill(const v1::MedicationCommand& command, const Known& known,
                               std::span<const v1::MedicationState* const>, v1::ExplainDecisionResponse& explained) {
  *explained.mutable_facts() = known.others;
  const int64_t effective = ToMicros(decider::ContextOf(command).effective_time());
  service::FillTables(RulesAt(known.rules.get(), effective).versions(), explained);
}

}  // namespace anamnesis::medication
