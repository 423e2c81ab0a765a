// What the evolve*.cc files share: how an event changes the resources of one kind.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "google/protobuf/map.h"
#include "google/protobuf/message.h"

namespace anamnesis::encounter {

// A patient's resources of one kind, by id.
template <class Entry>
using Entries = google::protobuf::Map<std::string, Entry>;

inline absl::Status Missing(const google::protobuf::Message& event) {
  return absl::DataLossError(absl::StrCat(event.GetTypeName(), " is about something that was never recorded"));
}

// A new resource.
template <class Entry, class Event>
Entry& Add(Entries<Entry>* entries, const std::string& id, const Event& event) {
  Entry& entry = (*entries)[id];
  entry.set_revision(event.revision());
  return entry;
}

// The resource changed; DATA_LOSS where there is none.
template <class Entry, class Event>
absl::StatusOr<Entry*> Touch(Entries<Entry>* entries, const std::string& id, const Event& event) {
  const auto found = entries->find(id);
  if (found == entries->end()) return Missing(event);
  found->second.set_revision(event.revision());
  return &found->second;
}

template <class Entry, class Event>
absl::Status Retract(Entries<Entry>* entries, const std::string& id, const Event& event) {
  ASSIGN_OR_RETURN(Entry * entry, Touch(entries, id, event));
  entry->set_retracted(true);
  return absl::OkStatus();
}

}  // namespace anamnesis::encounter
