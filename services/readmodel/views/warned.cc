#include "services/readmodel/views/warned.h"

#include <limits>

#include "base/open_alerts.h"

namespace anamnesis::readmodel {

std::optional<Warned> WarnedOf(const projection::v1::View& view) {
  using projection::v1::View;
  static const std::string& nobody = *new std::string();
  switch (view.view_case()) {
    case View::kOrder:
      return Warned{"order/" + view.order().order().id(), view.order().order().prescriber_id(),
                    view.order().alert_steps()};
    case View::kTaper:
      return Warned{"taper/" + view.taper().taper().id(), nobody, view.taper().alert_steps()};
    case View::kReconciliation: {
      const medication::v1::Reconciliation& list = view.reconciliation().reconciliation();
      return Warned{"reconciliation/" + list.id(), list.practitioner_id(), view.reconciliation().alert_steps()};
    }
    case View::kPump:
      return Warned{"pump/" + view.pump().programme().id(), view.pump().programme().practitioner_id(),
                    view.pump().alert_steps()};
    case View::kIntervention: {
      const encounter::v1::Intervention& intervention = view.intervention().intervention();
      return Warned{"intervention/" + intervention.id(), intervention.performance().performer_id(),
                    view.intervention().alert_steps()};
    }
    case View::kAnaesthesia:
      return Warned{"anaesthesia/" + view.anaesthesia().record().id(), view.anaesthesia().record().provider_id(),
                    view.anaesthesia().alert_steps()};
    default:
      return std::nullopt;
  }
}

bool HasOpenAlerts(const projection::v1::View& view) {
  const auto warned = WarnedOf(view);
  return warned.has_value() && !OpenAt(warned->steps, std::numeric_limits<int64_t>::max()).rules.empty();
}

}  // namespace anamnesis::readmodel
