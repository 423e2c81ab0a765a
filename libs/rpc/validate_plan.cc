#include "rpc/validate_plan.h"

#include <memory>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "anamnesis/rpc/v1/options.pb.h"
#include "base/mutex.h"
#include "rpc/fatal.h"
#include "rpc/validate.h"

namespace anamnesis::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::OneofDescriptor;

// Plans by type. They refer to each other and are never removed.
class PlanCache {
 public:
  const MessagePlan& Of(const Descriptor& type) {
    MutexLock lock(mutex_);
    return Make(type);
  }

 private:
  const MessagePlan& Make(const Descriptor& type) REQUIRES(mutex_) {
    std::unique_ptr<MessagePlan>& plan = plans_[&type];
    if (plan != nullptr) return *plan;
    plan = std::make_unique<MessagePlan>();  // Known before its fields are, so that a type may hold itself.
    MessagePlan& made = *plan;
    made.is_timestamp = type.full_name() == "google.protobuf.Timestamp";
    if (made.is_timestamp) return made;
    for (int i = 0; i < type.field_count(); ++i) {
      if (type.field(i)->real_containing_oneof() == nullptr) made.fields.push_back(PlanField(*type.field(i)));
    }
    for (int i = 0; i < type.real_oneof_decl_count(); ++i) made.oneofs.push_back(PlanOneof(*type.oneof_decl(i)));
    return made;
  }

  OneofPlan PlanOneof(const OneofDescriptor& oneof) REQUIRES(mutex_) {
    OneofPlan plan{.oneof = &oneof};
    for (int i = 0; i < oneof.field_count(); ++i) {
      plan.members.push_back(PlanField(*oneof.field(i)));
      if (plan.members.back().required)
        Die(absl::StrCat(oneof.field(i)->full_name(), " is one of several: not required"));
    }
    return plan;
  }

  FieldPlan PlanField(const FieldDescriptor& field) REQUIRES(mutex_) {
    const v1::FieldRule& rule = field.options().GetExtension(v1::rule);
    FieldPlan plan{};
    plan.field = &field;
    plan.type = field.cpp_type();
    plan.repeated = field.is_repeated();
    plan.has_presence = field.has_presence();
    plan.required = rule.required();
    plan.uuid = rule.uuid();
    const bool is_text = field.type() == FieldDescriptor::TYPE_STRING;
    plan.max_bytes = rule.max_bytes() > 0 ? rule.max_bytes() : is_text ? kDefaultMaxBytes : UINT32_MAX;
    plan.max_items = rule.max_items() > 0 ? rule.max_items() : kDefaultMaxItems;
    if (rule.has_min()) plan.min = rule.min();
    if (rule.has_max()) plan.max = rule.max();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) plan.message = &Make(*field.message_type());
    return plan;
  }

  Mutex mutex_;
  std::unordered_map<const Descriptor*, std::unique_ptr<MessagePlan>> plans_ GUARDED_BY(mutex_);
};

}  // namespace

const MessagePlan& PlanOf(const Descriptor& type) {
  static PlanCache& cache = *new PlanCache;
  return cache.Of(type);
}

}  // namespace anamnesis::rpc
