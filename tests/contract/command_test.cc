// Every command is called, guarded and streamed in the same way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "anamnesis/rpc/v1/options.pb.h"
#include "tests/contract/contract.h"

namespace anamnesis::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::OneofDescriptor;
using google::protobuf::ServiceDescriptor;

// `anamnesis.patient.v1.Patient` for PatientService.
std::string Prefix(const ServiceDescriptor& service) {
  return service.full_name().substr(0, service.full_name().size() - std::string("Service").size());
}

// The only oneof of the message with this name; nullptr if there is none.
const OneofDescriptor* OnlyOneof(const ServiceDescriptor& service, const std::string& message_name) {
  const Descriptor* message = service.file()->pool()->FindMessageTypeByName(message_name);
  return message == nullptr || message->real_oneof_decl_count() != 1 ? nullptr : message->oneof_decl(0);
}

// The members of a oneof, as `name: type`.
std::set<std::string> Members(const OneofDescriptor& oneof) {
  std::set<std::string> members;
  for (int i = 0; i < oneof.field_count(); ++i) {
    members.insert(absl::StrCat(oneof.field(i)->name(), ": ", oneof.field(i)->message_type()->full_name()));
  }
  return members;
}

TEST(PermissionTest, EveryMethodNeedsOne) {
  ASSERT_FALSE(Methods().empty());
  for (const MethodDescriptor* method : Methods()) {
    const std::string& permission = method->options().GetExtension(rpc::v1::permission);
    EXPECT_THAT(permission, testing::MatchesRegex("[a-z]+\\.[a-z]+")) << method->full_name();
  }
}

TEST(PermissionTest, ACommandNeedsToWriteInItsContextAndWhatConcernsEverybodyNeedsMore) {
  for (const MethodDescriptor* command : Commands()) {
    const bool erases = command->name().rfind("Erase", 0) == 0;
    const bool sets_rules = command->name() == "LoadRuleTable";
    const bool privileges = absl::EndsWith(command->name(), "Privilege");
    EXPECT_EQ(command->options().GetExtension(rpc::v1::permission),
              ContextOf(*command->file()) + (erases       ? ".erase"
                                             : sets_rules ? ".rules"
                                             : privileges ? ".privileges"
                                                          : ".write"))
        << command->full_name();
  }
}

TEST(CommandTest, ThreeServicesTakeCommands) {
  std::set<std::string> contexts;
  for (const ServiceDescriptor* service : WriteServices()) contexts.insert(ContextOf(*service->file()));
  EXPECT_EQ(contexts, (std::set<std::string>{"patient", "encounter", "medication"}));
}

TEST(CommandTest, ItsRequestIsItsOwnAndBeginsWithTheContext) {
  for (const MethodDescriptor* command : Commands()) {
    SCOPED_TRACE(command->full_name());
    EXPECT_EQ(command->input_type()->name(), command->name() + "Request");
    const FieldDescriptor* context = command->input_type()->FindFieldByNumber(1);
    ASSERT_NE(context, nullptr);
    EXPECT_EQ(context->name(), "context");
    EXPECT_EQ(context->index(), 0);
    ASSERT_NE(context->message_type(), nullptr);
    EXPECT_EQ(context->message_type()->full_name(), "anamnesis.rpc.v1.CommandContext");
    EXPECT_FALSE(command->client_streaming() || command->server_streaming());
  }
}

TEST(CommandTest, IdsOfItsRequestAreUuids) {
  for (const MethodDescriptor* command : Commands()) {
    const Descriptor* request = command->input_type();
    for (int i = 0; i < request->field_count(); ++i) {
      const FieldDescriptor& field = *request->field(i);
      if (field.type() != FieldDescriptor::TYPE_STRING || !absl::EndsWith(field.name(), "_id")) continue;
      EXPECT_TRUE(field.options().GetExtension(rpc::v1::rule).uuid()) << field.full_name();
    }
  }
}

TEST(CommandTest, TheCommandMessageCoversExactlyTheMethods) {
  for (const ServiceDescriptor* service : WriteServices()) {
    SCOPED_TRACE(service->full_name());
    std::set<std::string> methods;
    for (const MethodDescriptor* command : Commands()) {
      if (command->service() != service) continue;
      methods.insert(absl::StrCat(SnakeCase(command->name()), ": ", command->input_type()->full_name()));
    }
    const OneofDescriptor* commands = OnlyOneof(*service, Prefix(*service) + "Command");
    ASSERT_NE(commands, nullptr);
    EXPECT_EQ(commands->containing_type()->field_count(), commands->field_count()) << "nothing beside the oneof";
    EXPECT_EQ(Members(*commands), methods);
  }
}

TEST(SubmitTest, EveryWriteServiceTakesItsCommandsOnAStream) {
  for (const ServiceDescriptor* service : WriteServices()) {
    SCOPED_TRACE(service->full_name());
    const MethodDescriptor* submit = service->FindMethodByName("Submit");
    ASSERT_NE(submit, nullptr);
    EXPECT_TRUE(submit->client_streaming() && submit->server_streaming());
    const auto shape = [](const Descriptor& message) {
      std::map<int, std::string> fields;
      for (int i = 0; i < message.field_count(); ++i) {
        const FieldDescriptor& field = *message.field(i);
        fields[field.number()] =
            absl::StrCat(field.name(), ": ",
                         field.message_type() == nullptr ? field.type_name() : field.message_type()->full_name());
      }
      return fields;
    };
    using Shape = std::map<int, std::string>;
    EXPECT_EQ(shape(*submit->input_type()), (Shape{
                                                {1, "sequence: uint64"                          },
                                                {2, "command: " + Prefix(*service) + "Command"  },
                                                {3, "more: " + submit->input_type()->full_name()},
                                                {4, "gather_answer: bool"                       }
    }));
    EXPECT_EQ(shape(*submit->output_type()), (Shape{
                                                 {1, "sequence: uint64"                           },
                                                 {2, "outcome: anamnesis.rpc.v1.CommandOutcome"   },
                                                 {3, "error: google.rpc.Status"                   },
                                                 {4, "more: " + submit->output_type()->full_name()}
    }));
  }
}

// But for those of an erasure, after which there is nothing to revise, that of a rule table, which brings its version,
// and those of what was refused, which revised nothing.
TEST(EventTest, EveryEventCarriesTheRevisionAfterIt) {
  for (const ServiceDescriptor* service : WriteServices()) {
    const OneofDescriptor* events = OnlyOneof(*service, Prefix(*service) + "Event");
    ASSERT_NE(events, nullptr) << service->full_name();
    for (int i = 0; i < events->field_count(); ++i) {
      const Descriptor& event = *events->field(i)->message_type();
      EXPECT_EQ(events->field(i)->name(), SnakeCase(event.name()));
      if (event.FindFieldByName("erasure_id") != nullptr || event.FindFieldByName("table") != nullptr) continue;
      if (event.FindFieldByName("refusal") != nullptr) continue;
      const FieldDescriptor* revision = event.FindFieldByName("revision");
      ASSERT_NE(revision, nullptr) << event.full_name();
      EXPECT_EQ(revision->type(), FieldDescriptor::TYPE_UINT64) << event.full_name();
    }
  }
}

}  // namespace
}  // namespace anamnesis::contract
