// `anamnesis procedures`.
#include <iostream>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "google/protobuf/util/time_util.h"
#include "nlohmann/json.hpp"
#include "services/cli/commands.h"
#include "services/cli/courses.h"
#include "services/cli/format.h"
#include "services/cli/query.h"
#include "services/cli/table.h"

namespace anamnesis::cli {
namespace {

using google::protobuf::util::TimeUtil;
using projection::v1::InterventionView;

constexpr uint32_t kPage = 500;

struct ProceduresOptions {
  std::string patient;
  AsOf as_of;
  bool json = false;
};

std::string WhenOf(const InterventionView& view) {
  if (view.intervention().performance().has_start()) return Day(view.intervention().performance().start());
  if (view.intervention().plan().has_planned_time()) return Day(view.intervention().plan().planned_time());
  return kUnknown;
}

std::vector<std::string> ComplicationsOf(const InterventionView& view) {
  std::vector<std::string> complications;
  for (const auto& complication : view.intervention().performance().complications()) {
    complications.push_back(Concept(complication.code()));
  }
  return complications;
}

std::string TargetOf(const Course& course) {
  return absl::StrCat(Words(course.target().kind()), ", ", Words(course.target().region()), ", ",
                      Words(course.target().side()));
}

nlohmann::ordered_json JsonOf(const InterventionView& view) {
  const encounter::v1::Intervention& intervention = view.intervention();
  nlohmann::ordered_json json = {
      {"id",     intervention.id()                                            },
      {"when",   WhenOf(view)                                                 },
      {"levels", std::vector<std::string>(intervention.plan().levels().begin(), intervention.plan().levels().end())},
      {"status",        Words(intervention.status())                                                             },
      {"complications",        ComplicationsOf(view)},
      {"outcomes",        nlohmann::ordered_json::array()                                                                  },
  };
  for (const encounter::v1::OutcomeReport& report : ReportsOf(view)) {
    nlohmann::ordered_json outcome = {
        {"time", TimeUtil::ToString(report.time())}
    };
    // In hundredths of a percent, as recorded; what is unknown is left out.
    if (report.has_relief_basis_points()) outcome["relief_basis_points"] = report.relief_basis_points();
    json["outcomes"].push_back(std::move(outcome));
  }
  if (view.has_outcome_due()) json["outcome_due"] = TimeUtil::ToString(view.outcome_due());
  if (view.has_standing()) {
    const auto& unmet = view.standing().unmet_rules();
    json["next"] = {
        {"kind",        Words(view.standing().next())         },
        {"eligible",    view.standing().eligible()            },
        {"unmet_rules", std::vector<std::string>(unmet.begin(), unmet.end())},
        {"as_of",             TimeUtil::ToString(view.standing().time())                                            }
    };
  }
  return json;
}

void PrintJsonCourses(const std::vector<Course>& courses) {
  for (const Course& course : courses) {
    nlohmann::ordered_json json = {
        {"kind",          Words(course.target().kind())  },
        {"region",        Words(course.target().region())},
        {"side",          Words(course.target().side())  },
        {"interventions", nlohmann::ordered_json::array()},
    };
    for (const InterventionView& view : course.interventions) json["interventions"].push_back(JsonOf(view));
    std::cout << json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
  }
}

void PrintTable(const std::vector<Course>& courses) {
  Table table({"COURSE", "WHEN", "LEVELS", "STATUS", "RELIEF", "COMPLICATIONS", "NEXT", "REPORT DUE"});
  for (const Course& course : courses) {
    std::string target = TargetOf(course);
    for (const InterventionView& view : course.interventions) {
      table.Add({target, WhenOf(view), absl::StrJoin(view.intervention().plan().levels(), " "),
                 Words(view.intervention().status()), ReliefCurve(ReportsOf(view)),
                 absl::StrJoin(ComplicationsOf(view), ", "), NextText(view),
                 view.has_outcome_due() ? Day(view.outcome_due()) : ""});
      target.clear();  // Said once for all rows of the course.
    }
  }
  table.Print(std::cout, TerminalWidth(), "no interventions are recorded");
}

absl::Status Procedures(const Connection& connection, const ProceduresOptions& options) {
  Query query(connection);
  chart::v1::ListViewsRequest request;
  ASSIGN_OR_RETURN(*request.mutable_patient_id(), query.ResolvePatient(options.patient));
  RETURN_IF_ERROR(options.as_of.Fill(*request.mutable_options()));
  request.set_kind("intervention");
  request.set_page_size(kPage);
  std::vector<InterventionView> views;
  do {
    ASSIGN_OR_RETURN(auto page, query.Ask(&chart::v1::ChartService::Stub::ListViews, request));
    for (auto& entry : *page.mutable_entries())
      views.push_back(std::move(*entry.mutable_view()->mutable_intervention()));
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  const std::vector<Course> courses = CoursesOf(std::move(views));
  if (options.json) {
    PrintJsonCourses(courses);
  } else {
    PrintTable(courses);
  }
  return absl::OkStatus();
}

}  // namespace

void AddProceduresCommand(CLI::App& app, Connection& connection) {
  auto options = std::make_shared<ProceduresOptions>();
  CLI::App* command =
      app.add_subcommand("procedures", "Show a patient's interventions, the relief they gave, what is next");
  command
      ->add_option("PATIENT", options->patient, "The patient's id, or a name or identifier that only one patient has")
      ->required();
  options->as_of.AddOptions(*command);
  command->add_flag("--json", options->json, "Print one JSON object a course");
  command->footer(
      "NEXT is what the rules said when an outcome was last reported.\n\nExample:\n  anamnesis procedures 'Ada "
      "Example'");
  command->callback([options, &connection] { Finish(Procedures(connection, *options)); });
}

}  // namespace anamnesis::cli
