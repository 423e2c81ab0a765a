// `anamnesis explain` and `anamnesis whatif`: decisions made again.
#include <unistd.h>

#include <atomic>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "anamnesis/encounter/v1/decision_service.grpc.pb.h"
#include "anamnesis/medication/v1/decision_service.grpc.pb.h"
#include "base/status.h"
#include "nlohmann/json.hpp"
#include "rpc/client.h"
#include "services/cli/commands.h"
#include "services/cli/format.h"
#include "services/cli/progress_bar.h"
#include "services/cli/query.h"
#include "services/cli/rule_table_file.h"
#include "services/cli/table.h"

namespace anamnesis::cli {
namespace {

using audit::v1::DecidedAgain;

constexpr char kRole[] = "auditor";

// What each service that decides by rule tables calls its own.
struct Medication {
  static constexpr char kService[] = "medication";
  using DecisionService = medication::v1::DecisionService;
  using Explained = medication::v1::ExplainDecisionResponse;
  using CompareRequest = medication::v1::CompareRuleTablesRequest;
  using RuleTable = medication::v1::RuleTable;
};
struct Encounter {
  static constexpr char kService[] = "encounter";
  using DecisionService = encounter::v1::DecisionService;
  using Explained = encounter::v1::ExplainDecisionResponse;
  using CompareRequest = encounter::v1::CompareRuleTablesRequest;
  using RuleTable = encounter::v1::RuleTable;
};

struct DecisionOptions {
  std::string service = Medication::kService;
  uint64_t position = 0;
  std::vector<std::string> files;
  bool json = false;
};

rpc::Caller Auditor(const Connection& connection) {
  return connection.CallerWith(kRole);
}

template <class Alerts>
std::string AlertsText(const Alerts& alerts) {
  if (alerts.empty()) return "nothing";
  return absl::StrJoin(alerts, ", ", [](std::string* out, const rpc::v1::Alert& alert) {
    absl::StrAppend(out, Words(alert.severity()), " ", alert.rule_id());
    if (!alert.override_reason().empty()) out->append(" (overridden)");
  });
}

// What the rules said as recorded, and whether that stopped it.
template <class Recorded>
std::string SaidText(const Recorded& recorded) {
  if (recorded.refusal().empty()) return AlertsText(recorded.alerts());
  return absl::StrCat("refused (", recorded.refusal(), "): ", AlertsText(recorded.alerts()));
}

std::string AgainText(const DecidedAgain& again) {
  if (!again.refusal().empty()) {
    const std::string rules = again.stopped_by().empty() ? "" : " by " + absl::StrJoin(again.stopped_by(), ", ");
    return absl::StrCat("refused", rules, " (", again.refusal(), ")");
  }
  const std::string changed = again.changed().empty() ? "" : "; other " + absl::StrJoin(again.changed(), ", ");
  return absl::StrCat("accepted: ", AlertsText(again.alerts()), changed);
}

// What was known besides the tables, in numbers; all of it is in the JSON form.
void AddGrounds(const medication::v1::ExplainDecisionResponse& explained, Table& table) {
  table.Add({"orders in force before", std::to_string(explained.state().in_force_size())});
  table.Add({"allergies known", std::to_string(explained.facts().patient().allergies_size())});
  table.Add({"problems known", std::to_string(explained.facts().patient().problems_size())});
}
void AddGrounds(const encounter::v1::ExplainDecisionResponse& explained, Table& table) {
  table.Add({"interventions before", std::to_string(explained.state().interventions_size())});
  table.Add({"allergies known", std::to_string(explained.facts().allergies_size())});
  if (!explained.has_performer_state()) return;
  table.Add({"privileges of the performer", std::to_string(explained.performer_state().privileges_size())});
}

void PrintAlert(const rpc::v1::Alert& alert) {
  std::vector<std::string> values;
  for (const auto& value : alert.values()) {
    values.push_back(absl::StrCat(value.name(), " ", value.at_least() ? "at least " : "", value.value()));
  }
  std::cout << "\n" << alert.rule_id() << ": " << alert.message() << "\n";
  if (!values.empty()) std::cout << "  weighed: " << absl::StrJoin(values, ", ") << "\n";
  if (!alert.facts().empty()) std::cout << "  because of: " << absl::StrJoin(alert.facts(), ", ") << "\n";
  if (!alert.source().empty()) std::cout << "  source: " << alert.source() << "\n";
  if (!alert.override_reason().empty()) std::cout << "  overridden: " << alert.override_reason() << "\n";
}

template <class Of>
absl::Status Explain(const Connection& connection, const DecisionOptions& options) {
  audit::v1::ExplainDecisionRequest request;
  request.set_position(options.position);
  grpc::ClientContext context;
  rpc::PrepareContext(context, Auditor(connection), connection.timeout());
  typename Of::Explained response;
  const auto stub = Of::DecisionService::NewStub(connection.Channel(Of::kService));
  const grpc::Status status = stub->ExplainDecision(&context, request, &response);
  if (!status.ok()) return connection.Explain(Of::kService, status);
  if (options.json) {
    PrintJson(response);
    return absl::OkStatus();
  }
  const event::v1::EventEnvelope& event = response.event();
  std::vector<std::string> tables, positions;
  for (const auto& table : response.tables()) tables.push_back(absl::StrCat(table.id(), " ", table.version()));
  for (const auto& known : event.decided_against()) {
    positions.push_back(absl::StrCat(known.service(), " ", known.position()));
  }
  Table table({"WHAT", "VALUE"});
  table.Add({"event", absl::StrCat(event.type(), " at position ", event.position())});
  table.Add({"decided", absl::StrCat(Minute(event.recorded_time()), " by ", event.actor())});
  table.Add({"took effect", Minute(event.effective_time())});
  table.Add({"by the tables", tables.empty() ? "none" : absl::StrJoin(tables, ", ")});
  table.Add({"knowing up to", positions.empty() ? "nothing of other services" : absl::StrJoin(positions, ", ")});
  AddGrounds(response, table);
  table.Add({"the rules said", SaidText(response)});
  table.Add({"decided again", response.again().same() ? "the same" : AgainText(response.again())});
  table.Print(std::cout, TerminalWidth(), "");
  for (const rpc::v1::Alert& alert : response.alerts()) PrintAlert(alert);
  return absl::OkStatus();
}

// What a whole comparison came to.
struct Comparison {
  uint64_t decisions = 0;
  uint64_t erased = 0;
  uint64_t refused = 0;
  std::vector<std::pair<std::string, audit::v1::DifferentDecision>> differences;  // Each with its service.
};

// Adds the decisions of a service; no table of it, nothing to compare.
template <class Of>
absl::Status Compare(const Connection& connection, const std::vector<RuleTable>& tables, Comparison& comparison) {
  typename Of::CompareRequest request;
  for (const RuleTable& table : tables) {
    if (const auto* own = std::get_if<typename Of::RuleTable>(&table)) *request.add_tables() = *own;
  }
  if (request.tables().empty()) return absl::OkStatus();
  const auto stub = Of::DecisionService::NewStub(connection.Channel(Of::kService));
  std::atomic<uint64_t> done = 0, all = 0;
  std::optional<ProgressBar> bar;
  if (isatty(STDERR_FILENO) != 0) {
    bar.emplace(
        [&] {
          const double share = all == 0 ? 0 : static_cast<double>(done) / static_cast<double>(all);
          return absl::StrFormat("%s position %d of %d", Bar(share), done.load(), all.load());
        },
        std::cerr);
  }
  audit::v1::CompareRuleTablesResponse page;
  do {
    grpc::ClientContext context;
    rpc::PrepareContext(context, Auditor(connection), connection.timeout());
    const grpc::Status status = stub->CompareRuleTables(&context, request, &page);
    if (!status.ok()) return connection.Explain(Of::kService, status);
    comparison.decisions += page.decisions();
    comparison.erased += page.erased();
    for (auto& difference : *page.mutable_differences()) {
      comparison.refused += difference.again().refusal().empty() ? 0 : 1;
      comparison.differences.emplace_back(Of::kService, std::move(difference));
    }
    request.set_after_position(page.position());
    done = page.position();
    all = page.tail_position();
  } while (page.position() < page.tail_position());
  return absl::OkStatus();
}

absl::Status Whatif(const Connection& connection, const DecisionOptions& options) {
  std::vector<RuleTable> tables;
  for (const std::string& file : options.files) {
    ASSIGN_OR_RETURN(RuleTable table, ReadRuleTable(file));
    tables.push_back(std::move(table));
  }
  Comparison comparison;
  RETURN_IF_ERROR(Compare<Medication>(connection, tables, comparison));
  RETURN_IF_ERROR(Compare<Encounter>(connection, tables, comparison));
  if (options.json) {
    for (const auto& [service, difference] : comparison.differences) PrintJson(difference);
    std::cout << nlohmann::ordered_json{{"decisions", comparison.decisions},
                                        {"different", comparison.differences.size()},
                                        {"refused", comparison.refused},
                                        {"erased", comparison.erased}}
                     .dump()
              << "\n";
    return absl::OkStatus();
  }
  Table table({"SERVICE", "POSITION", "WHEN", "PATIENT", "EVENT", "THE RULES SAID", "WOULD SAY"});
  for (const auto& [service, difference] : comparison.differences) {
    table.Add({service, std::to_string(difference.position()), Minute(difference.effective_time()),
               difference.patient_id(), difference.type().substr(difference.type().rfind('.') + 1),
               SaidText(difference), AgainText(difference.again())});
  }
  table.Print(std::cout, TerminalWidth(), "no decision would differ");
  std::cout << absl::StrFormat("%d decisions made again, %d would differ, %d of them refused", comparison.decisions,
                               comparison.differences.size(), comparison.refused);
  if (comparison.erased > 0) std::cout << absl::StrFormat("; %d cannot be, they were erased", comparison.erased);
  std::cout << "\n";
  return absl::OkStatus();
}

}  // namespace

void AddExplainCommand(CLI::App& app, Connection& connection) {
  auto options = std::make_shared<DecisionOptions>();
  CLI::App* command = app.add_subcommand("explain", "Show what a clinical decision was made on, and make it again");
  command
      ->add_option("POSITION", options->position,
                   "Of its event in the service's log, as `anamnesis replay --service …` shows it")
      ->required()
      ->check(CheckPosition);
  command->add_option("--service", options->service, "Whose decision it is")
      ->check(CLI::IsMember({Medication::kService, Encounter::kService}))
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print one JSON object: the state and the facts are in there whole");
  command->footer(
      "Decisions of the medication service are prescriptions, changes of dose, ends of orders and drug tests; of the "
      "encounter service\ninterventions that were planned, revised, checked at the time-out or performed, outcomes, "
      "the end of an anaesthesia and the way\nout of recovery. What the rules refused is there too, as "
      "PrescriptionRefused,\nInterventionRefused or RecoveryRefused.\n\nExamples:\n"
      "  anamnesis explain 812\n  anamnesis explain --service encounter 97");
  command->callback([options, &connection] {
    Finish(options->service == Encounter::kService ? Explain<Encounter>(connection, *options)
                                                   : Explain<Medication>(connection, *options));
  });
}

void AddWhatifCommand(CLI::App& app, Connection& connection) {
  auto options = std::make_shared<DecisionOptions>();
  CLI::App* command =
      app.add_subcommand("whatif", "Make the decisions again under other rule tables; nothing is written");
  command
      ->add_option(
          "--rules", options->files,
          "A table as JSON, which takes the place of the one that holds the same, in the service whose kind it is; "
          "may be repeated")
      ->required()
      ->allow_extra_args(false);
  command->add_flag("--json", options->json, "Print one JSON object a line, the last one with the counts");
  command->footer(
      "Decisions that would be refused, or no longer, of which the rules would say something else, or that would come "
      "to another\nresult are shown.\n\nExample:\n"
      "  anamnesis rules show opioid-safety > ours.json   # change a limit, then\n"
      "  anamnesis whatif --rules ours.json");
  command->callback([options, &connection] { Finish(Whatif(connection, *options)); });
}

}  // namespace anamnesis::cli
