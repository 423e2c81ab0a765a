#include "services/cli/simulate/simulate.h"

#include "absl/strings/str_cat.h"
#include "services/cli/simulate/chart.h"
#include "services/cli/simulate/clinic.h"
#include "services/cli/simulate/course.h"
#include "services/cli/simulate/person.h"
#include "services/cli/simulate/tables.h"

namespace anamnesis::simulate {

Json MakePatientBundle(uint64_t seed, uint64_t index, const Options& options) {
  const Clinic clinic = MakeClinic(seed);
  Chart chart{.random = Random(seed, index),
              .bundle = BundleBuilder(absl::StrCat("simulate/", seed, "/patient/", index)),
              .clinic = clinic,
              .start = options.from,
              .end = AddYears(options.from, options.years)};
  AddPerson(chart, index);
  chart.bundle.AddShared(clinic.organization_entry);
  chart.bundle.AddShared(chart.physician->entry);
  for (const Staff& staff : clinic.other_clinicians) chart.bundle.AddShared(staff.entry);
  AddPainCourse(chart, chart.random.Pick(PainProblems()));
  return std::move(chart.bundle).Build();
}

}  // namespace anamnesis::simulate
