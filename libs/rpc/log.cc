#include "rpc/log.h"

#include <cmath>
#include <cstdio>

#include "base/clock.h"
#include "google/protobuf/util/time_util.h"
#include "spdlog/sinks/stdout_sinks.h"
#include "spdlog/spdlog.h"

namespace anamnesis::rpc {
namespace {

// Longest value that is written; the rest is cut off.
constexpr size_t kMaxValueBytes = 512;

// The service's name, set once before there are threads.
std::string& ServiceName() {
  static std::string name = "anamnesis";
  return name;
}

spdlog::logger& Logger() {
  static const std::shared_ptr<spdlog::logger> logger = [] {
    auto made = std::make_shared<spdlog::logger>("json", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->flush_on(spdlog::level::trace);
    return made;
  }();
  return *logger;
}

spdlog::level::level_enum SpdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

const char* LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

// A JSON string in ASCII: what is not printable ASCII is escaped byte by byte, so that no value breaks a line or a
// decoder.
void AppendString(std::string_view text, std::string& line) {
  line += '"';
  for (const unsigned char c : text.substr(0, kMaxValueBytes)) {
    if (c == '"' || c == '\\') {
      line += '\\';
      line += static_cast<char>(c);
    } else if (c >= 0x20 && c < 0x7f) {
      line += static_cast<char>(c);
    } else {
      char escaped[8];
      std::snprintf(escaped, sizeof(escaped), "\\u%04x", c);
      line += escaped;
    }
  }
  line += '"';
}

void AppendValue(const LogValue& value, std::string& line) {
  if (const auto* number = std::get_if<int64_t>(&value.value())) {
    line += std::to_string(*number);
  } else if (const auto* real = std::get_if<double>(&value.value())) {
    char text[32];
    std::snprintf(text, sizeof(text), "%.6g", *real);
    line += std::isfinite(*real) ? text : "null";
  } else {
    AppendString(std::get<std::string_view>(value.value()), line);
  }
}

void AppendField(std::string_view key, const LogValue& value, std::string& line) {
  line += ',';
  AppendString(key, line);
  line += ':';
  AppendValue(value, line);
}

}  // namespace

void InitLogging(const std::string& service_name) {
  ServiceName() = service_name;
}

std::string FormatLogLine(int64_t now_micros, LogLevel level, std::string_view service, std::string_view event,
                          std::initializer_list<LogField> fields) {
  std::string line = "{\"time\":";
  AppendString(google::protobuf::util::TimeUtil::ToString(ToTimestamp(now_micros)), line);
  AppendField("level", LevelName(level), line);
  AppendField("service", service, line);
  AppendField("event", event, line);
  for (const LogField& field : fields) AppendField(field.key.text(), field.value, line);
  line += '}';
  return line;
}

void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (!Logger().should_log(SpdlogLevel(level))) return;
  const std::string line = FormatLogLine(SystemClock().NowMicros(), level, ServiceName(), event, fields);
  Logger().log(SpdlogLevel(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace anamnesis::rpc
