#include "services/cli/query.h"

#include <cstdint>
#include <iostream>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/status.h"
#include "base/uuid.h"
#include "google/protobuf/util/json_util.h"
#include "services/cli/commands.h"
#include "services/cli/format.h"
#include "services/cli/table.h"

namespace anamnesis::cli {
namespace {

using Stub = chart::v1::ChartService::Stub;

constexpr int kCandidates = 5;
constexpr int64_t kFirstSecond = -62'135'596'800;  // 0001-01-01.
constexpr int64_t kEndSecond = 253'402'300'800;    // 10000-01-01.

}  // namespace

absl::StatusOr<google::protobuf::Timestamp> ParseTime(const std::string& text) {
  absl::Time time;
  std::string error;
  const bool parsed =
      absl::ParseTime(absl::RFC3339_full, text, &time, &error) || absl::ParseTime("%Y-%m-%d", text, &time, &error);
  // Also what is said of infinity, and years that a timestamp has not.
  if (parsed && time >= absl::FromUnixSeconds(kFirstSecond) && time < absl::FromUnixSeconds(kEndSecond)) {
    return ToTimestamp(absl::ToUnixMicros(time));
  }
  return absl::InvalidArgumentError(absl::StrCat("'", text, "' is no time; write 2026-03-14 or 2026-03-14T09:30:00Z"));
}

absl::StatusOr<clinical::v1::PartialDate> ParseBorn(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '-');
  uint32_t numbers[3] = {0, 0, 0};
  bool ok = parts.size() <= 3;
  for (size_t i = 0; ok && i < parts.size(); ++i) ok = absl::SimpleAtoi(parts[i], &numbers[i]);
  if (!ok) {
    return absl::InvalidArgumentError(absl::StrCat("'", text, "' is no date; write 1966, 1966-04 or 1966-04-02"));
  }
  clinical::v1::PartialDate date;
  date.set_year(numbers[0]);
  date.set_month(numbers[1]);
  date.set_day(numbers[2]);
  return date;
}

absl::StatusOr<std::string> Query::ResolvePatient(const std::string& text) {
  if (IsUuid(text)) return text;
  chart::v1::SearchPatientsRequest request;
  request.set_name(text);
  request.set_page_size(kCandidates);
  ASSIGN_OR_RETURN(chart::v1::SearchPatientsResponse found, Ask(&Stub::SearchPatients, request));
  if (found.matches().empty()) {
    request.clear_name();
    request.set_identifier_value(text);
    ASSIGN_OR_RETURN(found, Ask(&Stub::SearchPatients, request));
  }
  if (found.matches().empty()) {
    return absl::NotFoundError(absl::StrCat("no patient is found by '", text, "'; try `anamnesis search`"));
  }
  if (found.matches_size() == 1) return found.matches(0).patient().patient_id();
  std::string message = absl::StrCat("'", text, "' is more than one patient; give the id of one of them:");
  for (const auto& match : found.matches()) {
    const auto& demographics = match.patient().demographics();
    absl::StrAppend(&message, "\n  ", match.patient().patient_id(), "  ",
                    Printable(demographics.names().empty() ? kUnknown : Name(demographics.names(0))), ", born ",
                    Date(demographics.birth_date()));
  }
  if (!found.next_page_token().empty()) absl::StrAppend(&message, "\n  …");
  return absl::FailedPreconditionError(message);
}

void AsOf::AddOptions(CLI::App& command) {
  command.add_option("--as-of", recorded, "Answer with what had been recorded by this time");
  command.add_option("--about", clinical, "Answer with what had happened in the clinic by this time");
}

absl::Status AsOf::Fill(chart::v1::ReadOptions& options) const {
  if (!recorded.empty()) {
    ASSIGN_OR_RETURN(*options.mutable_as_of_recorded(), ParseTime(recorded));
  }
  if (!clinical.empty()) {
    ASSIGN_OR_RETURN(*options.mutable_about_clinical(), ParseTime(clinical));
  }
  return absl::OkStatus();
}

void PrintJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  Finish(status.ok() ? absl::OkStatus() : absl::InternalError(std::string(status.message())));
  std::cout << json << "\n";
}

}  // namespace anamnesis::cli
