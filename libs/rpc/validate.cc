#include "rpc/validate.h"

#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/refusal.h"
#include "base/uuid.h"
#include "google/protobuf/timestamp.pb.h"
#include "rpc/validate_plan.h"

namespace anamnesis::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;
using Violations = std::vector<google::rpc::BadRequest::FieldViolation>;

constexpr int64_t kFirstSecond = -3'786'825'600;  // 1850-01-01T00:00:00Z
constexpr int64_t kEndSecond = 7'289'654'400;     // 2201-01-01T00:00:00Z, no longer in 2200.

// Where in the message we are; written out only for a violation. A chain on the stack.
struct Path {
  const Path* parent;
  const FieldDescriptor* field;
  int index;  // -1: not an item of a repeated field.

  std::string Text() const {
    std::string text = parent != nullptr && parent->field != nullptr ? absl::StrCat(parent->Text(), ".") : "";
    absl::StrAppend(&text, field->name());
    if (index >= 0) absl::StrAppend(&text, "[", index, "]");
    return text;
  }
};

class Walk {
 public:
  explicit Walk(Violations& violations) : violations_(violations) {}

  void Visit(const MessagePlan& plan, const Message& message, const Path& path, int depth) {
    if (depth > kMaxDepth) return Violated(path, absl::StrCat("must not be nested deeper than ", kMaxDepth, " levels"));
    const Reflection& reflection = *message.GetReflection();
    for (const FieldPlan& field : plan.fields) {
      if (violations_.size() >= kMaxViolations) return;
      if (field.repeated) {
        VisitItems(field, message, reflection, path, depth);
      } else {
        VisitSingle(field, message, reflection, path, depth);
      }
    }
    for (const OneofPlan& oneof : plan.oneofs) {
      if (violations_.size() >= kMaxViolations) return;
      const FieldDescriptor* const member = reflection.GetOneofFieldDescriptor(message, oneof.oneof);
      if (member == nullptr) continue;
      VisitSingle(oneof.members[static_cast<size_t>(member->index_in_oneof())], message, reflection, path, depth);
    }
  }

 private:
  void Violated(const Path& path, std::string description) {
    if (violations_.size() >= kMaxViolations) return;
    auto& violation = violations_.emplace_back();
    violation.set_field(path.Text());
    violation.set_description(std::move(description));
  }

  void VisitItems(const FieldPlan& plan, const Message& message, const Reflection& reflection, const Path& parent,
                  int depth) {
    const int size = reflection.FieldSize(message, plan.field);
    const Path path{&parent, plan.field, -1};
    if (size == 0 && plan.required) return Violated(path, "must not be empty");
    if (static_cast<uint32_t>(size) > plan.max_items) {
      return Violated(path, absl::StrCat("must not have more than ", plan.max_items, " items"));
    }
    for (int i = 0; i < size; ++i) VisitItem(plan, message, reflection, Path{&parent, plan.field, i}, depth);
  }

  void VisitItem(const FieldPlan& plan, const Message& message, const Reflection& reflection, const Path& path,
                 int depth) {
    const FieldDescriptor* field = plan.field;
    const int i = path.index;
    std::string scratch;
    switch (plan.type) {
      case FieldDescriptor::CPPTYPE_STRING:
        return CheckText(plan, reflection.GetRepeatedStringReference(message, field, i, &scratch), path);
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return CheckMessage(plan, reflection.GetRepeatedMessage(message, field, i), path, depth);
      case FieldDescriptor::CPPTYPE_ENUM:
        return CheckEnum(plan, reflection.GetRepeatedEnumValue(message, field, i), path);
      case FieldDescriptor::CPPTYPE_INT32:
        return CheckNumber(plan, reflection.GetRepeatedInt32(message, field, i), path);
      case FieldDescriptor::CPPTYPE_INT64:
        return CheckNumber(plan, static_cast<double>(reflection.GetRepeatedInt64(message, field, i)), path);
      case FieldDescriptor::CPPTYPE_UINT32:
        return CheckNumber(plan, reflection.GetRepeatedUInt32(message, field, i), path);
      case FieldDescriptor::CPPTYPE_UINT64:
        return CheckNumber(plan, static_cast<double>(reflection.GetRepeatedUInt64(message, field, i)), path);
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return CheckNumber(plan, reflection.GetRepeatedDouble(message, field, i), path);
      case FieldDescriptor::CPPTYPE_FLOAT:
        return CheckNumber(plan, reflection.GetRepeatedFloat(message, field, i), path);
      case FieldDescriptor::CPPTYPE_BOOL:
        return;
    }
  }

  void VisitSingle(const FieldPlan& plan, const Message& message, const Reflection& reflection, const Path& parent,
                   int depth) {
    const FieldDescriptor* field = plan.field;
    const Path path{&parent, field, -1};
    // What cannot tell unset from empty or zero is empty or zero, and is checked as that.
    if (plan.has_presence && !reflection.HasField(message, field)) {
      if (plan.required) Violated(path, "must be set");
      return;
    }
    std::string scratch;
    switch (plan.type) {
      case FieldDescriptor::CPPTYPE_STRING:
        return CheckText(plan, reflection.GetStringReference(message, field, &scratch), path);
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return CheckMessage(plan, reflection.GetMessage(message, field), path, depth);
      case FieldDescriptor::CPPTYPE_ENUM:
        return CheckEnum(plan, reflection.GetEnumValue(message, field), path);
      case FieldDescriptor::CPPTYPE_INT32:
        return CheckNumber(plan, reflection.GetInt32(message, field), path);
      case FieldDescriptor::CPPTYPE_INT64:
        return CheckNumber(plan, static_cast<double>(reflection.GetInt64(message, field)), path);
      case FieldDescriptor::CPPTYPE_UINT32:
        return CheckNumber(plan, reflection.GetUInt32(message, field), path);
      case FieldDescriptor::CPPTYPE_UINT64:
        return CheckNumber(plan, static_cast<double>(reflection.GetUInt64(message, field)), path);
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return CheckNumber(plan, reflection.GetDouble(message, field), path);
      case FieldDescriptor::CPPTYPE_FLOAT:
        return CheckNumber(plan, reflection.GetFloat(message, field), path);
      case FieldDescriptor::CPPTYPE_BOOL:
        return;
    }
  }

  void CheckText(const FieldPlan& plan, const std::string& text, const Path& path) {
    if (text.size() > plan.max_bytes) {
      return Violated(path, absl::StrCat("must not be longer than ", plan.max_bytes, " bytes"));
    }
    if (text.empty()) {
      if (plan.required) Violated(path, "must be set");
      return;
    }
    if (plan.uuid && !IsUuid(text)) Violated(path, "must be a UUID in lower case");
  }

  void CheckMessage(const FieldPlan& plan, const Message& message, const Path& path, int depth) {
    if (!plan.message->is_timestamp) return Visit(*plan.message, message, path, depth + 1);
    const auto& timestamp = static_cast<const Timestamp&>(message);
    if (timestamp.nanos() < 0 || timestamp.nanos() > 999'999'999) {
      return Violated(path, "must have nanos from 0 to 999,999,999");
    }
    if (timestamp.seconds() < kFirstSecond || timestamp.seconds() >= kEndSecond) {
      Violated(path, "must be within the years 1850 to 2200");
    }
  }

  void CheckEnum(const FieldPlan& plan, int value, const Path& path) {
    if (value == 0) {
      if (plan.required) Violated(path, "must be set");
      return;
    }
    if (plan.field->enum_type()->FindValueByNumber(value) == nullptr) {
      Violated(path, "must be a value of the enumeration that is known here");
    }
  }

  void CheckNumber(const FieldPlan& plan, double value, const Path& path) {
    const bool unset = value == 0 && !plan.has_presence && !plan.repeated;
    if (unset && plan.required) return Violated(path, "must be set");
    if (!std::isfinite(value)) return Violated(path, "must be a finite number");
    if (plan.min.has_value() && value < *plan.min) {
      return Violated(path, absl::StrCat("must be at least ", *plan.min));
    }
    if (plan.max.has_value() && value > *plan.max) Violated(path, absl::StrCat("must be at most ", *plan.max));
  }

  Violations& violations_;
};

Violations Validate(const MessagePlan& plan, const Message& message) {
  Violations violations;
  Walk(violations).Visit(plan, message, Path{nullptr, nullptr, -1}, 0);
  return violations;
}

}  // namespace

Violations Validate(const Message& message) {
  return Validate(PlanOf(*message.GetDescriptor()), message);
}

absl::Status CheckFields(const MessagePlan& plan, const Message& message) {
  Violations violations = Validate(plan, message);
  if (violations.empty()) return absl::OkStatus();
  return Refuse(v1::INVALID_FIELDS, {.fields = std::move(violations)});
}

absl::Status CheckFields(const Message& message) {
  return CheckFields(PlanOf(*message.GetDescriptor()), message);
}

}  // namespace anamnesis::rpc
