#include "evidence/note.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "tests/evidence/fixture.h"

namespace anamnesis::evidence {
namespace {

constexpr char kText[] = "log.example/clinic\n\nseen and signed\n";

std::string Hex(std::string_view bytes) {
  return absl::BytesToHexString({bytes.data(), bytes.size()});
}

std::string Signed() {
  return SignNote(kText, SignerOf('a', "log.example/clinic")).value();
}

std::vector<std::string> Names(const std::vector<VerifiedSignature>& signatures) {
  std::vector<std::string> names;
  for (const VerifiedSignature& signature : signatures) names.push_back(signature.key.name());
  return names;
}

absl::StatusCode CodeOf(std::string_view note, const std::vector<VerifierKey>& known) {
  return VerifyNote(note, known).status().code();
}

TEST(Ed25519Test, FirstVectorOfRfc8032) {
  Ed25519Seed seed;
  const std::string bytes = absl::HexStringToBytes("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
  std::copy(bytes.begin(), bytes.end(), seed.begin());
  const Ed25519PrivateKey key(seed);
  EXPECT_EQ(Hex({reinterpret_cast<const char*>(key.public_key().data()), kEd25519KeyBytes}),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  const std::string signature = key.Sign("");
  EXPECT_EQ(Hex(signature),
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
  EXPECT_TRUE(VerifyEd25519(key.public_key(), "", signature));
  EXPECT_FALSE(VerifyEd25519(key.public_key(), "x", signature));
  EXPECT_FALSE(VerifyEd25519(key.public_key(), "", signature.substr(1)));
}

// The key and note that the documentation of Go's sumdb/note shows.
TEST(NoteTest, SignsAsTheReferenceImplementationDoes) {
  constexpr char kSecret[] = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
  constexpr char kVerifier[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
  constexpr char kNote[] =
      "If you think cryptography is the answer to your problem,\n"
      "then you don't know what your problem is.\n"
      "\n"
      "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
  const Signer signer = Signer::Parse(kSecret).value();
  EXPECT_EQ(signer.ToSecretString(), kSecret);
  EXPECT_EQ(signer.verifier().ToString(), kVerifier);
  EXPECT_EQ(SignNote(ParseNote(kNote).value().text, signer).value(), kNote);
  EXPECT_THAT(Names(VerifyNote(kNote, std::vector{VerifierKey::Parse(kVerifier).value()}).value()),
              testing::ElementsAre("PeterNeumann"));
}

TEST(NoteTest, RoundTrip) {
  const std::string bytes = Cosign(Signed(), SignerOf('w', "witness.example", SignatureType::kCosignature), 7).value();
  const Note note = ParseNote(bytes).value();
  EXPECT_EQ(note.text, kText);
  EXPECT_EQ(note.signatures.size(), 2);
  EXPECT_EQ(FormatNote(note), bytes);
}

TEST(NoteTest, MalformedNotesAreRefused) {
  const std::string line = Signed().substr(sizeof(kText));
  const std::string unended = line.substr(0, line.size() - 1);
  const std::string nul("te\0xt\n\n", 7);
  const std::string huge = std::string(kMaxNoteBytes, 'x') + "\n\n";
  const struct {
    const char* why;
    std::string note;
  } cases[] = {
      {"empty",                    ""                                       },
      {"no signature",             "text\n"                                 },
      {"nothing after blank line", "text\n\n"                               },
      {"no blank line",            "text\n" + line                          },
      {"no text",                  line                                     },
      {"blank line and no text",   "\n" + line                              },
      {"no newline at the end",    "text\n\n" + unended                     },
      {"line after signatures",    "text\n\n" + line + "more\n"             },
      {"hyphen for the em dash",   "text\n\n- log.example AAAAAAA=\n"       },
      {"two spaces",               "text\n\n—  log.example AAAAAAA=\n"    },
      {"no key name",              "text\n\n— AAAAAAA=\n"                 },
      {"plus in the key name",     "text\n\n— log+example AAAAAAA=\n"     },
      {"space in the key name",    "text\n\n— log\u2003example AAAAAAA=\n"},
      {"trailing space",           "text\n\n— log.example AAAAAAA= \n"    },
      {"no base64",                "text\n\n— log.example ?AAAAAA=\n"     },
      {"base64 without padding",   "text\n\n— log.example AAAAAAA\n"      },
      {"base64 for the web",       "text\n\n— log.example AAAA__8=\n"     },
      {"bits left over",           "text\n\n— log.example AAAAAAB=\n"     },
      {"key id and nothing else",  "text\n\n— log.example AAAAAA==\n"     },
      {"no UTF-8",                 "te\xFFxt\n\n" + line                    },
      {"tab",                      "te\txt\n\n" + line                      },
      {"carriage return",          "text\r\n\n" + line                      },
      {"NUL",                      nul + line                               },
      {"too large",                huge + line                              },
  };
  for (const auto& c : cases) {
    EXPECT_EQ(ParseNote(c.note).status().code(), absl::StatusCode::kInvalidArgument) << c.why;
  }
  EXPECT_TRUE(ParseNote("text\n\n— log.example AAAAAAA=\n").ok());
  EXPECT_TRUE(ParseNote("\n\n— log.example AAAAAAA=\n").ok());
}

TEST(NoteTest, SignaturesAreBounded) {
  std::string note = "text\n\n";
  for (size_t i = 0; i < kMaxNoteSignatures; ++i) note += "— log.example AAAAAAA=\n";
  EXPECT_TRUE(ParseNote(note).ok());
  const Signer witness = SignerOf('w', "witness.example", SignatureType::kCosignature);
  EXPECT_EQ(Cosign(note, witness, 1).status().code(), absl::StatusCode::kInvalidArgument);
  note += "— log.example AAAAAAA=\n";
  EXPECT_EQ(ParseNote(note).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(NoteTest, UnsignableTextsAreRefused) {
  const Signer signer = SignerOf('a', "log.example");
  for (const char* text : {"", "no newline", "tab\t\n", "\xC0\x80\n"}) {
    EXPECT_EQ(SignNote(text, signer).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
  EXPECT_EQ(SignNote(std::string(kMaxNoteBytes - 1, 'x') + "\n", signer).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(NoteTest, NoOtherByteVerifies) {
  const std::string note = Signed();
  const std::vector<VerifierKey> known = {SignerOf('a', "log.example/clinic").verifier()};
  ASSERT_EQ(CodeOf(note, known), absl::StatusCode::kOk);
  for (size_t i = 0; i < note.size(); ++i) {
    for (const char flip : {1, 2, 0x20}) {
      std::string altered = note;
      altered[i] = static_cast<char>(altered[i] ^ flip);
      EXPECT_NE(CodeOf(altered, known), absl::StatusCode::kOk) << "byte " << i;
    }
  }
}

TEST(NoteTest, WhoIsKnownDecides) {
  const std::string note = Signed();
  const VerifierKey own = SignerOf('a', "log.example/clinic").verifier();
  const VerifierKey other = SignerOf('b', "log.example/clinic").verifier();
  const VerifierKey renamed = SignerOf('a', "log.example/other").verifier();
  EXPECT_EQ(CodeOf(note, {}), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(CodeOf(note, {other, renamed}), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(CodeOf(note, {other, own}), absl::StatusCode::kOk);

  Note both = ParseNote(note).value();
  const Note by_other = ParseNote(SignNote(kText, SignerOf('b', "log.example/clinic")).value()).value();
  both.signatures.push_back(by_other.signatures[0]);
  both.signatures.push_back(both.signatures[0]);
  EXPECT_EQ(VerifyNote(both, std::vector{own}).value().size(), 1);  // Once, however often it signed.
  EXPECT_EQ(VerifyNote(both, std::vector{own, other}).value().size(), 2);
  both.signatures[1].signature[5] ^= 1;
  EXPECT_EQ(VerifyNote(both, std::vector{own}).value().size(), 1);
  EXPECT_EQ(VerifyNote(both, std::vector{own, other}).status().code(), absl::StatusCode::kUnauthenticated);
}

TEST(CosignatureTest, SaysWhen) {
  const Signer witness = SignerOf('w', "witness.example", SignatureType::kCosignature);
  const std::string note = Cosign(Signed(), witness, 1'679'315'147).value();
  const auto verified = VerifyNote(note, std::vector{witness.verifier()}).value();
  ASSERT_EQ(verified.size(), 1);
  EXPECT_EQ(verified[0].key, witness.verifier());
  EXPECT_EQ(verified[0].unix_seconds, 1'679'315'147);

  // What the bytes are, by the specification.
  const std::string blob = ParseNote(note).value().signatures[1].signature;
  ASSERT_EQ(blob.size(), 8 + kEd25519SignatureBytes);
  EXPECT_EQ(Hex(blob.substr(0, 8)), "00000000641850cb");
  EXPECT_TRUE(VerifyEd25519(witness.key().public_key(), std::string("cosignature/v1\ntime 1679315147\n") + kText,
                            blob.substr(8)));
  // The signature of the log still holds.
  EXPECT_EQ(
      VerifyNote(note, std::vector{SignerOf('a', "log.example/clinic").verifier(), witness.verifier()}).value().size(),
      2);
}

TEST(CosignatureTest, NoOtherTimeOrTextVerifies) {
  const Signer witness = SignerOf('w', "witness.example", SignatureType::kCosignature);
  const Note note = ParseNote(Cosign(Signed(), witness, 1'000).value()).value();
  for (size_t i = 0; i < note.signatures[1].signature.size(); ++i) {
    Note altered = note;
    altered.signatures[1].signature[i] ^= 1;
    EXPECT_FALSE(VerifyNote(altered, std::vector{witness.verifier()}).ok()) << "byte " << i;
  }
  Note altered = note;
  altered.text[0] ^= 1;
  EXPECT_FALSE(VerifyNote(altered, std::vector{witness.verifier()}).ok());
  altered = note;
  altered.signatures[1].signature.pop_back();
  EXPECT_FALSE(VerifyNote(altered, std::vector{witness.verifier()}).ok());
}

TEST(CosignatureTest, KeysOfOneKindDoNotSignTheOther) {
  const Signer log = SignerOf('a', "example");
  const Signer witness = SignerOf('a', "example", SignatureType::kCosignature);
  EXPECT_NE(log.verifier().id(), witness.verifier().id());
  EXPECT_EQ(SignNote(kText, witness).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Cosign(Signed(), log, 1).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Cosign(Signed(), witness, uint64_t{1} << 63).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Cosign("text\n", witness, 1).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(NoteKeyTest, NamesAreJudged) {
  for (const char* good : {"a", "log.example/clinic", "é"}) EXPECT_TRUE(IsKeyName(good)) << good;
  for (const char* bad : {"", "a b", "a+b", "a\nb", "a\u00A0b", "a\u3000", "a\u2028b", "a\x7F\xFF"}) {
    EXPECT_FALSE(IsKeyName(bad)) << bad;
  }
  EXPECT_TRUE(IsKeyName(std::string(kMaxKeyNameBytes, 'x')));
  EXPECT_FALSE(IsKeyName(std::string(kMaxKeyNameBytes + 1, 'x')));
}

TEST(NoteKeyTest, NoOtherTextIsTheKey) {
  const Signer signer = SignerOf('a', "log.example");
  const std::string text = signer.verifier().ToString();
  EXPECT_EQ(VerifierKey::Parse(text).value(), signer.verifier());
  for (size_t i = 0; i < text.size(); ++i) {
    std::string altered = text;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_FALSE(VerifierKey::Parse(altered).ok()) << altered;
    EXPECT_FALSE(VerifierKey::Parse(text.substr(0, i)).ok());
  }
  EXPECT_FALSE(VerifierKey::Parse(text + "\n").ok());
  const std::string secret = signer.ToSecretString();
  for (size_t i = 0; i < secret.size(); ++i) EXPECT_FALSE(Signer::Parse(secret.substr(0, i)).ok());
  EXPECT_FALSE(Signer::Parse(text).ok());
}

}  // namespace
}  // namespace anamnesis::evidence
