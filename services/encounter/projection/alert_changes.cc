#include "services/encounter/projection/alert_changes.h"

#include <string_view>

#include "anamnesis/projection/v1/views.pb.h"
#include "projection/alert_steps.h"
#include "services/encounter/domain/alerts.h"

namespace anamnesis::encounter {
namespace {

rpc::v1::AlertStep* NewStep(std::string_view kind, projection::v1::View& view) {
  if (kind == "intervention") return view.mutable_intervention()->add_alert_steps();
  if (kind == "anaesthesia") return view.mutable_anaesthesia()->add_alert_steps();
  return nullptr;
}

}  // namespace

std::optional<projection::v1::ViewChange> AlertChange(const eventlog::Record& record, const std::string& subject_id,
                                                      const v1::EncounterEvent& event) {
  return projection::AlertChange(record, subject_id, event, RaisedBy(event), NewStep);
}

}  // namespace anamnesis::encounter
