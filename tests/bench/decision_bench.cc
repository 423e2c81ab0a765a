// What one decision costs: a prescription under all rules of the tables, for a patient with a short and with a long
// history. In process, without a log; the ratio is to the shorter history.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "base/clock.h"
#include "services/medication/domain/medication_decider.h"
#include "services/medication/rules/table_file.h"
#include "tests/bench/load.h"
#include "tests/bench/report.h"

namespace anamnesis::bench {
namespace {

using medication::Known;
using medication::MedicationDecider;
using medication::v1::MedicationCommand;
using medication::v1::MedicationState;

constexpr int64_t kBegin = 1'700'000'000'000'000;
constexpr int64_t kHour = int64_t{3'600} * 1'000'000;
constexpr int kInForce = 10;
constexpr int kDecisions = 2'000;
constexpr double kMostMicros = 50;

void Check(bool ok, const std::string& what) {
  if (ok) return;
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(EXIT_FAILURE);
}

std::string Id(int number) {
  return absl::StrFormat("00000000-0000-4000-8000-%012d", number);
}

// Ten medicines of which one takes many: an opioid, a gabapentinoid, an SNRI, acetaminophen …
constexpr const char* kIngredients[kInForce] = {"7052", "25480", "72625", "161",   "8640",
                                                "6809", "29046", "83367", "10582", "7646"};

MedicationCommand Prescribe(int number) {
  MedicationCommand command;
  auto& request = *command.mutable_prescribe();
  request.set_patient_id(Id(0));
  *request.mutable_context()->mutable_effective_time() = ToTimestamp(kBegin + number * kHour);
  auto& order = *request.mutable_order();
  order.set_id(Id(number));
  for (auto* coding : {order.mutable_medication()->add_codings(), order.add_ingredients()->mutable_coding()}) {
    coding->set_system(std::string(medication::kRxNorm));
    coding->set_code(kIngredients[number % kInForce]);
  }
  auto& dosage = *order.add_dosages();
  dosage.mutable_route()->add_codings()->set_code("26643006");
  dosage.mutable_dose()->set_value("15");
  dosage.mutable_dose()->set_code("mg");
  dosage.mutable_timing()->mutable_code()->add_codings()->set_code("BID");
  for (const char* rule : {"pdmp-initiation", "opioid-cns-depressant"}) {
    auto& given = *request.add_overrides();
    given.set_rule_id(rule);
    given.set_reason("weighed");
  }
  return command;
}

MedicationCommand Discontinue(int number) {
  MedicationCommand command;
  command.mutable_discontinue_order()->set_patient_id(Id(0));
  command.mutable_discontinue_order()->set_order_id(Id(number));
  auto& context = *command.mutable_discontinue_order()->mutable_context();
  context.set_reason("ended");
  *context.mutable_effective_time() = ToTimestamp(kBegin + (number + kInForce) * kHour);
  return command;
}

// The first of the states is the record's; the others are of records that were merged into it.
decider::Decision<MedicationDecider::Event> Decide(std::span<const MedicationState* const> states,
                                                   const MedicationCommand& command, const Known& known) {
  return MedicationDecider::Decide(
      states, command, {.received_micros = kBegin, .new_id = Id(999'999'999), .roles = {"clinician"}}, known);
}

// So many events, after which ten orders are in force.
MedicationState After(int events, const Known& known) {
  MedicationState state;
  const auto carry = [&](const MedicationCommand& command) {
    const MedicationState* const states[] = {&state};
    const auto decision = Decide(states, command, known);
    Check(decision.refusal.ok(), "refused: " + decision.refusal.ToString());
    for (const auto& emitted : decision.events) {
      Check(MedicationDecider::Evolve(state, emitted.event).ok(), "an event that changes nothing that is there");
    }
  };
  int done = 0;
  for (int number = 1; done < events; ++number) {
    carry(Prescribe(number));
    ++done;
    if (number > kInForce && done < events) {
      carry(Discontinue(number - kInForce));
      ++done;
    }
  }
  return state;
}

// Microseconds of the median decision.
double Measure(const std::vector<const MedicationState*>& states, const Known& known) {
  std::vector<double> micros;
  for (int i = 0; i < kDecisions; ++i) {
    const MedicationCommand command = Prescribe(1'000'000 + i);
    const auto begin = std::chrono::steady_clock::now();
    const auto decision = Decide(states, command, known);
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
    Check(decision.refusal.ok(), "refused: " + decision.refusal.ToString());
    micros.push_back(took.count());
  }
  return Median(std::move(micros));
}

void Run() {
  const auto tables = medication::DefaultTables();
  Check(tables.ok(), "the tables cannot be read");
  auto shelf = medication::RuleShelf::Make(*tables);
  Check(shelf.ok(), "the tables cannot be decided by");
  const Known known{.others = {}, .rules = std::make_shared<const medication::RuleShelf>(*std::move(shelf))};
  const MedicationState shorter = After(1'000, known), longer = After(20'000, known);
  const MedicationState empty;
  const double small = Measure({&shorter}, known), large = Measure({&longer}, known);
  const double merged_small = Measure({&empty, &shorter}, known), merged_large = Measure({&empty, &longer}, known);
  ReportHeader();
  ReportAtMost("prescribe, p50, 1,000 events before it", small, "us", kMostMicros);
  ReportAtMost("prescribe, p50, 20,000 events before it", large, "us", kMostMicros);
  ReportOnly("the same against the shorter history", large, small, "us");
  ReportAtMost("prescribe, p50, 1,000 events under a merged record", merged_small, "us", kMostMicros);
  ReportOnly("the same with 20,000, against no merge", merged_large, large, "us");
}

}  // namespace
}  // namespace anamnesis::bench

int main() {
  anamnesis::bench::Run();
}
