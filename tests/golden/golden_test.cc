// Events of every release are readable for ever: for each event type there are stored bytes and what they say. A new
// event type fails until `ANAMNESIS_WRITE_GOLDEN=1 ctest -R golden_test` has written its files; files that exist are
// never written again.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "anamnesis/encounter/v1/events.pb.h"
#include "anamnesis/medication/v1/events.pb.h"
#include "anamnesis/patient/v1/events.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "tests/golden/fill.h"

namespace anamnesis::golden {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// A field of the `event` oneof of an envelope, of which each context has one.
struct EventType {
  const Message* envelope;
  const FieldDescriptor* field;
};

std::vector<EventType> EventTypes() {
  const Message* envelopes[] = {&patient::v1::PatientEvent::default_instance(),
                                &encounter::v1::EncounterEvent::default_instance(),
                                &medication::v1::MedicationEvent::default_instance()};
  std::vector<EventType> types;
  for (const Message* envelope : envelopes) {
    const google::protobuf::OneofDescriptor* events = envelope->GetDescriptor()->FindOneofByName("event");
    for (int i = 0; i < events->field_count(); ++i) types.push_back({envelope, events->field(i)});
  }
  return types;
}

std::filesystem::path DataDirectory() {
  const char* source = std::getenv("ANAMNESIS_SOURCE_DIR");
  return std::filesystem::path(source == nullptr ? "." : source) / "tests/golden/data";
}

std::filesystem::path File(const EventType& type, const char* ending) {
  return DataDirectory() / absl::StrCat(type.field->message_type()->full_name(), ".v1", ending);
}

std::string Read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void WriteMissing(const std::filesystem::path& path, const std::string& content) {
  if (std::filesystem::exists(path)) return;
  std::ofstream(path, std::ios::binary) << content;
}

std::string Serialized(const Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream sink(&bytes);
  google::protobuf::io::CodedOutputStream stream(&sink);
  stream.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&stream);
  stream.Trim();
  return bytes;
}

std::string Json(const Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  std::string json;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(message, &json, options).ok());
  return json;
}

class GoldenTest : public testing::TestWithParam<EventType> {
 protected:
  void SetUp() override {
    if (std::getenv("ANAMNESIS_WRITE_GOLDEN") == nullptr) return;
    const std::unique_ptr<Message> event = Empty();
    Fill(*event->GetReflection()->MutableMessage(event.get(), GetParam().field), GetParam().field->number());
    WriteMissing(File(GetParam(), ".bin"), Serialized(*event));
    WriteMissing(File(GetParam(), ".json"), Json(*event));
  }

  std::unique_ptr<Message> Empty() { return std::unique_ptr<Message>(GetParam().envelope->New()); }
};

TEST_P(GoldenTest, StoredBytesSayWhatTheyAlwaysSaid) {
  const std::string bytes = Read(File(GetParam(), ".bin"));
  const std::string json = Read(File(GetParam(), ".json"));
  ASSERT_FALSE(bytes.empty()) << "no golden file: see the top of this test";
  const std::unique_ptr<Message> event = Empty();
  ASSERT_TRUE(event->ParseFromString(bytes));
  ASSERT_TRUE(event->GetReflection()->HasField(*event, GetParam().field));
  EXPECT_EQ(Serialized(*event), bytes);

  const std::unique_ptr<Message> said = Empty();
  const auto parsed = google::protobuf::util::JsonStringToMessage(json, said.get());
  ASSERT_TRUE(parsed.ok()) << parsed.ToString();
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(*event, *said)) << event->DebugString();

  event->DiscardUnknownFields();
  EXPECT_EQ(Serialized(*event), bytes) << "a field of an older release is no longer known";
}

std::string NameOf(const testing::TestParamInfo<EventType>& info) {
  std::string name = info.param.field->message_type()->full_name();
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Events, GoldenTest, testing::ValuesIn(EventTypes()), NameOf);

TEST(GoldenFilesTest, NoneLacksItsType) {
  std::set<std::filesystem::path> expected;
  for (const EventType& type : EventTypes()) {
    for (const char* ending : {".bin", ".json"}) expected.insert(File(type, ending));
  }
  for (const auto& entry : std::filesystem::directory_iterator(DataDirectory())) {
    EXPECT_TRUE(expected.contains(entry.path())) << entry.path() << " has no event type: was one renamed or removed?";
  }
}

}  // namespace
}  // namespace anamnesis::golden
