// The kinds of stewardship records: which field of a command, an event and a view is about which.
#pragma once

#include <string_view>

#include "anamnesis/medication/v1/state.pb.h"
#include "anamnesis/medication/v1/stewardship.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace anamnesis::medication {

// What every kind of stewardship record has: which kind it is, what its views are called, and when it happened.
template <class Record>
struct StewardshipTraits;

template <>
struct StewardshipTraits<v1::PdmpReview> {
  static constexpr v1::StewardshipKind kKind = v1::STEWARDSHIP_KIND_PDMP_REVIEW;
  static const google::protobuf::Timestamp& Time(const v1::PdmpReview& review) { return review.reviewed(); }
  static google::protobuf::Timestamp& Time(v1::PdmpReview& review) { return *review.mutable_reviewed(); }
  static bool HasTime(const v1::PdmpReview& review) { return review.has_reviewed(); }
};

template <>
struct StewardshipTraits<v1::TreatmentAgreement> {
  static constexpr v1::StewardshipKind kKind = v1::STEWARDSHIP_KIND_TREATMENT_AGREEMENT;
  static const google::protobuf::Timestamp& Time(const v1::TreatmentAgreement& agreement) {
    return agreement.signed_();
  }
  static google::protobuf::Timestamp& Time(v1::TreatmentAgreement& agreement) { return *agreement.mutable_signed_(); }
  static bool HasTime(const v1::TreatmentAgreement& agreement) { return agreement.has_signed_(); }
};

template <>
struct StewardshipTraits<v1::DrugTest> {
  static constexpr v1::StewardshipKind kKind = v1::STEWARDSHIP_KIND_DRUG_TEST;
  static const google::protobuf::Timestamp& Time(const v1::DrugTest& test) { return test.collected(); }
  static google::protobuf::Timestamp& Time(v1::DrugTest& test) { return *test.mutable_collected(); }
  static bool HasTime(const v1::DrugTest& test) { return test.has_collected(); }
};

template <>
struct StewardshipTraits<v1::NaloxoneOffer> {
  static constexpr v1::StewardshipKind kKind = v1::STEWARDSHIP_KIND_NALOXONE_OFFER;
  static const google::protobuf::Timestamp& Time(const v1::NaloxoneOffer& offer) { return offer.offered(); }
  static google::protobuf::Timestamp& Time(v1::NaloxoneOffer& offer) { return *offer.mutable_offered(); }
  static bool HasTime(const v1::NaloxoneOffer& offer) { return offer.has_offered(); }
};

template <>
struct StewardshipTraits<v1::Reassessment> {
  static constexpr v1::StewardshipKind kKind = v1::STEWARDSHIP_KIND_REASSESSMENT;
  static const google::protobuf::Timestamp& Time(const v1::Reassessment& reassessment) {
    return reassessment.reassessed();
  }
  static google::protobuf::Timestamp& Time(v1::Reassessment& reassessment) {
    return *reassessment.mutable_reassessed();
  }
  static bool HasTime(const v1::Reassessment& reassessment) { return reassessment.has_reassessed(); }
};

// What the views of a kind are called, which is also what its records are called in alerts: `pdmp_review`.
constexpr std::string_view NameOf(v1::StewardshipKind kind) {
  switch (kind) {
    case v1::STEWARDSHIP_KIND_PDMP_REVIEW:
      return "pdmp_review";
    case v1::STEWARDSHIP_KIND_TREATMENT_AGREEMENT:
      return "treatment_agreement";
    case v1::STEWARDSHIP_KIND_DRUG_TEST:
      return "drug_test";
    case v1::STEWARDSHIP_KIND_NALOXONE_OFFER:
      return "naloxone_offer";
    case v1::STEWARDSHIP_KIND_REASSESSMENT:
      return "reassessment";
    default:
      return "";
  }
}

}  // namespace anamnesis::medication
