#include "tests/medication/builders.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/clock.h"
#include "base/refusal.h"
#include "service/decided_again.h"
#include "services/medication/audit/past_decision.h"

namespace anamnesis::medication {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// The message that is set in the only oneof.
Message& Member(Message& envelope) {
  const Reflection& reflection = *envelope.GetReflection();
  const FieldDescriptor* field = reflection.GetOneofFieldDescriptor(envelope, envelope.GetDescriptor()->oneof_decl(0));
  return *reflection.MutableMessage(&envelope, field);
}

rpc::v1::CommandContext& Context(v1::MedicationCommand& command) {
  Message& request = Member(command);
  return static_cast<rpc::v1::CommandContext&>(
      *request.GetReflection()->MutableMessage(&request, request.GetDescriptor()->FindFieldByName("context")));
}

// The command for kPatient, and for kOrder where it changes an order.
template <class Request>
v1::MedicationCommand Command(Request* (v1::MedicationCommand::*request_of)()) {
  v1::MedicationCommand command;
  Request& request = *(command.*request_of)();
  request.mutable_context()->set_reason("as discussed");
  request.set_patient_id(kPatient);
  if constexpr (requires { request.set_order_id(kOrder); }) request.set_order_id(kOrder);
  return command;
}

std::string AlertTold(const rpc::v1::Alert& alert) {
  constexpr const char* kSeverities[] = {"?", "info", "warn", "block"};
  return absl::StrCat(kSeverities[alert.severity()], " ", alert.rule_id(),
                      alert.override_reason().empty() ? "" : " (overridden)");
}

}  // namespace

clinical::v1::Coding RxNorm(std::string_view code) {
  clinical::v1::Coding coding;
  coding.set_system("http://www.nlm.nih.gov/research/umls/rxnorm");
  coding.set_code(std::string(code));
  return coding;
}

v1::Order OrderOf(const std::vector<std::string>& ingredients, std::string_view id) {
  v1::Order order;
  order.set_id(std::string(id));
  *order.mutable_medication()->add_codings() = RxNorm(absl::StrJoin(ingredients, "p") + "p");
  for (const std::string& ingredient : ingredients) *order.add_ingredients()->mutable_coding() = RxNorm(ingredient);
  order.add_dosages()->set_text("one tablet");
  return order;
}

v1::Order Oxycodone(std::string_view id) {
  return OrderOf({kOxycodone}, id);
}

v1::Order In(v1::OrderStatus status, v1::Order order) {
  order.set_status(status);
  return order;
}

v1::Order InEncounter(v1::Order order) {
  order.mutable_provenance()->set_encounter_id(kEncounter);
  return order;
}

v1::MedicationCommand Prescribe(const v1::Order& order) {
  v1::MedicationCommand command = Command(&v1::MedicationCommand::mutable_prescribe);
  *command.mutable_prescribe()->mutable_order() = order;
  return command;
}

v1::MedicationCommand RecordOrder(const v1::Order& order) {
  v1::MedicationCommand command = Command(&v1::MedicationCommand::mutable_record_order);
  *command.mutable_record_order()->mutable_order() = order;
  return command;
}

v1::MedicationCommand ChangeDose(std::string_view text) {
  v1::MedicationCommand command = Command(&v1::MedicationCommand::mutable_change_dose);
  command.mutable_change_dose()->add_dosages()->set_text(std::string(text));
  return command;
}

v1::MedicationCommand Hold() {
  return Command(&v1::MedicationCommand::mutable_hold_order);
}
v1::MedicationCommand Resume() {
  return Command(&v1::MedicationCommand::mutable_resume_order);
}
v1::MedicationCommand Discontinue() {
  return Command(&v1::MedicationCommand::mutable_discontinue_order);
}
v1::MedicationCommand Retract() {
  return Command(&v1::MedicationCommand::mutable_retract_order);
}

v1::MedicationCommand Dispense(std::string_view id) {
  v1::MedicationCommand command = Command(&v1::MedicationCommand::mutable_record_dispense);
  command.mutable_record_dispense()->mutable_dispense()->set_id(std::string(id));
  command.mutable_record_dispense()->mutable_dispense()->set_order_id(kOrder);
  return command;
}

v1::MedicationCommand Administer(std::string_view id) {
  v1::MedicationCommand command = Command(&v1::MedicationCommand::mutable_record_administration);
  v1::Administration& dose = *command.mutable_record_administration()->mutable_administration();
  dose.set_id(std::string(id));
  dose.set_order_id(kOrder);
  dose.set_status(v1::ADMINISTRATION_STATUS_COMPLETED);
  return command;
}

v1::MedicationCommand RetractDose(std::string_view id) {
  v1::MedicationCommand command = Command(&v1::MedicationCommand::mutable_retract_administration);
  command.mutable_retract_administration()->set_administration_id(std::string(id));
  return command;
}

v1::MedicationCommand Seen(int revision, v1::MedicationCommand command) {
  Context(command).set_etag(absl::StrCat(revision));
  return command;
}

v1::MedicationCommand WithoutReason(v1::MedicationCommand command) {
  Context(command).clear_reason();
  return command;
}

v1::MedicationCommand Reported(v1::MedicationCommand command) {
  clinical::v1::Provenance& provenance =
      command.has_record_dispense()
          ? *command.mutable_record_dispense()->mutable_dispense()->mutable_provenance()
          : *command.mutable_record_administration()->mutable_administration()->mutable_provenance();
  provenance.mutable_source()->set_system("https://pharmacy.example");
  return command;
}

v1::MedicationCommand On(int64_t day, v1::MedicationCommand command, int64_t micros) {
  *Context(command).mutable_effective_time() = ToTimestamp(kNow + day * int64_t{86'400'000'000} + micros);
  return command;
}

v1::MedicationCommand ReviewPdmp(std::string_view id) {
  v1::MedicationCommand command = Command(&v1::MedicationCommand::mutable_record_pdmp_review);
  v1::PdmpReview& review = *command.mutable_record_pdmp_review()->mutable_pdmp_review();
  review.set_id(std::string(id));
  review.set_finding(v1::PDMP_FINDING_AS_EXPECTED);
  return command;
}

v1::MedicationCommand SignAgreement(std::string_view id) {
  v1::MedicationCommand command = Command(&v1::MedicationCommand::mutable_sign_agreement);
  command.mutable_sign_agreement()->mutable_agreement()->set_id(std::string(id));
  return command;
}

v1::MedicationCommand EndAgreement() {
  v1::MedicationCommand command = Command(&v1::MedicationCommand::mutable_end_agreement);
  command.mutable_end_agreement()->set_agreement_id(kRecord);
  command.mutable_end_agreement()->set_end(v1::AGREEMENT_END_BROKEN);
  return command;
}

v1::MedicationCommand TestUrine(std::string_view rxnorm, v1::AnalyteResult result, bool illicit) {
  v1::MedicationCommand command = Command(&v1::MedicationCommand::mutable_record_drug_test);
  v1::DrugTest& test = *command.mutable_record_drug_test()->mutable_drug_test();
  test.set_id(kRecord);
  v1::DrugTestAnalyte& analyte = *test.add_analytes();
  *analyte.mutable_substance() = RxNorm(rxnorm);
  analyte.set_result(result);
  analyte.set_illicit(illicit);
  return command;
}

v1::MedicationCommand ConcludeTest() {
  v1::MedicationCommand command = Command(&v1::MedicationCommand::mutable_conclude_drug_test);
  command.mutable_conclude_drug_test()->set_drug_test_id(kRecord);
  return command;
}

v1::MedicationCommand OfferNaloxone(std::string_view id) {
  v1::MedicationCommand command = Command(&v1::MedicationCommand::mutable_offer_naloxone);
  v1::NaloxoneOffer& offer = *command.mutable_offer_naloxone()->mutable_naloxone_offer();
  offer.set_id(std::string(id));
  offer.set_response(v1::NALOXONE_RESPONSE_ACCEPTED);
  return command;
}

v1::MedicationCommand Reassess(v1::FunctionalGain gain, std::string_view id) {
  v1::MedicationCommand command = Command(&v1::MedicationCommand::mutable_reassess_therapy);
  v1::Reassessment& reassessment = *command.mutable_reassess_therapy()->mutable_reassessment();
  reassessment.set_id(std::string(id));
  reassessment.set_plan(v1::THERAPY_PLAN_CONTINUE);
  reassessment.set_functional_gain(gain);
  return command;
}

v1::MedicationCommand RetractRecord() {
  v1::MedicationCommand command = Command(&v1::MedicationCommand::mutable_retract_stewardship);
  command.mutable_retract_stewardship()->set_record_id(kRecord);
  return command;
}

v1::MedicationCommand Renew(std::string_view new_id) {
  v1::MedicationCommand command = Command(&v1::MedicationCommand::mutable_renew_order);
  command.mutable_renew_order()->set_new_order_id(std::string(new_id));
  return command;
}

v1::MedicationCommand Complete() {
  return Command(&v1::MedicationCommand::mutable_complete_order);
}

v1::MedicationCommand Overriding(std::string_view rule_id, v1::MedicationCommand command) {
  Message& request = Member(command);
  auto& given = static_cast<rpc::v1::AlertOverride&>(
      *request.GetReflection()->AddMessage(&request, request.GetDescriptor()->FindFieldByName("overrides")));
  given.set_rule_id(std::string(rule_id));
  given.set_reason("tolerated before");
  return command;
}

v1::MedicationFacts Deceased() {
  v1::MedicationFacts facts;
  facts.mutable_patient()->set_deceased(true);
  return facts;
}

v1::MedicationFacts MergedAway() {
  v1::MedicationFacts facts;
  facts.mutable_patient()->set_survivor_id(kSurvivor);
  return facts;
}

v1::MedicationFacts MergedAwayAndDeceased() {
  v1::MedicationFacts facts = MergedAway();
  facts.MergeFrom(Deceased());
  return facts;
}

v1::KnownAllergy AllergyTo(std::string_view ingredient) {
  v1::KnownAllergy allergy;
  allergy.set_id(kAllergy);
  *allergy.add_codings() = RxNorm(ingredient);
  allergy.set_kind(patient::v1::ALLERGY_KIND_ALLERGY);
  allergy.set_clinical_status(patient::v1::CLINICAL_STATUS_ACTIVE);
  allergy.set_verification(patient::v1::VERIFICATION_CONFIRMED);
  return allergy;
}

v1::MedicationFacts Knowing(const std::vector<v1::KnownAllergy>& allergies) {
  v1::MedicationFacts facts;
  facts.mutable_patient()->mutable_allergies()->Assign(allergies.begin(), allergies.end());
  return facts;
}

v1::MedicationFacts EncounterIsVoid() {
  v1::MedicationFacts facts;
  facts.mutable_encounters()->add_void_ids(kEncounter);
  return facts;
}

v1::MedicationFacts Having(std::string_view icd10cm, bool active) {
  v1::MedicationFacts facts;
  v1::KnownProblem& problem = *facts.mutable_patient()->add_problems();
  problem.set_id(kProblem);
  problem.set_active(active);
  clinical::v1::Coding& coding = *problem.add_codings();
  coding.set_system("http://hl7.org/fhir/sid/icd-10-cm");
  coding.set_code(std::string(icd10cm));
  return facts;
}

v1::MedicationFacts And(v1::MedicationFacts facts, const v1::MedicationFacts& more) {
  facts.MergeFrom(more);
  return facts;
}

v1::MedicationFacts Filtering(const std::string& egfr, int64_t day) {
  v1::MedicationFacts facts;
  v1::KnownFiltration& known = *facts.mutable_encounters()->add_filtrations();
  known.set_id(kRecord);
  clinical::v1::Coding& coding = *known.add_codings();
  coding.set_system("http://loinc.org");
  coding.set_code("33914-3");
  *known.mutable_time() = ToTimestamp(kNow + day * int64_t{86'400'000'000});
  const size_t digits = egfr.find_first_of("0123456789");
  known.mutable_value()->set_comparator(egfr.substr(0, digits));
  known.mutable_value()->set_value(egfr.substr(digits));
  return facts;
}

v1::MedicationFacts Scoring(int score, int64_t day) {
  v1::MedicationFacts facts;
  v1::KnownRiskScore& known = *facts.mutable_encounters()->add_opioid_risks();
  known.set_id(kRecord);
  *known.mutable_time() = ToTimestamp(kNow + day * int64_t{86'400'000'000});
  known.set_score(score);
  return facts;
}

v1::MedicationFacts BornOn(uint32_t year, uint32_t month, uint32_t day) {
  v1::MedicationFacts facts;
  clinical::v1::PartialDate& birth = *facts.mutable_patient()->mutable_birth_date();
  birth.set_year(year);
  birth.set_month(month);
  birth.set_day(day);
  return facts;
}

decider::DecisionInput Input() {
  return {.received_micros = kNow, .new_id = kNewId, .roles = {"clinician"}};
}

decider::Decision<v1::MedicationEvent> DecideOn(const v1::MedicationState& state, const v1::MedicationCommand& command,
                                                const v1::MedicationFacts& facts,
                                                std::shared_ptr<const RuleShelf> rules) {
  const v1::MedicationState* const states[] = {&state};
  return MedicationDecider::Decide(states, command, Input(), {facts, std::move(rules)});
}

v1::MedicationState After(const std::vector<v1::MedicationCommand>& commands,
                          const std::shared_ptr<const RuleShelf>& rules) {
  v1::MedicationState state;
  for (const v1::MedicationCommand& command : commands) {
    const auto decision = DecideOn(state, command, {}, rules);
    EXPECT_TRUE(decision.refusal.ok()) << command.ShortDebugString() << decision.refusal;
    for (const auto& emitted : decision.events) EXPECT_TRUE(MedicationDecider::Evolve(state, emitted.event).ok());
  }
  return state;
}

audit::v1::DecidedAgain Again(const v1::MedicationState& before, const v1::MedicationEvent& recorded,
                              const Known& known) {
  eventlog::Record record;
  record.stream = absl::StrCat("medication-", kPatient);
  record.effective_micros = kNow;
  const v1::MedicationCommand command = *MedicationDecisions::CommandOf(record, recorded);
  const v1::MedicationState* const states[] = {&before};
  return service::DecideAgain<MedicationDecider>(
      states, command, MedicationDecisions::InputOf(recorded, command, known), known, recorded);
}

std::string Told(const decider::Decision<v1::MedicationEvent>& decision) {
  if (!decision.refusal.ok()) return RefusalInfo(decision.refusal).reason();
  std::vector<std::string> names;
  for (const auto& emitted : decision.events) {
    v1::MedicationEvent event = emitted.event;
    names.push_back(std::string(Member(event).GetDescriptor()->name()));
  }
  const std::string told = absl::StrJoin(names, " + ");
  if (decision.alerts.empty()) return told;
  return absl::StrCat(told, ": ",
                      absl::StrJoin(decision.alerts, ", ", [](std::string* out, const rpc::v1::Alert& alert) {
                        out->append(AlertTold(alert));
                      }));
}

}  // namespace anamnesis::medication
