// What makes a backup of an installation out of the backups of its services: which of them belong together, how far
// each goes, and the checksums of what stands beside the logs. FORMAT.md gives the file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "backup/data_files.h"

namespace anamnesis::backup {

// One service in a backup.
struct Part {
  std::string service;
  std::string log_id;
  uint32_t log_backup = 0;           // The number that its log's backup has in the service's directory.
  uint64_t position = 0;             // Of the last event in it; 0: the log is empty.
  int64_t recorded_micros = 0;       // When that was recorded; 0 where there is none.
  uint64_t new_bytes = 0;            // Of the log, copied for this backup.
  uint64_t shared_bytes = 0;         // Of the log, shared with earlier ones.
  std::vector<std::string> kek_ids;  // The key-encryption keys, any of which its data keys may be wrapped with.
  std::vector<StoredFile> files;     // All but the log's own, below the service's directory.
  friend bool operator==(const Part&, const Part&) = default;
};

struct Manifest {
  uint32_t number = 0;      // Counted from 1 in a directory.
  int64_t made_micros = 0;  // When it was begun.
  std::vector<Part> parts;  // In the order in which they were made: who follows before whom he follows.
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

// The same manifest has the same text.
std::string FormatManifest(const Manifest& manifest);
// DATA_LOSS for whatever FormatManifest did not write, and for what is no backup: a manifest of no service or with one
// twice; of a service that lacks a file, has one twice or has one that no service has. It says what is wrong.
absl::StatusOr<Manifest> ParseManifest(const std::string& text);

// Gives a manifest the next number in a directory of backups and writes it there, durably and last: with it the backup
// is whole. Returns the number. ABORTED where somebody else did so at the same time, DATA_LOSS where it would not be
// read.
absl::StatusOr<uint32_t> WriteManifest(const std::string& directory, Manifest manifest);

// The numbers of the backups of a directory, ascending; none where it is not one. FAILED_PRECONDITION where it cannot
// be read.
absl::StatusOr<std::vector<uint32_t>> ListManifests(const std::string& directory);

// NOT_FOUND where there is no such backup, DATA_LOSS, naming the file, where its checksum is not that of the file or it
// is malformed.
absl::StatusOr<Manifest> ReadManifest(const std::string& directory, uint32_t number);

}  // namespace anamnesis::backup
