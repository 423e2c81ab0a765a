// How the files are laid out, and that field rules fit their fields.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "anamnesis/rpc/v1/options.pb.h"
#include "tests/contract/contract.h"

namespace anamnesis::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

TEST(PackageTest, IsTheFolderAndEndsInAVersion) {
  for (const FileDescriptor* file : Files()) {
    std::string package = std::filesystem::path(file->name()).parent_path().string();
    std::replace(package.begin(), package.end(), '/', '.');
    EXPECT_EQ(file->package(), package) << file->name();
    if (file->package() == "google.rpc") continue;  // Published under this name.
    EXPECT_THAT(file->package(), testing::MatchesRegex("anamnesis\\.[a-z]+\\.v[1-9][0-9]*")) << file->name();
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
