#include "services/readmodel/views/credential_validity.h"

#include <cstdint>

namespace anamnesis::readmodel {
namespace {

using clinical::v1::PartialDate;

// Days as numbers that sort as days do: yyyymmdd.
uint32_t DayNumber(const PartialDate& date, uint32_t month, uint32_t day) {
  return date.year() * 10'000 + (date.month() == 0 ? month : date.month()) * 100 +
         (date.month() == 0 || date.day() == 0 ? day : date.day());
}
uint32_t FirstDay(const PartialDate& date) {
  return DayNumber(date, 1, 1);
}
uint32_t LastDay(const PartialDate& date) {
  return DayNumber(date, 12, 31);
}

}  // namespace

bool IsValidOn(const encounter::v1::Credential& credential, const PartialDate& day) {
  if (credential.has_training() || credential.has_continuing_education()) {
    const PartialDate& done = credential.has_valid_to() ? credential.valid_to() : credential.valid_from();
    return FirstDay(done) <= LastDay(day);
  }
  const bool begun = !credential.has_valid_from() || FirstDay(credential.valid_from()) <= LastDay(day);
  const bool over = credential.has_valid_to() && LastDay(credential.valid_to()) < FirstDay(day);
  return begun && !over;
}

}  // namespace anamnesis::readmodel
