#include <algorithm>
#include <iostream>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/open_alerts.h"
#include "base/status.h"
#include "services/cli/commands.h"
#include "services/cli/format.h"
#include "services/cli/query.h"
#include "services/cli/table.h"

namespace anamnesis::cli {
namespace {

constexpr uint32_t kPage = 1000;

struct MedsOptions {
  std::string patient;
  bool all = false;
  AsOf as_of;
  bool json = false;
};

// Doses that were given; what was not done, or was entered in error, is none.
int DosesGiven(const projection::v1::OrderView& view) {
  const auto& retracted = view.retracted_administration_ids();
  return static_cast<int>(std::count_if(
      view.administrations().begin(), view.administrations().end(), [&](const medication::v1::Administration& dose) {
        return dose.status() != medication::v1::ADMINISTRATION_STATUS_NOT_DONE &&
               std::find(retracted.begin(), retracted.end(), dose.id()) == retracted.end();
      }));
}

std::string AtLeast(bool at_least, const std::string& number) {
  return absl::StrCat(at_least ? "at least " : "", number);
}

// `oxycodone 40 mg, 60 MME`; what is unknown is at least what is known of it.
std::string DailyDose(const medication::v1::IngredientDose& dose) {
  const bool unknown = dose.at_least() && dose.mg_per_day() == "0";
  std::string words =
      absl::StrCat(dose.name().empty() ? dose.rxnorm() : dose.name(), " ",
                   unknown ? std::string(kUnknown) : AtLeast(dose.at_least(), dose.mg_per_day()) + " mg");
  if (dose.mme_per_day().empty()) return words;
  return absl::StrCat(words, ", ",
                      dose.mme_at_least() && dose.mme_per_day() == "0"
                          ? "MME unknown"
                          : AtLeast(dose.mme_at_least(), dose.mme_per_day()) + " MME");
}

// `opioid full`, each once.
std::string Classes(const projection::v1::OrderView& view) {
  std::set<std::string> classes;
  for (const auto& dose : view.doses()) {
    for (const int drug_class : dose.classes()) {
      classes.insert(Words(static_cast<medication::v1::DrugClass>(drug_class)));
    }
  }
  return absl::StrJoin(classes, ", ");
}

std::vector<std::string> Row(const projection::v1::OrderView& view) {
  const auto& order = view.order();
  std::vector<std::string> dosages;
  for (const auto& dosage : order.dosages()) dosages.push_back(DosageSentence(dosage));
  std::vector<std::string> doses;
  for (const auto& dose : view.doses()) doses.push_back(DailyDose(dose));
  std::vector<std::string> alerts;
  RuleIds open = OpenAt(view.alert_steps(), std::numeric_limits<int64_t>::max()).rules;
  RuleIds told;
  for (const auto& alert : view.alerts()) {
    *told.Add() = alert.rule_id();
    const bool waits = std::find(open.begin(), open.end(), alert.rule_id()) != open.end();
    alerts.push_back(absl::StrCat(alert.rule_id(), !alert.override_reason().empty() ? " (overridden)"
                                                   : waits                          ? " (open)"
                                                                                    : ""));
  }
  Close(told, open);  // Those of a hold or an end are not among the order's own.
  for (const std::string& rule : open) alerts.push_back(rule + " (open)");
  return {order.has_authored_on() ? Day(order.authored_on()) : kUnknown,
          Concept(order.medication()),
          Classes(view),
          dosages.empty() ? "dose unknown" : absl::StrJoin(dosages, "; then "),
          absl::StrJoin(doses, "; "),
          Words(order.status()),
          std::to_string(view.dispenses_size()),
          std::to_string(DosesGiven(view)),
          absl::StrJoin(alerts, ", "),
          Flags(order.provenance())};
}

absl::Status Meds(const Connection& connection, const MedsOptions& options) {
  Query query(connection);
  chart::v1::ListOrdersRequest request;
  ASSIGN_OR_RETURN(*request.mutable_patient_id(), query.ResolvePatient(options.patient));
  RETURN_IF_ERROR(options.as_of.Fill(*request.mutable_options()));
  request.set_active_only(!options.all);
  request.set_page_size(kPage);
  Table table({"SINCE", "MEDICATION", "CLASS", "DOSAGE", "A DAY", "STATUS", "FILLS", "DOSES", "ALERTS", "FLAGS"});
  do {
    ASSIGN_OR_RETURN(const auto page, query.Ask(&chart::v1::ChartService::Stub::ListOrders, request));
    for (const auto& view : page.orders()) {
      if (options.json) PrintJson(view);
      table.Add(Row(view));
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  if (!options.json) {
    table.Print(std::cout, TerminalWidth(), options.all ? "no orders are recorded" : "no active orders are recorded");
  }
  return absl::OkStatus();
}

}  // namespace

void AddMedsCommand(CLI::App& app, Connection& connection) {
  auto options = std::make_shared<MedsOptions>();
  CLI::App* command = app.add_subcommand("meds", "Show a patient's medication orders");
  command
      ->add_option("PATIENT", options->patient, "The patient's id, or a name or identifier that only one patient has")
      ->required();
  command->add_flag("--all", options->all, "Also those that are over");
  options->as_of.AddOptions(*command);
  command->add_flag("--json", options->json, "Print one JSON object a line");
  command->footer(
      "A DAY is what the order gives at most, by ingredient, with morphine milligram equivalents (MME) of opioids.\n"
      "FILLS counts dispenses, DOSES what was given of them. Of ALERTS an open one waits to be "
      "acknowledged.\n\nExample:\n  anamnesis meds 'Ada Example' --all");
  command->callback([options, &connection] { Finish(Meds(connection, *options)); });
}

}  // namespace anamnesis::cli
