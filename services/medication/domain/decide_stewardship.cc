// The record of opioid stewardship: what was looked up, agreed, tested, offered and weighed. It is taken as it is said
// to be; what is unexpected about a drug test is found here.
#include <algorithm>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/refusal.h"
#include "base/status.h"
#include "services/medication/domain/decide.h"
#include "services/medication/domain/safety/drug_test.h"
#include "services/medication/domain/stewardship.h"

namespace anamnesis::medication {
namespace {

// The record with its id and its time; STEWARDSHIP_ALREADY_EXISTS.
template <class Record>
absl::StatusOr<Record> NewRecord(const Situation& at, const Record& said, const rpc::v1::CommandContext& context) {
  using Traits = StewardshipTraits<Record>;
  Record record = said;
  if (record.id().empty()) record.set_id(at.input.new_id);
  if (at.state.stewardship().contains(record.id())) return Refuse(v1::STEWARDSHIP_ALREADY_EXISTS);
  if (!Traits::HasTime(record)) Traits::Time(record) = ToTimestamp(decider::EffectiveMicros(context, at.input));
  return record;
}

// STEWARDSHIP_NOT_FOUND, ETAG_MISMATCH, STEWARDSHIP_RETRACTED. UNSPECIFIED finds any kind.
absl::StatusOr<const v1::StewardshipState*> Find(const Situation& at, v1::StewardshipKind kind, const std::string& id,
                                                 const rpc::v1::CommandContext& context) {
  const auto found = at.state.stewardship().find(id);
  if (found == at.state.stewardship().end() ||
      (kind != v1::STEWARDSHIP_KIND_UNSPECIFIED && found->second.kind() != kind)) {
    return Refuse(v1::STEWARDSHIP_NOT_FOUND);
  }
  RETURN_IF_ERROR(decider::CheckEtag(context, found->second.revision()));
  if (found->second.retracted()) return Refuse(v1::STEWARDSHIP_RETRACTED);
  return &found->second;
}

// Accepts with an event about the record: `change` is the part that is set in it, `target` the record in there.
template <class Record, class Change>
Decision Recorded(Record&& record, v1::MedicationEvent& event, Change& change, Record& target) {
  std::string id = record.id();
  target = std::move(record);
  change.set_revision(1);
  return decider::Accepted(std::move(id), 1, std::move(event));
}

template <class Change>
Decision Changed(const std::string& id, const v1::StewardshipState& found, const rpc::v1::CommandContext& context,
                 v1::MedicationEvent& event, Change& change) {
  change.set_reason(context.reason());
  change.set_revision(found.revision() + 1);
  return decider::Accepted(id, change.revision(), std::move(event));
}

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordPdmpReviewRequest& request) {
  ASSIGN_OR_RETURN(v1::PdmpReview review, NewRecord(at, request.pdmp_review(), request.context()));
  v1::MedicationEvent event;
  v1::PdmpReviewRecorded& recorded = *event.mutable_pdmp_review_recorded();
  return Recorded(std::move(review), event, recorded, *recorded.mutable_pdmp_review());
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::SignAgreementRequest& request) {
  ASSIGN_OR_RETURN(v1::TreatmentAgreement agreement, NewRecord(at, request.agreement(), request.context()));
  if (agreement.has_expires() && ToMicros(agreement.expires()) <= ToMicros(agreement.signed_())) {
    return Refuse(v1::AGREEMENT_EXPIRES_FIRST);
  }
  v1::MedicationEvent event;
  v1::AgreementSigned& recorded = *event.mutable_agreement_signed();
  return Recorded(std::move(agreement), event, recorded, *recorded.mutable_agreement());
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::EndAgreementRequest& request) {
  RETURN_IF_ERROR(CheckReason(request.context()));
  ASSIGN_OR_RETURN(const v1::StewardshipState* found,
                   Find(at, v1::STEWARDSHIP_KIND_TREATMENT_AGREEMENT, request.agreement_id(), request.context()));
  if (found->ended()) return Refuse(v1::AGREEMENT_ENDED);
  v1::MedicationEvent event;
  v1::AgreementEnded& ended = *event.mutable_agreement_ended();
  ended.set_agreement_id(request.agreement_id());
  ended.set_end(request.end());
  *ended.mutable_ended() = ToTimestamp(decider::EffectiveMicros(request.context(), at.input));
  return Changed(request.agreement_id(), *found, request.context(), event, ended);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordDrugTestRequest& request) {
  ASSIGN_OR_RETURN(v1::DrugTest test, NewRecord(at, request.drug_test(), request.context()));
  v1::MedicationEvent event;
  v1::DrugTestRecorded& recorded = *event.mutable_drug_test_recorded();
  for (v1::DrugTestFinding& finding : UnexpectedIn(test, at.person, at.rules)) {
    *recorded.add_findings() = std::move(finding);
  }
  NoteTables(at, recorded);
  return Recorded(std::move(test), event, recorded, *recorded.mutable_drug_test());
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ConcludeDrugTestRequest& request) {
  RETURN_IF_ERROR(CheckReason(request.context()));
  ASSIGN_OR_RETURN(const v1::StewardshipState* found,
                   Find(at, v1::STEWARDSHIP_KIND_DRUG_TEST, request.drug_test_id(), request.context()));
  if (!found->open()) return Refuse(v1::DRUG_TEST_NOT_OPEN);
  v1::MedicationEvent event;
  v1::DrugTestConcluded& concluded = *event.mutable_drug_test_concluded();
  concluded.set_drug_test_id(request.drug_test_id());
  return Changed(request.drug_test_id(), *found, request.context(), event, concluded);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::OfferNaloxoneRequest& request) {
  ASSIGN_OR_RETURN(v1::NaloxoneOffer offer, NewRecord(at, request.naloxone_offer(), request.context()));
  v1::MedicationEvent event;
  v1::NaloxoneOffered& offered = *event.mutable_naloxone_offered();
  return Recorded(std::move(offer), event, offered, *offered.mutable_naloxone_offer());
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReassessTherapyRequest& request) {
  ASSIGN_OR_RETURN(v1::Reassessment reassessment, NewRecord(at, request.reassessment(), request.context()));
  v1::MedicationEvent event;
  v1::TherapyReassessed& reassessed = *event.mutable_therapy_reassessed();
  return Recorded(std::move(reassessment), event, reassessed, *reassessed.mutable_reassessment());
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractStewardshipRequest& request) {
  RETURN_IF_ERROR(CheckReason(request.context()));
  ASSIGN_OR_RETURN(const v1::StewardshipState* found,
                   Find(at, v1::STEWARDSHIP_KIND_UNSPECIFIED, request.record_id(), request.context()));
  v1::MedicationEvent event;
  v1::StewardshipRetracted& retracted = *event.mutable_stewardship_retracted();
  retracted.set_record_id(request.record_id());
  retracted.set_kind(std::string(NameOf(found->kind())));
  return Changed(request.record_id(), *found, request.context(), event, retracted);
}

}  // namespace anamnesis::medication
