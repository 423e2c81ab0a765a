// Dispenses and administrations. What is done here is done under an active order. What another system reports (its
// provenance names the source) is history: it is taken whatever became of the order since, unless the order should
// never have been there.
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/refusal.h"
#include "base/status.h"
#include "services/medication/domain/decide.h"

namespace anamnesis::medication {
namespace {

bool IsHistory(const clinical::v1::Provenance& provenance) {
  return provenance.has_source();
}

// CheckNotRetracted's refusals; CheckActive's for what is done here.
absl::Status CheckRecordable(const v1::OrderState& order, const clinical::v1::Provenance& provenance) {
  return IsHistory(provenance) ? CheckNotRetracted(order) : CheckActive(order);
}

google::protobuf::Timestamp EffectiveTime(const Situation& at, const rpc::v1::CommandContext& context) {
  return ToTimestamp(decider::EffectiveMicros(context, at.input));
}

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordDispenseRequest& request) {
  v1::Dispense dispense = request.dispense();
  if (dispense.id().empty()) dispense.set_id(at.input.new_id);
  if (at.state.dispenses().contains(dispense.id())) return Refuse(v1::DISPENSE_ALREADY_EXISTS);
  ASSIGN_OR_RETURN(const v1::OrderState* order, FindOrder(at.state, dispense.order_id(), request.context()));
  RETURN_IF_ERROR(CheckRecordable(*order, dispense.provenance()));

  if (!dispense.has_handed_over() && !IsHistory(dispense.provenance())) {
    *dispense.mutable_handed_over() = EffectiveTime(at, request.context());
  }
  const std::string id = dispense.id();
  v1::MedicationEvent event;
  *event.mutable_dispense_recorded()->mutable_dispense() = std::move(dispense);
  event.mutable_dispense_recorded()->set_revision(1);
  return decider::Accepted(id, 1, std::move(event));
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordAdministrationRequest& request) {
  v1::Administration administration = request.administration();
  if (administration.id().empty()) administration.set_id(at.input.new_id);
  if (at.state.administrations().contains(administration.id())) return Refuse(v1::ADMINISTRATION_ALREADY_EXISTS);
  ASSIGN_OR_RETURN(const v1::OrderState* order, FindOrder(at.state, administration.order_id(), request.context()));
  RETURN_IF_ERROR(CheckRecordable(*order, administration.provenance()));

  if (!administration.has_performed() && !IsHistory(administration.provenance())) {
    *administration.mutable_performed()->mutable_start() = EffectiveTime(at, request.context());
    *administration.mutable_performed()->mutable_end() = administration.performed().start();
  }
  const std::string id = administration.id();
  v1::MedicationEvent event;
  *event.mutable_administration_recorded()->mutable_administration() = std::move(administration);
  event.mutable_administration_recorded()->set_revision(1);
  return decider::Accepted(id, 1, std::move(event));
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractAdministrationRequest& request) {
  const auto found = at.state.administrations().find(request.administration_id());
  if (found == at.state.administrations().end()) return Refuse(v1::ADMINISTRATION_NOT_FOUND);
  const v1::AdministrationState& administration = found->second;
  RETURN_IF_ERROR(decider::CheckEtag(request.context(), administration.revision()));
  // A retracted order takes with it what was recorded under it.
  RETURN_IF_ERROR(CheckNotRetracted(at.state.orders().at(administration.order_id())));
  if (administration.retracted()) return Refuse(v1::ADMINISTRATION_RETRACTED);
  RETURN_IF_ERROR(CheckReason(request.context()));

  const uint64_t revision = administration.revision() + 1;
  v1::MedicationEvent event;
  v1::AdministrationRetracted& retracted = *event.mutable_administration_retracted();
  retracted.set_administration_id(request.administration_id());
  retracted.set_order_id(administration.order_id());
  retracted.set_reason(request.context().reason());
  retracted.set_revision(revision);
  return decider::Accepted(request.administration_id(), revision, std::move(event));
}

}  // namespace anamnesis::medication
