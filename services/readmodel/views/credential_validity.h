// Whether a practitioner's credential is valid on a day. Pure.
#pragma once

#include "anamnesis/clinical/v1/types.pb.h"
#include "anamnesis/encounter/v1/credentials.pb.h"

namespace anamnesis::readmodel {

// Professions, certificates, licences and registrations are valid from their first day to their last, both included; an
// end that is absent is none. Training and continuing education do not run out: they count from the day that they
// ended, or began where no end is known. A day that is known in part stands for each day that it may be: one is enough.
bool IsValidOn(const encounter::v1::Credential& credential, const clinical::v1::PartialDate& day);

}  // namespace anamnesis::readmodel
