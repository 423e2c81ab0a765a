#include "services/readmodel/worklist/opioid_work.h"

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <utility>

#include "base/clock.h"
#include "services/readmodel/views/view_kinds.h"

namespace anamnesis::readmodel {
namespace {

using chart::v1::WorkItem;
using google::protobuf::Timestamp;

constexpr int64_t kDay = int64_t{86'400} * 1'000'000;
constexpr int64_t kAlways = std::numeric_limits<int64_t>::max();
constexpr int64_t kUnknownBegin = std::numeric_limits<int64_t>::min();
constexpr int64_t kVeryLong = 10'000 * kDay;

// The limits of the table `opioid-safety`, and how long before it expires an agreement is to be renewed.
constexpr int64_t kAgreementAfterDays = 90, kAgreementNoticeDays = 30, kDrugTestDays = 365, kPdmpDays = 90;
constexpr int64_t kFirstReassessmentDays = 28, kReassessmentDays = 90;
// The rules whose limits a total may reach.
constexpr char kMuch[] = "mme-50", kVeryMuch[] = "mme-90";

// Whether an ingredient is of one of the classes.
bool IsOf(const projection::v1::OrderView& view, std::initializer_list<medication::v1::DrugClass> classes) {
  return std::ranges::any_of(view.doses(), [&](const medication::v1::IngredientDose& dose) {
    return std::ranges::find_first_of(dose.classes(), classes) != dose.classes().end();
  });
}

bool IsOpioid(const projection::v1::OrderView& view) {
  return IsOf(view, {medication::v1::DRUG_CLASS_OPIOID_FULL, medication::v1::DRUG_CLASS_OPIOID_PARTIAL,
                     medication::v1::DRUG_CLASS_OPIOID_MIXED});
}

}  // namespace

bool OpioidWork::Step::Reaches(const char* rule) const {
  return std::ranges::find(total.reached(), rule) != total.reached().end();
}

void OpioidWork::Add(const projection::v1::View& view) {
  using View = projection::v1::View;
  switch (view.view_case()) {
    case View::kOpioidTherapy:
      return AddTherapy(view.opioid_therapy());
    case View::kTreatmentAgreement:
      return AddAgreement(view.treatment_agreement());
    case View::kDrugTest:
      return AddDrugTest(view.drug_test());
    case View::kOrder:
      return AddOrder(view.order());
    case View::kPdmpReview: {
      const auto& review = view.pdmp_review().pdmp_review();
      return Note(pdmp_, review.has_reviewed(), review.reviewed(), "pdmp_review/" + review.id());
    }
    case View::kNaloxoneOffer: {
      const auto& offer = view.naloxone_offer().naloxone_offer();
      return Note(naloxone_, offer.has_offered(), offer.offered(), "naloxone_offer/" + offer.id());
    }
    case View::kReassessment: {
      const auto& reassessment = view.reassessment().reassessment();
      return Note(reassessment_, reassessment.has_reassessed(), reassessment.reassessed(),
                  "reassessment/" + reassessment.id());
    }
    default:
      return;
  }
}

void OpioidWork::AddTherapy(const projection::v1::OpioidTherapyView& therapy) {
  std::vector<Step> recorded;
  for (const medication::v1::DailyMmeTotal& total : therapy.daily_mme()) {
    recorded.push_back({total.has_from() ? ToMicros(total.from()) : kUnknownBegin, total});
  }
  std::ranges::stable_sort(recorded, {}, &Step::from_micros);
  for (size_t i = 0; i < recorded.size() && recorded[i].from_micros <= as_of_micros_; ++i) {
    steps_.push_back(recorded[i]);
    // What was to come holds until another total is recorded.
    const int64_t until = i + 1 < recorded.size() ? recorded[i + 1].from_micros : kAlways;
    for (const medication::v1::LaterMmeTotal& later : recorded[i].total.later()) {
      const int64_t from = ToMicros(later.from());
      if (from >= until || from > as_of_micros_) continue;
      medication::v1::DailyMmeTotal total;
      total.set_mme_per_day(later.mme_per_day());
      total.set_at_least(later.at_least());
      *total.mutable_reached() = later.reached();
      steps_.push_back({from, std::move(total)});
    }
  }
  std::ranges::stable_sort(steps_, {}, &Step::from_micros);  // With those of the person's other records.
}

void OpioidWork::AddAgreement(const projection::v1::TreatmentAgreementView& view) {
  const auto& agreement = view.agreement();
  if (agreement.has_signed_() && ToMicros(agreement.signed_()) > as_of_micros_) return;
  int64_t until = agreement.has_expires() ? ToMicros(agreement.expires()) : kAlways;
  if (view.has_ended()) until = std::min(until, ToMicros(view.ended()));
  if (until > as_of_micros_) agreed_until_ = std::max(agreed_until_.value_or(until), until);
}

void OpioidWork::AddDrugTest(const projection::v1::DrugTestView& view) {
  const std::string name = "drug_test/" + view.drug_test().id();
  Note(drug_test_, view.drug_test().has_collected(), view.drug_test().collected(), name);
  if (!view.findings().empty() && view.conclusion().empty()) unexpected_tests_.push_back(name);
}

void OpioidWork::AddOrder(const projection::v1::OrderView& view) {
  const bool has_time = view.order().has_authored_on();
  const int64_t since = has_time ? ToMicros(view.order().authored_on()) : kUnknownBegin;
  if (!IsActive(view) || since > as_of_micros_) return;
  // Of an order whose ingredients were not said it cannot be known.
  const bool may_be_opioid = view.doses().empty() || IsOpioid(view);
  if (!view.order().prescriber_id().empty() && may_be_opioid) prescribers_.push_back(view.order().prescriber_id());
  if (IsOpioid(view)) ordered_since_ = std::min(ordered_since_.value_or(since), since);
  const bool benzodiazepine = IsOf(view, {medication::v1::DRUG_CLASS_BENZODIAZEPINE});
  if (benzodiazepine || IsOf(view, {medication::v1::DRUG_CLASS_OTHER_CNS_DEPRESSANT})) {
    depressants_.push_back("order/" + view.order().id());
  }
  const bool asked =
      std::ranges::find(view.alerts(), "naloxone-missing", &rpc::v1::Alert::rule_id) != view.alerts().end();
  overdose_risk_ = overdose_risk_ || benzodiazepine || asked;
}

void OpioidWork::Note(Newest& newest, bool has_time, const Timestamp& time, const std::string& name) const {
  if (!has_time || ToMicros(time) > as_of_micros_) return;
  if (newest.micros.has_value() && *newest.micros > ToMicros(time)) return;
  newest = {ToMicros(time), name};
}

const OpioidWork::Step* OpioidWork::Now() const {
  return steps_.empty() ? nullptr : &steps_.back();
}

bool OpioidWork::TakesOpioids() const {
  return (Now() != nullptr && Now()->some()) || ordered_since_.has_value();
}

std::optional<int64_t> OpioidWork::Began() const {
  std::optional<int64_t> began;
  for (const Step& step : steps_) {
    if (!step.some()) began.reset();
    if (step.some() && !began.has_value()) began = step.from_micros;
  }
  return began.has_value() ? began : ordered_since_;
}

std::optional<int64_t> OpioidWork::AgreementDue() const {
  if (agreed_until_.has_value()) {
    if (*agreed_until_ == kAlways || *agreed_until_ - kAgreementNoticeDays * kDay > as_of_micros_) return std::nullopt;
    return *agreed_until_ - kAgreementNoticeDays * kDay;
  }
  const int64_t due = *Began() + kAgreementAfterDays * kDay;
  return due < as_of_micros_ ? std::optional<int64_t>(due) : std::nullopt;
}

std::optional<int64_t> OpioidWork::Overdue(const Newest& last, int64_t days) const {
  const int64_t due = last.micros.has_value() ? *last.micros + days * kDay : *Began();
  return due < as_of_micros_ || !last.micros.has_value() ? std::optional<int64_t>(due) : std::nullopt;
}

std::optional<int64_t> OpioidWork::ReassessmentDue() const {
  const bool since_begin = reassessment_.micros.has_value() && *reassessment_.micros >= *Began();
  const int64_t due =
      since_begin ? *reassessment_.micros + kReassessmentDays * kDay : *Began() + kFirstReassessmentDays * kDay;
  return due < as_of_micros_ ? std::optional<int64_t>(due) : std::nullopt;
}

bool OpioidWork::IsPrescribedBy(const std::string& practitioner_id) const {
  return std::ranges::find(prescribers_, practitioner_id) != prescribers_.end();
}

std::optional<WorkItem> OpioidWork::On(chart::v1::Worklist worklist) const {
  if (worklist == chart::v1::WORKLIST_UNEXPECTED_DRUG_TESTS) {
    if (unexpected_tests_.empty()) return std::nullopt;
    WorkItem item;
    item.mutable_about()->Assign(unexpected_tests_.begin(), unexpected_tests_.end());
    return item;
  }
  if (!TakesOpioids()) return std::nullopt;
  std::optional<int64_t> due;
  std::vector<std::string> about;
  bool listed = false;
  switch (worklist) {
    case chart::v1::WORKLIST_NALOXONE:
      listed = !naloxone_.micros.has_value() && (Reaches(kMuch) || overdose_risk_);
      break;
    case chart::v1::WORKLIST_OPIOID_WITH_DEPRESSANT:
      listed = ordered_since_.has_value() && !depressants_.empty();
      about = depressants_;
      break;
    case chart::v1::WORKLIST_AGREEMENTS:
      due = AgreementDue();
      listed = due.has_value();
      break;
    case chart::v1::WORKLIST_DRUG_TESTS:
      due = Overdue(drug_test_, kDrugTestDays);
      listed = due.has_value();
      if (drug_test_.micros.has_value()) about = {drug_test_.name};
      break;
    case chart::v1::WORKLIST_PDMP:
      due = Overdue(pdmp_, kPdmpDays);
      listed = due.has_value();
      if (pdmp_.micros.has_value()) about = {pdmp_.name};
      break;
    case chart::v1::WORKLIST_REASSESSMENTS:
      due = ReassessmentDue();
      listed = due.has_value();
      if (reassessment_.micros.has_value()) about = {reassessment_.name};
      break;
    case chart::v1::WORKLIST_MME_50:
      listed = Reaches(kMuch);
      break;
    case chart::v1::WORKLIST_MME_90:
      listed = Reaches(kVeryMuch);
      break;
    case chart::v1::WORKLIST_MME_UNKNOWN:
      listed = Now() != nullptr && Now()->total.at_least();
      break;
    default:
      break;
  }
  if (!listed) return std::nullopt;
  WorkItem item;
  // Counted from an unknown beginning it is due since nobody can say when.
  if (due.has_value() && *due > kUnknownBegin + kVeryLong) *item.mutable_due() = ToTimestamp(*due);
  if (Now() != nullptr) {
    item.set_mme_per_day(Now()->total.mme_per_day());
    item.set_mme_at_least(Now()->total.at_least());
  }
  item.mutable_about()->Assign(about.begin(), about.end());
  return item;
}

}  // namespace anamnesis::readmodel
