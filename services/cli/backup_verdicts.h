// Backups as `verify --offline` and `backup --verify` look at them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "backup/manifest.h"
#include "services/cli/verdict.h"
#include "vault/key_ring.h"

namespace anamnesis::cli {

// Whether a directory holds backups of an installation.
bool HoldsBackups(const std::string& directory);

// The backup of that number, or the newest where it is 0. NOT_FOUND where there is none, DATA_LOSS where it is damaged,
// or is not of exactly the services that own a log: one that lacks a service would be restored as another installation.
absl::StatusOr<backup::Manifest> FindBackup(const std::string& directory, uint32_t number);

// The key-encryption keys of a file; none where payloads are to be left sealed.
absl::StatusOr<std::shared_ptr<const vault::KeyRing>> LoadKeks(const std::string& path, bool without_keys);

// Reads everything of a backup.
absl::StatusOr<std::vector<Verdict>> VerifyBackup(const std::string& directory, const backup::Manifest& manifest,
                                                  const std::shared_ptr<const vault::KeyRing>& keks);

}  // namespace anamnesis::cli
