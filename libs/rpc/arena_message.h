// A message whose parts share one piece of memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>

#include "google/protobuf/arena.h"

namespace anamnesis::rpc {

// An empty message to decode `wire_bytes` into. Its parts are neither allocated nor freed one by one, and all of them
// live until the last pointer to it or, by aliasing, to one of them is dropped. To be read, not to be taken apart: what
// is moved out of it is copied.
template <class Message>
std::shared_ptr<Message> MakeOnArena(size_t wire_bytes) {
  struct Held {
    explicit Held(const google::protobuf::ArenaOptions& options) : arena(options) {}
    google::protobuf::Arena arena;
    Message* message = google::protobuf::Arena::CreateMessage<Message>(&arena);
  };
  constexpr size_t kSmallestBlock = 1 << 10;
  constexpr size_t kLargestBlock = 64 << 10;
  constexpr size_t kGrowth = 4;  // The first block, over the bytes on the wire; where it does not do, others follow.
  google::protobuf::ArenaOptions options;
  options.start_block_size = std::clamp(wire_bytes * kGrowth, kSmallestBlock, kLargestBlock);
  options.max_block_size = kLargestBlock;
  auto held = std::make_shared<Held>(options);
  return {held, held->message};
}

}  // namespace anamnesis::rpc
