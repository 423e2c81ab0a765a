#include "services/medication/domain/evolve_stewardship.h"

#include <string>

#include "services/medication/domain/stewardship.h"

namespace anamnesis::medication {
namespace {

// The record as it is first known, to be filled with what the rules ask of its kind.
template <class Record>
v1::StewardshipState& Add(v1::MedicationState& state, const Record& record, uint64_t revision) {
  using Traits = StewardshipTraits<Record>;
  v1::StewardshipState& added = (*state.mutable_stewardship())[record.id()];
  added.set_revision(revision);
  added.set_kind(Traits::kKind);
  *added.mutable_time() = Traits::Time(record);
  return added;
}

// The record at its new revision; nullptr if it was never recorded.
v1::StewardshipState* Find(v1::MedicationState& state, const std::string& id, uint64_t revision) {
  const auto found = state.mutable_stewardship()->find(id);
  if (found == state.mutable_stewardship()->end()) return nullptr;
  found->second.set_revision(revision);
  return &found->second;
}

absl::Status Missing() {
  return absl::DataLossError("a stewardship event changes a record that was never recorded");
}

}  // namespace

absl::Status EvolveStewardship(v1::MedicationState& state, const v1::MedicationEvent& event) {
  using Event = v1::MedicationEvent;
  switch (event.event_case()) {
    case Event::kPdmpReviewRecorded:
      Add(state, event.pdmp_review_recorded().pdmp_review(), event.pdmp_review_recorded().revision());
      return absl::OkStatus();
    case Event::kAgreementSigned: {
      const v1::TreatmentAgreement& agreement = event.agreement_signed().agreement();
      v1::StewardshipState& added = Add(state, agreement, event.agreement_signed().revision());
      if (agreement.has_expires()) *added.mutable_until() = agreement.expires();
      return absl::OkStatus();
    }
    case Event::kAgreementEnded: {
      const v1::AgreementEnded& ended = event.agreement_ended();
      v1::StewardshipState* agreement = Find(state, ended.agreement_id(), ended.revision());
      if (agreement == nullptr) return Missing();
      agreement->set_ended(true);
      *agreement->mutable_until() = ended.ended();
      return absl::OkStatus();
    }
    case Event::kDrugTestRecorded: {
      const v1::DrugTestRecorded& recorded = event.drug_test_recorded();
      Add(state, recorded.drug_test(), recorded.revision()).set_open(recorded.findings_size() > 0);
      return absl::OkStatus();
    }
    case Event::kDrugTestConcluded: {
      const v1::DrugTestConcluded& concluded = event.drug_test_concluded();
      v1::StewardshipState* test = Find(state, concluded.drug_test_id(), concluded.revision());
      if (test == nullptr) return Missing();
      test->set_open(false);
      return absl::OkStatus();
    }
    case Event::kNaloxoneOffered:
      Add(state, event.naloxone_offered().naloxone_offer(), event.naloxone_offered().revision());
      return absl::OkStatus();
    case Event::kTherapyReassessed: {
      const v1::Reassessment& reassessment = event.therapy_reassessed().reassessment();
      Add(state, reassessment, event.therapy_reassessed().revision())
          .set_gain(reassessment.functional_gain() == v1::FUNCTIONAL_GAIN_YES);
      return absl::OkStatus();
    }
    case Event::kStewardshipRetracted: {
      const v1::StewardshipRetracted& retracted = event.stewardship_retracted();
      v1::StewardshipState* record = Find(state, retracted.record_id(), retracted.revision());
      if (record == nullptr) return Missing();
      record->set_retracted(true);
      return absl::OkStatus();
    }
    default:
      return absl::DataLossError("a medication event of a kind that this release does not know");
  }
}

}  // namespace anamnesis::medication
