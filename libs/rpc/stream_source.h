// What a server-streaming handler gives: a source that is pulled as fast as the caller reads.
#pragma once

#include <functional>
#include <variant>

#include "absl/status/statusor.h"

namespace anamnesis::rpc {

// Nothing to send now.
struct Pending {};
// Nothing more to send, ever: the call ends with OK.
struct End {};

// Pulled by one thread at a time, not always the same one. Owned by the call and destroyed when it ends for whatever
// reason: cancelled, past its deadline, drained or done.
template <class Response>
class StreamSource {
 public:
  using Step = std::variant<Response, Pending, End>;

  virtual ~StreamSource() = default;

  // The next message. Must not wait; an error ends the call with it.
  virtual absl::StatusOr<Step> Next() = 0;

  // Called after Next gave Pending. The source calls `wake` once, when Next has something else to give: at once, where
  // it already has, or later from any thread. `wake` is cheap and may be called even after the source is destroyed.
  virtual void WhenReady(std::function<void()> wake) = 0;
};

}  // namespace anamnesis::rpc
