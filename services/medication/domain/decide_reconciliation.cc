// Reconciliation: what the patient takes beside what is ordered. It changes no order; what is to become of each
// medication is the prescriber's next command.
#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/refusal.h"
#include "base/status.h"
#include "services/medication/domain/order_decision.h"

namespace anamnesis::medication {
namespace {

using Kind = v1::ReconciliationFindingKind;

bool IsTaken(const v1::ReconciledMedication& medication) {
  return medication.taking() == v1::TAKING_AS_ORDERED || medication.taking() == v1::TAKING_DIFFERENTLY;
}

// How one medication differs from what is ordered; UNSPECIFIED: not at all.
Kind Difference(const v1::MedicationState& state, const v1::ReconciledMedication& medication) {
  if (medication.taking() == v1::TAKING_UNKNOWN) return v1::RECONCILIATION_FINDING_KIND_UNKNOWN;
  if (medication.order_id().empty()) {
    return IsTaken(medication) ? v1::RECONCILIATION_FINDING_KIND_TAKEN_WITHOUT_ORDER
                               : v1::RECONCILIATION_FINDING_KIND_UNSPECIFIED;
  }
  const bool active = state.orders().at(medication.order_id()).status() == v1::ORDER_STATUS_ACTIVE;
  if (!active) {
    return IsTaken(medication) ? v1::RECONCILIATION_FINDING_KIND_TAKEN_AFTER_ORDER
                               : v1::RECONCILIATION_FINDING_KIND_UNSPECIFIED;
  }
  switch (medication.taking()) {
    case v1::TAKING_NOT:
      return v1::RECONCILIATION_FINDING_KIND_ORDER_NOT_TAKEN;
    case v1::TAKING_DIFFERENTLY:
      return v1::RECONCILIATION_FINDING_KIND_TAKEN_DIFFERENTLY;
    default:
      return v1::RECONCILIATION_FINDING_KIND_UNSPECIFIED;
  }
}

// Every difference, in the order of the list, then the orders that it leaves out, by id.
std::vector<v1::ReconciliationFinding> FindingsOf(const v1::MedicationState& state, const v1::Reconciliation& list) {
  std::vector<v1::ReconciliationFinding> findings;
  std::set<std::string> left_out;
  for (const auto& [id, order] : state.in_force()) {
    if (list.complete() && state.orders().at(id).status() == v1::ORDER_STATUS_ACTIVE) left_out.insert(id);
  }
  for (int i = 0; i < list.medications_size(); ++i) {
    const v1::ReconciledMedication& medication = list.medications(i);
    left_out.erase(medication.order_id());
    const Kind kind = Difference(state, medication);
    if (kind == v1::RECONCILIATION_FINDING_KIND_UNSPECIFIED) continue;
    v1::ReconciliationFinding& finding = findings.emplace_back();
    finding.set_kind(kind);
    finding.set_order_id(medication.order_id());
    finding.set_medication(static_cast<uint32_t>(i + 1));
  }
  for (const std::string& id : left_out) {
    v1::ReconciliationFinding& finding = findings.emplace_back();
    finding.set_kind(v1::RECONCILIATION_FINDING_KIND_ORDER_LEFT_OUT);
    finding.set_order_id(id);
  }
  return findings;
}

// ORDER_NOT_FOUND, MEDICATION_REQUIRED.
absl::Status CheckNamed(const v1::MedicationState& state, const v1::Reconciliation& list) {
  for (int i = 0; i < list.medications_size(); ++i) {
    const v1::ReconciledMedication& medication = list.medications(i);
    if (!medication.order_id().empty() && !state.orders().contains(medication.order_id())) {
      return Refuse(v1::ORDER_NOT_FOUND, {.metadata = {{"order_id", medication.order_id()}}});
    }
  }
  for (int i = 0; i < list.medications_size(); ++i) {
    const v1::ReconciledMedication& medication = list.medications(i);
    if (!medication.order_id().empty() || medication.has_medication()) continue;
    RefusalDetails details;
    google::rpc::BadRequest::FieldViolation& violation = details.fields.emplace_back();
    violation.set_field(absl::StrCat("reconciliation.medications[", i, "].medication"));
    violation.set_description("names no medication");
    return Refuse(v1::MEDICATION_REQUIRED, details);
  }
  return absl::OkStatus();
}

// What the rules say about each medication that is taken without an order, in the order of the list. Its alerts name it
// as `reconciliation/<id>`.
Alerts AlertsOf(const Situation& at, const v1::Reconciliation& list, int64_t at_micros) {
  Alerts alerts;
  for (const v1::ReconciledMedication& medication : list.medications()) {
    if (!medication.order_id().empty() || !IsTaken(medication)) continue;
    v1::Order taken;
    taken.set_id(list.id());
    *taken.mutable_medication() = medication.medication();
    *taken.mutable_ingredients() = medication.ingredients();
    *taken.mutable_dosages() = medication.dosages();
    for (rpc::v1::Alert& alert : ReviewTaken(ProposalOf(at, taken, at_micros))) {
      std::ranges::replace(*alert.mutable_facts(), "order/" + list.id(), "reconciliation/" + list.id());
      alerts.push_back(std::move(alert));
    }
  }
  return alerts;
}

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReconcileMedicationsRequest& request) {
  v1::Reconciliation list = request.reconciliation();
  if (list.id().empty()) list.set_id(at.input.new_id);
  if (at.state.reconciliations().contains(list.id())) return Refuse(v1::RECONCILIATION_ALREADY_EXISTS);
  RETURN_IF_ERROR(CheckNamed(at.person, list));
  const int64_t effective = EffectiveAt(at, request.context());
  if (!list.has_reconciled()) *list.mutable_reconciled() = ToTimestamp(effective);

  v1::MedicationEvent event;
  v1::MedicationsReconciled& reconciled = *event.mutable_medications_reconciled();
  const std::vector<v1::ReconciliationFinding> findings = FindingsOf(at.person, list);
  reconciled.mutable_findings()->Assign(findings.begin(), findings.end());
  Alerts alerts = AlertsOf(at, list, effective);
  reconciled.mutable_alerts()->Assign(alerts.begin(), alerts.end());
  reconciled.set_revision(1);
  NoteGrounds(at, reconciled);
  std::string id = list.id();
  *reconciled.mutable_reconciliation() = std::move(list);
  Decision decision = decider::Accepted(std::move(id), 1, std::move(event));
  decision.alerts = std::move(alerts);
  return decision;
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractReconciliationRequest& request) {
  const auto found = at.state.reconciliations().find(request.reconciliation_id());
  if (found == at.state.reconciliations().end()) return Refuse(v1::RECONCILIATION_NOT_FOUND);
  RETURN_IF_ERROR(decider::CheckEtag(request.context(), found->second.revision()));
  if (found->second.retracted()) return Refuse(v1::RECONCILIATION_RETRACTED);
  RETURN_IF_ERROR(CheckReason(request.context()));
  const uint64_t revision = found->second.revision() + 1;
  v1::MedicationEvent event;
  v1::ReconciliationRetracted& retracted = *event.mutable_reconciliation_retracted();
  retracted.set_reconciliation_id(request.reconciliation_id());
  retracted.set_reason(request.context().reason());
  retracted.set_revision(revision);
  return decider::Accepted(request.reconciliation_id(), revision, std::move(event));
}

}  // namespace anamnesis::medication
