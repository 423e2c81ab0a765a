// `anamnesis rules`.
#include <google/protobuf/util/json_util.h>

#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "anamnesis/encounter/v1/encounter_service.grpc.pb.h"
#include "anamnesis/encounter/v1/events.pb.h"
#include "anamnesis/event/v1/feed_service.grpc.pb.h"
#include "anamnesis/medication/v1/events.pb.h"
#include "anamnesis/medication/v1/medication_service.grpc.pb.h"
#include "base/status.h"
#include "nlohmann/json.hpp"
#include "services/cli/command_call.h"
#include "services/cli/commands.h"
#include "services/cli/format.h"
#include "services/cli/rule_table_file.h"
#include "services/cli/table.h"

namespace anamnesis::cli {
namespace {

using google::protobuf::Message;

constexpr char kRole[] = "formulary";

// What each service that has rule tables calls its own.
struct Medication {
  static constexpr char kService[] = "medication";
  static constexpr char kStream[] = "rules-medication";
  using Event = medication::v1::MedicationEvent;
  using Request = medication::v1::LoadRuleTableRequest;
  using Service = medication::v1::MedicationService;
};
struct Encounter {
  static constexpr char kService[] = "encounter";
  static constexpr char kStream[] = "rules-encounter";
  using Event = encounter::v1::EncounterEvent;
  using Request = encounter::v1::LoadRuleTableRequest;
  using Service = encounter::v1::EncounterService;
};

struct RulesOptions {
  std::string id;
  std::string file;
  std::string reason;
  std::string request_id;
  uint32_t version = 0;
  bool json = false;
};

// One version of a table, as the record has it.
struct Loaded {
  std::string service;
  std::string id;
  uint32_t version = 0;
  std::string effective_from;
  std::string holds;
  std::shared_ptr<const Message> table;
  google::protobuf::Timestamp recorded;
  std::string actor;
  uint64_t position = 0;
  bool in_force = false;
};

template <class RuleTable>
std::string ContentOf(const RuleTable& table) {
  const auto* const field =
      table.GetReflection()->GetOneofFieldDescriptor(table, RuleTable::descriptor()->FindOneofByName("content"));
  return field == nullptr ? "" : field->name();
}

// Of the newest effective versions that hold the same, the one that became effective last, as decisions are made.
void MarkInForce(std::vector<Loaded>& all) {
  const std::string today = absl::FormatTime("%Y-%m-%d", absl::Now(), absl::UTCTimeZone());
  std::map<std::pair<std::string, std::string>, Loaded*> newest, in_force;
  for (Loaded& loaded : all) {
    if (loaded.effective_from > today) continue;
    Loaded*& known = newest[{loaded.service, loaded.id}];
    if (known == nullptr || known->version < loaded.version) known = &loaded;
  }
  for (const auto& [id, loaded] : newest) {
    Loaded*& known = in_force[{loaded->service, loaded->holds}];
    if (known == nullptr || known->effective_from <= loaded->effective_from) known = loaded;
  }
  for (const auto& [content, loaded] : in_force) loaded->in_force = true;
}

// Appends every version of every table of a service, in the order in which they were loaded.
template <class Of>
absl::Status ReadTablesOf(const Connection& connection, std::vector<Loaded>& all) {
  event::v1::SubscribeRequest request;
  request.mutable_filter()->set_stream(Of::kStream);
  grpc::ClientContext context;
  connection.PrepareStream(context);
  const auto stub = event::v1::EventFeedService::NewStub(connection.Channel(Of::kService));
  const auto reader = stub->Subscribe(&context, request);
  event::v1::SubscribeResponse response;
  while (reader->Read(&response)) {
    for (const event::v1::EventEnvelope& envelope : response.batch().events()) {
      typename Of::Event event;
      if (!event.ParseFromString(envelope.payload()) || !event.has_rule_table_loaded()) continue;
      const auto& table = event.rule_table_loaded().table();
      all.push_back({.service = Of::kService,
                     .id = table.id(),
                     .version = table.version(),
                     .effective_from = table.effective_from(),
                     .holds = ContentOf(table),
                     .table = std::make_shared<std::decay_t<decltype(table)>>(table),
                     .recorded = envelope.recorded_time(),
                     .actor = envelope.actor(),
                     .position = envelope.position()});
    }
  }
  const grpc::Status status = reader->Finish();
  return status.ok() ? absl::OkStatus() : connection.Explain(Of::kService, status);
}

// Those of all services.
absl::StatusOr<std::vector<Loaded>> ReadTables(const Connection& connection) {
  std::vector<Loaded> all;
  RETURN_IF_ERROR(ReadTablesOf<Medication>(connection, all));
  RETURN_IF_ERROR(ReadTablesOf<Encounter>(connection, all));
  MarkInForce(all);
  return all;
}

absl::Status List(const Connection& connection, const RulesOptions& options) {
  ASSIGN_OR_RETURN(const std::vector<Loaded> all, ReadTables(connection));
  if (options.json) {
    for (const Loaded& loaded : all) {
      std::cout << nlohmann::ordered_json{{"id", loaded.id},
                                          {"version", loaded.version},
                                          {"service", loaded.service},
                                          {"holds", loaded.holds},
                                          {"effective_from", loaded.effective_from},
                                          {"in_force", loaded.in_force},
                                          {"position", loaded.position},
                                          {"loaded_by", loaded.actor}}
                       .dump()
                << "\n";
    }
    return absl::OkStatus();
  }
  Table table({"table", "version", "service", "holds", "effective from", "in force today", "loaded", "by"});
  for (const Loaded& loaded : all) {
    table.Add({loaded.id, std::to_string(loaded.version), loaded.service, loaded.holds, loaded.effective_from,
               loaded.in_force ? "yes" : "", Minute(loaded.recorded), loaded.actor});
  }
  table.Print(std::cout, TerminalWidth(), "no rule table was loaded");
  return absl::OkStatus();
}

absl::Status Show(const Connection& connection, const RulesOptions& options) {
  ASSIGN_OR_RETURN(const std::vector<Loaded> all, ReadTables(connection));
  const Loaded* found = nullptr;
  for (const Loaded& loaded : all) {
    if (loaded.id != options.id) continue;
    if (options.version == 0 || options.version == loaded.version) found = &loaded;
  }
  if (found == nullptr) {
    return absl::NotFoundError(absl::StrCat("no such version of a table '", options.id,
                                            "' was loaded; `anamnesis rules list` shows what was"));
  }
  std::string json;
  google::protobuf::util::JsonPrintOptions print;
  print.add_whitespace = true;
  const auto printed = google::protobuf::util::MessageToJsonString(*found->table, &json, print);
  if (!printed.ok()) return absl::InternalError(printed.message().ToString());
  std::cout << json;
  return absl::OkStatus();
}

// Loads the table, or has the server say whether it would.
template <class Of, class RuleTable>
absl::Status Send(const Connection& connection, const RulesOptions& options, const RuleTable& table, bool only_check) {
  typename Of::Request request;
  *request.mutable_table() = table;
  request.mutable_context()->set_request_id(RequestIdFrom(options.request_id));
  request.mutable_context()->set_reason(options.reason);
  request.mutable_context()->set_validate_only(only_check);
  rpc::v1::CommandOutcome outcome;
  const auto channel = connection.Channel(Of::kService);
  const auto stub = Of::Service::NewStub(channel);
  const CommandCall command{.server = Of::kService,
                            .request_id = request.context().request_id(),
                            .caller = connection.CallerWith(kRole),
                            .repeat_with = WithRequestId(request.context().request_id()),
                            .writes = !only_check};
  RETURN_IF_ERROR(SendCommand(connection, *channel, command, [&](grpc::ClientContext& context) {
    return stub->LoadRuleTable(&context, request, &outcome);
  }));
  const std::string name = absl::StrCat(table.id(), " version ", table.version());
  if (options.json) {
    std::cout << nlohmann::ordered_json{{"id", table.id()},
                                        {"version", table.version()},
                                        {"loaded", outcome.position() > 0},
                                        {"position", outcome.position()}}
                     .dump()
              << "\n";
  } else if (only_check) {
    std::cout << name << " can be loaded\n";
  } else if (outcome.position() == 0) {
    std::cout << name << " was loaded before; nothing changed\n";
  } else {
    std::cout << name << " is loaded; decisions from " << table.effective_from() << " on are made by it\n";
  }
  return absl::OkStatus();
}

// To the service whose kind of table it is.
absl::Status Load(const Connection& connection, const RulesOptions& options, bool only_check) {
  ASSIGN_OR_RETURN(const RuleTable table, ReadRuleTable(options.file));
  if (const auto* of_encounter = std::get_if<encounter::v1::RuleTable>(&table)) {
    return Send<Encounter>(connection, options, *of_encounter, only_check);
  }
  return Send<Medication>(connection, options, std::get<medication::v1::RuleTable>(table), only_check);
}

}  // namespace

void AddRulesCommand(CLI::App& app, Connection& connection) {
  CLI::App* rules = app.add_subcommand("rules", "The tables that clinical decisions are made by");
  rules->require_subcommand(1);
  auto options = std::make_shared<RulesOptions>();

  CLI::App* list = rules->add_subcommand("list", "Every version of every table, and which are in force");
  list->add_flag("--json", options->json, "Print one JSON object a line");
  list->callback([options, &connection] { Finish(List(connection, *options)); });

  CLI::App* show = rules->add_subcommand("show", "A table as JSON, which `load` reads");
  show->add_option("ID", options->id, "Which: `mme-cdc-2022`")->required();
  show->add_option("--version", options->version, "Which version (default: the newest)");
  show->callback([options, &connection] { Finish(Show(connection, *options)); });

  CLI::App* check = rules->add_subcommand("check", "Say whether a file could be loaded; nothing is written");
  check->add_option("FILE", options->file, "The table as JSON")->required();
  check->add_flag("--json", options->json, "Print one JSON object");
  check->callback([options, &connection] { Finish(Load(connection, *options, true)); });

  CLI::App* load = rules->add_subcommand("load", "Bring a version of a table into the record, for ever");
  load->add_option("FILE", options->file, "The table as JSON, with a higher version than the one that is there")
      ->required();
  load->add_option("--reason", options->reason, "Why")->required();
  AddRequestIdOption(*load, options->request_id);
  load->add_flag("--json", options->json, "Print one JSON object");
  load->callback([options, &connection] { Finish(Load(connection, *options, false)); });
}

}  // namespace anamnesis::cli
