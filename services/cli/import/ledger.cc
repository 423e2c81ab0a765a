#include "services/cli/import/ledger.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>

#include "absl/strings/str_cat.h"
#include "base/durable_file.h"
#include "nlohmann/json.hpp"

namespace anamnesis::importer {
namespace {

constexpr size_t kMaxIdBytes = 64;

// What FHIR allows as an id; empty where there is none.
bool IsId(std::string_view id) {
  return id.size() <= kMaxIdBytes && std::all_of(id.begin(), id.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '.' || c == '-';
         });
}

// Makes the file if it is not there, and its owner the only one who may read it, whatever the umask is. A device or a
// pipe is left as it is.
bool MakePrivate(const std::string& path) {
  struct stat found;
  if (stat(path.c_str(), &found) == 0 && !S_ISREG(found.st_mode)) return true;
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, kPrivateMode);
  if (fd < 0) return false;
  const bool is_private = fchmod(fd, kPrivateMode) == 0;
  close(fd);
  return is_private;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Ledger>> Ledger::Open(const std::string& report_path) {
  std::unique_ptr<Ledger> ledger(new Ledger());
  if (report_path.empty()) return ledger;
  MutexLock lock(ledger->mutex_);
  if (MakePrivate(report_path)) ledger->report_.open(report_path, std::ios::binary | std::ios::trunc);
  if (!ledger->report_.is_open()) return absl::UnavailableError(absl::StrCat("cannot write the report ", report_path));
  return ledger;
}

void Ledger::RejectText(const std::string& file, std::optional<size_t> line, std::string_view reason) {
  MutexLock lock(mutex_);
  ++summary_.read;
  ++summary_.rejected;
  Ticket ticket{.file = file};
  if (line.has_value()) ticket.index = *line;
  Report(ticket, "rejected", "", reason);
}

std::shared_ptr<Ticket> Ledger::Book(const std::string& file, const fhir::MappedEntry& entry) {
  auto ticket = std::make_shared<Ticket>(Ticket{.file = file,
                                                .index = entry.index,
                                                .type = entry.resource_type,
                                                .id = entry.resource_id,
                                                .unanswered = entry.commands.size()});
  MutexLock lock(mutex_);
  switch (entry.disposition) {
    case fhir::Disposition::kMapped:
      if (!entry.flags.empty()) ++summary_.flagged;
      for (const auto& flag : entry.flags) Report(*ticket, "flagged", "", flag.code());
      return ticket;
    case fhir::Disposition::kOutOfScope:
      ++summary_.read;
      ++summary_.out_of_scope[entry.resource_type];
      if (!fhir::IsFinancial(entry.resource_type)) {
        Report(*ticket, "out-of-scope", "", "resources of this type are not recorded");
      }
      return nullptr;
    case fhir::Disposition::kRejected:
      ticket->fault = entry.fault;
      Close(*ticket);
      return nullptr;
  }
  return nullptr;
}

void Ledger::Settle(Ticket& ticket, const Answer& answer) {
  MutexLock lock(mutex_);
  if (answer.kind == AnswerKind::kRecorded) ticket.recorded = true;
  if (answer.kind == AnswerKind::kAlreadyPresent) ticket.content_differs = true;
  if (answer.kind == AnswerKind::kRefused && !ticket.fault.has_value()) {
    ticket.fault = fhir::Fault{answer.field, answer.reason};
  }
  if (--ticket.unanswered == 0) Close(ticket);
}

void Ledger::Close(const Ticket& ticket) {
  ++summary_.read;
  if (ticket.fault.has_value()) {
    ++summary_.rejected;
    Report(ticket, "rejected", ticket.fault->field, ticket.fault->reason);
    return;
  }
  ++(ticket.recorded ? summary_.recorded : summary_.already_present);
  if (!ticket.content_differs) return;
  ++summary_.content_differs;
  Report(ticket, "content-differs", "", "a record with this id is there and was kept; the file says something else");
}

void Ledger::Report(const Ticket& ticket, std::string_view what, std::string_view field, std::string_view reason) {
  if (!report_.is_open()) return;
  ++summary_.reported;
  nlohmann::ordered_json line;
  line["file"] = ticket.file;
  line["entry"] = ticket.index;
  line["type"] = ticket.type;
  line["id"] = IsId(ticket.id) ? ticket.id : "?";
  line["what"] = what;
  line["field"] = field;
  line["reason"] = reason;
  // A file's name may be any bytes; what is not UTF-8 in it is shown as U+FFFD.
  report_ << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

Summary Ledger::summary() const {
  MutexLock lock(mutex_);
  return summary_;
}

absl::Status Ledger::CloseReport() {
  MutexLock lock(mutex_);
  if (!report_.is_open()) return absl::OkStatus();
  report_.close();
  return report_ ? absl::OkStatus() : absl::UnavailableError("cannot write the report to its end");
}

}  // namespace anamnesis::importer
