// What is typed after `anamnesis`: one argument a line. Anything is taken or refused in words; what is taken can be
// used: addresses, a time to wait, times and dates that a message can carry.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "base/clock.h"
#include "services/cli/connection.h"
#include "services/cli/query.h"
#include "services/cli/simulate/calendar.h"

namespace {

namespace cli = anamnesis::cli;

void CheckOptions(std::vector<std::string> arguments) {
  CLI::App app;
  cli::Connection connection;
  connection.AddOptions(app);
  CLI::App* const command = app.add_subcommand("chart");
  cli::AsOf as_of;
  as_of.AddOptions(*command);
  std::reverse(arguments.begin(), arguments.end());  // As CLI11 wants them.
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError&) {
    return;
  }
  for (const char* server : {"readmodel", "patient", "encounter", "medication"}) {
    if (connection.Address(server).find('=') == 0) std::abort();
  }
  if (connection.timeout().count() < 1) std::abort();
  connection.Caller();
  anamnesis::chart::v1::ReadOptions options;
  if (!as_of.Fill(options).ok()) return;
  if (options.has_as_of_recorded() != !as_of.recorded.empty()) std::abort();
}

void CheckTime(const std::string& text) {
  const auto time = cli::ParseTime(text);
  if (!time.ok()) return;
  const int64_t micros = anamnesis::ToMicros(*time);
  if (anamnesis::ToTimestamp(micros).SerializeAsString() != time->SerializeAsString()) std::abort();
  if (time->seconds() < -62'135'596'800 || time->seconds() > 253'402'300'799) std::abort();
  if (time->nanos() < 0 || time->nanos() > 999'999'999) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  CheckOptions(absl::StrSplit(text, '\n'));
  CheckTime(text);
  const auto born = cli::ParseBorn(text);
  if (!born.ok() && born.status().message().empty()) std::abort();
  const auto day = anamnesis::simulate::ParseDate(text);
  if (day.has_value() && anamnesis::simulate::DateText(*day) != text) std::abort();
  return 0;
}
