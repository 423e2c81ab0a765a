// How much a pump may give into the spinal fluid, by the table `intrathecal`.
#pragma once

#include "services/medication/domain/dose/pump_flow.h"
#include "services/medication/domain/safety/review.h"

namespace anamnesis::medication {

// What the rules say about a programme, `before` being what the pump gave until then (null: nothing). All numbers are
// milligrams a day:
// `intrathecal-start`: a drug that was not given before begins above its limit;
// `intrathecal-step`: a drug's dose rises by more than its limit;
// `intrathecal-max`: with all boluses, a drug comes to more than its limit;
// `intrathecal-unlisted`: no table has limits for a drug.
// `fact` names the programme: `pump/<id>`.
Alerts ReviewPump(const PumpFlow& flow, const PumpFlow* before, const RuleBook& rules, const std::string& fact);

}  // namespace anamnesis::medication
