#include "services/readmodel/views/merge_view.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "anamnesis/projection/v1/views.pb.h"
#include "base/scratch.h"
#include "base/status.h"
#include "google/protobuf/descriptor.h"
#include "services/readmodel/views/view_kinds.h"

namespace anamnesis::readmodel {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Clears the field at the end of the path, without making messages on the way.
absl::Status ClearPath(Message* message, const std::string& path) {
  const std::vector<std::string> names = absl::StrSplit(path, '.');
  const google::protobuf::Descriptor* type = message->GetDescriptor();
  for (size_t i = 0; i < names.size(); ++i) {
    const FieldDescriptor* field = type->FindFieldByName(names[i]);
    const bool last = i + 1 == names.size();
    if (field == nullptr || (!last && (field->message_type() == nullptr || field->is_repeated()))) {
      return absl::InvalidArgumentError(absl::StrCat("there is no field at the path ", path));
    }
    if (message == nullptr) {
      type = field->message_type();
      continue;  // Nothing is set there; the rest of the path is only checked.
    }
    const google::protobuf::Reflection* reflection = message->GetReflection();
    if (last) {
      reflection->ClearField(message, field);
    } else {
      type = field->message_type();
      message = reflection->HasField(*message, field) ? reflection->MutableMessage(message, field) : nullptr;
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> MergeView(std::string_view kind, std::string_view view, std::string_view patch,
                                      const google::protobuf::RepeatedPtrField<std::string>& replace) {
  Scratch<projection::v1::View> merged, change;
  if (!view.empty()) RETURN_IF_ERROR(ParseViewInto(kind, view, *merged));
  RETURN_IF_ERROR(ParseViewInto(kind, patch, *change));
  const FieldDescriptor* field = merged->GetDescriptor()->FindFieldByName(std::string(kind));
  Message* body = merged->GetReflection()->MutableMessage(&*merged, field);
  for (const std::string& path : replace) RETURN_IF_ERROR(ClearPath(body, path));
  merged->MergeFrom(*change);
  return merged->SerializeAsString();
}

}  // namespace anamnesis::readmodel
