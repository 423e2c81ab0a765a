// Structured logs: one JSON object a line on stderr. Never anything of a patient: keys come from a closed list, and
// none of them is for clinical content.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace anamnesis::rpc {

// Every key a log line may have. Add one here if it is needed and can never hold anything of a patient.
inline constexpr auto kLogKeys = std::to_array<std::string_view>(
    {"actor",    "address", "attempt", "bytes",  "code",   "count",   "data_dir", "duration_ms",
     "error",    "file",    "lag",     "line",   "method", "metrics", "peer",     "port",
     "position", "reason",  "seconds", "signal", "source", "tail",    "trace_id", "version"});

// A key of a log line, checked when the program is compiled.
class LogKey {
 public:
  consteval LogKey(const char* key) : text_(key) {  // NOLINT(google-explicit-constructor): reads as the text it is.
    if (std::find(kLogKeys.begin(), kLogKeys.end(), text_) == kLogKeys.end()) throw "this key is not in kLogKeys";
  }
  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

// A value of a log line; it does not own its text.
class LogValue {
 public:
  template <std::integral T>
  LogValue(T value) : value_(static_cast<int64_t>(value)) {}               // NOLINT(google-explicit-constructor)
  LogValue(double value) : value_(value) {}                                // NOLINT(google-explicit-constructor)
  LogValue(const char* value) : value_(std::string_view(value)) {}         // NOLINT(google-explicit-constructor)
  LogValue(std::string_view value) : value_(value) {}                      // NOLINT(google-explicit-constructor)
  LogValue(const std::string& value) : value_(std::string_view(value)) {}  // NOLINT(google-explicit-constructor)

  const std::variant<int64_t, double, std::string_view>& value() const { return value_; }

 private:
  std::variant<int64_t, double, std::string_view> value_;
};

// `{"port", 7101}`.
struct LogField {
  LogKey key;
  LogValue value;
};

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// Names the process in every line; call once, first thing in main.
void InitLogging(const std::string& service_name);

// Writes one line: `Log(LogLevel::kInfo, "serving", {{"port", port}})`. `event` is a constant of the program.
// Thread-safe.
void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

// The line itself, without its end; for tests.
std::string FormatLogLine(int64_t now_micros, LogLevel level, std::string_view service, std::string_view event,
                          std::initializer_list<LogField> fields);

}  // namespace anamnesis::rpc
