#include "fhir/bundle_index.h"

#include <algorithm>
#include <cctype>

#include "base/clock.h"
#include "fhir/time.h"

namespace anamnesis::fhir {
namespace {

constexpr std::string_view kUuidUrn = "urn:uuid:";
constexpr size_t kMaxTypeBytes = 64;
// The first place on earth to see a date sees it 14 hours before UTC does.
constexpr int64_t kEarliestOffsetMicros = int64_t{14} * 3600 * 1000000;

std::string Join(std::string_view a, char separator, std::string_view b) {
  std::string joined(a);
  joined.push_back(separator);
  joined.append(b);
  return joined;
}

// Letters and digits in lower case, without a trailing `(procedure)`; other characters than ASCII count as they are
// unless they take no room.
std::string Normalised(std::string_view display) {
  if (display.ends_with(')')) {
    const size_t open = display.rfind(" (");
    if (open != std::string_view::npos) display = display.substr(0, open);
  }
  std::string out;
  for (const char c : display) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || std::isalnum(byte)) out.push_back(static_cast<char>(std::tolower(byte)));
  }
  for (size_t at; (at = out.find("\u200B")) != std::string::npos;) out.erase(at, 3);
  return out;
}

}  // namespace

bool IsTypeName(std::string_view text) {
  return !text.empty() && text.size() <= kMaxTypeBytes && std::isupper(static_cast<unsigned char>(text.front())) &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalpha(c) != 0; });
}

bool IsNeededByOthers(std::string_view type) {
  return type == "Patient" || type == "Practitioner" || type == "Organization";
}

bool IsFinancial(std::string_view type) {
  return type == "Claim" || type == "ExplanationOfBenefit";
}

std::string_view MemberText(const Json& object, std::string_view name) {
  const Json* member = object.Find(name);
  return member != nullptr && member->kind == JsonKind::kString ? member->text : std::string_view();
}

std::string_view ResourceType(const Json& resource) {
  return MemberText(resource, "resourceType");
}

std::string_view ResourceId(const Json& resource, std::string_view full_url) {
  if (resource.Find("id") != nullptr) return MemberText(resource, "id");
  return full_url.starts_with(kUuidUrn) ? full_url.substr(kUuidUrn.size()) : std::string_view();
}

void BundleIndex::Add(std::string_view full_url, const Json& resource) {
  const std::string_view type = ResourceType(resource);
  const std::string_view id = ResourceId(resource, full_url);
  if (type.empty() || id.empty()) return;
  const ResourceKey key{std::string(type), std::string(id), true, &resource};
  if (!full_url.empty()) by_url_.emplace(full_url, key);
  by_url_.emplace(Join(type, '/', id), key);
  if (IsFinancial(type)) return;  // Not recorded, so what they say is no evidence here.
  AddDisplays(resource);
  if (type == "Patient") AddPatient(id, resource);
  if (type == "CarePlan") AddCarePlan(resource);
}

void BundleIndex::AddDisplays(const Json& value) {
  const std::string_view code = MemberText(value, "code");
  const std::string_view display = MemberText(value, "display");
  if (!code.empty() && !display.empty()) {
    std::string key = Join(MemberText(value, "system"), '|', code);
    const auto [known, added] = displays_.emplace(key, display);
    if (!added && known->second != display && Normalised(known->second) != Normalised(display)) {
      several_displays_.insert(std::move(key));
    }
  }
  for (const Json* child = value.first; child != nullptr; child = child->next) {
    if (child->first != nullptr) AddDisplays(*child);
  }
}

void BundleIndex::AddPatient(std::string_view id, const Json& patient) {
  Lifespan lifespan;
  if (const auto birth = ParseTime(MemberText(patient, "birthDate")); birth.has_value()) {
    lifespan.born = ToMicros(birth->time) - kEarliestOffsetMicros;
  }
  if (const auto death = ParseTime(MemberText(patient, "deceasedDateTime")); death.has_value() && !death->partial) {
    lifespan.died = ToMicros(death->time);
  }
  lifespans_.emplace(id, lifespan);
}

void BundleIndex::AddCarePlan(const Json& plan) {
  const Json* goals = plan.Find("goal");
  const Json* period = plan.Find("period");
  const Json* start = period != nullptr ? period->Find("start") : nullptr;
  if (goals == nullptr || start == nullptr) return;
  for (const Json* goal = goals->first; goal != nullptr; goal = goal->next) {
    const std::string_view reference = MemberText(*goal, "reference");
    if (!reference.empty()) plan_starts_.emplace(Resolve(reference).id, start);
  }
}

ResourceKey BundleIndex::Resolve(std::string_view reference) const {
  if (const auto found = by_url_.find(std::string(reference)); found != by_url_.end()) return found->second;
  if (reference.starts_with('#') || reference.find('?') != std::string_view::npos) return {};
  if (reference.starts_with(kUuidUrn)) return {"", std::string(reference.substr(kUuidUrn.size()))};
  std::string_view path = reference.substr(0, reference.find("/_history/"));
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos || slash + 1 == path.size()) return {"", std::string(reference)};
  const std::string_view id = path.substr(slash + 1);
  std::string_view type = path.substr(0, slash);
  if (const size_t before = type.rfind('/'); before != std::string_view::npos) type = type.substr(before + 1);
  if (!IsTypeName(type)) return {"", std::string(reference)};
  const auto found = by_url_.find(Join(type, '/', id));
  return found != by_url_.end() ? found->second : ResourceKey{std::string(type), std::string(id)};
}

bool BundleIndex::HasSeveralDisplays(std::string_view system, std::string_view code) const {
  return !several_displays_.empty() && several_displays_.contains(Join(system, '|', code));
}

Lifespan BundleIndex::LifespanOf(std::string_view patient_id) const {
  const auto found = lifespans_.find(std::string(patient_id));
  return found == lifespans_.end() ? Lifespan() : found->second;
}

const Json* BundleIndex::StartOfPlanFor(std::string_view goal_id) const {
  const auto found = plan_starts_.find(std::string(goal_id));
  return found == plan_starts_.end() ? nullptr : found->second;
}

}  // namespace anamnesis::fhir
