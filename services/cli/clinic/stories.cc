#include "services/cli/clinic/stories.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/timestamp.pb.h>

#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "anamnesis/rpc/v1/command.pb.h"
#include "base/status.h"
#include "base/uuid.h"

namespace anamnesis::clinic {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;

// The clinic's first day, a Monday. Both tables of MME are in force by then.
constexpr absl::CivilDay kFirstDay(2023, 1, 2);
constexpr int64_t kSecondsOfDay = 86'400;
constexpr size_t kMaxNameBytes = 40;

struct System {
  std::string_view symbol;
  const char* uri;
};
constexpr std::array kSystems = {
    System{"@rxnorm",  "http://www.nlm.nih.gov/research/umls/rxnorm"},
    System{"@snomed",  "http://snomed.info/sct"                     },
    System{"@loinc",   "http://loinc.org"                           },
    System{"@icd10cm", "http://hl7.org/fhir/sid/icd-10-cm"          }
};

std::string Meaning(const std::string& text) {
  if (const size_t slash = text.find("/@"); slash != std::string::npos && text.find_first_of("@ ") == slash + 1) {
    return text.substr(0, slash + 1) + Meaning(text.substr(slash + 1));  // `order/@tom/oxycodone`
  }
  if (!text.starts_with('@')) return text;
  for (const System& system : kSystems) {
    if (text == system.symbol) return system.uri;
  }
  return SourceUuid("urn:anamnesis:simulated-clinic", "symbol", text);
}

// Symbols become what they stand for, and times count from `base`.
void Resolve(Message& message, int64_t base) {
  if (message.GetDescriptor() == Timestamp::descriptor()) {
    auto& time = static_cast<Timestamp&>(message);
    time.set_seconds(base + time.seconds());
    return;
  }
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 0;
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (!field->is_repeated()) Resolve(*reflection.MutableMessage(&message, field), base);
      for (int i = 0; i < count; ++i) Resolve(*reflection.MutableRepeatedMessage(&message, field, i), base);
    } else if (field->type() == FieldDescriptor::TYPE_STRING) {
      if (!field->is_repeated()) {
        reflection.SetString(&message, field, Meaning(reflection.GetString(message, field)));
      }
      for (int i = 0; i < count; ++i) {
        reflection.SetRepeatedString(&message, field, i, Meaning(reflection.GetRepeatedString(message, field, i)));
      }
    }
  }
}

// The part of a message's oneof `command` that is set; null where none is.
const FieldDescriptor* Chosen(const Message& message) {
  return message.GetReflection()->GetOneofFieldDescriptor(message, message.GetDescriptor()->FindOneofByName("command"));
}

Message& Mutable(Message& message, const FieldDescriptor& field) {
  return *message.GetReflection()->MutableMessage(&message, &field);
}

// Seconds of the day; nothing where the text is no time.
std::optional<int64_t> SecondsOf(const std::string& text) {
  absl::Time time;
  if (!absl::ParseTime("%H:%M", text, &time, nullptr)) return std::nullopt;
  return (absl::ToUnixSeconds(time) % kSecondsOfDay + kSecondsOfDay) % kSecondsOfDay;
}

// When the step before was.
struct Moment {
  int32_t day = 0;
  int64_t seconds = 0;
};

// INVALID_ARGUMENT where it is not whole.
absl::Status MakeReady(const std::string& story_name, const Story& story, Moment& moment, Step& step) {
  if (step.has_day()) moment.day = step.day();
  if (!step.time().empty()) {
    const std::optional<int64_t> seconds = SecondsOf(step.time());
    if (!seconds) return absl::InvalidArgumentError("the time is none like 09:30");
    moment.seconds = *seconds;
  }
  if (step.actor().empty()) step.set_actor(story.actor());
  if (step.roles().empty()) *step.mutable_roles() = story.roles();
  const FieldDescriptor* const service = Chosen(step);
  if (service == nullptr) return absl::InvalidArgumentError("there is no command");
  Message& command = Mutable(step, *service);
  const FieldDescriptor* const field = Chosen(command);
  if (field == nullptr) return absl::InvalidArgumentError("the command is empty");
  Message& request = Mutable(command, *field);
  const FieldDescriptor* const patient = request.GetDescriptor()->FindFieldByName("patient_id");
  if (patient != nullptr && request.GetReflection()->GetString(request, patient).empty()) {
    request.GetReflection()->SetString(&request, patient, story.patient_id());
  }
  const int64_t base = (kFirstDay - absl::CivilDay(1970, 1, 1) + moment.day) * kSecondsOfDay + moment.seconds;
  Resolve(request, base);
  auto& context =
      static_cast<rpc::v1::CommandContext&>(Mutable(request, *request.GetDescriptor()->FindFieldByName("context")));
  context.set_request_id(absl::StrCat("clinic/", story_name, "/", step.name()));
  if (!context.has_effective_time()) context.mutable_effective_time()->set_seconds(base);
  return absl::OkStatus();
}

// `20-back.txtpb` is `back`.
std::string NameOf(const std::string& file) {
  const size_t begin = file.find('-') + 1;
  return file.substr(begin, file.find('.') - begin);
}

// Keeps the first complaint of the parser.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (text_.empty()) text_ = absl::StrCat("line ", line + 1, ", column ", column + 1, ": ", message);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace

absl::StatusOr<ReadyStory> ReadStory(const StoryFile& file) {
  ReadyStory ready{.name = NameOf(file.name)};
  FirstError error;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  if (!parser.ParseFromString(file.text, &ready.story)) {
    return absl::InvalidArgumentError(absl::StrCat(file.name, ", ", error.text()));
  }
  if (ready.story.steps().empty() || !ready.story.steps().rbegin()->refused().empty()) {
    return absl::InvalidArgumentError(absl::StrCat(file.name, ": the last step must be one that is accepted"));
  }
  std::set<std::string> names;
  Moment moment;
  for (Step& step : *ready.story.mutable_steps()) {
    absl::Status status = MakeReady(ready.name, ready.story, moment, step);
    if (step.name().empty() || step.name().size() > kMaxNameBytes || !names.insert(step.name()).second) {
      status = absl::InvalidArgumentError("the name is empty, too long, or that of another step");
    }
    if (status.ok()) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(file.name, ", step `", step.name(), "`: ", std::string(status.message())));
  }
  return ready;
}

absl::StatusOr<std::vector<ReadyStory>> ReadStories() {
  std::vector<ReadyStory> stories;
  for (const StoryFile& file : StoryFiles()) {
    ASSIGN_OR_RETURN(ReadyStory story, ReadStory(file));
    stories.push_back(std::move(story));
  }
  return stories;
}

CommandOf CommandIn(const Step& step) {
  const FieldDescriptor* const service = Chosen(step);
  const Message& command = step.GetReflection()->GetMessage(step, service);
  const FieldDescriptor* const field = Chosen(command);
  return {service->name(), &command, field, &command.GetReflection()->GetMessage(command, field)};
}

}  // namespace anamnesis::clinic
