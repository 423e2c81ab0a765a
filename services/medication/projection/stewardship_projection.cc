#include "services/medication/projection/stewardship_projection.h"

#include "absl/strings/str_cat.h"
#include "anamnesis/projection/v1/views.pb.h"
#include "projection/change.h"

namespace anamnesis::medication {
namespace {

using projection::Patch;
using projection::Put;
using projection::Remove;
using projection::v1::View;
using projection::v1::ViewChange;
using v1::MedicationEvent;

template <class Change>
std::string EtagOf(const Change& change) {
  return absl::StrCat(change.revision());
}

ViewChange Tested(const std::string& patient_id, const v1::DrugTestRecorded& event) {
  View view;
  *view.mutable_drug_test()->mutable_drug_test() = event.drug_test();
  *view.mutable_drug_test()->mutable_findings() = event.findings();
  view.mutable_drug_test()->set_etag(EtagOf(event));
  return Put({patient_id, event.drug_test().id()}, view);
}

ViewChange Concluded(const std::string& patient_id, const v1::DrugTestConcluded& event) {
  View view;
  view.mutable_drug_test()->set_conclusion(event.reason());
  view.mutable_drug_test()->set_etag(EtagOf(event));
  return Patch({patient_id, event.drug_test_id()}, view);
}

ViewChange Signed(const std::string& patient_id, const v1::AgreementSigned& event) {
  View view;
  *view.mutable_treatment_agreement()->mutable_agreement() = event.agreement();
  view.mutable_treatment_agreement()->set_etag(EtagOf(event));
  return Put({patient_id, event.agreement().id()}, view);
}

ViewChange Ended(const std::string& patient_id, const v1::AgreementEnded& event) {
  View view;
  projection::v1::TreatmentAgreementView& agreement = *view.mutable_treatment_agreement();
  agreement.set_end(event.end());
  *agreement.mutable_ended() = event.ended();
  agreement.set_end_reason(event.reason());
  agreement.set_etag(EtagOf(event));
  return Patch({patient_id, event.agreement_id()}, view);
}

ViewChange Reviewed(const std::string& patient_id, const v1::PdmpReviewRecorded& event) {
  View view;
  *view.mutable_pdmp_review()->mutable_pdmp_review() = event.pdmp_review();
  view.mutable_pdmp_review()->set_etag(EtagOf(event));
  return Put({patient_id, event.pdmp_review().id()}, view);
}

ViewChange Offered(const std::string& patient_id, const v1::NaloxoneOffered& event) {
  View view;
  *view.mutable_naloxone_offer()->mutable_naloxone_offer() = event.naloxone_offer();
  view.mutable_naloxone_offer()->set_etag(EtagOf(event));
  return Put({patient_id, event.naloxone_offer().id()}, view);
}

ViewChange Reassessed(const std::string& patient_id, const v1::TherapyReassessed& event) {
  View view;
  *view.mutable_reassessment()->mutable_reassessment() = event.reassessment();
  view.mutable_reassessment()->set_etag(EtagOf(event));
  return Put({patient_id, event.reassessment().id()}, view);
}

// Entered in error: the view of its kind goes.
absl::StatusOr<std::vector<ViewChange>> Retracted(const std::string& patient_id,
                                                  const v1::StewardshipRetracted& event) {
  View view;
  const auto* field = View::descriptor()->FindFieldByName(event.kind());
  if (field == nullptr) return absl::DataLossError("a stewardship record of a kind that this release does not know");
  view.GetReflection()->MutableMessage(&view, field);
  return std::vector<ViewChange>{Remove({patient_id, event.record_id()}, view)};
}

}  // namespace

absl::StatusOr<std::vector<ViewChange>> ProjectStewardship(const std::string& patient_id,
                                                           const MedicationEvent& event) {
  switch (event.event_case()) {
    case MedicationEvent::kPdmpReviewRecorded:
      return {{Reviewed(patient_id, event.pdmp_review_recorded())}};
    case MedicationEvent::kAgreementSigned:
      return {{Signed(patient_id, event.agreement_signed())}};
    case MedicationEvent::kAgreementEnded:
      return {{Ended(patient_id, event.agreement_ended())}};
    case MedicationEvent::kDrugTestRecorded:
      return {{Tested(patient_id, event.drug_test_recorded())}};
    case MedicationEvent::kDrugTestConcluded:
      return {{Concluded(patient_id, event.drug_test_concluded())}};
    case MedicationEvent::kNaloxoneOffered:
      return {{Offered(patient_id, event.naloxone_offered())}};
    case MedicationEvent::kTherapyReassessed:
      return {{Reassessed(patient_id, event.therapy_reassessed())}};
    case MedicationEvent::kStewardshipRetracted:
      return Retracted(patient_id, event.stewardship_retracted());
    default:
      return absl::DataLossError("a medication event of a kind that this release does not know");
  }
}

}  // namespace anamnesis::medication
