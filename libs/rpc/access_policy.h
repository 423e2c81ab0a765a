// Which role may do what. What the table does not grant is denied.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace anamnesis::rpc {

// Role to permissions, from a text table. Immutable, so thread-safe.
class AccessPolicy {
 public:
  // One line a role: `prescriber: patient.read medication.write`. `#` starts a comment; a role may stand on several
  // lines. INVALID_ARGUMENT names the line that is not of this form.
  static absl::StatusOr<AccessPolicy> Parse(std::string_view table);
  // Parses the file. NOT_FOUND where it cannot be read.
  static absl::StatusOr<AccessPolicy> Load(const std::string& path);

  // The roles that grant a permission, sorted; empty where none does. The reference lives as long as the policy.
  const std::vector<std::string>& RolesWith(const std::string& permission) const;

 private:
  std::map<std::string, std::vector<std::string>> roles_by_permission_;
};

}  // namespace anamnesis::rpc
