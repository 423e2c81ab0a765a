// What a practitioner holds. A credential stays of its kind; what its numbers say is checked as far as they can be.
#include <algorithm>
#include <string_view>

#include "services/encounter/domain/days.h"
#include "services/encounter/domain/decide.h"

namespace anamnesis::encounter {
namespace {

bool IsDigit(char letter) {
  return letter >= '0' && letter <= '9';
}
bool IsCapital(char letter) {
  return letter >= 'A' && letter <= 'Z';
}

// Form and check digit of a DEA number (21 CFR 1301; the sum is as pharmacies are taught it †).
bool IsDeaNumber(std::string_view number) {
  constexpr size_t kLetters = 2;
  constexpr size_t kDigits = 7;
  if (number.size() != kLetters + kDigits) return false;
  if (!IsCapital(number[0]) || !(IsCapital(number[1]) || number[1] == '9')) return false;
  const std::string_view digits = number.substr(kLetters);
  if (!std::all_of(digits.begin(), digits.end(), IsDigit)) return false;
  int sum = 0;
  for (size_t i = 0; i + 1 < kDigits; ++i) sum += (digits[i] - '0') * (i % 2 == 0 ? 1 : 2);
  return sum % 10 == digits[kDigits - 1] - '0';
}

// A decimal number above zero, without sign or exponent.
bool IsPositiveDecimal(std::string_view text) {
  const size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point == std::string_view::npos ? "0" : text.substr(point + 1);
  const auto digits = [](std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), IsDigit);
  };
  return digits(whole) && digits(fraction) && text.find_first_of("123456789") != std::string_view::npos;
}

// END_BEFORE_START: where even the last day that the end may be is before the first that the beginning may be.
absl::Status CheckValidity(const v1::Credential& credential) {
  if (!credential.has_valid_from() || !credential.has_valid_to()) return absl::OkStatus();
  return LastDay(credential.valid_to()) < FirstDay(credential.valid_from()) ? Refuse(v1::END_BEFORE_START)
                                                                            : absl::OkStatus();
}

// DEA_NUMBER_INVALID, CREDIT_HOURS_INVALID.
absl::Status CheckNumbers(const v1::Credential& credential) {
  if (credential.has_dea_registration() && !IsDeaNumber(credential.dea_registration().number())) {
    return Refuse(v1::DEA_NUMBER_INVALID);
  }
  if (credential.has_continuing_education() && !IsPositiveDecimal(credential.continuing_education().hours())) {
    return Refuse(v1::CREDIT_HOURS_INVALID);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordCredentialRequest& request) {
  v1::Credential credential = request.credential();
  if (credential.id().empty()) credential.set_id(at.input.new_id);
  RETURN_IF_ERROR(CheckNew(at.state.credentials(), credential.id()));
  if (at.state.directory_revision() == 0) return Refuse(v1::RESOURCE_NOT_FOUND);
  RETURN_IF_ERROR(CheckValidity(credential));
  if (credential.credential_case() == v1::Credential::CREDENTIAL_NOT_SET) return Refuse(v1::CREDENTIAL_REQUIRED);
  RETURN_IF_ERROR(CheckNumbers(credential));
  return Record(at, at.state.credentials(), std::move(credential), &v1::EncounterEvent::mutable_credential_recorded,
                &v1::CredentialRecorded::mutable_credential);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReviseCredentialRequest& request) {
  const v1::Credential& credential = request.credential();
  ASSIGN_OR_RETURN(const v1::CredentialEntry* entry, Find(at.state.credentials(), credential.id(), request.context()));
  RETURN_IF_ERROR(CheckValidity(credential));
  if (credential.credential_case() == v1::Credential::CREDENTIAL_NOT_SET) return Refuse(v1::CREDENTIAL_REQUIRED);
  if (static_cast<uint32_t>(credential.credential_case()) != entry->kind()) return Refuse(v1::CREDENTIAL_KIND_CHANGED);
  RETURN_IF_ERROR(CheckNumbers(credential));
  return Change(at.state.credentials(), request.context(), credential, &v1::EncounterEvent::mutable_credential_revised,
                &v1::CredentialRevised::mutable_credential);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractCredentialRequest& request) {
  return Retract(at.state.credentials(), request.context(), request.credential_id(),
                 &v1::EncounterEvent::mutable_credential_retracted, &v1::CredentialRetracted::mutable_credential_id);
}

}  // namespace anamnesis::encounter
