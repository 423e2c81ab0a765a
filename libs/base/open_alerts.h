// Which warnings of the clinical rules are open: raised, and not acknowledged since. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "anamnesis/rpc/v1/alerts.pb.h"
#include "anamnesis/rpc/v1/command.pb.h"

namespace anamnesis {

using RuleIds = google::protobuf::RepeatedPtrField<std::string>;

// Alerts about a resource, as an event brought them; refers to the event.
struct Raised {
  std::string resource;  // `order/<id>`.
  const google::protobuf::RepeatedPtrField<rpc::v1::Alert>& alerts;
};

// The rules of the warnings that came without a reason of whoever gave the command, sorted, each once.
RuleIds Unacknowledged(const google::protobuf::RepeatedPtrField<rpc::v1::Alert>& alerts);

// Both sorted, each once: `rules` are open besides, and are open no longer.
void Open(const RuleIds& rules, RuleIds& open);
void Close(const RuleIds& rules, RuleIds& open);

// What is open after the steps up to the instant, and since when: the time of the first step that raised one of it.
struct OpenSince {
  RuleIds rules;
  int64_t micros = 0;  // 0 where nothing is open.
};
OpenSince OpenAt(const google::protobuf::RepeatedPtrField<rpc::v1::AlertStep>& steps, int64_t at_micros);

}  // namespace anamnesis
