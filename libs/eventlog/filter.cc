#include "eventlog/filter.h"

#include <libdeflate.h>

namespace anamnesis::eventlog {

uint32_t ShareOf(std::string_view entity, uint32_t shares) {
  return libdeflate_crc32(0, entity.data(), entity.size()) % shares;
}

bool Filter::Wants(std::string_view stream_name, std::string_view type) const {
  return type.substr(0, type_prefix.size()) == type_prefix && WantsStream(stream_name);
}

bool Filter::WantsStream(std::string_view stream_name) const {
  if (!stream.empty() && stream_name != stream) return false;
  if (!entity.empty() && EntityOf(stream_name) != entity) return false;
  if (!category.empty() && CategoryOf(stream_name) != category) return false;
  return group.Has(EntityOf(stream_name));
}

bool Filter::WantsAll() const {
  return stream.empty() && entity.empty() && category.empty() && type_prefix.empty() && group.size == 1;
}

}  // namespace anamnesis::eventlog
