#include "fhir/mapping.h"

#include <algorithm>

#include "base/clock.h"
#include "base/sha256.h"
#include "base/uuid.h"

namespace anamnesis::fhir {

Mapping::Mapping(const BundleIndex& index, const Json& resource, std::string type, std::string id)
    : index_(index), type_(std::move(type)), id_(std::move(id)) {
  findings_.resource = &resource;
}

std::string Mapping::Id() const {
  return SourceUuid(index_.source_system(), type_, id_);
}

void Mapping::Flag(std::string_view code, std::string_view detail) {
  if (std::any_of(flags_.begin(), flags_.end(), [&](const auto& flag) { return flag.code() == code; })) return;
  clinical::v1::DataFlag& flag = flags_.emplace_back();
  flag.set_code(std::string(code));
  flag.set_detail(std::string(detail));
}

void Mapping::FlagUnresolved() {
  Flag("unresolved-reference", "the bundle does not hold a resource that this one refers to");
}

ResourceKey Mapping::Resolve(const Field& reference) const {
  return index_.Resolve(reference["reference"].Text());
}

std::string Mapping::Reference(const Field& reference, std::string_view type) {
  if (!reference[std::string_view("reference")]) return "";  // An identifier or a display alone names no resource.
  const ResourceKey target = Resolve(reference);
  if (!target.type.empty() && target.type != type) return "";
  if (!target.in_bundle && (index_.self_contained() || target.type.empty())) FlagUnresolved();
  return target.id.empty() ? "" : SourceUuid(index_.source_system(), type, target.id);
}

std::string Mapping::Patient(std::string_view member) {
  const Field reference = resource()[member];
  std::string id = Reference(reference, "Patient");
  if (!id.empty()) {
    lifespan_ = index_.LifespanOf(Resolve(reference).id);
  } else if (reference) {
    reference.Reject("refers to no patient");
  } else {
    findings_.RejectMissing(*findings_.resource, member);
  }
  return id;
}

void Mapping::Encounter(const Field& reference) {
  encounter_id_ = Reference(reference, "Encounter");
  if (encounter_id_.empty()) return;
  const Json* encounter = Resolve(reference).resource;
  const Json* period = encounter != nullptr ? encounter->Find("period") : nullptr;
  if (period == nullptr) return;
  if (const auto start = ParseTime(MemberText(*period, "start")); start.has_value()) happened_ = start->time;
}

void Mapping::Require(std::string_view member) {
  if (!resource()[member]) findings_.RejectMissing(*findings_.resource, member);
}

std::optional<FhirTime> Mapping::ReadTime(const Field& field, bool is_end) {
  const std::optional<FhirTime> time = ParseTime(field.Text());
  if (!time.has_value()) {
    field.Reject("not a date or time of FHIR");  // Keeps the first fault if it was no text at all.
    return time;
  }
  if (time->partial) {
    Flag("date-without-time", is_end ? "the source gives a date where a time is kept: its last instant in UTC"
                                     : "the source gives a date where a time is kept: its first instant in UTC");
    if (time->day == 0) {
      Flag("year-or-month-only", is_end ? "only the year or the month is known; kept as its last instant"
                                        : "only the year or the month is known; kept as its first instant");
    }
  }
  if (time->without_offset) Flag("time-without-offset", "the source gives no offset from UTC: taken as UTC");
  return time;
}

google::protobuf::Timestamp Mapping::Time(const Field& field) {
  return ReadTime(field, /*is_end=*/false).value_or(FhirTime()).time;
}

google::protobuf::Timestamp Mapping::EndTime(const Field& field) {
  return LastInstant(ReadTime(field, /*is_end=*/true).value_or(FhirTime()));
}

void Mapping::Happened(const Field& field) {
  if (!field) return;
  happened_ = Time(field);
  if (lifespan_.born.has_value() && ToMicros(*happened_) < *lifespan_.born) {
    Flag("event-before-birth", "it is said to have happened before the patient was born");
  }
}

void Mapping::SourceRecorded(const Field& time) {
  if (time) source_recorded_ = Time(time);
}

void Mapping::FillProvenance(clinical::v1::Provenance* provenance) {
  if (!happened_.has_value() && !IsNeededByOthers(type_)) {
    Flag("time-unknown", "neither the record nor its encounter says when it happened");
  }
  if (findings_.zero_width) Flag("zero-width-characters", "a text holds characters that cannot be seen; kept as said");
  clinical::v1::Source& source = *provenance->mutable_source();
  source.set_system(index_.source_system());
  source.set_type(type_);
  source.set_id(id_);
  for (const clinical::v1::DataFlag& flag : flags_) *provenance->add_flags() = flag;
  provenance->set_encounter_id(encounter_id_);
  if (source_recorded_.has_value()) *provenance->mutable_source_recorded_time() = *source_recorded_;
}

// The id is of everything that the service will compare, so one id never stands for two requests.
void Mapping::Seal(google::protobuf::Message* request, rpc::v1::CommandContext* context,
                   std::string_view reason) const {
  context->set_reason(std::string(reason));
  if (happened_.has_value()) *context->mutable_effective_time() = *happened_;
  std::string name = index_.source_system();
  for (const std::string_view part : {std::string_view(type_), std::string_view(id_)})
    name.append(1, '\0').append(part);
  name.append(1, '\0').append(Sha256(request->SerializeAsString()));
  context->set_request_id(NamedUuid(kSourceNamespace, name));
}

}  // namespace anamnesis::fhir
