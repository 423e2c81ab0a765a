#include "services/readmodel/worklist/view_work.h"

#include "base/clock.h"
#include "base/open_alerts.h"
#include "services/readmodel/views/warned.h"

namespace anamnesis::readmodel {
namespace {

using google::protobuf::Timestamp;
using projection::v1::View;

std::optional<int64_t> Micros(bool present, const Timestamp& time) {
  return present ? std::optional<int64_t>(ToMicros(time)) : std::nullopt;
}

bool IsOf(const std::string& practitioner_id, const std::string& wanted) {
  return wanted.empty() || practitioner_id == wanted;
}

std::optional<ViewWork> UnsignedNote(const View& view, const std::string& practitioner_id) {
  const encounter::v1::Note& note = view.note().note();
  if (!view.has_note() || note.status() != encounter::v1::NOTE_STATUS_DRAFT) return std::nullopt;
  if (!IsOf(note.content().author_id(), practitioner_id)) return std::nullopt;
  return ViewWork{.due_micros = std::nullopt, .about = "note/" + note.id()};
}

// Nobody of ours answers before it was received.
std::optional<ViewWork> ReferralIn(const View& view) {
  const patient::v1::ReferralIn& referral = view.referral_in().referral_in();
  const bool open = referral.status() == patient::v1::REFERRAL_STATUS_UNSPECIFIED ||
                    referral.status() == patient::v1::REFERRAL_STATUS_RECEIVED;
  if (!view.has_referral_in() || !open) return std::nullopt;
  return ViewWork{.due_micros = Micros(referral.has_received_time(), referral.received_time()),
                  .about = "referral_in/" + referral.id()};
}

std::optional<ViewWork> OutgoingReferral(const View& view, const std::string& practitioner_id) {
  const encounter::v1::OutgoingReferral& referral = view.outgoing_referral().referral();
  if (!view.has_outgoing_referral() || referral.status() != encounter::v1::REFERRAL_STATUS_SENT) return std::nullopt;
  if (!IsOf(referral.referrer_id(), practitioner_id)) return std::nullopt;
  const std::optional<int64_t> due = referral.has_answer_due_time()
                                         ? Micros(true, referral.answer_due_time())
                                         : Micros(referral.has_sent_time(), referral.sent_time());
  return ViewWork{.due_micros = due, .about = "outgoing_referral/" + referral.id()};
}

std::optional<ViewWork> OutcomeReport(const View& view, const std::string& practitioner_id) {
  const encounter::v1::Intervention& intervention = view.intervention().intervention();
  if (!view.has_intervention() || !view.intervention().has_outcome_due()) return std::nullopt;
  if (!IsOf(intervention.performance().performer_id(), practitioner_id)) return std::nullopt;
  return ViewWork{.due_micros = ToMicros(view.intervention().outcome_due()),
                  .about = "intervention/" + intervention.id()};
}

std::optional<ViewWork> PumpRefill(const View& view, const std::string& practitioner_id) {
  const medication::v1::PumpProgramme& programme = view.pump().programme();
  if (!view.has_pump() || view.pump().has_ended() || !view.pump().has_refill_due()) return std::nullopt;
  if (!IsOf(programme.practitioner_id(), practitioner_id)) return std::nullopt;
  return ViewWork{.due_micros = ToMicros(view.pump().refill_due().due()), .about = "pump/" + programme.id()};
}

// Due since it was raised.
std::optional<ViewWork> OpenAlerts(const View& view, int64_t as_of_micros, const std::string& practitioner_id) {
  const auto warned = WarnedOf(view);
  if (!warned.has_value() || !IsOf(warned->practitioner_id, practitioner_id)) return std::nullopt;
  const OpenSince open = OpenAt(warned->steps, as_of_micros);
  if (open.rules.empty()) return std::nullopt;
  return ViewWork{.due_micros = open.micros, .about = warned->name};
}

std::optional<ViewWork> Find(chart::v1::Worklist worklist, const View& view, int64_t as_of_micros,
                             const std::string& practitioner_id) {
  switch (worklist) {
    case chart::v1::WORKLIST_UNSIGNED_NOTES:
      return UnsignedNote(view, practitioner_id);
    case chart::v1::WORKLIST_REFERRALS_IN:
      return ReferralIn(view);
    case chart::v1::WORKLIST_REFERRALS_OUT:
      return OutgoingReferral(view, practitioner_id);
    case chart::v1::WORKLIST_OUTCOME_REPORTS:
      return OutcomeReport(view, practitioner_id);
    case chart::v1::WORKLIST_PUMP_REFILLS:
      return PumpRefill(view, practitioner_id);
    case chart::v1::WORKLIST_OPEN_ALERTS:
      return OpenAlerts(view, as_of_micros, practitioner_id);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<ViewWork> WorkOf(chart::v1::Worklist worklist, const View& view, int64_t as_of_micros,
                               const std::string& practitioner_id) {
  std::optional<ViewWork> work = Find(worklist, view, as_of_micros, practitioner_id);
  if (work.has_value() && work->due_micros.has_value() && *work->due_micros > as_of_micros) return std::nullopt;
  return work;
}

}  // namespace anamnesis::readmodel
