// How a projection says what becomes of a view. The view is a message whose only oneof holds one field per kind of view
// (anamnesis.projection.v1.View); the set field's name is the kind, so a kind cannot be misspelt.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "anamnesis/projection/v1/projection_service.pb.h"
#include "eventlog/record.h"
#include "google/protobuf/message.h"

namespace anamnesis::projection {

// Whose view of which resource; with the kind it is the view's key.
struct ViewKey {
  std::string subject_id;  // A UUID: the patient, practitioner or organization.
  std::string view_id;     // A UUID: the resource.
};

// The view becomes `view`.
v1::ViewChange Put(const ViewKey& key, const google::protobuf::Message& view);

// The fields named in `replace` (dotted paths below the kind's message) are cleared, then `view` is merged in: scalars
// overwrite, lists append. A field that the event sets must be named where it may be empty, zero or a list to be
// replaced.
v1::ViewChange Patch(const ViewKey& key, const google::protobuf::Message& view,
                     std::initializer_list<std::string_view> replace = {});

// The view is no longer there; of `view` only the kind counts.
v1::ViewChange Remove(const ViewKey& key, const google::protobuf::Message& view);

// The event cannot be told in views. `reason` holds nothing of what it says.
v1::ViewChange Fail(std::string subject_id, std::string reason);

// Nothing of the subject is there any more, nor ever was.
v1::ViewChange Purge(std::string subject_id);

// What stands behind the first dash of a stream's name: the UUID of `patient-<uuid>`.
std::string SubjectOf(std::string_view stream);

// Parses the record's payload into `event`, a message whose only oneof holds the event. DATA_LOSS where the bytes are
// not one, or hold an event that this program does not know.
absl::Status ParseEvent(const eventlog::Record& record, google::protobuf::Message& event);

}  // namespace anamnesis::projection
