// The books of one import: every resource that was read ends in exactly one column, so the sums add up by construction.
#pragma once

#include <cstdint>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "base/status.h"
#include "fhir/bundle.h"
#include "services/cli/import/answer.h"

namespace anamnesis::importer {

// What became of the resources: read = recorded + already_present + the sum of out_of_scope + rejected.
struct Summary {
  uint64_t read = 0;
  uint64_t recorded = 0;
  uint64_t already_present = 0;
  std::map<std::string, uint64_t> out_of_scope;  // By FHIR type.
  uint64_t rejected = 0;
  uint64_t content_differs = 0;  // Of those already present: how many differ from what is there.
  uint64_t flagged = 0;          // Of those mapped: how many carry a flag.
  uint64_t reported = 0;         // Lines of the report.
  uint64_t files_passed_over = 0;
  double seconds = 0;
};

// A resource whose commands are under way. Guarded by its ledger.
struct Ticket {
  std::string file;
  size_t index = 0;
  std::string type;
  std::string id;
  size_t unanswered = 0;
  bool recorded = false;
  bool content_differs = false;
  std::optional<fhir::Fault> fault;
};

// Thread-safe. The report has one JSON object a line: file, entry, type, id, what, field, reason; never a name or a
// value. `what` is rejected, content-differs, flagged or out-of-scope; financial resources are counted only. An id
// that is none by FHIR's rules may be anything, and is shown as `?`.
class Ledger {
 public:
  // `report_path` empty: no report. It is made, or emptied, at once, for its owner only; UNAVAILABLE where that fails.
  static absl::StatusOr<std::unique_ptr<Ledger>> Open(const std::string& report_path);

  // A text that is not FHIR: one thing read, one rejected. `line` for a line of NDJSON.
  void RejectText(const std::string& file, std::optional<size_t> line, std::string_view reason);

  // Books an entry that has no commands; for one that has, the ticket to settle with each of its answers.
  std::shared_ptr<Ticket> Book(const std::string& file, const fhir::MappedEntry& entry);

  void Settle(Ticket& ticket, const Answer& answer);

  // So far; `seconds` and `files_passed_over` are left to the caller.
  Summary summary() const;
  // UNAVAILABLE if a line of the report could not be written.
  absl::Status CloseReport();

 private:
  Ledger() = default;
  void Close(const Ticket& ticket) REQUIRES(mutex_);
  void Report(const Ticket& ticket, std::string_view what, std::string_view field, std::string_view reason)
      REQUIRES(mutex_);

  mutable Mutex mutex_;
  Summary summary_ GUARDED_BY(mutex_);
  std::ofstream report_ GUARDED_BY(mutex_);
};

}  // namespace anamnesis::importer
