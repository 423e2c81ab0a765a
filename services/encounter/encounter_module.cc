#include "services/encounter/encounter_module.h"

#include "base/status.h"
#include "feed/fold.h"
#include "service/decision_service.h"
#include "service/erase_record.h"
#include "service/rule_keeper.h"
#include "services/encounter/audit/past_decision.h"
#include "services/encounter/domain/patient_facts.h"
#include "services/encounter/projection/encounter_projection.h"
#include "services/encounter/rules/table_file.h"

namespace anamnesis::encounter {
namespace {

bool ErasesPatient(const patient::v1::PatientEvent& event) {
  return event.has_patient_erased();
}

absl::StatusOr<feed::FactsStore::Links> LinksOf(const std::string& stored) {
  ASSIGN_OR_RETURN(const auto facts, feed::ParseFacts<v1::PatientFacts>(stored));
  return feed::FactsStore::Links{
      {facts.absorbed_ids().begin(), facts.absorbed_ids().end()},
      facts.survivor_id()
  };
}

// Those that are joined are `absorbed_ids`, as far as the chain goes.
absl::StatusOr<Known> FactsOfPerson(const std::vector<feed::FactsStore::OfEntity>& stored) {
  Known known;
  ASSIGN_OR_RETURN(known.patient, feed::ParseFacts<v1::PatientFacts>(stored.front().facts));
  known.patient.clear_absorbed_ids();
  for (size_t i = 1; i < stored.size(); ++i) {
    ASSIGN_OR_RETURN(const auto absorbed, feed::ParseFacts<v1::PatientFacts>(stored[i].facts));
    AddAbsorbed(known.patient, absorbed);
    known.patient.add_absorbed_ids(stored[i].entity);
  }
  return known;
}

absl::StatusOr<std::vector<v1::EncounterCommand>> LoadDefaultTables() {
  ASSIGN_OR_RETURN(const std::vector<v1::RuleTable> tables, DefaultTables());
  std::vector<v1::EncounterCommand> commands;
  for (const v1::RuleTable& table : tables) *commands.emplace_back().mutable_load_rule_table()->mutable_table() = table;
  return commands;
}

}  // namespace

absl::StatusOr<std::unique_ptr<EncounterService>> StartEncounterService(const service::WriteServiceOptions& options) {
  ASSIGN_OR_RETURN(std::vector<v1::EncounterCommand> load_tables, LoadDefaultTables());
  using Keeper = service::RuleKeeper<EncounterDecider, RuleShelf>;
  const auto add_rules = [keeper = std::make_shared<Keeper>(kRulesStream)](const eventlog::EventLog& log,
                                                                           Known& known) -> absl::Status {
    ASSIGN_OR_RETURN(known.rules, keeper->Current(log));
    return absl::OkStatus();
  };
  service::Context<EncounterDecider> context = {
      .name = "encounter",
      .project = ProjectEncounter,
      .projection_version = kEncounterProjectionVersion,
      .followed = {{.service = "patient",
                    .fold = feed::FoldInto(ApplyPatientEvent, ErasesPatient),
                    .command_for = service::EraseRecordWhenErased<v1::EncounterCommand, patient::v1::PatientEvent>}},
      .facts_version = kPatientFactsVersion,
      .links = LinksOf,
      .parse_facts = FactsOfPerson,
      .add_own_facts = add_rules,
      .first_commands = std::move(load_tables)};
  context.own_services = service::DecisionServiceOf<EncounterDecisions>(context, options.follow);
  return EncounterService::Start(std::move(context), options);
}

}  // namespace anamnesis::encounter
