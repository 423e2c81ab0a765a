// Every error tells a caller what is the case and what to do.
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "anamnesis/rpc/v1/options.pb.h"
#include "tests/contract/contract.h"

namespace anamnesis::contract {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;

// The codes that a refusal may have: those by which a caller can tell what to do next.
const std::set<std::string>& Codes() {
  static const auto* codes = new std::set<std::string>{
      "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",   "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
      "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",
      "INTERNAL",           "UNAVAILABLE",         "DATA_LOSS", "UNAUTHENTICATED"};
  return *codes;
}

std::vector<const EnumDescriptor*> Catalogues() {
  std::vector<const EnumDescriptor*> catalogues;
  for (const EnumDescriptor* type : Enums()) {
    if (absl::EndsWith(type->file()->name(), "/errors.proto")) catalogues.push_back(type);
  }
  return catalogues;
}

TEST(CatalogueTest, EveryWriteServiceHasOne) {
  std::set<std::string> contexts;
  for (const EnumDescriptor* type : Catalogues()) contexts.insert(ContextOf(*type->file()));
  for (const auto* service : WriteServices()) {
    EXPECT_TRUE(contexts.contains(ContextOf(*service->file()))) << service->full_name();
  }
}

TEST(CatalogueTest, ItsDomainIsItsContext) {
  for (const EnumDescriptor* type : Catalogues()) {
    EXPECT_EQ(type->options().GetExtension(rpc::v1::error_domain), absl::StrCat(ContextOf(*type->file()), ".anamnesis"))
        << type->full_name();
  }
}

TEST(CatalogueTest, EveryErrorSaysWhatIsTheCaseAndWhatToDo) {
  for (const EnumDescriptor* type : Catalogues()) {
    EXPECT_GT(type->value_count(), 1) << type->full_name();
    for (int i = 0; i < type->value_count(); ++i) {
      const EnumValueDescriptor& error = *type->value(i);
      SCOPED_TRACE(error.full_name());
      EXPECT_EQ(error.options().HasExtension(rpc::v1::refusal), error.number() != 0);
      if (error.number() == 0) continue;
      const rpc::v1::Refusal& refusal = error.options().GetExtension(rpc::v1::refusal);
      EXPECT_TRUE(Codes().contains(refusal.code())) << refusal.code();
      for (const std::string& text : {refusal.cause(), refusal.remedy()}) {
        ASSERT_FALSE(text.empty());
        EXPECT_FALSE(absl::EndsWith(text, ".")) << "the two are joined into one sentence: " << text;
      }
      EXPECT_TRUE(refusal.retryable() || refusal.code() != "UNAVAILABLE");
    }
  }
}

TEST(CatalogueTest, ErrorsAreListedInTheOrderOfTheirNumbers) {
  for (const EnumDescriptor* type : Catalogues()) {
    for (int i = 1; i < type->value_count(); ++i) {
      EXPECT_GT(type->value(i)->number(), type->value(i - 1)->number()) << type->value(i)->full_name();
    }
  }
}

TEST(CatalogueTest, RefusalsStandInErrorsProtoOnly) {
  for (const EnumDescriptor* type : Enums()) {
    if (absl::EndsWith(type->file()->name(), "/errors.proto")) continue;
    EXPECT_FALSE(type->options().HasExtension(rpc::v1::error_domain)) << type->full_name();
  }
}

TEST(EnumTest, TheZeroValueIsUnspecified) {
  for (const EnumDescriptor* type : Enums()) {
    const EnumValueDescriptor* zero = type->FindValueByNumber(0);
    ASSERT_NE(zero, nullptr) << type->full_name();
    EXPECT_EQ(zero->name(), absl::StrCat(absl::AsciiStrToUpper(SnakeCase(type->name())), "_UNSPECIFIED"));
    EXPECT_EQ(zero->index(), 0) << type->full_name();
  }
}

}  // namespace
}  // namespace anamnesis::contract
