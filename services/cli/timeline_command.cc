#include <algorithm>
#include <iostream>
#include <memory>
#include <vector>

#include "base/status.h"
#include "services/cli/commands.h"
#include "services/cli/format.h"
#include "services/cli/query.h"
#include "services/cli/table.h"

namespace anamnesis::cli {
namespace {

constexpr uint32_t kPage = 500;

struct TimelineOptions {
  std::string patient;
  std::vector<std::string> kinds;
  AsOf as_of;
  uint32_t limit = 50;
  bool json = false;
};

absl::Status Timeline(const Connection& connection, const TimelineOptions& options) {
  Query query(connection);
  chart::v1::ListTimelineRequest request;
  ASSIGN_OR_RETURN(*request.mutable_patient_id(), query.ResolvePatient(options.patient));
  RETURN_IF_ERROR(options.as_of.Fill(*request.mutable_options()));
  request.mutable_kinds()->Assign(options.kinds.begin(), options.kinds.end());
  Table table({"WHEN", "KIND", "WHAT", "SERVICE", "POSITION"});
  uint32_t left = options.limit;
  do {
    request.set_page_size(std::min(left, kPage));
    ASSIGN_OR_RETURN(const auto page, query.Ask(&chart::v1::ChartService::Stub::ListTimeline, request));
    for (const auto& entry : page.entries()) {
      if (options.json) PrintJson(entry);
      table.Add({Minute(entry.time()), entry.kind(), Summary(entry.view()), entry.service(),
                 std::to_string(entry.position())});
    }
    left -= static_cast<uint32_t>(page.entries_size());
    request.set_page_token(page.next_page_token());
  } while (left > 0 && !request.page_token().empty());
  if (options.json) return absl::OkStatus();
  table.Print(std::cout, TerminalWidth(), "nothing is recorded");
  if (!request.page_token().empty()) std::cout << "… more; raise --limit\n";
  return absl::OkStatus();
}

}  // namespace

void AddTimelineCommand(CLI::App& app, Connection& connection) {
  auto options = std::make_shared<TimelineOptions>();
  CLI::App* command = app.add_subcommand("timeline", "Show what happened to a patient, newest first");
  command
      ->add_option("PATIENT", options->patient, "The patient's id, or a name or identifier that only one patient has")
      ->required();
  command->add_option("--kind", options->kinds, "Only this kind: encounter, observation, order …; may be repeated")
      ->allow_extra_args(false);
  options->as_of.AddOptions(*command);
  command->add_option("--limit", options->limit, "Most entries to show")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print one JSON object a line");
  command->footer("Example:\n  anamnesis timeline 'Ada Example' --kind procedure --kind order --limit 200");
  command->callback([options, &connection] { Finish(Timeline(connection, *options)); });
}

}  // namespace anamnesis::cli
