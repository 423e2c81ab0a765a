// One resource on its way to commands: what is known around it, what is doubtful about it, and how a command is
// finished.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "anamnesis/clinical/v1/types.pb.h"
#include "anamnesis/encounter/v1/encounter_service.pb.h"
#include "anamnesis/medication/v1/medication_service.pb.h"
#include "anamnesis/patient/v1/patient_service.pb.h"
#include "anamnesis/rpc/v1/command.pb.h"
#include "fhir/bundle_index.h"
#include "fhir/field.h"
#include "fhir/time.h"

namespace anamnesis::fhir {

// A command of one of the three services.
using Command =
    std::variant<patient::v1::PatientCommand, encounter::v1::EncounterCommand, medication::v1::MedicationCommand>;

// Single-threaded; the index and the document outlive it. Faults are kept in `findings`, so mapping code reads straight
// through and is asked at the end.
class Mapping {
 public:
  Mapping(const BundleIndex& index, const Json& resource, std::string type, std::string id);

  // Fields point back into it.
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  Field resource() { return Field(findings_.resource, &findings_); }
  const BundleIndex& index() const { return index_; }
  const std::string& source_id() const { return id_; }

  // The resource's id here: UUIDv5 of source system, type and source id.
  std::string Id() const;

  // Something doubtful; each code once.
  void Flag(std::string_view code, std::string_view detail);

  // Flags a reference to what the text does not hold.
  void FlagUnresolved();
  // The id here of what a Reference names, which should be a `type`; empty where absent, where it is of another type,
  // or where it names no resource by itself. Flags `unresolved-reference` in the last case, and where the bundle should
  // hold it and does not.
  std::string Reference(const Field& reference, std::string_view type);
  // What the reference says, for one whose target may be of several types.
  ResourceKey Resolve(const Field& reference) const;
  // The id of the patient that `member` names; its absence is a fault. Notes the patient's lifespan.
  std::string Patient(std::string_view member);
  // The encounter that `reference` names goes into the provenance, and its beginning is when this happened unless said
  // otherwise.
  void Encounter(const Field& reference);
  // Notes the absence of a member that the record cannot be without.
  void Require(std::string_view member);
  // As the source says it.
  void SourceRecorded(const Field& time);

  // When it happened, read from a date, dateTime or instant; flags what is inexact or before the birth. Absent:
  // nothing.
  void Happened(const Field& time);
  // As read before; nothing: not known.
  void HappenedAt(const std::optional<google::protobuf::Timestamp>& time) { happened_ = time; }
  const std::optional<google::protobuf::Timestamp>& happened() const { return happened_; }
  // Of the patient that was read.
  const Lifespan& lifespan() const { return lifespan_; }

  // A date, dateTime or instant, which must be there; flags what is inexact. A date is its first instant.
  google::protobuf::Timestamp Time(const Field& time);
  // The same for an end: a date is its last instant.
  google::protobuf::Timestamp EndTime(const Field& time);

  // Says where the record came from; flags a clinical record without a time. After everything else was read, because
  // the flags are part of it.
  void FillProvenance(clinical::v1::Provenance* provenance);

  // Gives the command its effective time and request id. The last step for each command.
  template <class Request>
  void Seal(Request* request, std::string_view reason = "") const {
    Seal(request, request->mutable_context(), reason);
  }

  const std::vector<clinical::v1::DataFlag>& flags() const { return flags_; }
  Findings& findings() { return findings_; }

 private:
  std::optional<FhirTime> ReadTime(const Field& time, bool is_end);
  void Seal(google::protobuf::Message* request, rpc::v1::CommandContext* context, std::string_view reason) const;

  const BundleIndex& index_;
  const std::string type_;
  const std::string id_;
  Findings findings_;
  std::vector<clinical::v1::DataFlag> flags_;
  Lifespan lifespan_;
  std::string encounter_id_;
  std::optional<google::protobuf::Timestamp> happened_;
  std::optional<google::protobuf::Timestamp> source_recorded_;
};

}  // namespace anamnesis::fhir
