#include "projection/change.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"

namespace anamnesis::projection {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const FieldDescriptor* SetField(const Message& message) {
  return message.GetReflection()->GetOneofFieldDescriptor(message, message.GetDescriptor()->oneof_decl(0));
}

v1::ViewChange Change(const ViewKey& key, const Message& view, v1::ChangeOperation operation) {
  v1::ViewChange change;
  change.set_subject_id(key.subject_id);
  change.set_view_id(key.view_id);
  if (const FieldDescriptor* kind = SetField(view)) change.set_kind(kind->name());
  change.set_operation(operation);
  if (operation != v1::CHANGE_OPERATION_REMOVE) view.SerializeToString(change.mutable_view());
  return change;
}

}  // namespace

v1::ViewChange Put(const ViewKey& key, const Message& view) {
  return Change(key, view, v1::CHANGE_OPERATION_PUT);
}

v1::ViewChange Patch(const ViewKey& key, const Message& view, std::initializer_list<std::string_view> replace) {
  v1::ViewChange change = Change(key, view, v1::CHANGE_OPERATION_PATCH);
  for (std::string_view path : replace) change.add_replace(std::string(path));
  return change;
}

v1::ViewChange Remove(const ViewKey& key, const Message& view) {
  return Change(key, view, v1::CHANGE_OPERATION_REMOVE);
}

v1::ViewChange Fail(std::string subject_id, std::string reason) {
  v1::ViewChange change;
  change.set_subject_id(std::move(subject_id));
  change.set_operation(v1::CHANGE_OPERATION_FAIL);
  change.set_reason(std::move(reason));
  return change;
}

v1::ViewChange Purge(std::string subject_id) {
  v1::ViewChange change;
  change.set_subject_id(std::move(subject_id));
  change.set_operation(v1::CHANGE_OPERATION_PURGE);
  return change;
}

std::string SubjectOf(std::string_view stream) {
  return std::string(stream.substr(stream.find('-') + 1));
}

absl::Status ParseEvent(const eventlog::Record& record, Message& event) {
  if (event.ParseFromString(record.payload) && SetField(event) != nullptr) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("the payload at position ", record.position, " is not an event of ",
                                          event.GetDescriptor()->full_name(), " that this program knows"));
}

}  // namespace anamnesis::projection
