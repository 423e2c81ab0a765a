// `anamnesis erase`.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "anamnesis/encounter/v1/events.pb.h"
#include "anamnesis/event/v1/feed_service.grpc.pb.h"
#include "anamnesis/medication/v1/events.pb.h"
#include "anamnesis/patient/v1/events.pb.h"
#include "anamnesis/patient/v1/patient_service.grpc.pb.h"
#include "base/status.h"
#include "base/uuid.h"
#include "nlohmann/json.hpp"
#include "rpc/client.h"
#include "services/cli/commands.h"
#include "services/cli/data_dir.h"
#include "services/cli/query.h"
#include "services/cli/server_status.h"

namespace anamnesis::cli {
namespace {

using Stub = chart::v1::ChartService::Stub;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLook{100};
constexpr char kRole[] = "privacy-officer";

struct EraseOptions {
  std::string patient;
  std::string reason;
  std::string approved_by;
  bool yes = false;
  bool json = false;
};

// A record that is erased, and where the patient service says so.
struct Erased {
  std::string patient_id;
  uint64_t position = 0;
};

// Every record of the person, those that were merged into another one first. What the read model does not know may
// still be in the logs, so an id is taken as it is.
absl::StatusOr<std::vector<std::string>> RecordsOf(Query& query, const std::string& patient_id) {
  chart::v1::GetChartRequest request;
  request.set_patient_id(patient_id);
  const auto answer = query.Ask(&Stub::GetChart, request);
  if (absl::IsNotFound(answer.status())) return std::vector<std::string>{patient_id};
  RETURN_IF_ERROR(answer.status());
  std::vector<std::string> records(answer->merged_ids().begin(), answer->merged_ids().end());
  records.push_back(answer->resolved_patient_id());
  return records;
}

absl::Status Confirm(const std::vector<std::string>& records) {
  std::cerr << "This erases for ever, in every service, what is recorded in:\n";
  for (const std::string& record : records) std::cerr << "  " << record << "\n";
  if (isatty(STDIN_FILENO) == 0) return absl::InvalidArgumentError("nobody is asked here; say --yes");
  std::cerr << "Nobody can take it back. Write 'erase' to go on: ";
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "erase" ? absl::OkStatus() : absl::CancelledError("nothing was erased");
}

// Whether an event of this type erases a record in one of the logs.
bool Erases(const std::string& type) {
  return type == patient::v1::PatientErased::descriptor()->full_name() ||
         type == encounter::v1::RecordErased::descriptor()->full_name() ||
         type == medication::v1::RecordErased::descriptor()->full_name();
}

// Not of an entry of the directory, or of an erasure, that has the same id.
bool IsOfPatient(const std::string& stream) {
  return absl::StartsWith(stream, "patient-") || absl::StartsWith(stream, "encounter-") ||
         absl::StartsWith(stream, "medication-");
}

// What a log holds of a record.
struct Held {
  uint64_t readable = 0;  // Events that say something of the patient.
  uint64_t erasure = 0;   // The position of the last event that erases; 0 where there is none.
};

absl::StatusOr<Held> HeldBy(const Connection& connection, const std::string& service, const std::string& id) {
  event::v1::SubscribeRequest request;
  request.mutable_filter()->set_patient_id(id);
  grpc::ClientContext context;
  connection.PrepareStream(context);
  const auto stub = event::v1::EventFeedService::NewStub(connection.Channel(service));
  const auto reader = stub->Subscribe(&context, request);
  event::v1::SubscribeResponse response;
  Held held;
  while (reader->Read(&response)) {
    for (const auto& event : response.batch().events()) {
      if (Erases(event.type())) {
        held.erasure = event.position();
      } else if (!event.erased() && IsOfPatient(event.stream())) {
        ++held.readable;
      }
    }
  }
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return connection.Explain(service, status);
  return held;
}

absl::StatusOr<Erased> RecordErasure(const Connection& connection, const EraseOptions& options, const std::string& id) {
  patient::v1::ErasePatientRequest request;
  request.mutable_context()->set_request_id(NewUuid());
  request.mutable_context()->set_reason(options.reason);
  request.set_patient_id(id);
  request.set_approved_by(options.approved_by);
  const rpc::Caller caller = connection.CallerWith(kRole);
  grpc::ClientContext context;
  rpc::PrepareContext(context, caller, connection.timeout());
  rpc::v1::CommandOutcome outcome;
  const auto stub = patient::v1::PatientService::NewStub(connection.Channel("patient"));
  const grpc::Status status = stub->ErasePatient(&context, request, &outcome);
  if (!status.ok()) return connection.Explain("patient", status);
  return Erased{id, outcome.position()};
}

// Asks until the answer is yes; what cannot be reached is asked again.
absl::Status Await(const Connection& connection, const std::string& whom,
                   const std::function<absl::StatusOr<bool>()>& done) {
  const auto deadline = Clock::now() + connection.timeout();
  absl::StatusOr<bool> is_done = done();
  while (!is_done.ok() || !*is_done) {
    if (Clock::now() >= deadline) {
      return absl::DeadlineExceededError(
          absl::StrCat(whom, " has not done yet what is recorded",
                       is_done.ok() ? "" : absl::StrCat(" (", std::string(is_done.status().message()), ")"),
                       "; it does so by itself when it can: see `anamnesis status`, and run this again"));
    }
    std::this_thread::sleep_for(kLook);
    is_done = done();
  }
  return absl::OkStatus();
}

// Waits until one of a service's links has come to a position. What it brings there is carried out before that counts.
absl::Status AwaitLink(const Connection& connection, const std::string& service, const std::string& name,
                       uint64_t position, const std::string& whom) {
  return Await(connection, whom, [&]() -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const auto status, AskStatus(connection, service));
    return std::any_of(status.links().begin(), status.links().end(), [&](const ops::v1::LinkStatus& link) {
      return link.name() == name && link.position() >= position;
    });
  });
}

// Until both services that follow patients have erased what the patient log erases at this position, and medicationd
// knows that encounterd has.
absl::Status AwaitFollowers(const Connection& connection, uint64_t position) {
  for (const char* service : {"encounter", "medication"}) {
    const std::string whom = absl::StrCat("the ", service, " service");
    RETURN_IF_ERROR(AwaitLink(connection, service, "follow:patient", position, whom));
  }
  ASSIGN_OR_RETURN(const auto encounters, AskStatus(connection, "encounter"));
  return AwaitLink(connection, "medication", "follow:encounter", encounters.tail_position(), "the medication service");
}

// Until the read model has done what follows from everything that a service has recorded.
absl::Status AwaitViews(const Connection& connection, const std::string& service) {
  ASSIGN_OR_RETURN(const auto status, AskStatus(connection, service));
  return AwaitLink(connection, service, "publish:readmodel", status.tail_position(), "the read model");
}

// Erases a record, unless all that is recorded of it was erased before; then where that was.
absl::StatusOr<Erased> EraseOne(const Connection& connection, const EraseOptions& options, const std::string& id) {
  ASSIGN_OR_RETURN(const Held by_patient, HeldBy(connection, "patient", id));
  if (by_patient.readable > 0) return RecordErasure(connection, options, id);
  // What was recorded elsewhere since the erasure is no part of it, nor what was never registered.
  if (by_patient.erasure > 0) RETURN_IF_ERROR(AwaitFollowers(connection, by_patient.erasure));
  for (const char* service : {"encounter", "medication"}) {
    ASSIGN_OR_RETURN(const Held held, HeldBy(connection, service, id));
    if (held.readable > 0) return RecordErasure(connection, options, id);
  }
  if (by_patient.erasure > 0) return Erased{id, by_patient.erasure};
  return absl::NotFoundError(absl::StrCat("nothing is recorded of ", id, ": correct the id"));
}

absl::Status Erase(const Connection& connection, const EraseOptions& options) {
  Query query(connection);
  RETURN_IF_ERROR(AwaitViews(connection, "patient"));  // Which records were merged is asked of the read model.
  ASSIGN_OR_RETURN(const std::string patient_id, query.ResolvePatient(options.patient));
  ASSIGN_OR_RETURN(const std::vector<std::string> records, RecordsOf(query, patient_id));
  if (!options.yes) RETURN_IF_ERROR(Confirm(records));
  std::vector<Erased> erased;
  for (const std::string& record : records) {
    ASSIGN_OR_RETURN(erased.emplace_back(), EraseOne(connection, options, record));
  }
  for (const Erased& record : erased) RETURN_IF_ERROR(AwaitFollowers(connection, record.position));
  for (const char* service : kLogOwners) RETURN_IF_ERROR(AwaitViews(connection, service));
  if (options.json) {
    nlohmann::ordered_json json = {
        {"erased", nlohmann::ordered_json::array()}
    };
    for (const Erased& record : erased) {
      json["erased"].push_back({
          {"patient_id", record.patient_id},
          {"position",   record.position  }
      });
    }
    std::cout << json.dump() << "\n";
    return absl::OkStatus();
  }
  for (const Erased& record : erased) {
    std::cout << record.patient_id << " is erased in all services (patient log, position " << record.position << ")\n";
  }
  std::cout << "Backups begun before this ended hold its data keys, wrapped: destroy those backups, or rotate the "
               "key-encryption key (`anamnesis keys rotate`) and destroy the old one.\n";
  return absl::OkStatus();
}

}  // namespace

void AddEraseCommand(CLI::App& app, Connection& connection) {
  auto options = std::make_shared<EraseOptions>();
  CLI::App* command = app.add_subcommand("erase", "Erase a patient's record for ever, in every service");
  command
      ->add_option("PATIENT", options->patient, "The patient's id, or a name or identifier that only one patient has")
      ->required();
  command->add_option("--reason", options->reason, "Why; kept, so it must not say who the patient is")->required();
  command->add_option("--approved-by", options->approved_by, "Who answers for it; kept")->required();
  command->add_flag("--yes", options->yes, "Do not ask");
  command->add_flag("--json", options->json, "Print one JSON object");
  command->footer(
      "The keys of the record are destroyed, so nothing that was recorded in it can be read again, in no copy of the "
      "logs. That there was a record, its id, and when and by whom something was recorded stay, and `anamnesis verify` "
      "goes on to succeed. Records that were merged are erased together. Returns when every service is done.\n\n"
      "Example:\n  anamnesis erase 'Ada Example' --reason 'request of the patient' --approved-by user:dpo");
  command->callback([options, &connection] { Finish(Erase(connection, *options)); });
}

}  // namespace anamnesis::cli
