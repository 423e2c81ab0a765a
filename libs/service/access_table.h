// Which role may do what where no other table is given.
#pragma once

namespace anamnesis::service {

// In the form of rpc::AccessPolicy::Parse. Permissions are those that the contracts name.
inline constexpr char kDefaultAccessTable[] = R"(
# People who treat patients.
clinician: patient.write encounter.write medication.write chart.read
# People who replay what happened.
auditor:   events.read chart.read encounter.audit medication.audit
# People who keep the servers running.
operator:  ops.read ops.admin
# Programs that bring records in.
importer:  patient.write encounter.write medication.write
# The servers among themselves.
service:   events.read projection.publish checkpoints.witness encounter.erase medication.erase
# Who answers for the tables that decisions are made by.
formulary: medication.rules medication.audit encounter.rules encounter.audit events.read ops.read
# Who grants practitioners what they may do.
medical-staff: encounter.privileges chart.read ops.read
# Who answers for erasing a patient's record, and looks in the histories whether anything is left.
privacy-officer: patient.erase chart.read events.read ops.read
)";

}  // namespace anamnesis::service
