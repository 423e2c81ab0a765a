#include "service/options.h"

#include "service/access_table.h"

namespace anamnesis::service {

absl::StatusOr<rpc::AccessPolicy> LoadAccessPolicy(const std::string& roles_file) {
  return roles_file.empty() ? rpc::AccessPolicy::Parse(kDefaultAccessTable) : rpc::AccessPolicy::Load(roles_file);
}

}  // namespace anamnesis::service
