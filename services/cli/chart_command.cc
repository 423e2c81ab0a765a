#include <algorithm>
#include <iostream>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "services/cli/commands.h"
#include "services/cli/format.h"
#include "services/cli/query.h"
#include "services/cli/table.h"

namespace anamnesis::cli {
namespace {

struct ChartOptions {
  std::string patient;
  AsOf as_of;
  bool json = false;
};

std::string DayOrUnknown(bool known, const google::protobuf::Timestamp& time) {
  return known ? Day(time) : kUnknown;
}

std::string When(const encounter::v1::Encounter& encounter) {
  if (encounter.period().has_start()) return Day(encounter.period().start());
  if (encounter.has_arrived_time()) return Day(encounter.arrived_time());
  return DayOrUnknown(encounter.planned_period().has_start(), encounter.planned_period().start());
}

std::string When(const encounter::v1::Observation& observation) {
  if (observation.has_effective_time()) return Day(observation.effective_time());
  return DayOrUnknown(observation.effective_period().has_start(), observation.effective_period().start());
}

void PrintHeader(const chart::v1::GetChartResponse& chart) {
  const auto& patient = chart.patient();
  const auto& names = patient.demographics().names();
  std::cout << Printable(names.empty() ? kUnknown : Name(names[0])) << "  " << Words(patient.demographics().sex())
            << ", born " << Date(patient.demographics().birth_date());
  if (patient.deceased()) std::cout << ", † " << DayOrUnknown(patient.has_deceased_time(), patient.deceased_time());
  std::cout << "\npatient " << chart.resolved_patient_id() << "\n";
  for (const auto& identifier : patient.identifiers()) {
    std::cout << "  " << Printable(absl::StrCat(Concept(identifier.type()), ": ", identifier.value())) << "\n";
  }
  for (const std::string& merged : chart.merged_ids()) std::cout << "  includes the merged record " << merged << "\n";
  if (chart.info().stale()) std::cout << "  stale: events are recorded that this does not show yet\n";
}

// A section is a heading and a table; a section with nothing in it says so, because nothing known is an answer too.
void PrintSection(const std::string& heading, const Table& table, const std::string& nothing) {
  std::cout << "\n" << heading << "\n";
  table.Print(std::cout, TerminalWidth(), nothing);
}

void PrintProblemsAndAllergies(const chart::v1::GetChartResponse& chart) {
  Table problems({"SINCE", "PROBLEM", "STATUS", "FLAGS"});
  for (const auto& view : chart.active_problems()) {
    const auto& problem = view.problem();
    problems.Add({DayOrUnknown(problem.has_onset(), problem.onset()), Concept(problem.code()),
                  Words(problem.clinical_status()), Flags(problem.provenance())});
  }
  PrintSection("ACTIVE PROBLEMS", problems, "none recorded");

  Table allergies({"SUBSTANCE", "KIND", "CRITICALITY", "STATUS", "FLAGS"});
  for (const auto& view : chart.allergies()) {
    const auto& allergy = view.allergy();
    allergies.Add({Concept(allergy.substance()), Words(allergy.kind()), Words(allergy.criticality()),
                   Words(allergy.clinical_status()), Flags(allergy.provenance())});
  }
  PrintSection("ALLERGIES AND INTOLERANCES", allergies, "none recorded (that is not: no known allergies)");
}

void PrintTreatment(const chart::v1::GetChartResponse& chart) {
  Table orders({"SINCE", "MEDICATION", "DOSAGE", "STATUS", "FLAGS"});
  for (const auto& view : chart.active_orders()) {
    const auto& order = view.order();
    std::vector<std::string> dosages;
    for (const auto& dosage : order.dosages()) dosages.push_back(DosageSentence(dosage));
    orders.Add({DayOrUnknown(order.has_authored_on(), order.authored_on()), Concept(order.medication()),
                dosages.empty() ? "dose unknown" : absl::StrJoin(dosages, "; then "), Words(order.status()),
                Flags(order.provenance())});
  }
  PrintSection("ACTIVE MEDICATIONS", orders, "none recorded");

  Table plans({"KIND", "WHAT", "STATUS"});
  for (const auto& view : chart.active_goals()) {
    plans.Add({"goal", Concept(view.goal().description()), Words(view.goal().status())});
  }
  for (const auto& view : chart.active_care_plans()) {
    const auto& plan = view.care_plan();
    std::vector<std::string> activities;
    for (const auto& activity : plan.activities()) {
      activities.push_back(absl::StrCat(Concept(activity.code()), activity.status() == 0 ? "" : " (",
                                        activity.status() == 0 ? "" : Words(activity.status()),
                                        activity.status() == 0 ? "" : ")"));
    }
    const std::string title =
        !plan.title().empty() || plan.categories().empty() ? plan.title() : Concept(plan.categories(0));
    plans.Add({"plan", absl::StrCat(title, ": ", absl::StrJoin(activities, ", ")), Words(plan.status())});
  }
  PrintSection("GOALS AND PLANS", plans, "none recorded");
}

// Only what there is: most charts have none of it.
void PrintIfAny(const std::string& heading, const Table& table, int rows) {
  if (rows > 0) PrintSection(heading, table, "");
}

void PrintPeopleAndDecisions(const chart::v1::GetChartResponse& chart) {
  Table directives({"MADE", "DIRECTIVE", "WHO DECIDES", "WHAT"});
  for (const auto& view : chart.advance_directives()) {
    const auto& directive = view.advance_directive();
    directives.Add({DayOrUnknown(directive.has_made_time(), directive.made_time()), Concept(directive.type()),
                    directive.has_agent() ? Somebody(directive.agent()) : "", directive.summary()});
  }
  PrintIfAny("ADVANCE DIRECTIVES", directives, chart.advance_directives_size());

  Table consents({"DECIDED", "SCOPE", "WHAT", "DECISION", "UNTIL"});
  for (const auto& view : chart.consents()) {
    const auto& consent = view.consent();
    consents.Add({DayOrUnknown(consent.has_decided_time(), consent.decided_time()), Words(consent.scope()),
                  Concept(consent.category()), Words(consent.decision()),
                  consent.period().has_end() ? Day(consent.period().end()) : "withdrawn"});
  }
  PrintIfAny("CONSENTS AND PRIVACY DIRECTIVES", consents, chart.consents_size());

  Table team({"SINCE", "ROLE", "WHO"});
  for (const auto& view : chart.care_team()) {
    const auto& member = view.care_team_member();
    team.Add({DayOrUnknown(member.period().has_start(), member.period().start()), Concept(member.role()),
              Somebody(member.member())});
  }
  PrintIfAny("CARE TEAM", team, chart.care_team_size());

  Table referrals({"RECEIVED", "FROM", "FOR", "URGENCY", "STATUS"});
  for (const auto& view : chart.open_referrals()) {
    const auto& referral = view.referral_in();
    referrals.Add({DayOrUnknown(referral.has_received_time(), referral.received_time()),
                   Somebody(referral.referred_by()),
                   referral.reasons().empty() ? referral.clinical_question() : Concept(referral.reasons(0)),
                   referral.urgency() == 0 ? "" : Words(referral.urgency()),
                   referral.status() == 0 ? "received" : Words(referral.status())});
  }
  PrintIfAny("OPEN REFERRALS", referrals, chart.open_referrals_size());
}

void PrintPain(const chart::v1::GetChartResponse& chart) {
  if (!chart.has_pain_history()) return;
  const auto& history = chart.pain_history().pain_history();
  const auto joined = [](const auto& concepts) {
    return absl::StrJoin(concepts, ", ", [](std::string* out, const auto& one) { absl::StrAppend(out, Concept(one)); });
  };
  Table pain({"PAIN", absl::StrCat("AS TOLD ", DayOrUnknown(history.has_told_time(), history.told_time()))});
  pain.Add({"where", PainPlaces(history)});
  if (!history.aggravating_factors().empty()) pain.Add({"worse by", joined(history.aggravating_factors())});
  if (!history.relieving_factors().empty()) pain.Add({"better by", joined(history.relieving_factors())});
  for (const auto& prior : history.prior_treatments()) {
    pain.Add({"tried", absl::StrCat(Concept(prior.treatment()), ": ",
                                    prior.result() == 0 ? "result unknown" : Words(prior.result()))});
  }
  if (history.has_occupation() || history.work_status() != 0) {
    pain.Add({"work", absl::StrCat(Concept(history.occupation()), ", ",
                                   history.work_status() == 0 ? "status unknown" : Words(history.work_status()))});
  }
  PrintSection("HISTORY OF THE PAIN", pain, "");
}

void PrintEvents(const chart::v1::GetChartResponse& chart) {
  Table encounters({"WHEN", "CLASS", "ENCOUNTER", "STATUS", "FLAGS"});
  for (const auto& view : chart.recent_encounters()) {
    const auto& encounter = view.encounter();
    const std::string what = encounter.types().empty() ? "" : Concept(encounter.types(0));
    encounters.Add({When(encounter), encounter.class_().code(),
                    encounter.reasons().empty() ? what : absl::StrCat(what, ", for ", Concept(encounter.reasons(0))),
                    Words(encounter.status()), Flags(encounter.provenance())});
  }
  PrintSection("RECENT ENCOUNTERS", encounters, "none recorded");

  Table observations({"WHEN", "OBSERVATION", "VALUE", "FLAGS"});
  for (const auto& view : chart.latest_observations()) {
    const auto& observation = view.observation();
    observations.Add({When(observation), Concept(observation.code()), ObservationValue(observation),
                      Flags(observation.provenance())});
  }
  PrintSection("LATEST OBSERVATIONS", observations, "none recorded");

  std::vector<std::pair<std::string, uint64_t>> counts(chart.counts().begin(), chart.counts().end());
  std::sort(counts.begin(), counts.end());
  std::cout << "\nin the record: " << absl::StrJoin(counts, ", ", [](std::string* out, const auto& count) {
    absl::StrAppend(out, count.second, " ", count.first);
  }) << "\n";
}

absl::Status Chart(const Connection& connection, const ChartOptions& options) {
  Query query(connection);
  chart::v1::GetChartRequest request;
  ASSIGN_OR_RETURN(*request.mutable_patient_id(), query.ResolvePatient(options.patient));
  RETURN_IF_ERROR(options.as_of.Fill(*request.mutable_options()));
  ASSIGN_OR_RETURN(const auto chart, query.Ask(&chart::v1::ChartService::Stub::GetChart, request));
  if (options.json) {
    PrintJson(chart);
    return absl::OkStatus();
  }
  PrintHeader(chart);
  PrintProblemsAndAllergies(chart);
  PrintPain(chart);
  PrintTreatment(chart);
  PrintPeopleAndDecisions(chart);
  PrintEvents(chart);
  return absl::OkStatus();
}

}  // namespace

void AddChartCommand(CLI::App& app, Connection& connection) {
  auto options = std::make_shared<ChartOptions>();
  CLI::App* command = app.add_subcommand("chart", "Show a patient's chart");
  command
      ->add_option("PATIENT", options->patient, "The patient's id, or a name or identifier that only one patient has")
      ->required();
  options->as_of.AddOptions(*command);
  command->add_flag("--json", options->json, "Print one JSON object");
  command->footer("Examples:\n  anamnesis chart 'Ada Example'\n  anamnesis chart 0199… --as-of 2026-01-31 --json");
  command->callback([options, &connection] { Finish(Chart(connection, *options)); });
}

}  // namespace anamnesis::cli
