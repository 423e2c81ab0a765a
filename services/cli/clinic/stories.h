// The stories of the simulated clinic: data in the program, ready to be sent.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/cli/clinic/story.pb.h"

namespace anamnesis::clinic {

// A story as it is written.
struct StoryFile {
  std::string name;
  std::string text;
};

// By name; made by CMake of stories/*.txtpb.
const std::vector<StoryFile>& StoryFiles();

// A story whose commands are whole: symbols are ids, times are those of the clinic, each has its context.
struct ReadyStory {
  std::string name;  // `back`, of the file 20-back.txtpb.
  Story story;
};

// INVALID_ARGUMENT says where and what is wrong.
absl::StatusOr<ReadyStory> ReadStory(const StoryFile& file);
// All of them, in the order in which they are played.
absl::StatusOr<std::vector<ReadyStory>> ReadStories();

// The command of a ready step: the service's name, and the request with its field in the service's oneof. The step must
// outlive it.
struct CommandOf {
  std::string service;  // `patient`
  const google::protobuf::Message* command;
  const google::protobuf::FieldDescriptor* field;  // `register_patient`
  const google::protobuf::Message* request;
};
CommandOf CommandIn(const Step& step);

}  // namespace anamnesis::clinic
