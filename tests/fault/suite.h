// What the fault suite has in common: its seed, how long it goes on, and the table that it ends with.
//
//   ANAMNESIS_FAULT_SEED=N     the same faults again; otherwise a new seed, which is printed
//   ANAMNESIS_FAULT_ROUNDS=N   N times as many rounds of each kind as in CI; 1 by default
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "absl/status/status.h"

namespace anamnesis::fault {

uint64_t Seed();

// How many rounds, where CI does `in_ci`.
int Rounds(int in_ci);

// A sequence of its own for every round of every kind of fault, so that one round can be seen again with the same seed.
std::mt19937_64 RandomFor(const std::string& kind, int round);
uint64_t Below(std::mt19937_64& random, uint64_t bound);

// What became of an injected fault; counted by kind and printed at the end. Thread-safe.
void CountInjected(const std::string& kind, uint64_t faults = 1);
void CountSurvived(const std::string& kind, uint64_t faults = 1);
// The service did not start, or did not answer, and said why; `refusal` is kept as an example.
void CountRefused(const std::string& kind, const absl::Status& refusal);
// Acknowledged events that are missing or altered and were served: a failure of the test too.
void CountLost(const std::string& kind, uint64_t events);

}  // namespace anamnesis::fault
