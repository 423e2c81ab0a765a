// Which records a reader wants.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "eventlog/record.h"

namespace anamnesis::eventlog {

// The share of an entity among `shares` equal ones, 0 to `shares` - 1: the CRC-32 (that of zlib and Ethernet) of its
// name, modulo `shares`. For ever the same, for others count on it.
uint32_t ShareOf(std::string_view entity, uint32_t shares);

// One of `size` readers who divide the entities among themselves.
struct Group {
  uint32_t size = 1;  // At least 1; 1 is everybody.
  uint32_t index = 0;
  bool Has(std::string_view entity) const { return size == 1 || ShareOf(entity, size) == index; }
};

// What is set must all hold.
struct Filter {
  std::string stream;    // The whole name.
  std::string entity;    // What follows the first '-' of the stream's name: every category of one entity.
  std::string category;  // What stands before it.
  std::string type_prefix;
  Group group;

  bool Wants(std::string_view stream_name, std::string_view type) const;
  bool WantsStream(std::string_view stream_name) const;
  bool Matches(const Record& record) const { return Wants(record.stream, record.type); }
  // Whether every record matches.
  bool WantsAll() const;
};

}  // namespace anamnesis::eventlog
