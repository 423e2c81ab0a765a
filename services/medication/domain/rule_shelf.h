// All rule tables that were loaded, and which of them are in force when.
#pragma once

#include "anamnesis/medication/v1/rules.pb.h"
#include "decider/rule_shelf.h"
#include "services/medication/domain/dose/rule_book.h"

namespace anamnesis::medication {

using RuleShelf = decider::RuleShelf<v1::RuleTable, RuleBook>;
using decider::RulesAt;

}  // namespace anamnesis::medication
