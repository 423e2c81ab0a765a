#include "rpc/identity.h"

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"

namespace anamnesis::rpc {
namespace {

constexpr size_t kTraceparentBytes = 55;  // `00-<32 hex>-<16 hex>-<2 hex>`

bool IsTraceparent(std::string_view text) {
  if (text.size() != kTraceparentBytes || !text.starts_with("00-")) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 2 || i == 35 || i == 52;
    const bool hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (dash ? text[i] != '-' : !hex) return false;
  }
  return text.substr(3, 32).find_first_not_of('0') != std::string_view::npos &&
         text.substr(36, 16).find_first_not_of('0') != std::string_view::npos;
}

std::string NewTraceparent() {
  thread_local std::mt19937_64 random{std::random_device{}()};
  const auto hex = [](uint64_t number) { return absl::Hex(number, absl::kZeroPad16); };
  return absl::StrCat("00-", hex(random() | 1), hex(random()), "-", hex(random() | 1), "-01");
}

void AddRoles(std::string_view list, std::vector<std::string>& roles) {
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    std::string_view role = list.substr(0, comma);
    while (role.starts_with(' ')) role.remove_prefix(1);
    while (role.ends_with(' ')) role.remove_suffix(1);
    if (!role.empty()) roles.emplace_back(role);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

// Sets a field of the identity, once.
bool SetOnce(std::string_view value, std::string& field) {
  if (!field.empty() || value.size() > kMaxIdentityBytes) return false;
  field = value;
  return true;
}

}  // namespace

bool ReadIdentity(const Metadata& metadata, CallContext& context) {
  Caller& caller = context.caller;
  bool sound = true;
  for (const auto& [key_ref, value_ref] : metadata) {
    const std::string_view key(key_ref.data(), key_ref.size());
    const std::string_view value(value_ref.data(), value_ref.size());
    if (key == kActorKey) {
      sound &= SetOnce(value, caller.actor);
    } else if (key == kRolesKey) {
      AddRoles(value, caller.roles);
    } else if (key == kOnBehalfOfKey) {
      sound &= SetOnce(value, caller.on_behalf_of);
    } else if (key == kPurposeOfUseKey) {
      sound &= SetOnce(value, caller.purpose_of_use);
    } else if (key == kTraceparentKey && IsTraceparent(value)) {
      context.traceparent = value;
    }
  }
  if (context.traceparent.empty()) context.traceparent = NewTraceparent();
  return sound && !caller.actor.empty();
}

std::string_view TraceId(std::string_view traceparent) {
  return traceparent.size() == kTraceparentBytes ? traceparent.substr(3, 32) : std::string_view();
}

}  // namespace anamnesis::rpc
