// Folding typed events into typed facts.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/scratch.h"
#include "base/status.h"
#include "feed/facts_store.h"

namespace anamnesis::feed {

// Stored facts as their message; DATA_LOSS where they are not that.
template <class Facts>
absl::StatusOr<Facts> ParseFacts(const std::string& stored) {
  Facts facts;
  if (!facts.ParseFromString(stored)) return absl::DataLossError("stored facts cannot be decoded");
  return facts;
}

// A fold whose facts are one message for all sources and whose events are those of one. `apply` is pure. Events that
// `concerns` is false for change no facts, which are then not looked at; null: any may. `erases` is true of those that
// erase what was known. An event of an unknown kind is FAILED_PRECONDITION: it may be what makes a prescription unsafe,
// so it is not passed over.
template <class Facts, class Event>
FactsStore::Fold FoldInto(void (*apply)(Facts&, const Event&), bool (*erases)(const Event&),
                          bool (*concerns)(const Event&) = nullptr) {
  using Change = FactsStore::Change;
  return [apply, erases, concerns](std::string& stored,
                                   const event::v1::EventEnvelope& envelope) -> absl::StatusOr<Change> {
    Scratch<Event> parsed;
    if (!parsed->ParseFromString(envelope.payload())) {
      return absl::DataLossError(
          absl::StrCat("the followed event at position ", envelope.position(), " cannot be decoded"));
    }
    const Event& event = *parsed;
    if (event.event_case() == Event::EVENT_NOT_SET) {
      return absl::FailedPreconditionError(
          absl::StrCat("the followed event at position ", envelope.position(), " is of a kind that this release does ",
                       "not know; it comes from a newer release: update this service too"));
    }
    if (concerns != nullptr && !concerns(event)) return Change::kNone;
    ASSIGN_OR_RETURN(Facts facts, ParseFacts<Facts>(stored));
    apply(facts, event);
    std::string next = facts.SerializeAsString();
    const bool changed = next != stored;
    stored = std::move(next);
    if (erases(event)) return Change::kErased;
    return changed ? Change::kChanged : Change::kNone;
  };
}

}  // namespace anamnesis::feed
