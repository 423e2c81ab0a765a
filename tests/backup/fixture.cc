#include "tests/backup/fixture.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/directory.h"
#include "base/status.h"
#include "base/uuid.h"
#include "evidence/merkle.h"
#include "evidence/signed_checkpoint.h"
#include "evidence/signing_key.h"

namespace anamnesis::backup {

Installation::Installation(const std::string& data_dir) {
  for (const std::string service : {"ward", "pharmacy"}) {
    const std::string dir = data_dir + "/" + service;
    EXPECT_TRUE(MakePrivateDirectory(dir).ok());
    Service& made = services_[service];
    auto log = eventlog::OpenRocksLog(dir + "/log", {.clock = &clock_, .keks = keks_});
    EXPECT_TRUE(log.ok()) << log.status();
    made.log = *std::move(log);
    auto signer = evidence::GenerateSigningKey(dir + "/signing.key", service + "/" + made.log->LogId(),
                                               evidence::SignatureType::kNote);
    EXPECT_TRUE(signer.ok()) << signer.status();
    made.signer = std::make_unique<evidence::Signer>(*std::move(signer));
  }
}

eventlog::AppendResult Installation::Append(const std::string& service, const std::string& stream, int events,
                                            uint64_t knows) {
  clock_.Advance(1'000'000);
  eventlog::AppendRequest request;
  request.streams.push_back({.stream = stream});
  for (int i = 0; i < events; ++i) {
    request.streams[0].events.push_back({.event_id = NewUuid(), .type = "t", .payload = "p"});
  }
  if (knows > 0) request.metadata.decided_against.push_back({.log = "ward", .position = knows});
  request.request_id = NewUuid();
  request.request_digest = std::string(eventlog::kRequestDigestBytes, 'd');
  const auto result = log(service).AppendAndWait(std::move(request));
  EXPECT_TRUE(result.ok()) << result.status();
  return result.value_or(eventlog::AppendResult());
}

absl::StatusOr<std::string> Installation::CheckpointOf(const std::string& service, uint64_t size) {
  evidence::Frontier tree;
  if (size > 0) {
    RETURN_IF_ERROR(log(service).ReadStored(1, size, [&](std::string_view bytes) {
      tree.Append(evidence::LeafHash(bytes), [](int, uint64_t, const evidence::Hash&) {});
    }));
  }
  const evidence::Signer& signer = *services_.at(service).signer;
  return evidence::SignCheckpoint({.origin = signer.verifier().name(), .size = size, .root = tree.Root()}, signer);
}

BackupFixture::BackupFixture() : dir_(testing::TempDir() + "backup-" + NewUuid()) {
  std::filesystem::create_directory(dir_);
  installation_ = std::make_unique<Installation>(data_);
}

BackupFixture::~BackupFixture() {
  installation_.reset();
  std::filesystem::remove_all(dir_);
}

Manifest BackupFixture::Backup() {
  Manifest manifest{.made_micros = installation_->clock().NowMicros()};
  for (const std::string service : {"pharmacy", "ward"}) {
    auto part =
        MakePart(installation_->log(service), [&](uint64_t size) { return installation_->CheckpointOf(service, size); },
                 {.service = service, .data_dir = data_ + "/" + service, .directory = backups_});
    EXPECT_TRUE(part.ok()) << part.status();
    if (part.ok()) manifest.parts.push_back(*std::move(part));
  }
  const auto number = WriteManifest(backups_, manifest);
  EXPECT_TRUE(number.ok()) << number.status();
  manifest.number = number.value_or(0);
  return manifest;
}

std::string BackupFixture::Content(const std::string& path) {
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

void BackupFixture::FlipByte(const std::string& path, uint64_t at) {
  std::string content = Content(path);
  ASSERT_LT(at, content.size()) << path;
  content[at] = static_cast<char>(content[at] ^ 1);
  std::ofstream(path, std::ios::binary) << content;
}

}  // namespace anamnesis::backup
