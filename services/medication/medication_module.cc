#include "services/medication/medication_module.h"

#include "base/status.h"
#include "feed/fold.h"
#include "service/decision_service.h"
#include "service/erase_record.h"
#include "service/rule_keeper.h"
#include "services/medication/audit/past_decision.h"
#include "services/medication/domain/encounter_facts.h"
#include "services/medication/domain/patient_facts.h"
#include "services/medication/projection/medication_projection.h"
#include "services/medication/rules/table_file.h"

namespace anamnesis::medication {
namespace {

void ApplyToPatientFacts(v1::MedicationFacts& facts, const patient::v1::PatientEvent& event) {
  ApplyPatientEvent(*facts.mutable_patient(), event);
}

bool ErasesPatient(const patient::v1::PatientEvent& event) {
  return event.has_patient_erased();
}

void ApplyToEncounterFacts(v1::MedicationFacts& facts, const encounter::v1::EncounterEvent& event) {
  ApplyEncounterEvent(*facts.mutable_encounters(), event);
}

bool ErasesRecord(const encounter::v1::EncounterEvent& event) {
  return event.has_record_erased();
}

absl::StatusOr<feed::FactsStore::Links> LinksOf(const std::string& stored) {
  ASSIGN_OR_RETURN(const auto facts, feed::ParseFacts<v1::MedicationFacts>(stored));
  const auto& ids = facts.patient().absorbed_ids();
  return feed::FactsStore::Links{
      {ids.begin(), ids.end()},
      facts.patient().survivor_id()
  };
}

// Those that are joined are `absorbed_ids`, as far as the chain goes.
absl::StatusOr<Known> FactsOfPerson(const std::vector<feed::FactsStore::OfEntity>& stored) {
  Known known;
  ASSIGN_OR_RETURN(known.others, feed::ParseFacts<v1::MedicationFacts>(stored.front().facts));
  if (known.others.has_patient()) known.others.mutable_patient()->clear_absorbed_ids();
  for (size_t i = 1; i < stored.size(); ++i) {
    ASSIGN_OR_RETURN(const auto absorbed, feed::ParseFacts<v1::MedicationFacts>(stored[i].facts));
    AddAbsorbed(known.others, absorbed);
    known.others.mutable_patient()->add_absorbed_ids(stored[i].entity);
  }
  return known;
}

absl::StatusOr<std::vector<v1::MedicationCommand>> LoadDefaultTables() {
  ASSIGN_OR_RETURN(const std::vector<v1::RuleTable> tables, DefaultTables());
  std::vector<v1::MedicationCommand> commands;
  for (const v1::RuleTable& table : tables) *commands.emplace_back().mutable_load_rule_table()->mutable_table() = table;
  return commands;
}

void NoteAge(std::optional<int64_t> age_micros, Known& known) {
  known.age_seconds.reset();
  if (age_micros.has_value()) known.age_seconds = static_cast<uint32_t>(*age_micros / 1'000'000);
}

}  // namespace

absl::StatusOr<std::unique_ptr<MedicationService>> StartMedicationService(const service::WriteServiceOptions& options) {
  ASSIGN_OR_RETURN(std::vector<v1::MedicationCommand> load_tables, LoadDefaultTables());
  const auto add_rules = [keeper = std::make_shared<service::RuleKeeper<MedicationDecider, RuleShelf>>(kRulesStream)](
                             const eventlog::EventLog& log, Known& known) -> absl::Status {
    ASSIGN_OR_RETURN(known.rules, keeper->Current(log));
    return absl::OkStatus();
  };
  service::Context<MedicationDecider> context = {
      .name = "medication",
      .project = ProjectMedication,
      .projection_version = kMedicationProjectionVersion,
      .followed = {{.service = "patient",
                    .fold = feed::FoldInto(ApplyToPatientFacts, ErasesPatient),
                    .command_for = service::EraseRecordWhenErased<v1::MedicationCommand, patient::v1::PatientEvent>},
                   {.service = "encounter",
                    .fold = feed::FoldInto(ApplyToEncounterFacts, ErasesRecord, ConcernsFacts)}},
      .facts_version = kMedicationFactsVersion,
      .links = LinksOf,
      .parse_facts = FactsOfPerson,
      .add_own_facts = add_rules,
      .note_age = NoteAge,
      .first_commands = std::move(load_tables)
  };
  context.own_services = service::DecisionServiceOf<MedicationDecisions>(context, options.follow);
  return MedicationService::Start(std::move(context), options);
}

}  // namespace anamnesis::medication
