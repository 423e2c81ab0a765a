// `anamnesis prescribe`, `renew`, `hold`, `resume`, `discontinue`, `complete`, `dispense`, `administer`: a prescriber's
// and a nurse's day from the terminal.
#include <array>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "anamnesis/medication/v1/medication_service.grpc.pb.h"
#include "base/status.h"
#include "services/cli/command_call.h"
#include "services/cli/commands.h"
#include "services/cli/format.h"
#include "services/cli/query.h"

namespace anamnesis::cli {
namespace {

using medication::v1::MedicationService;

constexpr char kRxNorm[] = "http://www.nlm.nih.gov/research/umls/rxnorm";
constexpr char kSnomed[] = "http://snomed.info/sct";

// Ways in by the names that people use.
struct Way {
  const char* name;
  const char* snomed;
};
constexpr std::array kWays = {
    Way{"oral",         "26643006" },
    Way{"transdermal",  "45890007" },
    Way{"topical",      "6064005"  },
    Way{"intravenous",  "47625008" },
    Way{"subcutaneous", "34206005" },
    Way{"intrathecal",  "72607000" },
    Way{"epidural",     "404820008"}
};

struct OrderOptions {
  std::string patient;
  std::string order;
  std::string drug;
  std::string rxnorm;
  std::string strength;
  std::string dose;
  uint32_t times = 1;
  std::string per = "1 d";
  std::string route = "oral";
  bool as_needed = false;
  uint32_t days = 0;
  int refills = -1;
  std::string quantity;
  std::vector<std::string> overrides;  // RULE=REASON.
  std::string reason;
  std::string at;
  std::string request_id;
  bool not_given = false;
  bool json = false;
};

// `15 mg`, `1 {tablet}`, `20 mg/mL`.
absl::StatusOr<clinical::v1::Quantity> ParseQuantity(const char* option, const std::string& text) {
  const size_t blank = text.find(' ');
  if (blank == std::string::npos || blank == 0 || blank + 1 == text.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(option, " '", text, "' is no number and unit; say it as '15 mg' or '1 {tablet}' (UCUM)"));
  }
  clinical::v1::Quantity quantity;
  quantity.set_value(text.substr(0, blank));
  quantity.set_code(text.substr(blank + 1));
  quantity.set_unit(quantity.code());
  return quantity;
}

absl::Status FillOverrides(const std::vector<std::string>& texts,
                           google::protobuf::RepeatedPtrField<rpc::v1::AlertOverride>& overrides) {
  for (const std::string& text : texts) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
      return absl::InvalidArgumentError(absl::StrCat("--override '", text, "' is not RULE=REASON"));
    }
    rpc::v1::AlertOverride& given = *overrides.Add();
    given.set_rule_id(text.substr(0, equals));
    given.set_reason(text.substr(equals + 1));
  }
  return absl::OkStatus();
}

absl::StatusOr<medication::v1::Dosage> DosageOf(const OrderOptions& options) {
  medication::v1::Dosage dosage;
  ASSIGN_OR_RETURN(*dosage.mutable_dose(), ParseQuantity("--dose", options.dose));
  ASSIGN_OR_RETURN(const clinical::v1::Quantity per, ParseQuantity("--per", options.per));
  dosage.mutable_timing()->set_frequency(options.times);
  dosage.mutable_timing()->set_period(per.value());
  dosage.mutable_timing()->set_period_unit(per.code());
  if (options.as_needed) dosage.set_as_needed(true);
  for (const Way& way : kWays) {
    if (options.route != way.name) continue;
    clinical::v1::Coding& route = *dosage.mutable_route()->add_codings();
    route.set_system(kSnomed);
    route.set_code(way.snomed);
    route.set_display(way.name);
    return dosage;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--route '", options.route, "' is none of ",
                   absl::StrJoin(kWays, ", ", [](std::string* out, const Way& way) { out->append(way.name); })));
}

// What every command carries.
template <class Request>
absl::Status FillContext(const Connection& connection, const OrderOptions& options, Request& request) {
  Query query(connection);
  ASSIGN_OR_RETURN(*request.mutable_patient_id(), query.ResolvePatient(options.patient));
  request.mutable_context()->set_request_id(RequestIdFrom(options.request_id));
  request.mutable_context()->set_reason(options.reason);
  if (options.at.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(*request.mutable_context()->mutable_effective_time(), ParseTime(options.at));
  return absl::OkStatus();
}

void Print(const rpc::v1::CommandOutcome& outcome, bool json) {
  if (json) return PrintJson(outcome);
  std::cout << outcome.resource_id() << "  etag " << outcome.etag() << "\n";
  for (const rpc::v1::Alert& alert : outcome.alerts()) {
    std::cout << Words(alert.severity()) << "  " << alert.rule_id() << "  " << alert.message();
    if (!alert.override_reason().empty()) std::cout << "  (overridden: " << alert.override_reason() << ")";
    std::cout << "\n";
  }
}

template <class Request>
absl::Status Send(const Connection& connection, const OrderOptions& options, Request request,
                  grpc::Status (MedicationService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                  rpc::v1::CommandOutcome*)) {
  RETURN_IF_ERROR(FillContext(connection, options, request));
  const auto channel = connection.Channel("medication");
  const auto stub = MedicationService::NewStub(channel);
  const CommandCall command{.server = "medication",
                            .request_id = request.context().request_id(),
                            .caller = connection.Caller(),
                            .repeat_with = WithRequestId(request.context().request_id())};
  rpc::v1::CommandOutcome outcome;
  RETURN_IF_ERROR(SendCommand(connection, *channel, command, [&](grpc::ClientContext& context) {
    return (stub.get()->*method)(&context, request, &outcome);
  }));
  Print(outcome, options.json);
  return absl::OkStatus();
}

absl::Status Prescribe(const Connection& connection, const OrderOptions& options) {
  medication::v1::PrescribeRequest request;
  medication::v1::Order& order = *request.mutable_order();
  order.mutable_medication()->set_text(options.drug);
  if (!options.rxnorm.empty()) {
    medication::v1::Ingredient& ingredient = *order.add_ingredients();
    ingredient.mutable_coding()->set_system(kRxNorm);
    ingredient.mutable_coding()->set_code(options.rxnorm);
    ingredient.mutable_coding()->set_display(options.drug);
    if (!options.strength.empty()) {
      ASSIGN_OR_RETURN(*ingredient.mutable_strength()->mutable_numerator(),
                       ParseQuantity("--strength", options.strength));
    }
  }
  if (!options.dose.empty()) {
    ASSIGN_OR_RETURN(*order.add_dosages(), DosageOf(options));
  }
  if (options.days > 0) order.set_days_supply(options.days);
  if (options.refills >= 0) order.set_refills_allowed(static_cast<uint32_t>(options.refills));
  if (!options.quantity.empty()) {
    ASSIGN_OR_RETURN(*order.mutable_quantity(), ParseQuantity("--quantity", options.quantity));
  }
  RETURN_IF_ERROR(FillOverrides(options.overrides, *request.mutable_overrides()));
  return Send(connection, options, std::move(request), &MedicationService::Stub::Prescribe);
}

absl::Status Renew(const Connection& connection, const OrderOptions& options) {
  medication::v1::RenewOrderRequest request;
  request.set_order_id(options.order);
  if (options.days > 0) request.set_days_supply(options.days);
  if (options.refills >= 0) request.set_refills_allowed(static_cast<uint32_t>(options.refills));
  if (!options.quantity.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_quantity(), ParseQuantity("--quantity", options.quantity));
  }
  RETURN_IF_ERROR(FillOverrides(options.overrides, *request.mutable_overrides()));
  return Send(connection, options, std::move(request), &MedicationService::Stub::RenewOrder);
}

// Hold, resume, discontinue, complete: the order, a reason and what is overridden say all.
template <class Request>
absl::Status Change(const Connection& connection, const OrderOptions& options,
                    grpc::Status (MedicationService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                    rpc::v1::CommandOutcome*)) {
  Request request;
  request.set_order_id(options.order);
  if constexpr (requires { request.mutable_overrides(); }) {
    RETURN_IF_ERROR(FillOverrides(options.overrides, *request.mutable_overrides()));
  }
  return Send(connection, options, std::move(request), method);
}

absl::Status Dispense(const Connection& connection, const OrderOptions& options) {
  medication::v1::RecordDispenseRequest request;
  request.mutable_dispense()->set_order_id(options.order);
  if (options.days > 0) request.mutable_dispense()->set_days_supply(options.days);
  if (!options.quantity.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_dispense()->mutable_quantity(), ParseQuantity("--quantity", options.quantity));
  }
  return Send(connection, options, std::move(request), &MedicationService::Stub::RecordDispense);
}

absl::Status Administer(const Connection& connection, const OrderOptions& options) {
  medication::v1::RecordAdministrationRequest request;
  medication::v1::Administration& dose = *request.mutable_administration();
  dose.set_order_id(options.order);
  dose.set_status(options.not_given ? medication::v1::ADMINISTRATION_STATUS_NOT_DONE
                                    : medication::v1::ADMINISTRATION_STATUS_COMPLETED);
  if (!options.reason.empty()) dose.mutable_status_reason()->set_text(options.reason);
  if (!options.dose.empty()) {
    ASSIGN_OR_RETURN(*dose.mutable_dose(), ParseQuantity("--dose", options.dose));
  }
  return Send(connection, options, std::move(request), &MedicationService::Stub::RecordAdministration);
}

using Run = std::function<absl::Status(const Connection&, const OrderOptions&)>;

// A command about a patient's order; `of_order`: one that is there already.
std::pair<CLI::App*, OrderOptions*> Add(CLI::App& app, Connection& connection, const char* name, const char* what,
                                        bool of_order, Run run) {
  auto options = std::make_shared<OrderOptions>();
  CLI::App* command = app.add_subcommand(name, what);
  command
      ->add_option("PATIENT", options->patient, "The patient's id, or a name or identifier that only one patient has")
      ->required();
  if (of_order) {
    command->add_option("ORDER", options->order, "The order's id; `anamnesis meds PATIENT --json` has it")->required();
  }
  command->add_option("--at", options->at, "When it takes effect, RFC 3339 or a date; default: now");
  AddRequestIdOption(*command, options->request_id);
  command->add_flag("--json", options->json, "Print the outcome as JSON");
  command->callback([options, run = std::move(run), &connection] { Finish(run(connection, *options)); });
  return {command, options.get()};
}

void AddSupply(CLI::App& command, OrderOptions& options) {
  command.add_option("--days", options.days, "How many days a fill is to last");
  command.add_option("--quantity", options.quantity, "How much is handed over: '30 {tablet}'");
}

void AddOverride(CLI::App& command, OrderOptions& options) {
  command.add_option("--override", options.overrides,
                     "RULE=REASON: go on in spite of a rule that stops it; repeatable");
}

void AddPrescriber(CLI::App& command, OrderOptions& options) {
  AddSupply(command, options);
  command.add_option("--refills", options.refills, "Fills after the first");
  AddOverride(command, options);
}

}  // namespace

void AddOrderCommands(CLI::App& app, Connection& connection) {
  auto [prescribe, order] =
      Add(app, connection, "prescribe", "Order a medication, by the safety rules", false, Prescribe);
  prescribe->add_option("--drug", order->drug, "What: 'morphine 15 mg tablet'")->required();
  prescribe->add_option("--rxnorm", order->rxnorm, "Its ingredient (RxNorm); without it no rule knows what it is");
  prescribe->add_option("--strength", order->strength, "How much of it is in a piece or a volume: '15 mg', '2 mg/mL'");
  prescribe->add_option("--dose", order->dose,
                        "How much at a time: '15 mg', '1 {tablet}'; without it the dose is unknown");
  prescribe->add_option("--times", order->times, "How many times in --per")->capture_default_str();
  prescribe->add_option("--per", order->per, "In what time: '1 d', '6 h', '1 wk'")->capture_default_str();
  prescribe->add_option("--route", order->route, "The way in: oral, transdermal, …")->capture_default_str();
  prescribe->add_flag("--as-needed", order->as_needed, "Only when needed");
  AddPrescriber(*prescribe, *order);
  prescribe->footer(
      "A rule that stops it is named; choose another treatment, or --override it with a reason.\n\nExample:\n"
      "  anamnesis prescribe 'Ada Example' --drug 'morphine 15 mg tablet' --rxnorm 7052 --dose '15 mg' --times 4 "
      "--days 7");

  auto [renew, renewed] =
      Add(app, connection, "renew", "Follow an order with a new one of the same medication", true, Renew);
  AddPrescriber(*renew, *renewed);

  using Stub = MedicationService::Stub;
  const auto add_change = [&](const char* name, const char* what, bool needs_reason, Run run) {
    auto [command, options] = Add(app, connection, name, what, true, std::move(run));
    command->add_option("--reason", options->reason, "Why")->required(needs_reason);
    return std::pair(command, options);
  };
  add_change("hold", "Interrupt an order; needs --reason", true, [](const Connection& to, const OrderOptions& options) {
    return Change<medication::v1::HoldOrderRequest>(to, options, &Stub::HoldOrder);
  });
  auto [resume, resumed] =
      add_change("resume", "Let an order that is on hold go on, by the safety rules", false,
                 [](const Connection& to, const OrderOptions& options) {
                   return Change<medication::v1::ResumeOrderRequest>(to, options, &Stub::ResumeOrder);
                 });
  AddOverride(*resume, *resumed);
  add_change("discontinue", "End an order early; needs --reason", true,
             [](const Connection& to, const OrderOptions& options) {
               return Change<medication::v1::DiscontinueOrderRequest>(to, options, &Stub::DiscontinueOrder);
             });
  add_change("complete", "End an order as it was meant to end", false,
             [](const Connection& to, const OrderOptions& options) {
               return Change<medication::v1::CompleteOrderRequest>(to, options, &Stub::CompleteOrder);
             });

  auto [dispense, fill] = Add(app, connection, "dispense", "Record a fill of an order", true, Dispense);
  AddSupply(*dispense, *fill);
  auto [administer, dose] =
      Add(app, connection, "administer", "Record a dose of an order, given or not", true, Administer);
  administer->add_option("--dose", dose->dose, "How much was given: '15 mg'; default: as ordered");
  administer->add_flag("--not-given", dose->not_given, "It was refused, withheld or missed");
  administer->add_option("--reason", dose->reason, "Why it was not given, or not all of it");
}

}  // namespace anamnesis::cli
