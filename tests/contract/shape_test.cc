// How the files are laid out, that each part of them is explained, and that field rules fit their fields.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "anamnesis/rpc/v1/options.pb.h"
#include "tests/contract/contract.h"

namespace anamnesis::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

template <class Part>
void ExpectExplained(const Part& part) {
  google::protobuf::SourceLocation location;
  ASSERT_TRUE(part.GetSourceLocation(&location)) << part.full_name();
  EXPECT_FALSE(location.leading_comments.empty()) << part.full_name() << " has no comment before it";
}

TEST(PackageTest, IsTheFolderAndEndsInAVersion) {
  for (const FileDescriptor* file : Files()) {
    const std::string folder = std::filesystem::path(file->name()).parent_path().string();
    EXPECT_EQ(absl::StrReplaceAll(folder,
                                  {
                                      {"/", "."}
    }),
              file->package())
        << file->name();
    if (file->package() == "google.rpc") continue;  // Published under this name.
    EXPECT_THAT(file->package(), testing::MatchesRegex("anamnesis\\.[a-z]+\\.v[1-9][0-9]*")) << file->name();
  }
}

TEST(CommentTest, EveryPartOfTheContractsIsExplained) {
  for (const Descriptor* message : Messages()) {
    ExpectExplained(*message);
    for (int i = 0; i < message->field_count(); ++i) ExpectExplained(*message->field(i));
    for (int i = 0; i < message->real_oneof_decl_count(); ++i) ExpectExplained(*message->oneof_decl(i));
  }
  for (const EnumDescriptor* type : Enums()) {
    ExpectExplained(*type);
    for (int i = 0; i < type->value_count(); ++i) ExpectExplained(*type->value(i));
  }
  for (const MethodDescriptor* method : Methods()) {
    ExpectExplained(*method->service());
    ExpectExplained(*method);
  }
  for (const FileDescriptor* file : Files()) {
    for (int i = 0; i < file->extension_count(); ++i) ExpectExplained(*file->extension(i));
  }
}

TEST(FieldRuleTest, FitsItsField) {
  for (const Descriptor* message : Messages()) {
    for (int i = 0; i < message->field_count(); ++i) {
      const FieldDescriptor& field = *message->field(i);
      const rpc::v1::FieldRule& rule = field.options().GetExtension(rpc::v1::rule);
      SCOPED_TRACE(field.full_name());
      const bool text = field.cpp_type() == FieldDescriptor::CPPTYPE_STRING;
      const bool number = field.cpp_type() < FieldDescriptor::CPPTYPE_BOOL;
      EXPECT_TRUE(!rule.uuid() || field.type() == FieldDescriptor::TYPE_STRING) << "only a string is a UUID";
      EXPECT_TRUE(rule.max_bytes() == 0 || text) << "only strings and bytes have bytes";
      EXPECT_TRUE(rule.max_items() == 0 || field.is_repeated()) << "only lists have items";
      EXPECT_TRUE((!rule.has_min() && !rule.has_max()) || number) << "only numbers have bounds";
      EXPECT_TRUE(!rule.has_min() || !rule.has_max() || rule.min() <= rule.max()) << "no number is between the bounds";
    }
  }
}

}  // namespace
}  // namespace anamnesis::contract
