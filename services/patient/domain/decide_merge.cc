// Two records of the same person become one: the survivor goes on, the duplicate keeps its history and points to it.
// Undone, the two stand apart again, each with what was recorded of it: no edit is moved or lost.
#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/refusal.h"
#include "base/status.h"
#include "services/patient/domain/decide.h"

namespace anamnesis::patient {
namespace {

absl::Status CheckDuplicate(const v1::PatientState& duplicate) {
  if (duplicate.revision() == 0) return Refuse(v1::MERGE_DUPLICATE_NOT_FOUND);
  if (!duplicate.survivor_id().empty()) {
    return Refuse(v1::MERGE_DUPLICATE_MERGED_AWAY, {.metadata = {{"survivor_id", duplicate.survivor_id()}}});
  }
  return absl::OkStatus();
}

// UNMERGE_NOT_MERGED, UNMERGE_FROM_ANOTHER.
absl::Status CheckMergedInto(const v1::PatientState& duplicate, const std::string& survivor_id) {
  if (duplicate.survivor_id().empty()) return Refuse(v1::UNMERGE_NOT_MERGED);
  if (duplicate.survivor_id() == survivor_id) return absl::OkStatus();
  return Refuse(v1::UNMERGE_FROM_ANOTHER, {.metadata = {{"survivor_id", duplicate.survivor_id()}}});
}

// UNMERGE_SURVIVOR_MERGED_AWAY: what was recorded since is with yet another record.
absl::Status CheckInUse(const v1::PatientState& survivor) {
  if (survivor.survivor_id().empty()) return absl::OkStatus();
  return Refuse(v1::UNMERGE_SURVIVOR_MERGED_AWAY, {.metadata = {{"survivor_id", survivor.survivor_id()}}});
}

// What the survivor was when the other record was joined to it. A survivor that was erased and registered again since
// knows nothing of that: all that it has came later.
v1::AbsorbedRecord WhenAbsorbed(const v1::PatientState& survivor, const std::string& duplicate_id) {
  for (const v1::AbsorbedRecord& absorbed : survivor.absorbed()) {
    if (absorbed.duplicate_id() == duplicate_id) return absorbed;
  }
  return {};
}

// RESOURCE_KIND_CARE_PLAN is `care_plan`.
std::string KindName(v1::ResourceKind kind) {
  constexpr size_t kPrefix = sizeof("RESOURCE_KIND_") - 1;
  return absl::AsciiStrToLower(v1::ResourceKind_Name(kind).substr(kPrefix));
}

// What of the survivor a person has to look at: it may be the other person's.
void ListChanges(const v1::PatientState& survivor, const v1::AbsorbedRecord& since, v1::DuplicateReleased& released) {
  for (const auto& [id, resource] : survivor.resources()) {
    if (resource.changed_at() <= since.at()) continue;
    v1::ChangedResource& changed = *released.add_changed_resources();
    changed.set_kind(KindName(resource.kind()));
    changed.set_id(id);
    changed.set_revision(resource.revision());
  }
  std::sort(released.mutable_changed_resources()->begin(), released.mutable_changed_resources()->end(),
            [](const v1::ChangedResource& a, const v1::ChangedResource& b) { return a.id() < b.id(); });
  for (const clinical::v1::Identifier& identifier : survivor.identifiers()) {
    const bool before = std::any_of(since.identifiers().begin(), since.identifiers().end(), [&](const auto& had) {
      return had.system() == identifier.system() && had.value() == identifier.value();
    });
    if (!before) *released.add_added_identifiers() = identifier;
  }
  released.set_demographics_changed(survivor.demographics_changed_at() > since.at());
  released.set_death_changed(survivor.death_changed_at() > since.at());
}

// The same for who asked; nothing where there is nothing to look at.
void AddReview(const v1::DuplicateReleased& released, Decision& decision) {
  rpc::v1::Alert alert;
  for (const v1::ChangedResource& changed : released.changed_resources()) {
    alert.add_facts(absl::StrCat(changed.kind(), "/", changed.id()));
  }
  const auto add = [&alert](const char* name, int value) {
    if (value == 0) return;
    rpc::v1::NamedNumber& number = *alert.add_values();
    number.set_name(name);
    number.set_value(absl::StrCat(value));
  };
  add("added_identifiers", released.added_identifiers_size());
  add("demographics_changed", released.demographics_changed() ? 1 : 0);
  add("death_changed", released.death_changed() ? 1 : 0);
  if (alert.facts().empty() && alert.values().empty()) return;
  alert.set_rule_id("unmerge-review");
  alert.set_severity(rpc::v1::ALERT_SEVERITY_WARN);
  alert.set_message("What was recorded with the survivor since the merge stays there. See whose it is.");
  decision.alerts.push_back(alert);
}

}  // namespace

// Because neither record may point to another one, links never form a ring.
absl::StatusOr<Decision> Decide(const Situation& at, const v1::MergePatientsRequest& request) {
  RETURN_IF_ERROR(CheckPatient(at.patient, request.context()));
  if (at.duplicate == nullptr) return Refuse(v1::MERGE_WITH_ITSELF);
  RETURN_IF_ERROR(CheckDuplicate(*at.duplicate));
  RETURN_IF_ERROR(CheckReason(request.context()));

  Decision decision{.resource_id = request.survivor_id(), .revision = at.patient.revision() + 1};
  v1::PatientEvent survivor;
  v1::DuplicateAbsorbed& absorbed = *survivor.mutable_duplicate_absorbed();
  absorbed.set_duplicate_id(request.duplicate_id());
  absorbed.set_reason(request.context().reason());
  absorbed.set_revision(decision.revision);
  decision.events.push_back({.event = survivor, .stream = 0});

  v1::PatientEvent duplicate;
  v1::MergedInto& merged = *duplicate.mutable_merged_into();
  merged.set_survivor_id(request.survivor_id());
  merged.set_reason(request.context().reason());
  merged.set_revision(at.duplicate->revision() + 1);
  decision.events.push_back({.event = duplicate, .stream = 1});
  return decision;
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::UnmergePatientsRequest& request) {
  if (at.patient.revision() == 0) return Refuse(v1::PATIENT_NOT_FOUND);
  RETURN_IF_ERROR(decider::CheckEtag(request.context(), at.patient.revision()));
  if (at.duplicate == nullptr) return Refuse(v1::MERGE_WITH_ITSELF);
  if (at.duplicate->revision() == 0) return Refuse(v1::MERGE_DUPLICATE_NOT_FOUND);
  RETURN_IF_ERROR(CheckReason(request.context()));
  RETURN_IF_ERROR(CheckMergedInto(*at.duplicate, request.survivor_id()));
  RETURN_IF_ERROR(CheckInUse(at.patient));

  Decision decision{.resource_id = request.survivor_id(), .revision = at.patient.revision() + 1};
  v1::PatientEvent survivor;
  v1::DuplicateReleased& released = *survivor.mutable_duplicate_released();
  released.set_duplicate_id(request.duplicate_id());
  released.set_reason(request.context().reason());
  released.set_revision(decision.revision);
  for (const v1::AbsorbedRecord& absorbed : at.patient.absorbed()) {
    if (absorbed.duplicate_id() != request.duplicate_id()) released.add_absorbed_ids(absorbed.duplicate_id());
  }
  ListChanges(at.patient, WhenAbsorbed(at.patient, request.duplicate_id()), released);
  AddReview(released, decision);
  decision.events.push_back({.event = survivor, .stream = 0});

  v1::PatientEvent duplicate;
  v1::UnmergedFrom& unmerged = *duplicate.mutable_unmerged_from();
  unmerged.set_survivor_id(request.survivor_id());
  unmerged.set_reason(request.context().reason());
  unmerged.set_revision(at.duplicate->revision() + 1);
  decision.events.push_back({.event = duplicate, .stream = 1});
  return decision;
}

}  // namespace anamnesis::patient
