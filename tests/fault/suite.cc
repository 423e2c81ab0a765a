#include "tests/fault/suite.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>

#include "absl/strings/numbers.h"
#include "base/mutex.h"
#include "gtest/gtest.h"

namespace anamnesis::fault {
namespace {

struct Line {
  uint64_t injected = 0;
  uint64_t survived = 0;
  uint64_t refused = 0;
  uint64_t lost = 0;
  std::string refusal;  // The shortest.
};

Mutex mutex;
std::map<std::string, Line>& Table() {
  static auto* const table = new std::map<std::string, Line>();
  return *table;
}

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* const text = std::getenv(name);
  uint64_t value = otherwise;
  if (text == nullptr || absl::SimpleAtoi(text, &value)) return value;
  std::fprintf(stderr, "%s=%s is not a number\n", name, text);
  std::abort();
}

// Temporary files in memory, where there is room for them: the machine's power stays on whatever a test plays, and its
// disk's fsync is not what is tried here.
void UseMemoryForFiles() {
  constexpr char kMemory[] = "/dev/shm";
  constexpr uintmax_t kRoom = uintmax_t{2} << 30;
  std::error_code error;
  const std::filesystem::space_info space = std::filesystem::space(kMemory, error);
  if (!error && space.available >= kRoom && access(kMemory, W_OK) == 0) setenv("TMPDIR", kMemory, /*overwrite=*/0);
}

class Report final : public testing::Environment {
 public:
  void SetUp() override {
    UseMemoryForFiles();
    std::printf("ANAMNESIS_FAULT_SEED=%lu\n", static_cast<unsigned long>(Seed()));
  }
  void TearDown() override {
    std::printf("\nfaults, seed %lu\n%-34s %9s %9s %9s %6s\n", static_cast<unsigned long>(Seed()), "kind", "injected",
                "survived", "refused", "lost");
    for (const auto& [kind, line] : Table()) {
      std::printf("%-34s %9lu %9lu %9lu %6lu\n", kind.c_str(), static_cast<unsigned long>(line.injected),
                  static_cast<unsigned long>(line.survived), static_cast<unsigned long>(line.refused),
                  static_cast<unsigned long>(line.lost));
      if (!line.refusal.empty()) std::printf("    e.g. %s\n", line.refusal.substr(0, 230).c_str());
      EXPECT_EQ(line.lost, 0u) << kind;
    }
  }
};

const testing::Environment* const kReport = testing::AddGlobalTestEnvironment(new Report);

}  // namespace

uint64_t Seed() {
  static const uint64_t seed = FromEnvironment("ANAMNESIS_FAULT_SEED", std::random_device()());
  return seed;
}

int Rounds(int in_ci) {
  static const uint64_t factor = FromEnvironment("ANAMNESIS_FAULT_ROUNDS", 1);
  return in_ci * static_cast<int>(factor);
}

std::mt19937_64 RandomFor(const std::string& kind, int round) {
  std::seed_seq seed{Seed(), static_cast<uint64_t>(std::hash<std::string>()(kind)), static_cast<uint64_t>(round)};
  return std::mt19937_64(seed);
}

uint64_t Below(std::mt19937_64& random, uint64_t bound) {
  return std::uniform_int_distribution<uint64_t>(0, bound - 1)(random);
}

void CountInjected(const std::string& kind, uint64_t faults) {
  MutexLock lock(mutex);
  Table()[kind].injected += faults;
}

void CountSurvived(const std::string& kind, uint64_t faults) {
  MutexLock lock(mutex);
  Table()[kind].survived += faults;
}

void CountRefused(const std::string& kind, const absl::Status& refusal) {
  MutexLock lock(mutex);
  Line& line = Table()[kind];
  ++line.refused;
  const std::string text(refusal.message());
  if (line.refusal.empty() || text.size() < line.refusal.size()) line.refusal = text;
}

void CountLost(const std::string& kind, uint64_t events) {
  MutexLock lock(mutex);
  Table()[kind].lost += events;
}

}  // namespace anamnesis::fault
