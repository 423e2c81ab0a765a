// Makes a message with every field set, to be stored once and read for ever.
#pragma once

#include "google/protobuf/message.h"

namespace anamnesis::golden {

// Sets every field of the message and of the messages in it, each scalar to another value. Of a oneof the members take
// turns, beginning with the `turn`-th; a list has items enough for all of them, and at least two.
void Fill(google::protobuf::Message& message, int turn);

}  // namespace anamnesis::golden
