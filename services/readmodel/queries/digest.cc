#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status.h"
#include "openssl/evp.h"
#include "services/readmodel/queries/queries.h"

namespace anamnesis::readmodel {
namespace {

// SHA-256 over texts, each with its length before it.
class Digest {
 public:
  Digest() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }

  void Add(std::string_view text) {
    unsigned char size[8];
    for (int i = 0; i < 8; ++i) size[i] = static_cast<unsigned char>(uint64_t{text.size()} >> (56 - 8 * i));
    EVP_DigestUpdate(context_.get(), size, sizeof(size));
    EVP_DigestUpdate(context_.get(), text.data(), text.size());
  }

  std::string Hex() {
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_DigestFinal_ex(context_.get(), bytes, &size);
    return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(bytes), size));
  }

 private:
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

}  // namespace

absl::StatusOr<chart::v1::GetDigestResponse> GetDigest(const projection::ViewReader& reader,
                                                       const chart::v1::GetDigestRequest& request) {
  RETURN_IF_ERROR(RequirePresent(request.options()));
  std::vector<std::string> subjects{""};  // Everybody.
  if (!request.patient_id().empty()) {
    ASSIGN_OR_RETURN(const Person person, FindPerson(reader, request.patient_id(), {}));
    subjects = person.Records();
  }
  Digest digest;
  uint64_t views = 0;
  // What is left of a record whose views failed is not shown; that they did is.
  std::string judged;
  absl::StatusOr<std::optional<projection::FailedViews>> failed = std::nullopt;
  for (const std::string& subject : subjects) {
    RETURN_IF_ERROR(reader.Rows(subject, [&](projection::ViewRow&& row) {
      if (row.ref.subject != std::exchange(judged, row.ref.subject)) {
        failed = reader.FailureOf(row.ref.subject, {});
        if (failed.ok() && failed->has_value()) digest.Add(absl::StrCat("failed ", row.ref.subject));
      }
      if (!failed.ok() || failed->has_value()) return failed.ok();
      digest.Add(row.service);
      digest.Add(row.ref.subject);
      digest.Add(row.ref.kind);
      digest.Add(row.ref.view);
      digest.Add(row.view);
      ++views;
      return true;
    }));
    RETURN_IF_ERROR(failed.status());
  }
  chart::v1::GetDigestResponse response;
  response.set_digest(digest.Hex());
  response.set_views(views);
  return response;
}

}  // namespace anamnesis::readmodel
