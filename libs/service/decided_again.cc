#include "service/decided_again.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <tuple>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/refusal.h"
#include "decider/command.h"

namespace anamnesis::service {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;
using Path = std::vector<MessageDifferencer::SpecificField>;

// The rules that stop what nobody overrode.
std::vector<std::string> StoppedBy(const absl::Status& refusal) {
  std::vector<std::string> rules;
  const google::rpc::Status status = ToRpcStatus(refusal);
  for (const google::protobuf::Any& detail : status.details()) {
    google::rpc::PreconditionFailure failure;
    if (!detail.UnpackTo(&failure)) continue;
    for (const auto& violation : failure.violations()) rules.push_back(violation.type());
  }
  return rules;
}

using Said = std::vector<std::tuple<std::string, int, std::string>>;

template <class Alerts>
Said WhatIsSaid(const Alerts& alerts) {
  Said said;
  for (const rpc::v1::Alert& alert : alerts) {
    said.emplace_back(alert.rule_id(), alert.severity(), alert.override_reason());
  }
  std::ranges::sort(said);
  return said;
}

// What is compared by itself, or says only by which tables it was decided.
class AlertsAndVersions final : public MessageDifferencer::IgnoreCriteria {
 public:
  bool IsIgnored(const Message&, const Message&, const FieldDescriptor* field, const Path&) override {
    return field->name() == "alerts" || field->name() == "decided_by" || field->name() == "table_version";
  }
};

// The names of what differs: `standing.eligible`, without the event's own.
class ChangedFields final : public MessageDifferencer::Reporter {
 public:
  void ReportAdded(const Message&, const Message&, const Path& path) override { Add(path); }
  void ReportDeleted(const Message&, const Message&, const Path& path) override { Add(path); }
  void ReportModified(const Message&, const Message&, const Path& path) override {
    // What differs in a message is reported by itself.
    if (path.back().field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) Add(path);
  }

  const std::set<std::string>& names() const { return names_; }

 private:
  void Add(const Path& path) {
    std::string name;
    for (size_t i = 1; i < path.size(); ++i) absl::StrAppend(&name, i == 1 ? "" : ".", path[i].field->name());
    if (!name.empty()) names_.insert(name);
  }

  std::set<std::string> names_;
};

std::set<std::string> ChangedBetween(const Message& recorded, const Message& event) {
  MessageDifferencer differencer;
  differencer.AddIgnoreCriteria(new AlertsAndVersions);  // Owned by it.
  ChangedFields changed;
  differencer.ReportDifferencesTo(&changed);
  differencer.Compare(recorded, event);
  return changed.names();
}

}  // namespace

std::vector<rpc::v1::Alert> AlertsOf(const Message& event) {
  std::vector<rpc::v1::Alert> alerts;
  const Message* const member = decider::SetMember(event);
  const FieldDescriptor* const field = member->GetDescriptor()->FindFieldByName("alerts");
  if (field == nullptr) return alerts;
  for (int i = 0; i < member->GetReflection()->FieldSize(*member, field); ++i) {
    alerts.push_back(
        static_cast<const rpc::v1::Alert&>(member->GetReflection()->GetRepeatedMessage(*member, field, i)));
  }
  return alerts;
}

std::string RefusalOf(const Message& event) {
  const Message* const member = decider::SetMember(event);
  const FieldDescriptor* const field = member->GetDescriptor()->FindFieldByName("refusal");
  return field == nullptr ? "" : member->GetReflection()->GetString(*member, field);
}

audit::v1::DecidedAgain Compared(const Message& recorded, const absl::Status& refusal,
                                 const std::vector<rpc::v1::Alert>& alerts, const Message* event) {
  audit::v1::DecidedAgain again;
  if (!refusal.ok()) {
    again.set_refusal(RefusalInfo(refusal).reason());
    for (const std::string& rule : StoppedBy(refusal)) again.add_stopped_by(rule);
  }
  again.mutable_alerts()->Assign(alerts.begin(), alerts.end());
  if (event == nullptr) return again;
  again.set_same(MessageDifferencer::Equals(*event, recorded));
  for (const std::string& field : ChangedBetween(recorded, *event)) again.add_changed(field);
  return again;
}

bool Differs(const Message& recorded, const audit::v1::DecidedAgain& again) {
  return again.refusal() != RefusalOf(recorded) || again.changed_size() > 0 ||
         WhatIsSaid(AlertsOf(recorded)) != WhatIsSaid(again.alerts());
}

}  // namespace anamnesis::service
