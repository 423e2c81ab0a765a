// An import: files to commands to answers to books.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/cli/import/inputs.h"
#include "services/cli/import/ledger.h"
#include "services/cli/import/sender.h"
#include "services/cli/import/submit_stream.h"

namespace anamnesis::importer {

// The largest command that the services take, with room for what is around it.
inline constexpr size_t kMaxCommandBytes = (size_t{4} << 20) - 1024;

// How to reach the three services.
struct Services {
  OpenStream patient;
  OpenStream encounter;
  OpenStream medication;
};

struct EngineOptions {
  std::vector<std::string> paths;
  std::string source_system{fhir::kDefaultSourceSystem};
  std::string report_path;  // Empty: no report.
  SenderOptions sender;
};

struct Progress {
  size_t files = 0;
  size_t files_read = 0;
  uint64_t bytes = 0;
  uint64_t bytes_read = 0;
  uint64_t resources = 0;
  double seconds = 0;
};

struct ImportResult {
  Summary summary;
  // OK: everything was read and answered, whatever the answers. CANCELLED: stopped. Else why it could not go on; what
  // the summary counts was settled all the same, and the same import may be run again.
  absl::Status status;
};

// Runs once. The thread that calls Run reads and maps; each service is written to and read from by threads of its own,
// so memory holds the longest text and the window of each service. Stop and progress are for any thread.
class ImportEngine {
 public:
  ImportEngine(const Services& services, EngineOptions options);

  ImportResult Run();
  // Sends nothing more; Run returns when what is under way is answered, or soon after.
  void Stop();
  Progress progress() const;

 private:
  OnAnswer Settling();
  absl::Status RunAll();
  void ImportFile(const Input& input);
  bool ImportText(const Input& input, int64_t line, const absl::StatusOr<std::string_view>& text);
  bool ImportEntry(const std::string& file, fhir::MappedEntry entry);
  Sender& SenderFor(const fhir::Command& command);
  absl::Status FinishSenders();

  const EngineOptions options_;
  const int64_t started_micros_;
  std::string text_;  // Where each text is read to.
  size_t files_passed_over_ = 0;
  std::unique_ptr<Ledger> ledger_;  // Set before the first command is sent.
  std::atomic<bool> stopped_{false};
  std::atomic<size_t> files_{0};
  std::atomic<size_t> files_read_{0};
  std::atomic<uint64_t> bytes_{0};
  std::atomic<uint64_t> bytes_read_{0};
  std::atomic<uint64_t> settled_{0};
  // Last: their threads use everything above.
  Sender patient_;
  Sender encounter_;
  Sender medication_;
};

}  // namespace anamnesis::importer
