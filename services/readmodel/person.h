// Which records are one person's.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "anamnesis/chart/v1/chart_service.pb.h"
#include "anamnesis/projection/v1/patient_views.pb.h"
#include "projection/view_reader.h"

namespace anamnesis::readmodel {

// A patient with every record joined to it.
struct Person {
  std::string survivor;              // 16 bytes.
  std::vector<std::string> merged;   // 16 bytes each, in order.
  projection::v1::PatientView view;  // The survivor's.

  // The survivor, then what was joined to it.
  std::vector<std::string> Records() const;
};

// VIEWS_FAILED where what there is of a record or directory entry (16 bytes) would be incomplete.
absl::Status CheckViews(const projection::ViewReader& reader, const std::string& subject,
                        const projection::ReadTimes& times);

// The person that a record belongs to: its survivor, transitively, and everything joined to that. VIEWS_FAILED
// where those of one of them cannot be shown whole; PATIENT_NOT_FOUND where there was no such record at the time.
absl::StatusOr<Person> FindPerson(const projection::ViewReader& reader, const std::string& patient_id,
                                  const projection::ReadTimes& times);

// The times that a query asks for.
projection::ReadTimes TimesOf(const chart::v1::ReadOptions& options);

// INVALID_FIELDS where a query that is of the present asks for another time.
absl::Status RequirePresent(const chart::v1::ReadOptions& options);

}  // namespace anamnesis::readmodel
