#include "fhir/bundle.h"

#include <algorithm>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "fhir/map_resources.h"
#include "fhir/map_types.h"

namespace anamnesis::fhir {
namespace {

// FHIR's limit is 64; the contract keeps ids of up to 256 bytes.
constexpr size_t kMaxIdBytes = 256;

constexpr std::string_view kBundleTypes[] = {"transaction", "collection", "batch", "searchset"};

const std::unordered_map<std::string_view, Mapper>& Mappers() {
  static const auto& mappers = *new std::unordered_map<std::string_view, Mapper>{
      {"Patient",            MapPatient           },
      {"AllergyIntolerance", MapAllergyIntolerance},
      {"Condition",          MapCondition         },
      {"CarePlan",           MapCarePlan          },
      {"Goal",               MapGoal              },
      {"Practitioner",       MapPractitioner      },
      {"Organization",       MapOrganization      },
      {"Encounter",          MapEncounter         },
      {"Observation",        MapObservation       },
      {"Procedure",          MapProcedure         },
      {"DiagnosticReport",   MapDiagnosticReport  },
      {"ImagingStudy",       MapImagingStudy      },
      {"Immunization",       MapImmunization      },
      {"MedicationRequest",  MapMedicationRequest },
  };
  return mappers;
}

// One resource of the text before it is mapped.
struct Source {
  size_t index = 0;
  const Json* entry = nullptr;     // Null for a lone resource.
  const Json* resource = nullptr;  // Null where the entry has none.
  std::string_view full_url;

  std::string_view type() const { return resource != nullptr ? ResourceType(*resource) : std::string_view(); }
  bool IsDirectoryEntry() const { return type() == "Practitioner" || type() == "Organization"; }
};

absl::Status ListEntries(const Json& bundle, std::vector<Source>* out) {
  const std::string_view type = MemberText(bundle, "type");
  if (std::find(std::begin(kBundleTypes), std::end(kBundleTypes), type) == std::end(kBundleTypes)) {
    return absl::InvalidArgumentError("type: not a bundle of type transaction, collection, batch or searchset");
  }
  const Json* entries = bundle.Find("entry");
  if (entries == nullptr) return absl::OkStatus();
  if (entries->kind != JsonKind::kArray) {
    const std::string_view found = KindName(entries->kind);
    return absl::InvalidArgumentError(
        absl::StrCat("entry: expected array, found ", absl::string_view(found.data(), found.size())));
  }
  for (const Json* entry = entries->first; entry != nullptr; entry = entry->next) {
    out->push_back({entry->index, entry, entry->Find("resource"), MemberText(*entry, "fullUrl")});
  }
  return absl::OkStatus();
}

MappedEntry MapSource(const Source& source, const BundleIndex& index) {
  MappedEntry out;
  out.index = source.index;
  const auto reject = [&out](std::string_view field, std::string_view reason) {
    out.fault = Fault{std::string(field), std::string(reason)};
    return out;
  };
  if (source.resource == nullptr) return reject("resource", "missing");
  if (source.resource->kind != JsonKind::kObject) return reject("resource", "expected object");
  const std::string_view type = ResourceType(*source.resource);
  if (!IsTypeName(type)) return reject("resourceType", "missing, or not the name of a type");
  out.resource_type = type;
  if (type == "Bundle") return reject("resourceType", "a bundle in a bundle is not read");
  const std::string_view id = ResourceId(*source.resource, source.full_url);
  if (id.size() > kMaxIdBytes) return reject("id", "longer than 256 bytes");
  out.resource_id = id;
  const auto mapper = Mappers().find(type);
  if (mapper == Mappers().end()) {
    out.disposition = Disposition::kOutOfScope;
    return out;
  }
  if (id.empty()) return reject("id", "missing, or not a string");
  Mapping mapping(index, *source.resource, out.resource_type, out.resource_id);
  RejectModifiers(mapping.resource());
  mapper->second(mapping, &out.commands);
  if (mapping.findings().fault.has_value()) {
    out.commands.clear();
    out.fault = *std::move(mapping.findings().fault);
    return out;
  }
  out.disposition = Disposition::kMapped;
  out.flags = mapping.flags();
  return out;
}

}  // namespace

absl::Status MapText(std::string_view text, std::string_view source_system, const EntrySink& sink) {
  ASSIGN_OR_RETURN(const std::unique_ptr<const JsonDocument> document, JsonDocument::Parse(text));
  const Json& root = document->root();
  if (root.kind != JsonKind::kObject) return absl::InvalidArgumentError("expected an object at the top");
  const bool is_bundle = ResourceType(root) == "Bundle";
  std::vector<Source> sources;
  if (is_bundle) {
    RETURN_IF_ERROR(ListEntries(root, &sources));
  } else {
    sources.push_back({0, nullptr, &root, ""});
  }
  BundleIndex index(std::string(source_system), is_bundle);
  for (const Source& source : sources) {
    if (source.resource != nullptr) index.Add(source.full_url, *source.resource);
  }
  // What others need comes before what needs it.
  std::stable_partition(sources.begin(), sources.end(), [](const Source& s) { return IsNeededByOthers(s.type()); });
  // A practitioner or an organization must not depend on the bundle that carries it.
  const BundleIndex alone(std::string(source_system), /*self_contained=*/false);
  for (const Source& source : sources) {
    if (!sink(MapSource(source, source.IsDirectoryEntry() ? alone : index))) break;
  }
  return absl::OkStatus();
}

}  // namespace anamnesis::fhir
