// `anamnesis rules`.
#include <google/protobuf/util/json_util.h>

#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "anamnesis/event/v1/feed_service.grpc.pb.h"
#include "anamnesis/medication/v1/events.pb.h"
#include "anamnesis/medication/v1/medication_service.grpc.pb.h"
#include "base/status.h"
#include "base/uuid.h"
#include "nlohmann/json.hpp"
#include "rpc/client.h"
#include "services/cli/commands.h"
#include "services/cli/format.h"
#include "services/cli/rule_table_file.h"
#include "services/cli/table.h"

namespace anamnesis::cli {
namespace {

using medication::v1::RuleTable;

constexpr char kService[] = "medication";
constexpr char kStream[] = "rules-medication";
constexpr char kRole[] = "formulary";

struct RulesOptions {
  std::string id;
  std::string file;
  std::string reason;
  uint32_t version = 0;
  bool json = false;
};

// One version of a table, as the record has it.
struct Loaded {
  RuleTable table;
  google::protobuf::Timestamp recorded;
  std::string actor;
  uint64_t position = 0;
  bool in_force = false;
};

std::string ContentOf(const RuleTable& table) {
  const auto* const field =
      table.GetReflection()->GetOneofFieldDescriptor(table, RuleTable::descriptor()->FindOneofByName("content"));
  return field == nullptr ? "" : field->name();
}

// Of the newest effective versions that hold the same, the one that became effective last, as decisions are made.
void MarkInForce(std::vector<Loaded>& all) {
  const std::string today = absl::FormatTime("%Y-%m-%d", absl::Now(), absl::UTCTimeZone());
  std::map<std::string, Loaded*> newest, in_force;
  for (Loaded& loaded : all) {
    if (loaded.table.effective_from() > today) continue;
    Loaded*& known = newest[loaded.table.id()];
    if (known == nullptr || known->table.version() < loaded.table.version()) known = &loaded;
  }
  for (const auto& [id, loaded] : newest) {
    Loaded*& known = in_force[ContentOf(loaded->table)];
    if (known == nullptr || known->table.effective_from() <= loaded->table.effective_from()) known = loaded;
  }
  for (const auto& [content, loaded] : in_force) loaded->in_force = true;
}

// Every version of every table, in the order in which they were loaded.
absl::StatusOr<std::vector<Loaded>> ReadTables(const Connection& connection) {
  event::v1::SubscribeRequest request;
  request.mutable_filter()->set_stream(kStream);
  grpc::ClientContext context;
  connection.PrepareStream(context);
  const auto stub = event::v1::EventFeedService::NewStub(connection.Channel(kService));
  const auto reader = stub->Subscribe(&context, request);
  std::vector<Loaded> all;
  event::v1::SubscribeResponse response;
  while (reader->Read(&response)) {
    for (const event::v1::EventEnvelope& envelope : response.batch().events()) {
      medication::v1::MedicationEvent event;
      if (!event.ParseFromString(envelope.payload()) || !event.has_rule_table_loaded()) continue;
      all.push_back({.table = event.rule_table_loaded().table(),
                     .recorded = envelope.recorded_time(),
                     .actor = envelope.actor(),
                     .position = envelope.position()});
    }
  }
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return connection.Explain(kService, status);
  MarkInForce(all);
  return all;
}

absl::Status List(const Connection& connection, const RulesOptions& options) {
  ASSIGN_OR_RETURN(const std::vector<Loaded> all, ReadTables(connection));
  if (options.json) {
    for (const Loaded& loaded : all) {
      std::cout << nlohmann::ordered_json{{"id", loaded.table.id()},
                                          {"version", loaded.table.version()},
                                          {"holds", ContentOf(loaded.table)},
                                          {"effective_from", loaded.table.effective_from()},
                                          {"in_force", loaded.in_force},
                                          {"position", loaded.position},
                                          {"loaded_by", loaded.actor}}
                       .dump()
                << "\n";
    }
    return absl::OkStatus();
  }
  Table table({"table", "version", "holds", "effective from", "in force today", "loaded", "by"});
  for (const Loaded& loaded : all) {
    table.Add({loaded.table.id(), std::to_string(loaded.table.version()), ContentOf(loaded.table),
               loaded.table.effective_from(), loaded.in_force ? "yes" : "", Minute(loaded.recorded), loaded.actor});
  }
  table.Print(std::cout, TerminalWidth(), "no rule table was loaded");
  return absl::OkStatus();
}

absl::Status Show(const Connection& connection, const RulesOptions& options) {
  ASSIGN_OR_RETURN(const std::vector<Loaded> all, ReadTables(connection));
  const Loaded* found = nullptr;
  for (const Loaded& loaded : all) {
    if (loaded.table.id() != options.id) continue;
    if (options.version == 0 || options.version == loaded.table.version()) found = &loaded;
  }
  if (found == nullptr) {
    return absl::NotFoundError(absl::StrCat("no such version of a table '", options.id,
                                            "' was loaded; `anamnesis rules list` shows what was"));
  }
  std::string json;
  google::protobuf::util::JsonPrintOptions print;
  print.add_whitespace = true;
  const auto printed = google::protobuf::util::MessageToJsonString(found->table, &json, print);
  if (!printed.ok()) return absl::InternalError(printed.message().ToString());
  std::cout << json;
  return absl::OkStatus();
}

// Loads it, or has the server say whether it would.
absl::Status Load(const Connection& connection, const RulesOptions& options, bool only_check) {
  medication::v1::LoadRuleTableRequest request;
  ASSIGN_OR_RETURN(*request.mutable_table(), ReadRuleTable(options.file));
  request.mutable_context()->set_request_id(NewUuid());
  request.mutable_context()->set_reason(options.reason);
  request.mutable_context()->set_validate_only(only_check);
  rpc::Caller caller = connection.Caller();
  caller.roles.push_back(kRole);
  grpc::ClientContext context;
  rpc::PrepareContext(context, caller, connection.timeout());
  rpc::v1::CommandOutcome outcome;
  const auto stub = medication::v1::MedicationService::NewStub(connection.Channel(kService));
  const grpc::Status status = stub->LoadRuleTable(&context, request, &outcome);
  if (!status.ok()) return connection.Explain(kService, status);
  const std::string name = absl::StrCat(request.table().id(), " version ", request.table().version());
  if (options.json) {
    std::cout << nlohmann::ordered_json{{"id", request.table().id()},
                                        {"version", request.table().version()},
                                        {"loaded", outcome.position() > 0},
                                        {"position", outcome.position()}}
                     .dump()
              << "\n";
  } else if (only_check) {
    std::cout << name << " can be loaded\n";
  } else if (outcome.position() == 0) {
    std::cout << name << " was loaded before; nothing changed\n";
  } else {
    std::cout << name << " is loaded; decisions from " << request.table().effective_from() << " on are made by it\n";
  }
  return absl::OkStatus();
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
  load->add_flag("--json", options->json, "Print one JSON object");
  load->callback([options, &connection] { Finish(Load(connection, *options, false)); });
}

}  // namespace anamnesis::cli
