#include "rpc/log.h"

#include <gtest/gtest.h>

#include <cmath>

#include "nlohmann/json.hpp"

namespace anamnesis::rpc {
namespace {

std::string Line(std::initializer_list<LogField> fields) {
  return FormatLogLine(1'000'001, LogLevel::kInfo, "patientd", "test", fields);
}

TEST(LogTest, ALineIsOneJsonObject) {
  EXPECT_EQ(Line({
                {"port",    7101   },
                {"seconds", 0.5    },
                {"method",  "a.B/C"}
  }),
            R"({"time":"1970-01-01T00:00:01.000001Z","level":"info","service":"patientd","event":"test",)"
            R"("port":7101,"seconds":0.5,"method":"a.B/C"})");
}

TEST(LogTest, NoValueBreaksTheLine) {
  const std::string hostile = std::string("a\"b\\c\nd\r\t\x01\x7f\xff{}\u00e4", 17) + std::string(1, '\0') + "end";
  const std::string line = Line({
      {"actor", hostile}
  });
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto parsed = nlohmann::json::parse(line);
  EXPECT_EQ(parsed["actor"].get<std::string>().substr(0, 8), "a\"b\\c\nd\r");
  EXPECT_EQ(parsed.size(), 5u);
}

TEST(LogTest, ALongValueIsCutOff) {
  const auto parsed = nlohmann::json::parse(Line({
      {"actor", std::string(10'000, 'x')}
  }));
  EXPECT_EQ(parsed["actor"].get<std::string>().size(), 512u);
}

TEST(LogTest, WhatIsNoNumberIsNull) {
  EXPECT_TRUE(nlohmann::json::parse(Line({
      {"seconds", std::nan("")}
  }))["seconds"]
                  .is_null());
}

TEST(LogTest, LinesGoToStderr) {
  InitLogging("testd");
  testing::internal::CaptureStderr();
  Log(LogLevel::kWarning, "hello",
      {
          {"count", 3}
  });
  const auto parsed = nlohmann::json::parse(testing::internal::GetCapturedStderr());
  EXPECT_EQ(parsed["service"], "testd");
  EXPECT_EQ(parsed["level"], "warning");
  EXPECT_EQ(parsed["event"], "hello");
  EXPECT_EQ(parsed["count"], 3);
}

}  // namespace
}  // namespace anamnesis::rpc
