// Views in few words.
#pragma once

#include <string>
#include <vector>

#include "anamnesis/projection/v1/views.pb.h"
#include "base/clock.h"
#include "tests/readmodel/store_fixture.h"

namespace anamnesis::readmodel {

inline projection::v1::View Patient(int id, const std::string& given, const std::string& family) {
  projection::v1::View view;
  projection::v1::PatientView& patient = *view.mutable_patient();
  patient.set_patient_id(Id(id));
  auto& name = *patient.mutable_demographics()->add_names();
  name.set_family(family);
  name.add_given(given);
  return view;
}

inline projection::v1::View Born(uint32_t year, uint32_t month, uint32_t day, projection::v1::View view) {
  auto& date = *view.mutable_patient()->mutable_demographics()->mutable_birth_date();
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return view;
}

inline clinical::v1::Identifier Identifier(const std::string& system, const std::string& value) {
  clinical::v1::Identifier identifier;
  identifier.set_system(system);
  identifier.set_value(value);
  return identifier;
}

inline projection::v1::View Problem(int day, patient::v1::ClinicalStatus status = patient::v1::CLINICAL_STATUS_ACTIVE) {
  projection::v1::View view;
  auto& problem = *view.mutable_problem()->mutable_problem();
  problem.set_clinical_status(status);
  *problem.mutable_onset() = ToTimestamp(kYear2020 + day * 86'400 * kSecond);
  return view;
}

inline projection::v1::View Observation(int day, const std::string& code, const std::string& value = "1") {
  projection::v1::View view;
  auto& observation = *view.mutable_observation()->mutable_observation();
  auto& coding = *observation.mutable_code()->add_codings();
  coding.set_system("http://loinc.org");
  coding.set_code(code);
  observation.mutable_value()->mutable_quantity()->set_value(value);
  *observation.mutable_effective_time() = ToTimestamp(kYear2020 + day * 86'400 * kSecond);
  return view;
}

inline projection::v1::View Encounter(int day) {
  projection::v1::View view;
  auto& period = *view.mutable_encounter()->mutable_encounter()->mutable_period();
  *period.mutable_start() = ToTimestamp(kYear2020 + day * 86'400 * kSecond);
  return view;
}

inline projection::v1::View Order(int day, medication::v1::OrderStatus status) {
  projection::v1::View view;
  auto& order = *view.mutable_order()->mutable_order();
  order.set_status(status);
  *order.mutable_authored_on() = ToTimestamp(kYear2020 + day * 86'400 * kSecond);
  return view;
}

}  // namespace anamnesis::readmodel
