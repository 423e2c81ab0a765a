// Search: the condition that likely leaves least gives the candidates from its index, the others are checked on each.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "anamnesis/chart/v1/errors.pb.h"
#include "base/refusal.h"
#include "base/status.h"
#include "base/uuid.h"
#include "services/readmodel/page.h"
#include "services/readmodel/queries/queries.h"
#include "services/readmodel/views/index_terms.h"
#include "services/readmodel/views/names.h"
#include "services/readmodel/views/view_kinds.h"

namespace anamnesis::readmodel {
namespace {

using chart::v1::SearchPatientsRequest;
using clinical::v1::Identifier;
using projection::v1::PatientView;

// A request, understood once.
struct Conditions {
  std::vector<std::string> words;  // Folded.
  std::string identifier_value;
  std::string identifier_system;
  std::string birth_date;  // The index prefix; empty: any.
};

Conditions Understand(const SearchPatientsRequest& request) {
  Conditions conditions{.words = FoldedWords(request.name()),
                        .identifier_value = request.identifier_value(),
                        .identifier_system = request.identifier_system()};
  if (request.has_birth_date()) conditions.birth_date = BirthDatePrefix(request.birth_date());
  return conditions;
}

bool HasIdentifier(const PatientView& patient, const Conditions& conditions) {
  const auto matches = [&conditions](const Identifier& identifier) {
    return identifier.value() == conditions.identifier_value &&
           (conditions.identifier_system.empty() || identifier.system() == conditions.identifier_system);
  };
  return std::any_of(patient.identifiers().begin(), patient.identifiers().end(), matches) ||
         std::any_of(patient.retired_identifiers().begin(), patient.retired_identifiers().end(), matches);
}

bool HasNames(const PatientView& patient, const std::vector<std::string>& words) {
  const std::vector<std::string> names = NameWords(patient.demographics().names());
  return std::all_of(words.begin(), words.end(), [&names](const std::string& word) {
    return std::any_of(names.begin(), names.end(),
                       [&word](const std::string& name) { return name.rfind(word, 0) == 0; });
  });
}

bool Matches(const PatientView& patient, const Conditions& conditions) {
  if (!conditions.identifier_value.empty() && !HasIdentifier(patient, conditions)) return false;
  if (!conditions.birth_date.empty()) {
    if (!patient.demographics().has_birth_date()) return false;
    const std::string born = BirthDatePrefix(patient.demographics().birth_date());
    if (born.rfind(conditions.birth_date, 0) != 0) return false;
  }
  return HasNames(patient, conditions.words);
}

bool IsViewsFailed(const absl::Status& status) {
  return RefusalInfo(status).reason() == chart::v1::ChartError_Name(chart::v1::VIEWS_FAILED);
}

std::string MostSelectivePrefix(const Conditions& conditions) {
  constexpr size_t kWholeDate = sizeof("byyyymmdd") - 1;
  if (!conditions.identifier_value.empty()) {
    return IdentifierPrefix(conditions.identifier_value, conditions.identifier_system);
  }
  if (conditions.birth_date.size() == kWholeDate || conditions.words.empty()) return conditions.birth_date;
  return NamePrefix(*std::max_element(conditions.words.begin(), conditions.words.end(),
                                      [](const auto& a, const auto& b) { return a.size() < b.size(); }));
}

}  // namespace

absl::StatusOr<chart::v1::SearchPatientsResponse> SearchPatients(const projection::ViewReader& reader,
                                                                 const SearchPatientsRequest& request) {
  RETURN_IF_ERROR(RequirePresent(request.options()));
  const Conditions conditions = Understand(request);
  const std::string prefix = MostSelectivePrefix(conditions);
  if (prefix.empty()) return Refuse(chart::v1::SEARCH_TERM_MISSING);
  ASSIGN_OR_RETURN(const std::string after, ReadPageToken(request));

  std::set<std::string> candidates;
  RETURN_IF_ERROR(reader.Scan({prefix}, "", [&candidates](const projection::IndexEntry& entry) {
    candidates.insert(entry.ref.subject);
    return true;
  }));

  chart::v1::SearchPatientsResponse response;
  std::map<std::string, chart::v1::PatientMatch*> by_survivor;
  std::string last;
  for (auto record = candidates.upper_bound(after); record != candidates.end(); ++record) {
    ASSIGN_OR_RETURN(const auto row, reader.Find({*record, "patient", *record}));
    if (!row.has_value()) continue;
    ASSIGN_OR_RETURN(const projection::v1::View view, ParseView(row->ref.kind, row->view));
    if (!Matches(view.patient(), conditions)) continue;
    if (static_cast<size_t>(response.matches_size()) == PageSize(request.page_size())) {
      response.set_next_page_token(MakePageToken(request, last));
      break;
    }
    absl::StatusOr<Person> person = FindPerson(reader, UuidText(*record), {});
    const bool failed = IsViewsFailed(person.status());
    // Found all the same, as what it was before.
    if (failed) person = Person{.survivor = *record, .view = view.patient()};
    RETURN_IF_ERROR(person.status());
    chart::v1::PatientMatch*& match = by_survivor[person->survivor];
    if (match == nullptr) {
      match = response.add_matches();
      *match->mutable_patient() = std::move(person->view);
    }
    match->set_views_failed(match->views_failed() || failed);
    match->add_matched_ids(UuidText(*record));
    last = *record;
  }
  return response;
}

}  // namespace anamnesis::readmodel
