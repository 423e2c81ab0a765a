// How long this disk takes to make one write durable, whoever writes: what no durable command can be faster than.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "base/clock.h"
#include "tests/bench/load.h"
#include "tests/bench/patients.h"

namespace anamnesis::bench {

// The median of so many, microseconds: 4 KiB written over what the file has already, so that no file grows and the sync
// has the data alone to write, then fdatasync. The file is made in `directory` and removed.
inline double SyncMicros(const std::string& directory, int writes) {
  constexpr size_t kBlock = 4096;
  const std::string path = directory + "/sync";
  const std::vector<char> block(kBlock, 'x');
  const int file = open(path.c_str(), O_CREAT | O_RDWR | O_TRUNC | O_CLOEXEC, 0600);
  Check(file >= 0, "cannot create " + path);
  const auto write_at = [&](int index) {
    const auto offset = static_cast<off_t>(static_cast<size_t>(index) * kBlock);
    Check(pwrite(file, block.data(), kBlock, offset) == static_cast<ssize_t>(kBlock), "cannot write " + path);
  };
  for (int i = 0; i < writes; ++i) write_at(i);
  Check(fsync(file) == 0, "cannot sync " + path);
  std::vector<double> micros;
  for (int i = 0; i < writes; ++i) {
    const int64_t begin = MonotonicMicros();
    write_at(i);
    Check(fdatasync(file) == 0, "cannot sync " + path);
    micros.push_back(static_cast<double>(MonotonicMicros() - begin));
  }
  close(file);
  unlink(path.c_str());
  return Median(micros);
}

}  // namespace anamnesis::bench
