#include "base/status.h"
#include "base/uuid.h"
#include "services/readmodel/queries/queries.h"
#include "services/readmodel/views/chart.h"
#include "services/readmodel/views/view_kinds.h"

namespace anamnesis::readmodel {

absl::StatusOr<chart::v1::GetChartResponse> ChartOf(const projection::ViewReader& reader, const Person& person,
                                                    const projection::ReadTimes& times) {
  ChartBuilder builder;
  absl::Status problem;
  for (const std::string& record : person.Records()) {
    RETURN_IF_ERROR(reader.RowsAt(record, times, [&builder, &problem](projection::ViewRow&& row) {
      auto view = ParseView(row.ref.kind, row.view);
      if (!view.ok()) {
        problem = std::move(view).status();
        return false;
      }
      builder.Add(projection::EncodeEntry(row.ref), *std::move(view));
      return true;
    }));
    RETURN_IF_ERROR(problem);
  }
  chart::v1::GetChartResponse chart = std::move(builder).Build();
  chart.set_resolved_patient_id(UuidText(person.survivor));
  for (const std::string& record : person.merged) chart.add_merged_ids(UuidText(record));
  *chart.mutable_patient() = person.view;
  return chart;
}

}  // namespace anamnesis::readmodel
