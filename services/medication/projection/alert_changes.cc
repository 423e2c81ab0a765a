#include "services/medication/projection/alert_changes.h"

#include <string_view>

#include "anamnesis/projection/v1/views.pb.h"
#include "projection/alert_steps.h"
#include "services/medication/domain/alerts.h"

namespace anamnesis::medication {
namespace {

rpc::v1::AlertStep* NewStep(std::string_view kind, projection::v1::View& view) {
  if (kind == "order") return view.mutable_order()->add_alert_steps();
  if (kind == "taper") return view.mutable_taper()->add_alert_steps();
  if (kind == "reconciliation") return view.mutable_reconciliation()->add_alert_steps();
  if (kind == "pump") return view.mutable_pump()->add_alert_steps();
  return nullptr;
}

}  // namespace

std::optional<projection::v1::ViewChange> AlertChange(const eventlog::Record& record, const std::string& patient_id,
                                                      const v1::MedicationEvent& event) {
  return projection::AlertChange(record, patient_id, event, RaisedBy(event), NewStep);
}

}  // namespace anamnesis::medication
