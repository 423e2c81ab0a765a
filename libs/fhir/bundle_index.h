// What the resources of one bundle say about one another, gathered before any of them is mapped.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "fhir/json.h"

namespace anamnesis::fhir {

// A resource by its type and id at the source.
struct ResourceKey {
  std::string type;
  std::string id;
  bool in_bundle = false;
  const Json* resource = nullptr;  // Null where it is not in the bundle.
};

// What a bundle's Patient says of the span of a life; microseconds since the Unix epoch.
struct Lifespan {
  std::optional<int64_t> born;  // No event on earth that far back can be on the birth date's day or later.
  std::optional<int64_t> died;
};

// Immutable after Add; values point into the document, which must outlive it. Ill-typed fields are ignored here: the
// mapping of their own resource names them.
class BundleIndex {
 public:
  // `self_contained`: whether a reference to something that is not here is worth a flag. A bundle should hold what it
  // refers to; a lone resource or a line of NDJSON cannot.
  BundleIndex(std::string source_system, bool self_contained)
      : source_system_(std::move(source_system)), self_contained_(self_contained) {}

  // `full_url` may be empty.
  void Add(std::string_view full_url, const Json& resource);

  // What `reference` (`urn:uuid:…`, `Type/id`, a URL that ends so, or anything else) refers to. The type is empty where
  // neither the bundle nor the text says it; the id too where it names no resource by itself: one contained in another
  // (`#x`), or whatever a search finds (`Patient?identifier=…`).
  ResourceKey Resolve(std::string_view reference) const;

  // True if the bundle shows this code under displays that differ in more than case, punctuation and a semantic tag.
  bool HasSeveralDisplays(std::string_view system, std::string_view code) const;

  Lifespan LifespanOf(std::string_view patient_id) const;

  // When the first care plan that pursues the goal begins; a goal often says no time of its own. Null where unknown.
  const Json* StartOfPlanFor(std::string_view goal_id) const;

  const std::string& source_system() const { return source_system_; }
  bool self_contained() const { return self_contained_; }

 private:
  void AddDisplays(const Json& value);
  void AddPatient(std::string_view id, const Json& patient);
  void AddCarePlan(const Json& plan);

  const std::string source_system_;
  const bool self_contained_;
  std::unordered_map<std::string, ResourceKey> by_url_;    // By full URL and by `Type/id`.
  std::unordered_map<std::string, std::string> displays_;  // `system|code` → its first display, normalised.
  std::unordered_set<std::string> several_displays_;
  std::unordered_map<std::string, Lifespan> lifespans_;       // By patient id at the source.
  std::unordered_map<std::string, const Json*> plan_starts_;  // By the text of the reference to the goal.
};

// True for the name of a FHIR type: a capital letter, then letters; at most 64.
bool IsTypeName(std::string_view text);
// True for types whose resources others need, so that they come first: Patient, Practitioner, Organization.
bool IsNeededByOthers(std::string_view type);
// True for types that say what is paid, which is no part of the record: Claim, ExplanationOfBenefit.
bool IsFinancial(std::string_view type);

// A resource's type and id; the id falls back to that of a `urn:uuid:` full URL. Empty where not said as text.
std::string_view ResourceType(const Json& resource);
std::string_view ResourceId(const Json& resource, std::string_view full_url);

// The text of a string member; empty where there is none.
std::string_view MemberText(const Json& object, std::string_view name);

}  // namespace anamnesis::fhir
