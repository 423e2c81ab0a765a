// `anamnesis explain` and `anamnesis whatif`: decisions made again.
#include <unistd.h>

#include <atomic>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
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

using medication::v1::DecidedAgain;

constexpr char kService[] = "medication";
constexpr char kRole[] = "auditor";

struct DecisionOptions {
  uint64_t position = 0;
  std::vector<std::string> files;
  bool json = false;
};

rpc::Caller Auditor(const Connection& connection) {
  rpc::Caller caller = connection.Caller();
  caller.roles.push_back(kRole);
  return caller;
}

template <class Alerts>
std::string AlertsText(const Alerts& alerts) {
  if (alerts.empty()) return "nothing";
  return absl::StrJoin(alerts, ", ", [](std::string* out, const rpc::v1::Alert& alert) {
    absl::StrAppend(out, Words(alert.severity()), " ", alert.rule_id());
    if (!alert.override_reason().empty()) out->append(" (overridden)");
  });
}

std::string AgainText(const DecidedAgain& again) {
  if (again.refusal().empty()) return AlertsText(again.alerts());
  const std::string rules = again.stopped_by().empty() ? "" : " by " + absl::StrJoin(again.stopped_by(), ", ");
  return absl::StrCat("refused", rules, " (", again.refusal(), ")");
}

absl::Status Explain(const Connection& connection, const DecisionOptions& options) {
  medication::v1::ExplainDecisionRequest request;
  request.set_position(options.position);
  grpc::ClientContext context;
  rpc::PrepareContext(context, Auditor(connection), connection.timeout());
  medication::v1::ExplainDecisionResponse response;
  const auto stub = medication::v1::DecisionService::NewStub(connection.Channel(kService));
  const grpc::Status status = stub->ExplainDecision(&context, request, &response);
  if (!status.ok()) return connection.Explain(kService, status);
  if (options.json) {
    PrintJson(response);
    return absl::OkStatus();
  }
  const event::v1::EventEnvelope& event = response.event();
  const auto& facts = response.facts().patient();
  std::vector<std::string> tables, positions;
  for (const auto& table : response.tables()) tables.push_back(absl::StrCat(table.id(), " ", table.version()));
  for (const auto& known : event.decided_against()) {
    positions.push_back(absl::StrCat(known.service(), " ", known.position()));
  }
  Table table({"WHAT", "VALUE"});
  table.Add({"event", absl::StrCat(event.type(), " at position ", event.position())});
  table.Add({"decided", absl::StrCat(Minute(event.recorded_time()), " by ", event.actor())});
  table.Add({"took effect", Minute(event.effective_time())});
  table.Add({"by the tables", absl::StrJoin(tables, ", ")});
  table.Add({"knowing up to", positions.empty() ? "nothing of other services" : absl::StrJoin(positions, ", ")});
  table.Add({"orders in force before", std::to_string(response.state().in_force_size())});
  table.Add({"allergies known", std::to_string(facts.allergies_size())});
  table.Add({"problems known", std::to_string(facts.problems_size())});
  table.Add({"the rules said", AlertsText(response.alerts())});
  table.Add({"decided again", response.again().same() ? "the same" : AgainText(response.again())});
  table.Print(std::cout, TerminalWidth(), "");
  for (const rpc::v1::Alert& alert : response.alerts()) {
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
  return absl::OkStatus();
}

// What a whole comparison came to.
struct Comparison {
  uint64_t decisions = 0;
  uint64_t erased = 0;
  uint64_t refused = 0;
  std::vector<medication::v1::DifferentDecision> differences;
};

absl::StatusOr<Comparison> Compare(const Connection& connection, const DecisionOptions& options) {
  medication::v1::CompareRuleTablesRequest request;
  for (const std::string& file : options.files) {
    ASSIGN_OR_RETURN(*request.add_tables(), ReadRuleTable(file));
  }
  const auto stub = medication::v1::DecisionService::NewStub(connection.Channel(kService));
  Comparison comparison;
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
  medication::v1::CompareRuleTablesResponse page;
  do {
    grpc::ClientContext context;
    rpc::PrepareContext(context, Auditor(connection), connection.timeout());
    const grpc::Status status = stub->CompareRuleTables(&context, request, &page);
    if (!status.ok()) return connection.Explain(kService, status);
    comparison.decisions += page.decisions();
    comparison.erased += page.erased();
    for (auto& difference : *page.mutable_differences()) {
      comparison.refused += difference.again().refusal().empty() ? 0 : 1;
      comparison.differences.push_back(std::move(difference));
    }
    request.set_after_position(page.position());
    done = page.position();
    all = page.tail_position();
  } while (page.position() < page.tail_position());
  return comparison;
}

absl::Status Whatif(const Connection& connection, const DecisionOptions& options) {
  ASSIGN_OR_RETURN(const Comparison comparison, Compare(connection, options));
  if (options.json) {
    for (const auto& difference : comparison.differences) PrintJson(difference);
    std::cout << nlohmann::ordered_json{{"decisions", comparison.decisions},
                                        {"different", comparison.differences.size()},
                                        {"refused", comparison.refused},
                                        {"erased", comparison.erased}}
                     .dump()
              << "\n";
    return absl::OkStatus();
  }
  Table table({"POSITION", "WHEN", "PATIENT", "EVENT", "THE RULES SAID", "WOULD SAY"});
  for (const auto& difference : comparison.differences) {
    table.Add({std::to_string(difference.position()), Minute(difference.effective_time()), difference.patient_id(),
               difference.type().substr(difference.type().rfind('.') + 1), AlertsText(difference.alerts()),
               AgainText(difference.again())});
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
  CLI::App* command = app.add_subcommand("explain", "Show what a medication decision was made on, and make it again");
  command
      ->add_option("POSITION", options->position,
                   "Of its event in the medication log, as `anamnesis replay --service medication` shows it")
      ->required()
      ->check(CLI::PositiveNumber);
  command->add_flag("--json", options->json, "Print one JSON object: the state and the facts are in there whole");
  command->footer(
      "Prescriptions, changes of dose, ends of orders and drug tests are decisions.\n\nExample:\n"
      "  anamnesis explain 812");
  command->callback([options, &connection] { Finish(Explain(connection, *options)); });
}

void AddWhatifCommand(CLI::App& app, Connection& connection) {
  auto options = std::make_shared<DecisionOptions>();
  CLI::App* command =
      app.add_subcommand("whatif", "Make all medication decisions again under other rule tables; nothing is written");
  command
      ->add_option("--rules", options->files,
                   "A table as JSON, which takes the place of the one that holds the same; may be repeated")
      ->required()
      ->allow_extra_args(false);
  command->add_flag("--json", options->json, "Print one JSON object a line, the last one with the counts");
  command->footer(
      "Decisions that would be refused, or of which the rules would say something else, are shown.\n\nExample:\n"
      "  anamnesis rules show opioid-safety > ours.json   # change a limit, then\n"
      "  anamnesis whatif --rules ours.json");
  command->callback([options, &connection] { Finish(Whatif(connection, *options)); });
}

}  // namespace anamnesis::cli
