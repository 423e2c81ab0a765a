// Views that are put or removed as a whole.
#pragma once

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "anamnesis/projection/v1/views.pb.h"

namespace anamnesis::encounter {

using projection::v1::View;

// A view with the whole resource. `kind` makes the view's member, `field` the part of it that holds the resource.
template <class Kind, class Resource>
View Whole(const Resource& resource, uint64_t revision, Kind* (View::*kind)(), Resource* (Kind::*field)()) {
  View view;
  Kind& member = *(view.*kind)();
  *(member.*field)() = resource;
  member.set_etag(absl::StrCat(revision));
  return view;
}

// A view of the kind with nothing in it.
template <class Kind>
View Only(Kind* (View::*kind)()) {
  View view;
  (view.*kind)();
  return view;
}

}  // namespace anamnesis::encounter
