#include "services/cli/import/import_command.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <memory>

#include "absl/strings/str_format.h"
#include "nlohmann/json.hpp"
#include "services/cli/import/interrupt.h"
#include "services/cli/progress_bar.h"

namespace anamnesis::importer {
namespace {

constexpr char kHelp[] =
    "Record FHIR R4 bundles (.json), lone resources and NDJSON (.ndjson). Importing again adds nothing.\n"
    "NDJSON that begins with a Patient, a Practitioner or an Organization is read before everything else, so that the "
    "files of a Bulk Data export find whom they are about; otherwise files go by path. A file, or a line of NDJSON, of "
    "more than 256 MiB is not read.\n"
    "Exit code: 0 everything that was read is recorded, was already there or is out of scope by its type; 2 not "
    "everything in the files is in the record: something was rejected, or is there with other content, which was kept "
    "(the report says what and why); 1 the import could not run to its end and may be run again.";

std::string ProgressText(const Progress& progress) {
  const double done = progress.bytes == 0 ? 0 : static_cast<double>(progress.bytes_read) / progress.bytes;
  const double rate = progress.seconds > 0 ? progress.resources / progress.seconds : 0;
  const std::string left = done > 0 ? absl::StrFormat("%.0f s left", progress.seconds * (1 - done) / done) : "";
  return absl::StrFormat("%s %d/%d files, %d commands, %.0f/s, %s", cli::Bar(done), progress.files_read, progress.files,
                         progress.resources, rate, left);
}

uint64_t OutOfScope(const Summary& summary) {
  uint64_t sum = 0;
  for (const auto& [type, count] : summary.out_of_scope) sum += count;
  return sum;
}

void PrintJson(const Summary& summary, std::ostream& out) {
  nlohmann::ordered_json json;
  json["read"] = summary.read;
  json["recorded"] = summary.recorded;
  json["already_present"] = summary.already_present;
  json["content_differs"] = summary.content_differs;
  json["out_of_scope"] = nlohmann::json(summary.out_of_scope);
  json["rejected"] = summary.rejected;
  json["flagged"] = summary.flagged;
  if (summary.files_passed_over > 0) json["files_passed_over"] = summary.files_passed_over;
  json["seconds"] = summary.seconds;
  out << json.dump() << "\n";
}

void PrintTable(const Summary& summary, const std::string& report_path, std::ostream& out) {
  const double rate = summary.seconds > 0 ? summary.read / summary.seconds : 0;
  out << absl::StreamFormat("read             %9d  in %.1f s (%.0f/s)\n", summary.read, summary.seconds, rate);
  out << absl::StreamFormat("  recorded       %9d\n", summary.recorded);
  out << absl::StreamFormat("  already there  %9d", summary.already_present);
  if (summary.content_differs > 0) out << absl::StreamFormat("  of which %d differ", summary.content_differs);
  out << absl::StreamFormat("\n  out of scope   %9d", OutOfScope(summary));
  const char* separator = "  ";
  for (const auto& [type, count] : summary.out_of_scope) {
    out << separator << type << " " << count;
    separator = ", ";
  }
  out << absl::StreamFormat("\n  rejected       %9d\n", summary.rejected);
  if (summary.flagged > 0) out << absl::StreamFormat("flagged          %9d  kept as said\n", summary.flagged);
  if (summary.files_passed_over > 0) {
    out << absl::StreamFormat("passed over      %9d  files that are neither .json nor .ndjson\n",
                              summary.files_passed_over);
  }
  if (summary.reported > 0) out << "report           " << report_path << "\n";
}

}  // namespace

int RunImport(const ImportOptions& options, const Services& services, std::ostream& out, std::ostream& err) {
  ImportEngine engine(services, options.engine);
  ImportResult result;
  {
    const InterruptGuard interrupt([&engine] { engine.Stop(); });
    std::unique_ptr<cli::ProgressBar> bar;
    if (options.progress) {
      bar = std::make_unique<cli::ProgressBar>([&engine] { return ProgressText(engine.progress()); }, err);
    }
    result = engine.Run();
  }
  if (!result.status.ok() && result.summary.read == 0) {
    err << "anamnesis import: " << result.status.message() << "\n";
    return kCouldNotRun;
  }
  if (options.json) {
    PrintJson(result.summary, out);
  } else {
    PrintTable(result.summary, options.engine.report_path, out);
  }
  if (absl::IsCancelled(result.status)) {
    err << "anamnesis import: stopped before the end; run the same import again to go on\n";
    return kCouldNotRun;
  }
  if (!result.status.ok()) {
    err << "anamnesis import: " << result.status.message() << "; run the same import again to go on\n";
    return kCouldNotRun;
  }
  return result.summary.rejected + result.summary.content_differs > 0 ? kNotAllInRecord : kAllSettled;
}

void AddImportCommand(CLI::App& app, std::function<Services()> connect) {
  auto options = std::make_shared<ImportOptions>();
  EngineOptions& engine = options->engine;
  engine.report_path = "import-report.ndjson";
  auto retry_seconds = std::make_shared<double>(std::chrono::duration<double>(engine.sender.retry_for).count());
  CLI::App* command = app.add_subcommand("import", kHelp);
  command->add_option("paths", engine.paths, "Files, or directories, of which .json and .ndjson files are read")
      ->required();
  command->add_option("--source", engine.source_system, "The source system's URI, from which ids are derived")
      ->capture_default_str();
  command
      ->add_option("--report", engine.report_path,
                   "What was rejected, differs, is flagged or is out of scope (but for what is financial), one JSON "
                   "object a line; a file for its owner only, and never an input")
      ->capture_default_str();
  command->add_option("--retry-for", *retry_seconds, "How many seconds to wait for a service that does not answer")
      ->check(CLI::Range(0.0, 86400.0))
      ->capture_default_str();
  command->add_option("--window", engine.sender.window, "Most commands under way per service")
      ->check(CLI::Range(size_t{1}, size_t{65536}))
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print the summary as one JSON object, and nothing else on stdout");
  command->callback([options, retry_seconds, connect = std::move(connect)] {
    options->engine.sender.retry_for = std::chrono::milliseconds(static_cast<int64_t>(*retry_seconds * 1000));
    options->progress = isatty(STDERR_FILENO) != 0;
    const int exit_code = RunImport(*options, connect(), std::cout, std::cerr);
    if (exit_code != 0) throw CLI::RuntimeError(exit_code);
  });
}

}  // namespace anamnesis::importer
