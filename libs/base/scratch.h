// A message that lives no longer than a block of code.
#pragma once

#include <cstddef>

#include "google/protobuf/arena.h"

namespace anamnesis {

// An empty message whose parts are neither allocated nor freed one by one: up to a few kilobytes stand on the stack. To
// be decoded into and read; what is moved out of it is copied.
template <class Message>
class Scratch {
 public:
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  Message& operator*() { return *message_; }
  Message* operator->() { return message_; }

 private:
  static constexpr size_t kOnStack = 4 << 10;

  alignas(std::max_align_t) char on_stack_[kOnStack];
  google::protobuf::Arena arena_{on_stack_, kOnStack};
  Message* const message_ = google::protobuf::Arena::CreateMessage<Message>(&arena_);
};

}  // namespace anamnesis
