// Who calls, and what travels with a call.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace anamnesis::rpc {

// The metadata in which a caller says who it is. This identity is the caller's own word, for development;
// authentication will fill the same struct from a credential.
inline constexpr char kActorKey[] = "anamnesis-actor";
inline constexpr char kRolesKey[] = "anamnesis-roles";  // Separated by commas.
inline constexpr char kOnBehalfOfKey[] = "anamnesis-on-behalf-of";
inline constexpr char kPurposeOfUseKey[] = "anamnesis-purpose-of-use";
// W3C Trace Context.
inline constexpr char kTraceparentKey[] = "traceparent";

// The longest text that one field of an identity may hold.
inline constexpr size_t kMaxIdentityBytes = 256;

// Who calls. A plain value.
struct Caller {
  std::string actor;
  std::vector<std::string> roles;
  std::string on_behalf_of;
  std::string purpose_of_use;
};

// What a handler knows of the call it serves. A plain value, valid after the call.
struct CallContext {
  std::string method;  // `anamnesis.patient.v1.PatientService/RegisterPatient`.
  Caller caller;
  std::string traceparent;      // The caller's, or a new one where it sent none; never empty.
  int64_t deadline_micros = 0;  // Wall clock. A stream without a deadline has INT64_MAX.
};

}  // namespace anamnesis::rpc
