// One line on any view.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/cli/format.h"

namespace anamnesis::cli {
namespace {

std::string EncounterLine(const encounter::v1::Encounter& encounter) {
  const std::string type = encounter.types().empty() ? encounter.class_().code() : Concept(encounter.types(0));
  std::string line = absl::StrCat(type, ", ", Words(encounter.status()));
  if (!encounter.reasons().empty()) absl::StrAppend(&line, ", for ", Concept(encounter.reasons(0)));
  return line;
}

std::string OrderLine(const medication::v1::Order& order) {
  std::string line = absl::StrCat(Concept(order.medication()), ", ", Words(order.status()));
  for (const auto& dosage : order.dosages()) absl::StrAppend(&line, ", ", DosageSentence(dosage));
  return line;
}

}  // namespace

std::string Summary(const projection::v1::View& view) {
  using View = projection::v1::View;
  switch (view.view_case()) {
    case View::kPatient:
      return view.patient().demographics().names().empty() ? kUnknown : Name(view.patient().demographics().names(0));
    case View::kAllergy:
      return absl::StrCat(Concept(view.allergy().allergy().substance()), ", ",
                          Words(view.allergy().allergy().clinical_status()));
    case View::kProblem:
      return absl::StrCat(Concept(view.problem().problem().code()), ", ",
                          Words(view.problem().problem().clinical_status()));
    case View::kCarePlan: {
      const auto& plan = view.care_plan().care_plan();
      const std::string title =
          !plan.title().empty() || plan.categories().empty() ? plan.title() : Concept(plan.categories(0));
      return absl::StrCat(title, ", ", Words(plan.status()), ", ", plan.activities_size(), " activities");
    }
    case View::kGoal:
      return absl::StrCat(Concept(view.goal().goal().description()), ", ", Words(view.goal().goal().status()));
    case View::kEncounter:
      return EncounterLine(view.encounter().encounter());
    case View::kObservation:
      return absl::StrCat(Concept(view.observation().observation().code()), ": ",
                          ObservationValue(view.observation().observation()));
    case View::kProcedure:
      return absl::StrCat(Concept(view.procedure().procedure().code()), ", ",
                          Words(view.procedure().procedure().status()));
    case View::kDiagnosticReport:
      return absl::StrCat(Concept(view.diagnostic_report().diagnostic_report().code()), ", ",
                          view.diagnostic_report().diagnostic_report().results_size(), " results");
    case View::kImagingStudy: {
      const auto& study = view.imaging_study().imaging_study();
      return study.series().empty()
                 ? "imaging study"
                 : absl::StrCat(study.series(0).modality().display(), " of ", study.series(0).body_site().display());
    }
    case View::kImmunization:
      return Concept(view.immunization().immunization().vaccine());
    case View::kNote:
      return absl::StrCat(view.note().note().content().title(), ", ", Words(view.note().note().status()));
    case View::kPractitioner:
      return view.practitioner().practitioner().names().empty() ? kUnknown
                                                                : Name(view.practitioner().practitioner().names(0));
    case View::kOrganization:
      return view.organization().organization().name();
    case View::kOrder:
      return OrderLine(view.order().order());
    case View::VIEW_NOT_SET:
      return kUnknown;
  }
  return kUnknown;
}

}  // namespace anamnesis::cli
