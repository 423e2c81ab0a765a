#include "services/cli/import/engine.h"

#include "base/clock.h"
#include "base/status.h"
#include "fhir/bundle.h"

namespace anamnesis::importer {
namespace {

bool IsTooLarge(const fhir::MappedEntry& entry) {
  for (const fhir::Command& command : entry.commands) {
    if (std::visit([](const auto& c) { return c.ByteSizeLong(); }, command) > kMaxCommandBytes) return true;
  }
  return false;
}

std::string_view View(absl::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

ImportEngine::ImportEngine(const Services& services, EngineOptions options)
    : options_(std::move(options)),
      started_micros_(MonotonicMicros()),
      patient_("patient service", services.patient, options_.sender, Settling()),
      encounter_("encounter service", services.encounter, options_.sender, Settling()),
      medication_("medication service", services.medication, options_.sender, Settling()) {}

OnAnswer ImportEngine::Settling() {
  return [this](Ticket& ticket, const Answer& answer) {
    ledger_->Settle(ticket, answer);
    ++settled_;
  };
}

ImportResult ImportEngine::Run() {
  ImportResult result;
  result.status = RunAll();
  if (ledger_ == nullptr) return result;
  result.summary = ledger_->summary();
  result.summary.seconds = progress().seconds;
  result.summary.files_passed_over = files_passed_over_;
  const absl::Status report = ledger_->CloseReport();
  if (result.status.ok()) result.status = report;
  return result;
}

absl::Status ImportEngine::RunAll() {
  ASSIGN_OR_RETURN(const Inputs inputs, ListInputs(options_.paths, options_.report_path));
  ASSIGN_OR_RETURN(ledger_, Ledger::Open(options_.report_path));
  files_passed_over_ = inputs.passed_over;
  for (const Input& input : inputs.files) bytes_ += input.bytes;
  files_ = inputs.files.size();
  for (const Input& input : inputs.files) {
    ImportFile(input);
    if (stopped_) break;
  }
  return FinishSenders();
}

void ImportEngine::ImportFile(const Input& input) {
  uint64_t taken = 0;
  ReadInput(input, text_, [&](int64_t line, const absl::StatusOr<std::string_view>& text) {
    const uint64_t bytes = text.ok() ? text->size() : 0;
    const bool go_on = ImportText(input, line, text);
    bytes_read_ += bytes;
    taken += bytes;
    return go_on;
  });
  bytes_read_ += input.bytes - std::min(taken, input.bytes);
  ++files_read_;
}

bool ImportEngine::ImportText(const Input& input, int64_t line, const absl::StatusOr<std::string_view>& text) {
  absl::Status status = text.status();
  if (status.ok()) {
    status = fhir::MapText(*text, options_.source_system, [&](fhir::MappedEntry entry) {
      if (line >= 0) entry.index = static_cast<size_t>(line);
      return ImportEntry(input.path, std::move(entry));
    });
  }
  if (!status.ok()) {
    ledger_->RejectText(input.path, line < 0 ? std::nullopt : std::optional<size_t>(line), View(status.message()));
  }
  return !stopped_;
}

bool ImportEngine::ImportEntry(const std::string& file, fhir::MappedEntry entry) {
  if (IsTooLarge(entry)) {
    entry.disposition = fhir::Disposition::kRejected;
    entry.fault = fhir::Fault{"", "larger than the services take"};
  }
  const std::shared_ptr<Ticket> ticket = ledger_->Book(file, entry);
  if (ticket == nullptr) return !stopped_;
  for (fhir::Command& command : entry.commands) {
    Sender& sender = SenderFor(command);
    if (sender.Send(std::move(command), ticket)) continue;
    Stop();  // A service that gave up ends the import: what follows may need what it did not take.
    return false;
  }
  return true;
}

Sender& ImportEngine::SenderFor(const fhir::Command& command) {
  if (std::holds_alternative<patient::v1::PatientCommand>(command)) return patient_;
  return std::holds_alternative<encounter::v1::EncounterCommand>(command) ? encounter_ : medication_;
}

absl::Status ImportEngine::FinishSenders() {
  absl::Status first = absl::OkStatus();
  for (Sender* sender : {&patient_, &encounter_, &medication_}) {
    const absl::Status status = sender->Finish();
    // A failure tells more than the stop that it caused.
    if (first.ok() || absl::IsCancelled(first)) first = status.ok() ? first : status;
  }
  return first;
}

void ImportEngine::Stop() {
  stopped_ = true;
  for (Sender* sender : {&patient_, &encounter_, &medication_}) sender->Stop();
}

Progress ImportEngine::progress() const {
  return {.files = files_,
          .files_read = files_read_,
          .bytes = bytes_,
          .bytes_read = bytes_read_,
          .resources = settled_,
          .seconds = static_cast<double>(MonotonicMicros() - started_micros_) / 1e6};
}

}  // namespace anamnesis::importer
