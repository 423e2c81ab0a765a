#include "tests/golden/fill.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/timestamp.pb.h"

namespace anamnesis::golden {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;
using google::protobuf::Reflection;

constexpr int kItems = 2;
constexpr int kMostNested = 12;  // A type may hold itself.

// The items that a list gets: at least as many as there are members of any oneof in an item, so that each has its turn.
int ItemsOf(const Descriptor* type, std::set<const Descriptor*>& seen) {
  if (type == nullptr || !seen.insert(type).second) return kItems;
  int items = kItems;
  for (int i = 0; i < type->real_oneof_decl_count(); ++i) items = std::max(items, type->oneof_decl(i)->field_count());
  for (int i = 0; i < type->field_count(); ++i) items = std::max(items, ItemsOf(type->field(i)->message_type(), seen));
  return items;
}

int ItemsOf(const FieldDescriptor& field) {
  std::set<const Descriptor*> seen;
  return field.is_repeated() ? ItemsOf(field.message_type(), seen) : 1;
}

class Filler {
 public:
  explicit Filler(int turn) : first_turn_(turn) {}

  void Fill(Message& message) {
    if (nested_ == kMostNested) return;
    ++nested_;
    if (message.GetDescriptor() == google::protobuf::Timestamp::descriptor()) {
      FillTimestamp(static_cast<google::protobuf::Timestamp&>(message));
    } else {
      FillFields(message);
    }
    --nested_;
  }

 private:
  void FillTimestamp(google::protobuf::Timestamp& timestamp) {
    timestamp.set_seconds(1'700'000'000 + Next());
    timestamp.set_nanos(123'456'000);
  }

  void FillFields(Message& message) {
    const Descriptor& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (field.real_containing_oneof() != nullptr && !HasTurn(field)) continue;
      const int items = ItemsOf(field);
      for (int item = 0; item < items; ++item) Set(message, field);
    }
    for (int i = 0; i < type.real_oneof_decl_count(); ++i) ++turns_[type.oneof_decl(i)];
  }

  bool HasTurn(const FieldDescriptor& field) {
    const OneofDescriptor* oneof = field.real_containing_oneof();
    return field.index_in_oneof() == (first_turn_ + turns_[oneof]) % oneof->field_count();
  }

  void Set(Message& message, const FieldDescriptor& field) {
    const Reflection& reflection = *message.GetReflection();
    const auto set = [&](auto add, auto set_one, auto value) {
      field.is_repeated() ? (reflection.*add)(&message, &field, value) : (reflection.*set_one)(&message, &field, value);
    };
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return set(&Reflection::AddInt32, &Reflection::SetInt32, Next());
      case FieldDescriptor::CPPTYPE_INT64:
        return set(&Reflection::AddInt64, &Reflection::SetInt64, Next());
      case FieldDescriptor::CPPTYPE_UINT32:
        return set(&Reflection::AddUInt32, &Reflection::SetUInt32, Next());
      case FieldDescriptor::CPPTYPE_UINT64:
        return set(&Reflection::AddUInt64, &Reflection::SetUInt64, Next());
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return set(&Reflection::AddDouble, &Reflection::SetDouble, Next() + 0.5);
      case FieldDescriptor::CPPTYPE_FLOAT:
        return set(&Reflection::AddFloat, &Reflection::SetFloat, static_cast<float>(Next()) + 0.5F);
      case FieldDescriptor::CPPTYPE_BOOL:
        return set(&Reflection::AddBool, &Reflection::SetBool, true);
      case FieldDescriptor::CPPTYPE_STRING:
        return set(&Reflection::AddString, &Reflection::SetString, absl::StrCat(field.name(), " ", Next()));
      case FieldDescriptor::CPPTYPE_ENUM:
        return set(&Reflection::AddEnum, &Reflection::SetEnum, AnyValue(field));
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Fill(field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                        : *reflection.MutableMessage(&message, &field));
    }
  }

  // Never the zero value: that would not be stored.
  const EnumValueDescriptor* AnyValue(const FieldDescriptor& field) {
    return field.enum_type()->value(1 + Next() % (field.enum_type()->value_count() - 1));
  }

  int Next() { return ++last_; }

  const int first_turn_;
  int last_ = 0;
  int nested_ = 0;
  std::map<const OneofDescriptor*, int> turns_;
};

}  // namespace

void Fill(Message& message, int turn) {
  Filler(turn).Fill(message);
}

}  // namespace anamnesis::golden
