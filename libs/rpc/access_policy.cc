#include "rpc/access_policy.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status.h"

namespace anamnesis::rpc {
namespace {

// Letters, digits, `.`, `_` and `-`: a word that needs no quoting anywhere.
bool IsWord(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
  });
}

struct Grant {
  std::string role;
  std::vector<std::string> permissions;
};

absl::StatusOr<Grant> ParseLine(const std::string& line, int number) {
  const std::vector<std::string> halves = absl::StrSplit(line, ':');
  const auto malformed = [number] {
    return absl::InvalidArgumentError(absl::StrCat("line ", number, " is not `role: permission permission …`"));
  };
  if (halves.size() != 2) return malformed();
  const std::vector<std::string> roles = absl::StrSplit(halves[0], absl::ByAnyChar(" \t"), absl::SkipEmpty());
  Grant grant;
  grant.permissions = absl::StrSplit(halves[1], absl::ByAnyChar(" \t"), absl::SkipEmpty());
  if (roles.size() != 1 || !IsWord(roles[0])) return malformed();
  if (!std::all_of(grant.permissions.begin(), grant.permissions.end(), IsWord)) return malformed();
  grant.role = roles[0];
  return grant;
}

}  // namespace

absl::StatusOr<AccessPolicy> AccessPolicy::Parse(std::string_view table) {
  AccessPolicy policy;
  std::istringstream lines{std::string(table)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    line = line.substr(0, line.find('#'));
    while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back())) != 0) line.pop_back();
    if (line.empty()) continue;
    ASSIGN_OR_RETURN(const Grant grant, ParseLine(line, number));
    for (const std::string& permission : grant.permissions) {
      policy.roles_by_permission_[permission].push_back(grant.role);
    }
  }
  for (auto& [permission, roles] : policy.roles_by_permission_) {
    std::sort(roles.begin(), roles.end());
    roles.erase(std::unique(roles.begin(), roles.end()), roles.end());
  }
  return policy;
}

absl::StatusOr<AccessPolicy> AccessPolicy::Load(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read the roles file ", path));
  std::ostringstream text;
  text << file.rdbuf();
  return Parse(text.str());
}

const std::vector<std::string>& AccessPolicy::RolesWith(const std::string& permission) const {
  static const std::vector<std::string> kNobody;
  const auto found = roles_by_permission_.find(permission);
  return found == roles_by_permission_.end() ? kNobody : found->second;
}

}  // namespace anamnesis::rpc
