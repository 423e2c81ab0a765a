// `anamnesis opioids`: what is recorded of a patient's therapy with opioids.
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "services/cli/commands.h"
#include "services/cli/format.h"
#include "services/cli/query.h"
#include "services/cli/table.h"

namespace anamnesis::cli {
namespace {

constexpr uint32_t kPage = 500;
constexpr const char* kStewardship[] = {"pdmp_review",    "treatment_agreement", "drug_test",
                                        "naloxone_offer", "reassessment",        "taper"};

struct OpioidsOptions {
  std::string patient;
  AsOf as_of;
  bool json = false;
};

template <class MmeTotal>
std::string Total(const MmeTotal& total) {
  return absl::StrCat(total.at_least() ? "at least " : "", total.mme_per_day());
}

// The totals of each record of the patient, in the order of recording.
absl::StatusOr<std::vector<chart::v1::ChartEntry>> ReadTherapies(Query& query, chart::v1::ListViewsRequest request) {
  std::vector<chart::v1::ChartEntry> therapies;
  request.set_kind("opioid_therapy");
  do {
    ASSIGN_OR_RETURN(const auto page, query.Ask(&chart::v1::ChartService::Stub::ListViews, request));
    therapies.insert(therapies.end(), page.entries().begin(), page.entries().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return therapies;
}

void PrintTherapies(const std::vector<chart::v1::ChartEntry>& therapies) {
  Table table({"FROM", "MME A DAY", ""});
  for (const auto& therapy : therapies) {
    for (const auto& total : therapy.view().opioid_therapy().daily_mme()) {
      table.Add({total.has_from() ? Minute(total.from()) : kUnknown, Total(total), ""});
      for (const auto& later : total.later()) table.Add({Minute(later.from()), Total(later), "as planned then"});
    }
  }
  table.Print(std::cout, TerminalWidth(), "no opioid is recorded");
}

absl::Status Opioids(const Connection& connection, const OpioidsOptions& options) {
  Query query(connection);
  chart::v1::ListViewsRequest views;
  ASSIGN_OR_RETURN(*views.mutable_patient_id(), query.ResolvePatient(options.patient));
  RETURN_IF_ERROR(options.as_of.Fill(*views.mutable_options()));
  views.set_page_size(kPage);
  ASSIGN_OR_RETURN(const auto therapies, ReadTherapies(query, views));
  if (options.json) {
    for (const auto& therapy : therapies) PrintJson(therapy);
  } else {
    PrintTherapies(therapies);
    std::cout << "\n";
  }

  chart::v1::ListTimelineRequest timeline;
  timeline.set_patient_id(views.patient_id());
  *timeline.mutable_options() = views.options();
  timeline.mutable_kinds()->Assign(std::begin(kStewardship), std::end(kStewardship));
  timeline.set_page_size(kPage);
  Table table({"WHEN", "KIND", "WHAT", "ID"});
  do {
    ASSIGN_OR_RETURN(const auto page, query.Ask(&chart::v1::ChartService::Stub::ListTimeline, timeline));
    for (const auto& entry : page.entries()) {
      if (options.json) PrintJson(entry);
      table.Add({Minute(entry.time()), entry.kind(), Summary(entry.view()), entry.id()});
    }
    timeline.set_page_token(page.next_page_token());
  } while (!timeline.page_token().empty());
  if (!options.json) table.Print(std::cout, TerminalWidth(), "no stewardship record is there");
  return absl::OkStatus();
}

}  // namespace

void AddOpioidsCommand(CLI::App& app, Connection& connection) {
  auto options = std::make_shared<OpioidsOptions>();
  CLI::App* command = app.add_subcommand("opioids", "Show a patient's opioid stewardship record");
  command
      ->add_option("PATIENT", options->patient, "The patient's id, or a name or identifier that only one patient has")
      ->required();
  options->as_of.AddOptions(*command);
  command->add_flag("--json", options->json, "Print one JSON object a line");
  command->footer(
      "First the day's opioids in morphine milligram equivalents (MME) from instant to instant, as they were counted "
      "by\n"
      "the rule tables in force when they were recorded; then the monitoring programme, agreements, drug tests, "
      "naloxone,\n"
      "reassessments and tapers, newest first.\n\nExample:\n  anamnesis opioids 'Ada Example'");
  command->callback([options, &connection] { Finish(Opioids(connection, *options)); });
}

}  // namespace anamnesis::cli
