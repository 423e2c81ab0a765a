// Two services with logs, of which one follows the other, and backups of them.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "backup/make.h"
#include "backup/manifest.h"
#include "base/clock.h"
#include "eventlog/event_log.h"
#include "eventlog/open.h"
#include "evidence/note_key.h"
#include "gtest/gtest.h"
#include "vault/key_ring.h"

namespace anamnesis::backup {

// A service's log in a data directory, with what its evidence needs beside it. The clock is moved by a second for each
// append.
class Installation {
 public:
  explicit Installation(const std::string& data_dir);
  // Appends events to a stream; where `knows` is set, as a decision that knew that position of the log `ward`.
  eventlog::AppendResult Append(const std::string& service, const std::string& stream, int events = 1,
                                uint64_t knows = 0);
  eventlog::EventLog& log(const std::string& service) { return *services_.at(service).log; }
  absl::StatusOr<std::string> CheckpointOf(const std::string& service, uint64_t size);
  const std::shared_ptr<const vault::KeyRing>& keks() const { return keks_; }
  ManualClock& clock() { return clock_; }

 private:
  struct Service {
    std::unique_ptr<eventlog::EventLog> log;
    std::unique_ptr<evidence::Signer> signer;
  };
  ManualClock clock_{1'700'000'000'000'000};
  const std::shared_ptr<const vault::KeyRing> keks_ = std::make_shared<const vault::KeyRing>(vault::KeyRing::Random());
  std::map<std::string, Service> services_;
};

class BackupFixture : public testing::Test {
 protected:
  BackupFixture();
  ~BackupFixture() override;

  // A backup of both, who follows first.
  Manifest Backup();
  static std::string Content(const std::string& path);
  static void FlipByte(const std::string& path, uint64_t at);

  const std::string dir_;
  const std::string data_ = dir_ + "/data";
  const std::string backups_ = dir_ + "/backups";
  const std::string restored_ = dir_ + "/restored";
  std::unique_ptr<Installation> installation_;
};

}  // namespace anamnesis::backup
