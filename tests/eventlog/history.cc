#include "tests/eventlog/history.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/uuid.h"

namespace anamnesis::eventlog {
namespace {

constexpr size_t kEntities = 8;
constexpr const char* kCategories[] = {"patient", "encounter", "practitioner"};
constexpr const char* kTypes[] = {"p.v1.Registered", "p.v1.Moved", "e.v1.Started"};

// CRC-32 as its definition says it, a bit at a time.
uint32_t Crc32(const std::string& text) {
  uint32_t crc = ~uint32_t{0};
  for (const char c : text) {
    crc ^= static_cast<uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xEDB88320u : 0);
  }
  return ~crc;
}

bool Wants(const Filter& filter, const std::string& stream, const std::string& type) {
  const size_t dash = stream.find('-');
  const std::string category = stream.substr(0, dash);
  const std::string entity = stream.substr(dash + 1);
  return (filter.stream.empty() || filter.stream == stream) && (filter.entity.empty() || filter.entity == entity) &&
         (filter.category.empty() || filter.category == category) && type.rfind(filter.type_prefix, 0) == 0 &&
         Crc32(entity) % filter.group.size == filter.group.index;
}

}  // namespace

uint64_t TestSeed() {
  const char* given = std::getenv("ANAMNESIS_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
}

size_t Pick(Random& random, size_t count) {
  return static_cast<size_t>(random() % count);
}

History::History(Random& random) {
  for (size_t i = 0; i < kEntities; ++i) {
    std::string bytes;
    for (int byte = 0; byte < 16; ++byte) bytes.push_back(static_cast<char>(random()));
    entities_.push_back(UuidText(bytes));
  }
}

AppendRequest History::SomeAppend(Random& random) const {
  AppendRequest request;
  if (Pick(random, 2) == 0) request.metadata.causation_id = NewUuid();
  // Few patients of one command, mostly one event of it.
  const size_t streams = Pick(random, 4) == 0 ? 1 + Pick(random, 3) : 1;
  const size_t some = Pick(random, 10);
  const size_t each = some < 6 ? 1 : some < 9 ? 2 + Pick(random, 5) : 100 + Pick(random, 150);
  const size_t first = random();
  for (size_t i = 0; i < streams; ++i) {
    StreamAppend& append = request.streams.emplace_back();
    append.stream = absl::StrCat(kCategories[Pick(random, 3)], "-", entities_[(first + i) % kEntities]);
    for (size_t event = 0; event < each; ++event) {
      append.events.push_back({.event_id = NewUuid(),
                               .type = kTypes[Pick(random, 3)],
                               .payload = std::string(Pick(random, 50) == 0 ? 20'000 : Pick(random, 300), 'p')});
    }
  }
  return request;
}

Filter History::SomeFilter(Random& random) const {
  Filter filter;
  const std::string& entity = entities_[Pick(random, kEntities)];
  if (Pick(random, 4) == 0) filter.entity = entity;
  if (Pick(random, 4) == 0) filter.category = kCategories[Pick(random, 3)];
  if (Pick(random, 6) == 0) filter.stream = absl::StrCat(kCategories[Pick(random, 3)], "-", entity);
  if (Pick(random, 4) == 0) filter.type_prefix = Pick(random, 2) == 0 ? "p.v1." : kTypes[Pick(random, 3)];
  if (Pick(random, 4) == 0) {
    filter.group.size = static_cast<uint32_t>(1 + Pick(random, 4));
    filter.group.index = static_cast<uint32_t>(Pick(random, filter.group.size));
  }
  return filter;
}

void History::Add(const AppendRequest& request, const AppendResult& result) {
  MutexLock lock(mutex_);
  if (events_.size() < result.last_position) events_.resize(result.last_position);
  Position position = result.first_position;
  for (const StreamAppend& append : request.streams) {
    for (const NewEvent& event : append.events) {
      events_[position++ - 1] = {append.stream, event.type, result.first_position, result.last_position};
    }
  }
}

void History::CutAfter(Position tail) {
  MutexLock lock(mutex_);
  events_.resize(tail);
}

Position History::Tail() const {
  MutexLock lock(mutex_);
  return events_.size();
}

bool History::EndsAppend(Position position) const {
  MutexLock lock(mutex_);
  return position == 0 || events_[position - 1].append_last == position;
}

bool History::Together(Position one, Position other) const {
  MutexLock lock(mutex_);
  return events_[one - 1].append_first == events_[other - 1].append_first;
}

std::vector<Position> History::WantedLocked(const Filter& filter, Position after, Position until) const {
  std::vector<Position> wanted;
  for (Position position = after + 1; position <= until && position <= events_.size(); ++position) {
    const Event& event = events_[position - 1];
    if (Wants(filter, event.stream, event.type)) wanted.push_back(position);
  }
  return wanted;
}

std::vector<Position> History::Wanted(const Filter& filter, Position after, Position until) const {
  MutexLock lock(mutex_);
  return WantedLocked(filter, after, until);
}

std::string History::Complaint(const Filter& filter, Position after, const std::vector<Told>& messages) const {
  MutexLock lock(mutex_);
  Position at = after;
  for (const Told& message : messages) {
    if (message.previous != at) return absl::StrCat("a message begins after ", message.previous, ", not ", at);
    if (message.position < at) return absl::StrCat("a message goes back to ", message.position, " from ", at);
    if (message.position > events_.size()) return absl::StrCat("a message reaches beyond the end: ", message.position);
    const std::vector<Position> wanted = WantedLocked(filter, at, message.position);
    if (message.events != wanted) {
      return absl::StrCat("from ", at, " to ", message.position, " came ", absl::StrJoin(message.events, " "), ", not ",
                          absl::StrJoin(wanted, " "));
    }
    if (!message.events.empty()) {
      const Position last = events_[message.events.back() - 1].append_last;
      if (!WantedLocked(filter, message.position, last).empty()) {
        return absl::StrCat("the append of ", message.events.back(), " was torn at ", message.position);
      }
    }
    at = message.position;
  }
  return "";
}

}  // namespace anamnesis::eventlog
